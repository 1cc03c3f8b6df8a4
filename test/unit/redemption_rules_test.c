/*
 * redemption_rules_test.c: each condition of a redemption at its boundary, the order of them, the most that may be taken,
 * what points are worth; rules that contradict themselves; the caps' periods; what counts as recent.
 */
#include <stddef.h>
#include <string.h>

#include "ledger/spend/recent_rules.h"
#include "ledger/spend/redemption_rules.h"
#include "org/program_rules.h"
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
}

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
	ok(loyalty_transfer_rules_problem(&transfer) == NULL, "caps of transfers that agree");
	transfer.count[1] = 0;
	transfer.count[2] = 0;
	transfer.points[1] = 4;
	ok(loyalty_transfer_rules_problem(&transfer) != NULL, "a cap of seven days below that of one");
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

static void
test_recent(void)
{
	static const RecentEntry entries[] = {
		{ 5, 3, 10, 500, EVENT_REDEMPTION_REVERSAL, ENTRY_CREDIT },
		{ 4, 1, 99, 400, EVENT_REDEMPTION_REVERSAL, ENTRY_CREDIT }, /* of a redemption that is too old */
		{ 3, 0, 30, 300, EVENT_REDEMPTION, ENTRY_DEBIT },
		{ 2, 0, 40, 200, EVENT_REDEMPTION_IMPORT, ENTRY_DEBIT },
		{ 6, 0, 50, 200, EVENT_REDEMPTION, ENTRY_DEBIT },
	};

	ok(loyalty_recent_points(entries, 5, EVENT_REDEMPTION, 200) == 70,
	   "what was redeemed less what was reversed of it");
	ok(loyalty_recent_points(entries, 5, EVENT_REDEMPTION, 201) == 20, "since a time");
	ok(loyalty_recent_points(entries, 5, EVENT_REDEMPTION, 301) == 0, "nothing lately");
	ok(loyalty_recent_count(entries, 5, EVENT_REDEMPTION, 200) == 2, "events are counted");
}

int
main(void)
{
	plan(41);
	test_conditions();
	test_most();
	test_problems();
	test_periods();
	test_recent();
	return tap_exit();
}
