/*
 * lot_dates.c: when lots expire and become redeemable. The program's rules count in days; an instant is the start of a
 * day where the org is. Awards, conversions and rolling lots ask the same functions, so a date never depends on the
 * way points came. Nothing is locked or read but the org's rules and its zone.
 */
#include "postgres.h"

#include "ledger/posting/lot_dates.h"

/*
 * Points are good through their last day: they expire with the first instant of the day after, in the org's
 * zone, where a day may have 23 or 25 hours.
 */
TimestampTz
loyalty_program_expiry(const LoyaltyCall *call, const LoyaltyProgram *program, TimestampTz awarded_at)
{
	int32 last_day;

	if (!loyalty_program_last_day(&program->rules, loyalty_local_date(awarded_at, call->org->zone),
								  &last_day))
		return NEVER;
	return loyalty_start_of_day(last_day + 1, call->org->zone);
}

/* Whole days are waited, so the instant is the first of a day. */
TimestampTz
loyalty_promise_due(const LoyaltyCall *call, const LoyaltyProgram *program, TimestampTz awarded_at)
{
	int32 awarded_on = loyalty_local_date(awarded_at, call->org->zone);

	return loyalty_start_of_day(loyalty_program_promise_day(&program->rules, awarded_on), call->org->zone);
}

/* A promise may name a date that lies before its award, where the award was told of late. */
TimestampTz
loyalty_conversion_instant(const Lot *promised)
{
	return Max(promised->redeemable_from, promised->awarded_at);
}
