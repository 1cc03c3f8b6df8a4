/*
 * limit_rules_fuzz.c: rules without a problem let some redemption through, and more days never allow less than fewer; a
 * period begins with a day that begins it, and no other.
 */
// sources: limit_rules.c
#include "fuzz_input.h"
#include "org/limit_rules.h"

#define LIMIT INT64_C(1000000000000000000)
#define FAR_DAY 3000000 /* beyond the year 9999, and before Christ */

static int64_t
some_rule(FuzzInput *input)
{
	return fuzz_bool(input) ? 0 : fuzz_number(input, 0, fuzz_bool(input) ? 20000 : LIMIT - 1);
}

/* Each limit is above what the least redemption needs; nothing asks for fractions that are not kept. */
static void
fuzz_redemption(FuzzInput *input)
{
	static const int64_t steps[] = { 1000, 100, 10, 1 };
	int64_t step = steps[fuzz_choice(input, 4)];
	RedemptionRules rules = { .minimum = some_rule(input),
							  .maximum = some_rule(input),
							  .multiple = some_rule(input) };
	int64_t least;
	int i;

	for (i = 0; i < REDEMPTION_PERIODS; i++)
		rules.caps[i] = some_rule(input);
	if (loyalty_redemption_rules_problem(&rules, step) != NULL)
	{
		/* Without any limit only a multiple can be wrong. */
		rules.maximum = 0;
		memset(rules.caps, 0, sizeof(rules.caps));
		REQUIRE((loyalty_redemption_rules_problem(&rules, step) != NULL) == (rules.multiple % step != 0));
		return;
	}
	REQUIRE(rules.multiple % step == 0);
	if (rules.multiple == 0)
		rules.multiple = step;
	/* The least redemption, by counting up from the multiple at or below the minimum. */
	least = rules.minimum / rules.multiple * rules.multiple;
	while (least < rules.minimum || least == 0)
		least += rules.multiple;
	REQUIRE(rules.maximum == 0 || (rules.maximum >= least && rules.maximum >= step));
	for (i = 0; i < REDEMPTION_PERIODS; i++)
		REQUIRE(rules.caps[i] == 0 || (rules.caps[i] >= least && rules.caps[i] >= step));
}

static void
fuzz_transfer(FuzzInput *input)
{
	TransferRules rules = { .renews_expiry = fuzz_bool(input) };
	bool agree = true;
	int i;
	int j;

	for (i = 0; i < TRANSFER_WINDOWS; i++)
	{
		rules.points[i] = some_rule(input);
		rules.count[i] = (int32_t) (some_rule(input) % INT32_MAX);
		REQUIRE(i == 0 || loyalty_transfer_days[i] > loyalty_transfer_days[i - 1]);
		for (j = 0; j < i; j++)
			agree &= (rules.points[i] == 0 || rules.points[j] <= rules.points[i]) &&
					 (rules.count[i] == 0 || rules.count[j] <= rules.count[i]);
	}
	REQUIRE((loyalty_transfer_rules_problem(&rules, 1) == NULL) == agree);
}

static void
fuzz_period(FuzzInput *input)
{
	static const int longest[REDEMPTION_PERIODS] = { 1, 7, 31 };
	int32_t day = (int32_t) fuzz_number(input, -FAR_DAY, FAR_DAY);
	int period;

	for (period = 0; period < REDEMPTION_PERIODS; period++)
	{
		int32_t start = loyalty_period_start((RedemptionPeriod) period, day);
		int32_t next = loyalty_period_start((RedemptionPeriod) period, day + 1);

		REQUIRE(start <= day && day - start < longest[period]);
		REQUIRE(loyalty_period_start((RedemptionPeriod) period, start) == start);
		REQUIRE(next == start || next == day + 1);
		REQUIRE(period != PERIOD_WEEK || (start - 2) % 7 == 0);
		REQUIRE(period != PERIOD_MONTH || next == start || next - start >= 28);
	}
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	FuzzInput input = { data, size };

	fuzz_redemption(&input);
	fuzz_transfer(&input);
	fuzz_period(&input);
	return 0;
}
