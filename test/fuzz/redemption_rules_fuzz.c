/*
 * redemption_rules_fuzz.c: a redemption is let through where each condition holds by itself, and else the first one that
 * does not is told; the most that can be redeemed can be, unless nothing can; more points are not worth less.
 */
// sources: redemption_rules.c
#include "common/points_limit.h"
#include "fuzz_input.h"
#include "ledger/spend/redemption_rules.h"

static int64_t
some_points(FuzzInput *input)
{
	return fuzz_number(input, 0, fuzz_bool(input) ? 20000 : POINTS_LIMIT - 1);
}

static int64_t
some_rule(FuzzInput *input)
{
	return fuzz_bool(input) ? 0 : some_points(input);
}

/* Whether a condition holds, each as the documentation says it. */
static bool
holds(RedemptionCondition condition, const RedemptionRules *rules, const RedemptionFacts *facts)
{
	int period = (int) condition - CONDITION_PER_DAY;

	switch (condition)
	{
		case CONDITION_MINIMUM:
			return facts->points >= rules->minimum;
		case CONDITION_MAXIMUM:
			return rules->maximum == 0 || facts->points <= rules->maximum;
		case CONDITION_MULTIPLE:
			return rules->multiple == 0 || facts->points % rules->multiple == 0;
		case CONDITION_BALANCE:
			return facts->balance >= rules->balance || rules->balance == 0;
		case CONDITION_LIFETIME:
			return facts->lifetime >= rules->lifetime || rules->lifetime == 0;
		case CONDITION_AVAILABLE:
			return facts->points <= facts->available;
		case CONDITION_PER_DAY:
		case CONDITION_PER_WEEK:
		case CONDITION_PER_MONTH:
			return rules->caps[period] == 0 || facts->points <= rules->caps[period] - facts->redeemed[period];
		default:
			return true;
	}
}

static void
fuzz_judge(const RedemptionRules *rules, const RedemptionFacts *facts)
{
	RedemptionVerdict verdict = loyalty_redemption_judge(rules, facts);
	int last = verdict.condition == CONDITION_NONE ? CONDITION_COUNT : (int) verdict.condition;
	int i;

	for (i = CONDITION_NONE + 1; i < last; i++)
		REQUIRE(holds((RedemptionCondition) i, rules, facts));
	REQUIRE(verdict.condition == CONDITION_NONE || !holds(verdict.condition, rules, facts));
	REQUIRE(loyalty_condition_names[verdict.condition] != NULL || verdict.condition == CONDITION_NONE);
}

/* Whether so many points pass whatever "most" looks at. */
static bool
passes(const RedemptionRules *rules, RedemptionFacts facts, int64_t points, int64_t step)
{
	facts.points = points;
	return points > 0 && points % step == 0 && holds(CONDITION_MAXIMUM, rules, &facts) &&
		   holds(CONDITION_MULTIPLE, rules, &facts) && holds(CONDITION_AVAILABLE, rules, &facts) &&
		   holds(CONDITION_PER_DAY, rules, &facts) && holds(CONDITION_PER_WEEK, rules, &facts) &&
		   holds(CONDITION_PER_MONTH, rules, &facts);
}

static void
fuzz_most(FuzzInput *input, const RedemptionRules *rules, const RedemptionFacts *facts, int64_t step)
{
	int64_t most = loyalty_redemption_most(rules, facts, step);
	int64_t other =
		fuzz_bool(input) ? most + step * (1 + fuzz_byte(input)) : fuzz_number(input, 0, facts->points);
	bool any = passes(rules, *facts, most, step);

	REQUIRE(most >= 0 && most <= facts->points && most % step == 0);
	/* Nobody finds more; and where nothing passes, nobody finds anything. */
	if (other <= facts->points && passes(rules, *facts, other, step))
		REQUIRE(any && other <= most);
}

static void
fuzz_value(FuzzInput *input, const RedemptionRules *rules)
{
	int64_t points = some_points(input);
	int64_t value = loyalty_redemption_value(rules, points);

	if (rules->points_per_currency_unit == 0)
	{
		REQUIRE(value == -1);
		return;
	}
	REQUIRE(value >= -1 && value < POINTS_LIMIT);
	if (value >= 0)
		REQUIRE((__int128) value * rules->points_per_currency_unit <= (__int128) points * 1000 &&
				(__int128) (value + 1) * rules->points_per_currency_unit > (__int128) points * 1000);
	else
		REQUIRE((__int128) points * 1000 >= (__int128) POINTS_LIMIT * rules->points_per_currency_unit);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static const int64_t steps[] = { 1000, 100, 10, 1 };
	FuzzInput input = { data, size };
	int64_t step = steps[fuzz_choice(&input, 4)];
	RedemptionRules rules = { .points_per_currency_unit = some_rule(&input),
							  .minimum = some_rule(&input),
							  .maximum = some_rule(&input),
							  .multiple = some_rule(&input) / step * step,
							  .balance = some_rule(&input),
							  .lifetime = some_rule(&input) };
	RedemptionFacts facts = { .points = some_points(&input),
							  .balance = fuzz_number(&input, 1 - POINTS_LIMIT, POINTS_LIMIT - 1),
							  .lifetime = some_points(&input),
							  .available = some_points(&input) };
	int i;

	for (i = 0; i < REDEMPTION_PERIODS; i++)
	{
		rules.caps[i] = some_rule(&input);
		facts.redeemed[i] = some_points(&input);
	}
	fuzz_judge(&rules, &facts);
	fuzz_most(&input, &rules, &facts, step);
	fuzz_value(&input, &rules);
	return 0;
}
