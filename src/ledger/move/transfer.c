/*
 * transfer.c: points that go from one customer to another.
 */
#include "postgres.h"

#include "common/errors.h"
#include "common/ids.h"
#include "common/points.h"
#include "ledger/move/transfer.h"
#include "ledger/posting/draw.h"
#include "ledger/posting/due.h"
#include "ledger/posting/event.h"
#include "ledger/posting/lot_dates.h"
#include "ledger/spend/recent_store.h"

static bool
has_caps(const TransferRules *rules)
{
	int i;

	for (i = 0; i < TRANSFER_WINDOWS; i++)
		if (rules->points[i] != 0 || rules->count[i] != 0)
			return true;
	return false;
}

static void
refuse_beyond(const char *what, int days, const char *cap, const char *given)
{
	ereport(ERROR, (errcode(ERRCODE_LOYALTY_TRANSFER_LIMIT),
					errmsg("the transfer would exceed a limit of the program"),
					errdetail("%s within %d %s: at most %s; with this transfer %s.", what, days,
							  days == 1 ? "day" : "days", cap, given)));
}

/* Caps count the days of the org, the day of the transfer among them. */
static void
judge_caps(const Transfer *transfer)
{
	const TransferRules *rules = &transfer->program->transfer;
	const LoyaltyCall *call = transfer->giver->call;
	DateADT today = loyalty_local_date(transfer->giver->effective_at, call->org->zone);
	TimestampTz since[TRANSFER_WINDOWS];
	RecentEntries entries = { 0 };
	int i;

	if (!has_caps(rules))
		return;
	for (i = 0; i < TRANSFER_WINDOWS; i++)
		since[i] = loyalty_start_of_day(today - loyalty_transfer_days[i] + 1, call->org->zone);
	loyalty_recent_entries(call->org->org_id, &transfer->giver->customer, transfer->program->program_id,
						   HOUSE_TRANSFER_IN_TRANSIT, since[TRANSFER_WINDOWS - 1], false, &entries);
	for (i = 0; i < TRANSFER_WINDOWS; i++)
	{
		int64 points =
			transfer->points + loyalty_recent_points(entries.items, entries.n, EVENT_TRANSFER_OUT, since[i]);
		int count = 1 + loyalty_recent_count(entries.items, entries.n, EVENT_TRANSFER_OUT, since[i]);

		if (rules->points[i] != 0 && points > rules->points[i])
			refuse_beyond("Points", loyalty_transfer_days[i], loyalty_points_text(rules->points[i]),
						  loyalty_points_text(points));
		if (rules->count[i] != 0 && count > rules->count[i])
			refuse_beyond("Transfers", loyalty_transfer_days[i], psprintf("%d", rules->count[i]),
						  psprintf("%d", count));
	}
}

/* Draws the points from the giver's lots, first expiring first. */
static void
draw(const Transfer *transfer, LotWalk *walk)
{
	DrawRequest request = {
		.program_id = transfer->program->program_id,
		.category = CATEGORY_REGULAR,
		.points = transfer->points,
		.type = MOVEMENT_TRANSFERRED,
		.excluded_award = transfer->program->transfer.spares_registration ? AWARD_REGISTRATION : 0,
	};

	loyalty_walk(transfer->giver, &request, walk);
	if (walk->missing > 0)
		(void) loyalty_refuse_insufficient(transfer->points - walk->missing, transfer->points,
										   LOYALTY_RAISES);
}

static void
post_giver(const Transfer *transfer, int64 pair_id, LotWalk *walk)
{
	Event origin = transfer->origin;

	origin.event_id = origin.pair_id = pair_id;
	loyalty_event_begin(transfer->giver, EVENT_TRANSFER_OUT, transfer->giver->event_time, &origin);
	loyalty_walk_post_draws(transfer->giver, walk, HOUSE_TRANSFER_IN_TRANSIT);
	loyalty_walk_post_rolls(transfer->giver, walk);
	loyalty_event_end(transfer->giver);
}

/* What was drawn from one lot, as a lot of the receiver. */
static Lot
received_lot(const Transfer *transfer, const WalkedLot *walked, int64 lot_id, TimestampTz renewed)
{
	const ProgramRules *rules = &transfer->program->rules;
	bool renews = transfer->program->transfer.renews_expiry;
	LotExpiryType renewed_type =
		rules->expiry_type == EXPIRY_TYPE_ROLLING ? LOT_EXPIRY_ROLLING : LOT_EXPIRY_FIXED;

	return (Lot){
		.lot_id = lot_id,
		.program_id = transfer->program->program_id,
		.category = CATEGORY_REGULAR,
		.award_type = walked->lot.award_type,
		.expiry_type = renews ? renewed_type : walked->lot.expiry_type,
		.points = walked->drawn,
		.remaining = walked->drawn,
		.awarded_at = renews ? transfer->receiver->event_time : walked->lot.awarded_at,
		.expires_at = renews ? renewed : walked->old_expiry,
		.redeemable_from = AT_ONCE,
		.till_id = transfer->receiver->event.till_id,
		.origin_customer_id = transfer->giver->customer.customer_id,
		.origin_lot_id = walked->lot.lot_id,
	};
}

static void
post_receiver(const Transfer *transfer, int64 pair_id, const LotWalk *walk)
{
	Posting *posting = transfer->receiver;
	PostedAccount *account =
		loyalty_posting_account(posting, transfer->program->program_id, CATEGORY_REGULAR);
	TimestampTz renewed = loyalty_program_expiry(posting->call, transfer->program, posting->event_time);
	TimestampTz first = NEVER;
	int64 lot_id;
	Event origin = {
		.source_id = transfer->origin.source_id,
		.till_id = transfer->origin.till_id,
		.store_id = transfer->origin.store_id,
		.pair_id = pair_id,
	};
	int i;

	if (transfer->program->transfer.renews_expiry && renewed <= posting->event_time)
		ereport(ERROR, (errcode(ERRCODE_LOYALTY_EXPIRY_PASSED), errmsg("the expiry is not after the event")));
	loyalty_event_begin(posting, EVENT_TRANSFER_IN, posting->event_time, &origin);
	loyalty_event_post(posting, account, ENTRY_CREDIT, HOUSE_TRANSFER_IN_TRANSIT, transfer->points);
	lot_id = posting->event.event_id;
	for (i = 0; i < walk->lots.n; i++)
	{
		Lot lot;

		if (walk->lots.items[i].drawn == 0)
			continue;
		lot = received_lot(transfer, &walk->lots.items[i], lot_id, renewed);
		lot_id = loyalty_next_id();
		loyalty_event_add_credit_lot(posting, account, &lot);
		if (lot.remaining > 0)
			first = Min(first, lot.expires_at);
	}
	loyalty_roll_lots(posting, transfer->program);
	account->account.next_expiry_at = Min(account->account.next_expiry_at, first);
	loyalty_event_end(posting);
	if (first <= posting->effective_at)
		(void) loyalty_posting_expire_due(posting);
}

void
loyalty_transfer(const Transfer *transfer)
{
	LotWalk walk;
	int64 pair_id;

	judge_caps(transfer);
	draw(transfer, &walk);
	pair_id = loyalty_next_id();
	post_giver(transfer, pair_id, &walk);
	post_receiver(transfer, pair_id, &walk);
}
