/*
 * redemption_rules_test.c: each condition of a redemption at its boundary, the order of them, the most that may be taken,
 * what points are worth.
 */
#include <stddef.h>
#include <string.h>

#include "ledger/spend/redemption_rules.h"
#include "tap.h"

static const RedemptionRules all = {
	.points_per_currency_unit = 40000,
	.minimum = 50000,
	.maximum = 400000,
	.multiple = 25000,
	.balance = 200000,
	.lifetime = 1500000,
	.caps = { 500000, 600000, 800000 },
};

static RedemptionFacts
facts(int64_t points)
{
	return (
		RedemptionFacts){ .points = points, .balance = 1000000, .lifetime = 2000000, .available = 1000000 };
}

static bool
fails_by(RedemptionFacts given, RedemptionCondition condition)
{
	return loyalty_redemption_judge(&all, &given).condition == condition;
}

static void
test_conditions(void)
{
	RedemptionFacts f = facts(100000);
	RedemptionRules none = { 0 };

	ok(fails_by(f, CONDITION_NONE), "all conditions are met");
	ok(fails_by(facts(49000), CONDITION_MINIMUM) && fails_by(facts(50000), CONDITION_NONE), "the minimum");
	ok(fails_by(facts(401000), CONDITION_MAXIMUM) && fails_by(facts(400000), CONDITION_NONE), "the maximum");
	ok(fails_by(facts(99999), CONDITION_MULTIPLE), "multiples");
	f.balance = 199999;
	ok(fails_by(f, CONDITION_BALANCE), "the balance required");
	f.balance = 200000;
	f.lifetime = 1499999;
	ok(fails_by(f, CONDITION_LIFETIME), "the lifetime points required");
	f.lifetime = 1500000;
	f.available = 99999;
	ok(fails_by(f, CONDITION_AVAILABLE), "the points available");
	f.available = 100000;
	f.redeemed[PERIOD_DAY] = 400001;
	ok(fails_by(f, CONDITION_PER_DAY), "the cap of a day");
	f.redeemed[PERIOD_DAY] = 400000;
	f.redeemed[PERIOD_WEEK] = 500001;
	ok(fails_by(f, CONDITION_PER_WEEK), "the cap of a week");
	f.redeemed[PERIOD_WEEK] = 500000;
	f.redeemed[PERIOD_MONTH] = 700001;
	ok(fails_by(f, CONDITION_PER_MONTH), "the cap of a month");
	f.redeemed[PERIOD_MONTH] = 700000;
	ok(fails_by(f, CONDITION_NONE), "caps are inclusive");
	f.balance = -5000;
	f.available = 100000;
	ok(loyalty_redemption_judge(&none, &f).condition == CONDITION_NONE,
	   "no rule asks nothing, not even a balance");
	f = facts(49999);
	f.available = 0;
	f.balance = 0;
	ok(fails_by(f, CONDITION_MINIMUM), "the first condition that fails is told");
}

static void
test_most(void)
{
	RedemptionFacts f = facts(390000);
	RedemptionRules none = { 0 };

	ok(loyalty_redemption_most(&all, &f, 1) == 375000, "whole multiples of what is asked for");
	f.points = 1000000;
	ok(loyalty_redemption_most(&all, &f, 1) == 400000, "no more than the maximum");
	f.redeemed[PERIOD_WEEK] = 490000;
	ok(loyalty_redemption_most(&all, &f, 1) == 100000, "no more than a cap leaves");
	f.redeemed[PERIOD_WEEK] = 700000;
	ok(loyalty_redemption_most(&all, &f, 1) == 400000, "a cap that is used up leaves what the others do");
	f.points = 400000;
	ok(fails_by(f, CONDITION_PER_WEEK), "and is the condition that fails then");
	f.points = 1000000;
	ok(loyalty_redemption_most(&none, &f, 1) == 1000000, "all that is there without rules");
	f.available = 7;
	ok(loyalty_redemption_most(&none, &f, 1) == 7, "and no more than is there");
	{
		RedemptionRules fine = { .maximum = 7333, .multiple = 1500, .caps = { [PERIOD_DAY] = 9500 } };

		f.available = f.points = 100000;
		f.redeemed[PERIOD_DAY] = 0;
		ok(loyalty_redemption_most(&fine, &f, 1000) == 6000, "whole steps that are whole multiples too");
		f.redeemed[PERIOD_DAY] = 9000;
		ok(loyalty_redemption_most(&fine, &f, 1000) == 7000,
		   "less than a step is nothing: the rest is judged");
		fine.multiple = INT64_C(999999999999999999);
		ok(loyalty_redemption_most(&fine, &f, 1000) == 7000, "nor is there a multiple of almost everything");
	}
	ok(loyalty_redemption_value(&all, 100000) == 2500, "100 points at 40 a unit are worth 2.5");
	ok(loyalty_redemption_value(&all, 1) == 0, "what is less than a thousandth is worth nothing");
	ok(loyalty_redemption_value(&none, 100000) == -1, "no ratio, no value");
	{
		RedemptionRules cheap = { .points_per_currency_unit = 1 };

		ok(loyalty_redemption_value(&cheap, INT64_C(999999999999999)) == INT64_C(999999999999999000),
		   "the most that an answer holds");
		ok(loyalty_redemption_value(&cheap, INT64_C(1000000000000000)) == -1, "more is not said");
	}
}

int
main(void)
{
	plan(28);
	test_conditions();
	test_most();
	return tap_exit();
}
