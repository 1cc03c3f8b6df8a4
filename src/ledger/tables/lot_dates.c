/*
 * lot_dates.c: when lots expire and become redeemable. The program's rules count in days; an instant is the start of a
 * day where the org is. Awards, conversions and rolling lots ask the same functions, so a date never depends on the
 * way points came. Nothing is locked or read but the org's rules and its zone.
 */
#include "postgres.h"

#include "utils/timestamp.h"

#include "common/errors.h"
#include "ledger/tables/lot_dates.h"

/*
 * Points are good through their last day: they expire with the first instant of the day after, in the org's
 * zone, where a day may have 23 or 25 hours. Points that would expire after the last day of all never do: no call could
 * name such a time, and a document could not show it.
 */
TimestampTz
loyalty_program_expiry(const LoyaltyCall *call, const LoyaltyProgram *program, TimestampTz awarded_at)
{
	int32 last_day;

	if (!loyalty_program_last_day(&program->rules, loyalty_local_date(awarded_at, call->org->zone),
								  &last_day) ||
		last_day >= LATEST_DAY)
		return NEVER;
	return loyalty_start_of_day(last_day + 1, call->org->zone);
}

/* Whole days are waited, so the instant is the first of a day; a day that is none leaves the promise without an end. */
TimestampTz
loyalty_promise_due(const LoyaltyCall *call, const LoyaltyProgram *program, TimestampTz awarded_at)
{
	int32 awarded_on = loyalty_local_date(awarded_at, call->org->zone);
	int32 day = loyalty_program_promise_day(&program->rules, awarded_on);

	return day > LATEST_DAY ? NEVER : loyalty_start_of_day(day, call->org->zone);
}

/* Names both times, and nothing of the customer. What is compared is the call's own, or the program's. */
bool
loyalty_refuse_expiry_passed(TimestampTz expires_at, TimestampTz event_time, const char *hint,
							 LoyaltyRefusal *refusal)
{
	LOYALTY_REFUSE(refusal, ERRCODE_LOYALTY_EXPIRY_PASSED, errmsg("the expiry is not after the event"),
				   errdetail("The expiry is at %s, the event at %s.", pstrdup(timestamptz_to_str(expires_at)),
							 pstrdup(timestamptz_to_str(event_time))),
				   errhint("%s", hint));
}
