/*
 * award.c: giving points.
 *
 * An award is one event with one credit, and a lot for each of its parts, which all expire together. The first
 * lot of an event carries the event's id, so that a repeated request finds it without an index of its own.
 * Each lot pays the arrears of its account before anything of it can be spent. Then expiries roll, if the
 * program says so and the points are issued: an award is an activity. The lots that roll are those in the
 * table, so the new ones are not among them, and the account's next expiry is the earlier one of theirs and
 * the new lots'. In the end points that are due on arrival expire, by an event whose id was reserved when the
 * time was fixed.
 *
 * Judging comes before posting and writes nothing: loyalty_award_judge for those who keep refusals.
 * loyalty_award raises the same where nobody has judged. The customer is locked by the call, the job or the
 * batch. May be late: the event, by any span; it then takes effect with the account's last entry, and its
 * expiry may lie before that.
 */
#include "postgres.h"

#include "utils/timestamp.h"

#include "common/errors.h"
#include "common/ids.h"
#include "common/points_limit.h"
#include "ledger/earn/award.h"
#include "ledger/posting/draw.h"
#include "ledger/posting/due.h"
#include "ledger/posting/event.h"
#include "ledger/tables/lot_dates.h"

/* Labels restrict some kinds of awards one by one; all others are "earn". */
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

/*
 * Returns the expiry of the lots: as judged, as asked for, or as the program says. Promised points begin to
 * age when they are converted.
 */
static TimestampTz
award_expiry(const Posting *posting, const Award *award)
{
	if (award->is_judged)
		return award->expiry;
	if (award->expires_at != AT_ONCE)
		return award->expires_at;
	return award->category == CATEGORY_REGULAR
			   ? loyalty_program_expiry(posting->call, award->program, posting->event_time)
			   : NEVER;
}

/*
 * Returns from when the points can be spent. Promised points become regular on a date, which the program says
 * where the award does not.
 */
static TimestampTz
redeemable_from(const Posting *posting, const Award *award)
{
	if (award->category == CATEGORY_PROMISED && award->redeemable_from == AT_ONCE)
		return loyalty_promise_due(posting->call, award->program, posting->event_time);
	return award->redeemable_from;
}

/*
 * An expiry must lie after the event, and not after the clock: a late event may bring points that are gone
 * already.
 */
static bool
judge_expiry(const Posting *posting, const Award *award, TimestampTz expires_at, LoyaltyRefusal *refusal)
{
	if (expires_at <= posting->event_time)
		return loyalty_refuse_expiry_passed(
			expires_at, posting->event_time,
			award->expires_at == AT_ONCE ? "The date on which all points of the program expire is over."
										 : "Give an expires_at after the event, or none.",
			refusal);
	if (redeemable_from(posting, award) == NEVER)
		LOYALTY_REFUSE(refusal, ERRCODE_LOYALTY_TIME_INVALID,
					   errmsg("the points would become regular after the year 9999"),
					   errdetail("The event is at %s; the program lets promised points wait %d days.",
								 pstrdup(timestamptz_to_str(posting->event_time)),
								 award->program->rules.promised_days),
					   errhint("Give redeemable_from."));
	return true;
}

/*
 * Returns when points that age from their conversion on would expire, if they were converted as early as they may be:
 * promised ones on their date, trigger-based ones at once. NEVER also stands for an expiry that the award names.
 */
static TimestampTz
converted_expiry(const Posting *posting, const Award *award, TimestampTz *converted_at)
{
	const LoyaltyProgram *program = award->program;

	*converted_at = posting->event_time;
	if (award->category == CATEGORY_REGULAR || award->expires_at != AT_ONCE ||
		program->rules.expiry_unit == EXPIRY_NEVER)
		return NEVER;
	if (award->category == CATEGORY_PROMISED)
		*converted_at = Max(redeemable_from(posting, award), posting->event_time);
	return loyalty_program_expiry(posting->call, program,
								  program->rules.promised_expiry_from_award ? posting->event_time
																			: *converted_at);
}

/*
 * Judges the expiry, and that of points that are not regular yet: those that would be gone by their conversion are
 * refused like regular ones that would be gone by their award.
 */
static bool
judge_dates(const Posting *posting, const Award *award, TimestampTz expires_at, LoyaltyRefusal *refusal)
{
	TimestampTz converted_at;
	TimestampTz gone_at;

	if (!judge_expiry(posting, award, expires_at, refusal))
		return false;
	gone_at = converted_expiry(posting, award, &converted_at);
	if (gone_at <= converted_at)
		LOYALTY_REFUSE(refusal, ERRCODE_LOYALTY_EXPIRY_PASSED,
					   errmsg("the points would expire before they are converted"),
					   errdetail("They would expire at %s, and be converted at %s at the earliest.",
								 pstrdup(timestamptz_to_str(gone_at)),
								 pstrdup(timestamptz_to_str(converted_at))));
	return true;
}

/*
 * Makes a lot of the event under construction. A lot rolls only where the program chose its expiry: a date
 * that somebody asked for is kept.
 */
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

/* Returns the part that stands in the award itself: most awards have no other. */
static AwardPart
first_part(const Award *award)
{
	return (AwardPart){ .type = award->type, .line_no = award->line_no, .points = award->points };
}

/* Serves opening balances, which post their entry themselves. */
Lot
loyalty_award_lot(const Posting *posting, const Award *award)
{
	AwardPart first = first_part(award);
	TimestampTz expires_at = award_expiry(posting, award);

	(void) judge_dates(posting, award, expires_at, LOYALTY_RAISES);
	return new_lot(posting, award, &first, expires_at);
}

/* Adds a lot to the credit at hand; returns whether any of it is left after arrears. */
static bool
post_lot(Posting *posting, PostedAccount *account, const Award *award, const AwardPart *part,
		 TimestampTz expires_at)
{
	Lot lot = new_lot(posting, award, part, expires_at);

	(void) loyalty_event_add_credit_lot(posting, account, &lot);
	return lot.remaining > 0;
}

/* Posts the credit with its lots; returns whether any of them is open. */
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

/* Adds up the parts. Stops beyond the limit, far below what would overflow: each part is below it. */
static bool
total_points(const Award *award, int64 *points, LoyaltyRefusal *refusal)
{
	int i;

	*points = award->points;
	for (i = 0; i < award->more_count && *points < POINTS_LIMIT; i++)
		*points += award->more[i].points;
	if (*points >= POINTS_LIMIT)
		LOYALTY_REFUSE(refusal, ERRCODE_LOYALTY_POINTS_OVERFLOW, errmsg("the points are too many together"),
					   errdetail(POINTS_LIMIT_DETAIL));
	return true;
}

/*
 * Tells whether the accounts have room for the expiry of what is due, and the one of the category for the
 * credit. Points that pass on arrival pay arrears first: no more than the rest expires.
 */
static bool
judge_accounts(const Posting *posting, Category category, int64 points, bool passes, LoyaltyRefusal *refusal)
{
	int i;

	for (i = 0; i < posting->account_count; i++)
	{
		const Account *account = &posting->accounts[i].account;
		int64 coming = account->category == category ? points : 0;

		if (!loyalty_posting_takes(posting, account, coming, passes ? Max(coming - account->arrears, 0) : 0))
			return loyalty_refuse_overflow(refusal);
	}
	return true;
}

/*
 * Judges in the order in which posting would raise. An award of no points is a bill that earned nothing: its
 * accounts must have room for what is due all the same.
 */
bool
loyalty_award_judge(const Posting *posting, Award *award, LoyaltyRefusal *refusal)
{
	int64 points;

	if (award->points != 0)
		award->expiry = award_expiry(posting, award);
	award->is_judged = award->points != 0;
	return (award->points == 0 || judge_dates(posting, award, award->expiry, refusal)) &&
		   total_points(award, &points, refusal) &&
		   judge_accounts(posting, award->category, points, award->expiry <= posting->effective_at, refusal);
}

/*
 * Rolls before the next expiry is set: rolling sets it by the lots in the table alone. Whether points are due
 * on arrival is asked of the expiry, not of the open lots, as all of them may have gone into arrears; expiring
 * finds nothing then.
 */
void
loyalty_award(Posting *posting, const Award *award, PostingResult *result)
{
	PostedAccount *account = loyalty_posting_account(posting, award->program->program_id, award->category);
	TimestampTz expires_at = award_expiry(posting, award);
	bool due_on_arrival = expires_at <= posting->effective_at;
	bool open;

	(void) ((award->is_judged || judge_dates(posting, award, expires_at, LOYALTY_RAISES)) &&
			total_points(award, &result->points, LOYALTY_RAISES));
	loyalty_event_begin(posting, award->event_code, posting->event_time, &award->origin);
	open = post_credit(posting, account, award, result->points, expires_at);
	if (award->house == 0)
		loyalty_roll_lots(posting, award->program);
	if (open)
		account->account.next_expiry_at = Min(account->account.next_expiry_at, expires_at);
	loyalty_event_end(posting);
	result->event_id = posting->event.event_id;
	result->expires_at = expires_at;
	if (due_on_arrival)
		(void) loyalty_posting_expire_due(posting);
}
