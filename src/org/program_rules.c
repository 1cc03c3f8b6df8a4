/*
 * program_rules.c: what a program says about points.
 *
 * Whole numbers throughout: an amount in thousandths times a rate in millionths is divided once, by the
 * decimals that the program keeps, so that a bill is rounded once and by one rule. The product of two int64
 * fits 128 bits.
 *
 * Dates are days of the org's calendar; which instant a day begins and ends at is for those who know the zone
 * (ledger/tables/lot_dates.c). Nothing is late here: an expiry is a day, whenever it is posted.
 */
#include "org/program_rules.h"

#include <stddef.h>

#include "common/points_limit.h"

#define EPOCH_SHIFT 730425	/* days from 0000-03-01 to 2000-01-01 */
#define DAYS_PER_ERA 146097 /* 400 years */

const char *const loyalty_rounding_names[ROUNDING_COUNT] = {
	[ROUNDING_CEILING] = "ceiling",		[ROUNDING_FLOOR] = "floor",			[ROUNDING_HALF_UP] = "half_up",
	[ROUNDING_HALF_DOWN] = "half_down", [ROUNDING_HALF_EVEN] = "half_even",
};

const char *const loyalty_expiry_unit_names[EXPIRY_UNIT_COUNT] = {
	[EXPIRY_NEVER] = "never",
	[EXPIRY_DAYS] = "days",
	[EXPIRY_MONTHS] = "months",
	[EXPIRY_FIXED_DATE] = "fixed_date",
};

const char *const loyalty_expiry_type_names[EXPIRY_TYPE_COUNT] = {
	[EXPIRY_TYPE_FIXED] = "fixed",
	[EXPIRY_TYPE_ROLLING] = "rolling",
};

/*
 * Judges what was given together; words and their spelling were judged before. Rolling expiry needs a span that
 * can begin anew.
 */
const char *
loyalty_program_problem(const ProgramRules *rules, bool has_value, bool has_date)
{
	bool counted = rules->expiry_unit == EXPIRY_DAYS || rules->expiry_unit == EXPIRY_MONTHS;
	int most = rules->expiry_unit == EXPIRY_DAYS ? MAX_EXPIRY_DAYS : MAX_EXPIRY_MONTHS;

	if (rules->points_per_unit < 0)
		return "points_per_unit is negative";
	if (rules->decimals < 0 || rules->decimals > MAX_DECIMALS)
		return "decimals are not between 0 and 3";
	if (counted && (!has_value || rules->expiry_value < 1 || rules->expiry_value > most))
		return "expiry_value is not between 1 and a hundred years";
	if (!counted && has_value)
		return "expiry_value goes with expiry_unit days or months";
	if ((rules->expiry_unit == EXPIRY_FIXED_DATE) != has_date)
		return "expiry_date goes with expiry_unit fixed_date, and only with it";
	if (rules->expiry_type == EXPIRY_TYPE_ROLLING && !counted)
		return "rolling expiry needs expiry_unit days or months";
	return NULL;
}

/* Divides a whole point by ten for each decimal. */
int64_t
loyalty_program_step(const ProgramRules *rules)
{
	int64_t size = 1000;
	int i;

	for (i = 0; i < rules->decimals; i++)
		size /= 10;
	return size;
}

/* Tells by the remainder. */
bool
loyalty_program_keeps(const ProgramRules *rules, int64_t points)
{
	return points % loyalty_program_step(rules) == 0;
}

/* Rounds a quotient that is not negative. Twice the rest fits: the divisor is below 10^10. */
static __int128
divide(__int128 dividend, int64_t divisor, Rounding rounding)
{
	__int128 quotient = dividend / divisor;
	__int128 twice = dividend % divisor * 2;
	bool up = false;

	switch (rounding)
	{
		case ROUNDING_CEILING:
			up = twice > 0;
			break;
		case ROUNDING_HALF_UP:
			up = twice >= divisor;
			break;
		case ROUNDING_HALF_DOWN:
			up = twice > divisor;
			break;
		case ROUNDING_HALF_EVEN:
			up = twice > divisor || (twice == divisor && quotient % 2 == 1);
			break;
		case ROUNDING_FLOOR:
		case ROUNDING_COUNT:
			break;
	}
	return quotient + (up ? 1 : 0);
}

/*
 * Multiplies amount / 1000 units by rate / RATE_SCALE points, in thousandths: amount x rate / RATE_SCALE. It
 * divides into steps of what the program keeps, and judges the limit before the result is made an int64.
 */
bool
loyalty_program_award(const ProgramRules *rules, int64_t amount, int64_t *points)
{
	int64_t size = loyalty_program_step(rules);
	__int128 steps = divide((__int128) amount * rules->points_per_unit, RATE_SCALE * size, rules->rounding);

	if (steps * size >= POINTS_LIMIT)
		return false;
	*points = (int64_t) (steps * size);
	return true;
}

/*
 * A month of the civil calendar by years that begin in March, so that a leap day ends its year: a day is an era
 * of 400 years, a year of the era and a day of the year. Five months have 153 days in such a year, from March on
 * and from August on.
 */
typedef struct Month
{
	int64_t year; /* beginning in March */
	int month;	  /* 0 is March */
} Month;

/* Finds the month of a day. Days before the first era round down, as C does not. */
static Month
month_of_day(int32_t day)
{
	int64_t shifted = (int64_t) day + EPOCH_SHIFT;
	int64_t era = (shifted >= 0 ? shifted : shifted - DAYS_PER_ERA + 1) / DAYS_PER_ERA;
	int64_t in_era = shifted - era * DAYS_PER_ERA;
	int64_t year = (in_era - in_era / 1460 + in_era / 36524 - in_era / 146096) / 365;
	int64_t in_year = in_era - (365 * year + year / 4 - year / 100);

	return (Month){ .year = year + era * 400, .month = (int) ((5 * in_year + 2) / 153) };
}

/* Returns the first day of a month, the inverse of the above. */
static int32_t
first_day(Month at)
{
	int64_t era = (at.year >= 0 ? at.year : at.year - 399) / 400;
	int64_t year = at.year - era * 400;
	int64_t in_year = (153 * (int64_t) at.month + 2) / 5;

	return (int32_t) (era * DAYS_PER_ERA + year * 365 + year / 4 - year / 100 + in_year - EPOCH_SHIFT);
}

/*
 * Returns the last day of the month that lies some months after a day's: the day before the month behind it
 * begins.
 */
static int32_t
end_of_month(int32_t day, int months)
{
	Month next = month_of_day(day);
	int total = next.month + months + 1;

	next.year += total / 12;
	next.month = total % 12;
	return first_day(next) - 1;
}

/* Goes to the month and back. */
int32_t
loyalty_first_of_month(int32_t day)
{
	return first_day(month_of_day(day));
}

/*
 * Adds days to the day of the award itself, which counts as day 0; months end with their last day, whatever day
 * it was.
 */
bool
loyalty_program_last_day(const ProgramRules *rules, int32_t awarded_on, int32_t *last_day)
{
	switch (rules->expiry_unit)
	{
		case EXPIRY_DAYS:
			*last_day = awarded_on + rules->expiry_value;
			return true;
		case EXPIRY_MONTHS:
			*last_day = end_of_month(awarded_on, rules->expiry_value);
			return true;
		case EXPIRY_FIXED_DATE:
			*last_day = rules->expiry_date;
			return true;
		case EXPIRY_NEVER:
		case EXPIRY_UNIT_COUNT:
			break;
	}
	return false;
}

/* Adds one day for that of the award: the days that points wait are whole ones. */
int32_t
loyalty_program_promise_day(const ProgramRules *rules, int32_t awarded_on)
{
	return awarded_on + rules->promised_days + 1;
}
