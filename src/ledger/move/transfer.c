/*
 * transfer.c: points that go from one customer to another.
 *
 * Caps are judged first, then the giver's lots are drawn on in spending order, as in a redemption. The giver's
 * event debits them; the receiver's event credits the same points, with a lot for each lot that paid, which
 * names it as its origin. The program says whether such a lot keeps its expiry or begins to age anew. Both
 * house entries go over one account in transit, so that the books balance between the two. Giving and getting
 * are activities: rolling expiries of both sides roll.
 *
 * Both customers are locked, the lower id first (loyalty_operation_lock_pair), and what is due has expired on
 * both sides. May be late: the transfer itself, which takes effect with the later of both sides' last entries;
 * points that kept an expiry which lies before that expire on arrival.
 */
#include "postgres.h"

#include "common/errors.h"
#include "common/ids.h"
#include "common/points.h"
#include "ledger/move/transfer.h"
#include "ledger/posting/draw.h"
#include "ledger/posting/due.h"
#include "ledger/posting/event.h"
#include "ledger/posting/participation.h"
#include "ledger/spend/recent_store.h"
#include "ledger/tables/lot_dates.h"

/* Tells whether the program caps transfers at all: most do not, and history is read for caps alone. */
static bool
has_caps(const TransferRules *rules)
{
	int i;

	for (i = 0; i < TRANSFER_WINDOWS; i++)
		if (rules->points[i] != 0 || rules->count[i] != 0)
			return true;
	return false;
}

/* Refuses points of who may not spend them, and points for somebody to whom none come: they would be lost. */
static void
judge_participations(const Transfer *transfer)
{
	(void) (loyalty_posting_judge_spending(transfer->giver, transfer->program, LOYALTY_RAISES) &&
			loyalty_posting_judge_accrual(transfer->receiver, transfer->program, LOYALTY_RAISES));
}

/* Raises LY436 with the cap and what this transfer would make of it. */
static void
refuse_beyond(const char *what, int days, const char *cap, const char *given)
{
	ereport(ERROR, (errcode(ERRCODE_LOYALTY_TRANSFER_LIMIT),
					errmsg("the transfer would exceed a limit of the program"),
					errdetail("%s within %d %s: at most %s; with this transfer %s.", what, days,
							  days == 1 ? "day" : "days", cap, given)));
}

/*
 * Judges the caps of the program, this transfer among what counts. Days are those of the org, the day of the
 * transfer included, and the longest window is read for all of them.
 */
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

/*
 * Draws the points from the giver's lots, first expiring first. Registration awards are passed over unless the
 * program lets them be given.
 */
static void
draw(const Transfer *transfer, LotWalk *walk)
{
	DrawRequest request = {
		.program_id = transfer->program->program_id,
		.category = CATEGORY_REGULAR,
		.points = transfer->points,
		.type = MOVEMENT_TRANSFERRED,
		.excluded_award = transfer->program->transfer.gives_registration ? 0 : AWARD_REGISTRATION,
	};

	loyalty_walk(transfer->giver, &request, walk);
	if (walk->missing > 0)
		(void) loyalty_refuse_insufficient(transfer->points - walk->missing, transfer->points,
										   LOYALTY_RAISES);
}

/*
 * Posts the giver's event, under the id that was drawn as the pair's: the receiver's event can name it, and a
 * repeat finds it by the giver's key.
 */
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

/*
 * Makes of what was drawn from one lot a lot of the receiver. The expiry that it may keep is the one before
 * the giver's activity rolled it. It can be spent at once, since only redeemable points were drawn.
 */
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

#define RENEWED_AND_OVER \
	"Transfers renew the expiry, and the date on which all points of the program expire is over."

/*
 * Posts the receiver's event. Rolling comes before the next expiry is set, as it sets that by the lots in the
 * table; the new ones are counted in afterwards. They pay the receiver's arrears first. The first lot carries
 * the event's id, and so does an award's.
 */
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
		(void) loyalty_refuse_expiry_passed(renewed, posting->event_time, RENEWED_AND_OVER, LOYALTY_RAISES);
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

/*
 * Judges and draws before either event is posted. The pair's id is drawn before both, and is the lower one of
 * their ids.
 */
void
loyalty_transfer(const Transfer *transfer)
{
	LotWalk walk;
	int64 pair_id;

	judge_participations(transfer);
	judge_caps(transfer);
	draw(transfer, &walk);
	pair_id = loyalty_next_id();
	post_giver(transfer, pair_id, &walk);
	post_receiver(transfer, pair_id, &walk);
}
