/*
 * limit_rules_test.c: rules of redemptions and transfers that contradict themselves, and the periods of caps.
 */
#include <stddef.h>

#include "org/limit_rules.h"
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

static void
test_problems(void)
{
	RedemptionRules rules = all;
	TransferRules transfer = { .points = { 5, 0, 10 }, .count = { 1, 2, 0 } };

	ok(loyalty_redemption_rules_problem(&rules, 1000) == NULL, "rules that agree");
	rules.multiple = 25500;
	ok(loyalty_redemption_rules_problem(&rules, 1000) != NULL, "a multiple that the program does not keep");
	rules = all;
	rules.maximum = 49999;
	ok(loyalty_redemption_rules_problem(&rules, 1000) != NULL, "a maximum below the minimum");
	rules = (RedemptionRules){ .maximum = 500 };
	ok(loyalty_redemption_rules_problem(&rules, 1000) != NULL, "a maximum below one point");
	rules = (RedemptionRules){ .minimum = 2000, .caps = { 0, 1999, 0 } };
	ok(loyalty_redemption_rules_problem(&rules, 1000) != NULL, "a cap below the minimum");
	rules = (RedemptionRules){ .minimum = 15000, .maximum = 16000, .multiple = 10000 };
	ok(loyalty_redemption_rules_problem(&rules, 1000) != NULL, "no multiple between minimum and maximum");
	rules.maximum = 20000;
	ok(loyalty_redemption_rules_problem(&rules, 1000) == NULL, "one that is the maximum itself");
	rules.minimum = 20000;
	ok(loyalty_redemption_rules_problem(&rules, 1000) == NULL, "and the minimum, too");
	rules = (RedemptionRules){ .minimum = 15000, .multiple = 10000, .caps = { 0, 0, 19999 } };
	ok(loyalty_redemption_rules_problem(&rules, 1000) != NULL,
	   "a cap below the least multiple from the minimum on");
	rules.caps[PERIOD_MONTH] = 20000;
	ok(loyalty_redemption_rules_problem(&rules, 1000) == NULL, "a cap that takes just one redemption");
	rules = (RedemptionRules){ .minimum = 1500, .maximum = 1900 };
	ok(loyalty_redemption_rules_problem(&rules, 1000) != NULL, "no whole point between minimum and maximum");
	ok(loyalty_redemption_rules_problem(&rules, 100) == NULL, "tenths between them");
	rules =
		(RedemptionRules){ .minimum = INT64_C(999999999999999999), .multiple = INT64_C(999999999999999998) };
	ok(loyalty_redemption_rules_problem(&rules, 1) == NULL, "the largest numbers of points");
	ok(loyalty_transfer_rules_problem(&transfer, 1) == NULL, "caps of transfers that agree");
	ok(loyalty_transfer_rules_problem(&transfer, 5) == NULL &&
		   loyalty_transfer_rules_problem(&transfer, 6) != NULL,
	   "a cap of transfers below the least of them");
	transfer.count[1] = 0;
	transfer.count[2] = 0;
	transfer.points[1] = 4;
	ok(loyalty_transfer_rules_problem(&transfer, 1) != NULL, "a cap of seven days below that of one");
	transfer = (TransferRules){ .points = { 5, 0, 4 } };
	ok(loyalty_transfer_rules_problem(&transfer, 1) != NULL,
	   "a cap of thirty days below that of one, none between them");
	transfer = (TransferRules){ .count = { 5, 0, 4 } };
	ok(loyalty_transfer_rules_problem(&transfer, 1) != NULL, "the same of how many there may be");
}

/* Every day of 800 years: 2000-01-01 was a Saturday. */
static void
test_periods(void)
{
	bool weeks = true;
	bool months = true;
	int32_t month = loyalty_period_start(PERIOD_MONTH, -146097);
	int32_t day;

	for (day = -146097; day < 146097; day++)
	{
		int32_t monday = loyalty_period_start(PERIOD_WEEK, day);
		int32_t first = loyalty_period_start(PERIOD_MONTH, day);

		weeks &= monday <= day && day - monday < 7 && ((monday - 2) % 7 == 0);
		months &= first <= day && day - first < 31 && (first == month || first == day);
		month = first;
	}
	ok(weeks, "a week begins on a Monday");
	ok(months, "a month begins where the one before ends");
	ok(loyalty_period_start(PERIOD_MONTH, 59) == 31 && loyalty_period_start(PERIOD_MONTH, 60) == 60,
	   "February 2000 has 29 days");
	ok(loyalty_period_start(PERIOD_DAY, 17) == 17, "a day begins with itself");
}

int
main(void)
{
	plan(22);
	test_problems();
	test_periods();
	return tap_exit();
}
