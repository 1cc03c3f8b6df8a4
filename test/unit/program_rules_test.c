/*
 * program_rules_test.c: rounding at every boundary, the last usable day over 500 years, contradictory rules.
 */
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "org/program_rules.h"
#include "tap.h"

#define LIMIT INT64_C(1000000000000000000)

/* ---------------------------------------------------------------- rounding */

/* Whether r is what a rounding makes of the fraction a / b, by the definition of each rounding. */
static bool
is_rounded(Rounding rounding, __int128 a, __int128 b, __int128 r)
{
	__int128 off = 2 * (a - r * b); /* twice the distance from r, in b-ths */

	switch (rounding)
	{
		case ROUNDING_CEILING:
			return (r - 1) * b < a && a <= r * b;
		case ROUNDING_FLOOR:
			return r * b <= a && a < (r + 1) * b;
		case ROUNDING_HALF_UP:
			return -b <= off && off < b;
		case ROUNDING_HALF_DOWN:
			return -b < off && off <= b;
		case ROUNDING_HALF_EVEN:
			return (-b < off && off < b) || ((off == b || off == -b) && r % 2 == 0);
		case ROUNDING_COUNT:
			break;
	}
	return false;
}

static void
test_rounding(Rounding rounding)
{
	static const int64_t rates[] = {
		0,		1,		 3,		  499999,  500000,	500001,	 333333,	666667,
		999999, 1000000, 1000001, 1250000, 1500000, 2500000, 100000000, 12345678
	};
	static const int64_t steps[] = { 1000, 100, 10, 1 };
	char name[100];
	int64_t wrong = 0;

	for (int decimals = 0; decimals <= MAX_DECIMALS; decimals++)
		for (size_t i = 0; i < sizeof(rates) / sizeof(rates[0]); i++)
			for (int64_t amount = 0; amount <= 6000; amount++)
			{
				ProgramRules rules = { .points_per_unit = rates[i],
									   .decimals = decimals,
									   .rounding = rounding };
				int64_t points = -1;

				if (!loyalty_program_award(&rules, amount, &points) || points % steps[decimals] != 0 ||
					!is_rounded(rounding, (__int128) amount * rates[i],
								(__int128) RATE_SCALE * steps[decimals], points / steps[decimals]))
					wrong++;
			}
	snprintf(name, sizeof(name), "award: %s is right for every amount up to 6 at each rate and scale",
			 loyalty_rounding_names[rounding]);
	ok(wrong == 0, name);
}

/* Amount 2.5 at rate 1 and the like, as a reader would check them by hand. */
static void
test_halves(void)
{
	static const struct
	{
		Rounding rounding;
		int64_t amount; /* thousandths */
		int64_t points; /* whole */
	} cases[] = {
		{ ROUNDING_CEILING, 2001, 3 },	 { ROUNDING_CEILING, 2000, 2 },	  { ROUNDING_FLOOR, 2999, 2 },
		{ ROUNDING_HALF_UP, 2500, 3 },	 { ROUNDING_HALF_UP, 2499, 2 },	  { ROUNDING_HALF_UP, 3500, 4 },
		{ ROUNDING_HALF_DOWN, 2500, 2 }, { ROUNDING_HALF_DOWN, 2501, 3 }, { ROUNDING_HALF_EVEN, 2500, 2 },
		{ ROUNDING_HALF_EVEN, 3500, 4 }, { ROUNDING_HALF_EVEN, 500, 0 },  { ROUNDING_HALF_EVEN, 1500, 2 },
	};
	int wrong = 0;

	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++)
	{
		ProgramRules rules = { .points_per_unit = RATE_SCALE, .rounding = cases[i].rounding };
		int64_t points = -1;

		if (!loyalty_program_award(&rules, cases[i].amount, &points) || points != cases[i].points * 1000)
			wrong++;
	}
	ok(wrong == 0, "award: halves go where each rounding says");
}

static void
test_limits(void)
{
	ProgramRules rules = { .points_per_unit = RATE_SCALE, .decimals = 3, .rounding = ROUNDING_HALF_UP };
	int64_t points = -1;

	ok(loyalty_program_award(&rules, LIMIT - 1, &points) && points == LIMIT - 1,
	   "award: the largest numeric(18,3) passes");
	rules.points_per_unit = RATE_SCALE + 1;
	ok(!loyalty_program_award(&rules, LIMIT - 1, &points), "award: more than that is refused");
	rules.points_per_unit = LIMIT - 1;
	ok(!loyalty_program_award(&rules, LIMIT - 1, &points),
	   "award: largest amount, largest rate: no overflow");
	rules.points_per_unit = RATE_SCALE;
	rules.decimals = 0;
	ok(!loyalty_program_award(&rules, LIMIT - 500, &points),
	   "award: a rounding that reaches the limit is refused");
	rules.rounding = ROUNDING_FLOOR;
	ok(loyalty_program_award(&rules, LIMIT - 1, &points) && points == LIMIT - 1000,
	   "award: one that stays below it passes");
	rules.points_per_unit = 0;
	ok(loyalty_program_award(&rules, LIMIT - 1, &points) && points == 0,
	   "award: a rate of zero earns nothing");
}

static void
test_keeps(void)
{
	static const int64_t steps[] = { 1000, 100, 10, 1 };
	int wrong = 0;

	for (int decimals = 0; decimals <= MAX_DECIMALS; decimals++)
		for (int64_t points = -3000; points <= 3000; points++)
		{
			ProgramRules rules = { .decimals = decimals };

			if (loyalty_program_keeps(&rules, points) != (labs(points) % steps[decimals] == 0))
				wrong++;
		}
	ok(wrong == 0, "keeps: exactly the multiples of the last decimal");
}

/* ---------------------------------------------------------------- expiry */

#define FIRST_YEAR 1900
#define LAST_YEAR 2520
#define FIRST_DAY (-36524) /* 1900-01-01, counted from 2000-01-01 */
#define MONTHS ((LAST_YEAR - FIRST_YEAR + 1) * 12)

static int32_t month_end[MONTHS];

static bool
is_leap(int year)
{
	return year % 400 == 0 || (year % 4 == 0 && year % 100 != 0);
}

/* The independent calendar: the lengths of the months, added up. */
static void
fill_calendar(void)
{
	static const int lengths[] = { 31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31 };
	int32_t day = FIRST_DAY - 1;

	for (int i = 0; i < MONTHS; i++)
	{
		day += lengths[i % 12];
		if (i % 12 == 1 && is_leap(FIRST_YEAR + i / 12))
			day++;
		month_end[i] = day;
	}
}

static void
test_months(int months, const char *name)
{
	ProgramRules rules = { .expiry_unit = EXPIRY_MONTHS, .expiry_value = months };
	int32_t day = FIRST_DAY;
	int wrong = 0;

	for (int i = 0; i + months < MONTHS; i++)
		for (; day <= month_end[i]; day++)
		{
			int32_t last = INT32_MIN;

			if (!loyalty_program_last_day(&rules, day, &last) || last != month_end[i + months])
				wrong++;
		}
	ok(wrong == 0, name);
}

/* Days from 2000-01-01 of a date after FIRST_YEAR. */
static int32_t
day_of(int year, int month, int day)
{
	int i = (year - FIRST_YEAR) * 12 + month - 1;

	return (i == 0 ? FIRST_DAY - 1 : month_end[i - 1]) + day;
}

static void
test_known_dates(void)
{
	static const struct
	{
		int year, month, day, months, end_year, end_month, end_day;
		const char *name;
	} cases[] = {
		{ 1997, 1, 15, 12, 1998, 1, 31, "months: 1997-01-15 and 12 months end on 1998-01-31" },
		{ 2000, 2, 29, 12, 2001, 2, 28, "months: 2000-02-29 and 12 months end on 2001-02-28" },
		{ 2023, 2, 28, 12, 2024, 2, 29, "months: 2023-02-28 and 12 months end on 2024-02-29" },
		{ 2099, 2, 1, 12, 2100, 2, 28, "months: 2100 is no leap year" },
		{ 2399, 2, 1, 12, 2400, 2, 29, "months: 2400 is one" },
		{ 2023, 12, 31, 1, 2024, 1, 31, "months: December goes on in January" },
		{ 2024, 1, 31, 1, 2024, 2, 29, "months: from the 31st to a shorter month" },
	};

	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++)
	{
		ProgramRules rules = { .expiry_unit = EXPIRY_MONTHS, .expiry_value = cases[i].months };
		int32_t last = INT32_MIN;

		ok(loyalty_program_last_day(&rules, day_of(cases[i].year, cases[i].month, cases[i].day), &last) &&
			   last == day_of(cases[i].end_year, cases[i].end_month, cases[i].end_day),
		   cases[i].name);
	}
}

static void
test_other_units(void)
{
	ProgramRules rules = { .expiry_unit = EXPIRY_DAYS };
	int32_t last;
	int wrong = 0;

	for (rules.expiry_value = 1; rules.expiry_value <= MAX_EXPIRY_DAYS; rules.expiry_value++)
		if (!loyalty_program_last_day(&rules, 59, &last) || last != 59 + rules.expiry_value)
			wrong++;
	ok(wrong == 0, "days: the award's day and as many more");

	rules = (ProgramRules){ .expiry_unit = EXPIRY_FIXED_DATE, .expiry_date = 12345 };
	ok(loyalty_program_last_day(&rules, 1, &last) && last == 12345, "fixed_date: that date, before it");
	ok(loyalty_program_last_day(&rules, 20000, &last) && last == 12345, "fixed_date: that date, after it");

	rules = (ProgramRules){ .expiry_unit = EXPIRY_NEVER };
	ok(!loyalty_program_last_day(&rules, 1, &last), "never: no last day");
}

/* ---------------------------------------------------------------- contradictions */

/* What the documentation says of a program's rules, said once more. */
static bool
is_possible(const ProgramRules *rules, bool has_value, bool has_date)
{
	bool days = rules->expiry_unit == EXPIRY_DAYS;
	bool months = rules->expiry_unit == EXPIRY_MONTHS;

	if (rules->points_per_unit < 0 || rules->decimals < 0 || rules->decimals > 3)
		return false;
	if (has_date != (rules->expiry_unit == EXPIRY_FIXED_DATE))
		return false;
	if (has_value != (days || months))
		return false;
	if (has_value && (rules->expiry_value < 1 || rules->expiry_value > (days ? 36525 : 1200)))
		return false;
	return rules->expiry_type == EXPIRY_TYPE_FIXED || days || months;
}

static void
test_problems(void)
{
	static const int64_t rates[] = { INT64_MIN, -1, 0, RATE_SCALE, LIMIT - 1 };
	static const int decimals[] = { INT32_MIN, -1, 0, 1, 2, 3, 4, INT32_MAX };
	static const int values[] = { INT32_MIN, -1, 0, 1, 12, 1200, 1201, 36525, 36526, INT32_MAX };
	int wrong = 0;
	int possible = 0;

	for (size_t r = 0; r < sizeof(rates) / sizeof(rates[0]); r++)
		for (size_t d = 0; d < sizeof(decimals) / sizeof(decimals[0]); d++)
			for (size_t v = 0; v < sizeof(values) / sizeof(values[0]); v++)
				for (int unit = 0; unit < EXPIRY_UNIT_COUNT; unit++)
					for (int given = 0; given < 8; given++)
					{
						ProgramRules rules = { .points_per_unit = rates[r],
											   .decimals = decimals[d],
											   .expiry_unit = (ExpiryUnit) unit,
											   .expiry_value = values[v],
											   .expiry_type =
												   given & 4 ? EXPIRY_TYPE_ROLLING : EXPIRY_TYPE_FIXED };
						bool has_value = given & 1;
						bool has_date = given & 2;
						const char *problem = loyalty_program_problem(&rules, has_value, has_date);

						possible += problem == NULL;
						if ((problem == NULL) != is_possible(&rules, has_value, has_date))
							wrong++;
					}
	ok(wrong == 0, "problem: named for exactly the impossible combinations");
	ok(possible > 0, "problem: some combinations are possible");
}

int
main(void)
{
	plan(31);
	for (int rounding = 0; rounding < ROUNDING_COUNT; rounding++)
		test_rounding((Rounding) rounding);
	test_halves();
	test_limits();
	test_keeps();
	fill_calendar();
	test_months(1, "months: 1, from every day of 500 years");
	test_months(2, "months: 2");
	test_months(11, "months: 11");
	test_months(12, "months: 12");
	test_months(1200, "months: 1200");
	test_known_dates();
	test_other_units();
	test_problems();
	return tap_exit();
}
