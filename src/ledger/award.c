/*
 * award.c: giving points. The first lot of an event carries the event's id.
 */
#include "postgres.h"

#include "common/errors.h"
#include "common/ids.h"
#include "common/points.h"
#include "common/points_limit.h"
#include "ledger/award.h"
#include "ledger/draw.h"
#include "ledger/lot_dates.h"

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
new_lot(const Posting *posting, const Award *award, const AwardPart *part, TimestampTz expires_at)
{
	bool rolls = award->expires_at == AT_ONCE && award->category == CATEGORY_REGULAR &&
				 award->program->rules.expiry_type == EXPIRY_TYPE_ROLLING;

	return (Lot){
		.lot_id = posting->lots.n == 0 ? posting->event.event_id : loyalty_next_id(),
		.program_id = award->program->program_id,
		.category = award->category,
		.award_type = part->type,
		.expiry_type = rolls ? LOT_EXPIRY_ROLLING : LOT_EXPIRY_FIXED,
		.points = part->points,
		.remaining = part->points,
		.awarded_at = posting->event_time,
		.expires_at = expires_at,
		.redeemable_from = redeemable_from(posting, award),
		.transaction_id = posting->event.transaction_id,
		.till_id = posting->event.till_id,
		.line_no = part->line_no,
	};
}

static AwardPart
first_part(const Award *award)
{
	return (AwardPart){ .type = award->type, .line_no = award->line_no, .points = award->points };
}

Lot
loyalty_award_lot(const Posting *posting, const Award *award)
{
	AwardPart first = first_part(award);

	return new_lot(posting, award, &first, award_expiry(posting, award));
}

/* A lot of the credit at hand; answers whether any of it is left. */
static bool
post_lot(Posting *posting, PostedAccount *account, const Award *award, const AwardPart *part,
		 TimestampTz expires_at)
{
	Lot lot = new_lot(posting, award, part, expires_at);

	(void) loyalty_event_add_credit_lot(posting, account, &lot);
	return lot.remaining > 0;
}

/* The credit with its lots; answers whether any of them is open. */
static bool
post_credit(Posting *posting, PostedAccount *account, const Award *award, int64 points,
			TimestampTz expires_at)
{
	AwardPart first = first_part(award);
	bool open;
	int i;

	loyalty_event_post(posting, account, ENTRY_CREDIT, award->house ? award->house : HOUSE_ISSUED, points);
	open = post_lot(posting, account, award, &first, expires_at);
	for (i = 0; i < award->more_count; i++)
		open |= post_lot(posting, account, award, &award->more[i], expires_at);
	return open;
}

/* What all lots of an award bring together. */
static int64
total_points(const Award *award)
{
	int64 points = award->points;
	int i;

	for (i = 0; i < award->more_count; i++)
		loyalty_add_points(&points, award->more[i].points);
	if (points >= POINTS_LIMIT)
		ereport(ERROR, (errcode(ERRCODE_LOYALTY_POINTS_OVERFLOW), errmsg("the points are too many together"),
						errdetail(POINTS_LIMIT_DETAIL)));
	return points;
}

void
loyalty_award(Posting *posting, const Award *award, PostingResult *answer)
{
	PostedAccount *account = loyalty_posting_account(posting, award->program->program_id, award->category);
	TimestampTz expires_at = award_expiry(posting, award);
	bool due_on_arrival = expires_at <= posting->effective_at;
	bool open;

	answer->points = total_points(award);
	loyalty_event_begin(posting, award->event_code, posting->event_time, &award->origin);
	open = post_credit(posting, account, award, answer->points, expires_at);
	if (award->house == 0)
		loyalty_roll_lots(posting, award->program);
	if (open)
		account->account.next_expiry_at = Min(account->account.next_expiry_at, expires_at);
	loyalty_event_end(posting);
	answer->event_id = posting->event.event_id;
	answer->expires_at = expires_at;
	if (due_on_arrival)
		(void) loyalty_posting_expire_due(posting);
}
