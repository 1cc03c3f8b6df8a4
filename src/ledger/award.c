/*
 * award.c: giving points. The event's lot carries the event's id.
 */
#include "postgres.h"

#include "common/errors.h"
#include "ledger/award.h"
#include "ledger/conversion.h"
#include "ledger/draw.h"

GuardedOperation
loyalty_award_guard(EventCode event_code)
{
	switch (event_code)
	{
		case EVENT_GOODWILL:
			return GUARD_GOODWILL;
		case EVENT_GENERIC:
			return GUARD_GENERIC_EVENT;
		case EVENT_BULK_AWARD:
			return GUARD_BULK_AWARD;
		case EVENT_TARGET_COMPLETED:
			return GUARD_TARGET;
		default:
			return GUARD_EARN;
	}
}

static TimestampTz
award_expiry(const Posting *posting, const Award *award)
{
	TimestampTz expires_at = award->expires_at;

	/* Promised points begin to age when they are converted. */
	if (expires_at == AT_ONCE)
		expires_at = award->category == CATEGORY_REGULAR
						 ? loyalty_program_expiry(posting->call, award->program, posting->event_time)
						 : NEVER;
	if (expires_at <= posting->event_time)
		ereport(ERROR, (errcode(ERRCODE_LOYALTY_EXPIRY_PASSED), errmsg("the expiry is not after the event")));
	return expires_at;
}

/* Promised points become regular on a date, which the program says where the award does not. */
static TimestampTz
redeemable_from(const Posting *posting, const Award *award)
{
	if (award->category == CATEGORY_PROMISED && award->redeemable_from == AT_ONCE)
		return loyalty_promise_due(posting->call, award->program, posting->event_time);
	return award->redeemable_from;
}

static Lot
new_lot(const Posting *posting, const Award *award, TimestampTz expires_at)
{
	bool rolls = award->expires_at == AT_ONCE && award->category == CATEGORY_REGULAR &&
				 award->program->rules.expiry_type == EXPIRY_TYPE_ROLLING;

	return (Lot){
		.lot_id = posting->event.event_id,
		.program_id = award->program->program_id,
		.category = award->category,
		.award_type = award->type,
		.expiry_type = rolls ? LOT_EXPIRY_ROLLING : LOT_EXPIRY_FIXED,
		.points = award->points,
		.remaining = award->points,
		.awarded_at = posting->event_time,
		.expires_at = expires_at,
		.redeemable_from = redeemable_from(posting, award),
		.transaction_id = posting->event.transaction_id,
		.till_id = posting->event.till_id,
	};
}

/* The credit with its lot, which pays arrears first. */
static void
post_credit(Posting *posting, PostedAccount *account, Lot *lot)
{
	int64 paid;

	loyalty_event_post(posting, account, ENTRY_CREDIT, HOUSE_ISSUED, lot->points);
	lot->entry_no = account->account.last_entry_no;
	paid = loyalty_lot_pay_arrears(lot, &account->account);
	loyalty_event_add_lot(posting, lot, true);
	if (paid > 0)
		loyalty_event_add_movement(posting, lot->lot_id, MOVEMENT_ARREARS_PAID, paid);
}

static void
roll_others(Posting *posting, const Award *award)
{
	LotWalk walk;

	if (award->program->rules.expiry_type != EXPIRY_TYPE_ROLLING)
		return;
	loyalty_walk_lots(posting, award->program->program_id, 0, MOVEMENT_REDEEMED, &walk);
	loyalty_walk_post_rolls(posting, &walk);
}

void
loyalty_award(Posting *posting, const Award *award, Answer *answer)
{
	PostedAccount *account = loyalty_posting_account(posting, award->program->program_id, award->category);
	TimestampTz expires_at = award_expiry(posting, award);
	bool due_on_arrival = expires_at <= posting->effective_at;
	Lot lot;

	loyalty_event_begin(posting, award->event_code, posting->event_time, &award->columns);
	lot = new_lot(posting, award, expires_at);
	post_credit(posting, account, &lot);
	roll_others(posting, award);
	if (lot.remaining > 0)
		account->account.next_expiry_at = Min(account->account.next_expiry_at, lot.expires_at);
	loyalty_event_end(posting);
	answer->event_id = posting->event.event_id;
	answer->points = award->points;
	answer->expires_at = expires_at;
	if (due_on_arrival)
		loyalty_posting_expire_due(posting);
}
