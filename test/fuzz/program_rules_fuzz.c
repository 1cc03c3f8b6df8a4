/*
 * program_rules_fuzz.c: what an amount earns is as near to the exact product as the rounding says, in whole steps, and
 * never less for more; points expire at the end of a month, or so many days later, never before they were awarded.
 */
// sources: program_rules.c
#include "common/points_limit.h"
#include "fuzz_input.h"
#include "org/program_rules.h"

#define FAR_DAY 3000000

/* Anything, or quarters of a point for a unit, which come to halves often. */
static int64_t
some_rate(FuzzInput *input)
{
	if (fuzz_bool(input))
		return fuzz_choice(input, 100) * (int64_t) RATE_SCALE / 4;
	return fuzz_number(input, -1, INT64_MAX);
}

static ProgramRules
some_rules(FuzzInput *input)
{
	return (ProgramRules){ .points_per_unit = some_rate(input),
						   .decimals = fuzz_choice(input, 6) - 1,
						   .rounding = (Rounding) fuzz_choice(input, ROUNDING_COUNT),
						   .expiry_unit = (ExpiryUnit) fuzz_choice(input, EXPIRY_UNIT_COUNT),
						   .expiry_value = (int) fuzz_number(input, -1, MAX_EXPIRY_DAYS + 1),
						   .expiry_date = (int32_t) fuzz_number(input, -FAR_DAY, FAR_DAY),
						   .expiry_type = (ExpiryType) fuzz_choice(input, EXPIRY_TYPE_COUNT),
						   .promised_days = (int) fuzz_number(input, 0, MAX_EXPIRY_DAYS) };
}

/* How far the points are from amount x rate, in millionths of thousandths. */
static void
check_rounding(const ProgramRules *rules, int64_t amount, int64_t points)
{
	__int128 step = (__int128) loyalty_program_step(rules) * RATE_SCALE;
	__int128 above = (__int128) points * RATE_SCALE - (__int128) amount * rules->points_per_unit;

	REQUIRE(points >= 0 && points < POINTS_LIMIT && loyalty_program_keeps(rules, points));
	switch (rules->rounding)
	{
		case ROUNDING_CEILING:
			REQUIRE(above >= 0 && above < step);
			break;
		case ROUNDING_FLOOR:
			REQUIRE(above <= 0 && above > -step);
			break;
		case ROUNDING_HALF_UP:
			REQUIRE(2 * above <= step && 2 * above > -step);
			break;
		case ROUNDING_HALF_DOWN:
			REQUIRE(2 * above < step && 2 * above >= -step);
			break;
		default:
			REQUIRE(2 * above <= step && 2 * above >= -step);
			if (2 * above == step || 2 * above == -step)
				REQUIRE((__int128) points * RATE_SCALE / step % 2 == 0);
			break;
	}
}

static void
fuzz_award(FuzzInput *input, const ProgramRules *rules)
{
	int64_t amount = fuzz_number(input, 0, POINTS_LIMIT - 2);
	int64_t points;
	int64_t more;

	if (!loyalty_program_award(rules, amount, &points))
	{
		REQUIRE((__int128) amount * rules->points_per_unit >=
				(__int128) (POINTS_LIMIT - loyalty_program_step(rules)) * RATE_SCALE);
		return;
	}
	check_rounding(rules, amount, points);
	if (loyalty_program_award(rules, amount + 1, &more))
		REQUIRE(more >= points);
}

static void
fuzz_expiry(FuzzInput *input, const ProgramRules *rules)
{
	int32_t day = (int32_t) fuzz_number(input, -FAR_DAY, FAR_DAY);
	int32_t first = loyalty_first_of_month(day);
	int32_t last;
	int months;

	REQUIRE(first <= day && day - first <= 30 && loyalty_first_of_month(first) == first);
	REQUIRE(loyalty_program_promise_day(rules, day) > day);
	if (!loyalty_program_last_day(rules, day, &last))
	{
		REQUIRE(rules->expiry_unit == EXPIRY_NEVER);
		return;
	}
	if (rules->expiry_unit == EXPIRY_DAYS)
		REQUIRE(last - day == rules->expiry_value);
	if (rules->expiry_unit == EXPIRY_FIXED_DATE)
		REQUIRE(last == rules->expiry_date);
	if (rules->expiry_unit != EXPIRY_MONTHS)
		return;
	/* Counted one by one: the last day of the month that many months on. */
	REQUIRE(loyalty_first_of_month(last + 1) == last + 1 && last > day);
	for (months = 0; first <= last; months++)
		first = loyalty_first_of_month(first + 31);
	REQUIRE(months == rules->expiry_value + 1);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	FuzzInput input = { data, size };
	ProgramRules rules = some_rules(&input);
	bool counted = rules.expiry_unit == EXPIRY_DAYS || rules.expiry_unit == EXPIRY_MONTHS;
	bool has_value = fuzz_choice(&input, 4) == 0 ? !counted : counted;
	bool has_date = fuzz_choice(&input, 4) == 0 ? fuzz_bool(&input) : rules.expiry_unit == EXPIRY_FIXED_DATE;

	if (loyalty_program_problem(&rules, has_value, has_date) != NULL)
		return 0;
	REQUIRE(has_value == counted && has_date == (rules.expiry_unit == EXPIRY_FIXED_DATE));
	REQUIRE(loyalty_program_step(&rules) >= 1 && 1000 % loyalty_program_step(&rules) == 0);
	fuzz_award(&input, &rules);
	fuzz_expiry(&input, &rules);
	return 0;
}
