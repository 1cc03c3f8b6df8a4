/*
 * redemption_rules.c: whether a redemption meets the conditions of its program. One list has all conditions in
 * their order, with what each asks and what there is; the first that is not met is told. What the request
 * itself says comes before what depends on the customer.
 */
#include "ledger/spend/redemption_rules.h"

#include "common/points_limit.h"

const char *const loyalty_condition_names[CONDITION_COUNT] = {
	[CONDITION_PARTICIPATION] = "participation",
	[CONDITION_MINIMUM] = "minimum",
	[CONDITION_MAXIMUM] = "maximum",
	[CONDITION_MULTIPLE] = "multiple",
	[CONDITION_BALANCE] = "balance_required",
	[CONDITION_LIFETIME] = "lifetime_points_required",
	[CONDITION_AVAILABLE] = "available",
	[CONDITION_PER_DAY] = "per_day",
	[CONDITION_PER_WEEK] = "per_week",
	[CONDITION_PER_MONTH] = "per_month",
};

/*
 * Judges each condition by its kind: a least, a multiple, or a most. A rule of 0 is met. Caps count this
 * redemption, too; points are below POINTS_LIMIT, so the sum with those of the period fits.
 */
RedemptionVerdict
loyalty_redemption_judge(const RedemptionRules *rules, const RedemptionFacts *facts)
{
	const RedemptionVerdict verdicts[] = {
		{ CONDITION_MINIMUM, rules->minimum, facts->points },
		{ CONDITION_MAXIMUM, rules->maximum, facts->points },
		{ CONDITION_MULTIPLE, rules->multiple, facts->points },
		{ CONDITION_BALANCE, rules->balance, facts->balance },
		{ CONDITION_LIFETIME, rules->lifetime, facts->lifetime },
		{ CONDITION_AVAILABLE, facts->points, facts->available },
		{ CONDITION_PER_DAY, rules->caps[PERIOD_DAY], facts->redeemed[PERIOD_DAY] + facts->points },
		{ CONDITION_PER_WEEK, rules->caps[PERIOD_WEEK], facts->redeemed[PERIOD_WEEK] + facts->points },
		{ CONDITION_PER_MONTH, rules->caps[PERIOD_MONTH], facts->redeemed[PERIOD_MONTH] + facts->points },
	};
	unsigned i;

	for (i = 0; i < sizeof(verdicts) / sizeof(verdicts[0]); i++)
	{
		const RedemptionVerdict *verdict = &verdicts[i];
		bool met = true;

		switch (verdict->condition)
		{
			case CONDITION_MINIMUM:
			case CONDITION_BALANCE:
			case CONDITION_LIFETIME:
			case CONDITION_AVAILABLE:
				met = verdict->required == 0 || verdict->actual >= verdict->required;
				break;
			case CONDITION_MULTIPLE:
				met = verdict->required == 0 || verdict->actual % verdict->required == 0;
				break;
			default:
				met = verdict->required == 0 || verdict->actual <= verdict->required;
				break;
		}
		if (!met)
			return *verdict;
	}
	return (RedemptionVerdict){ CONDITION_NONE, 0, 0 };
}

/* Returns the smaller one. */
static int64_t
at_most(int64_t points, int64_t limit)
{
	return points < limit ? points : limit;
}

/*
 * Rounds down to a whole number of what both steps divide: their least common multiple, by the greatest common
 * divisor. That may exceed an int64, as multiples are up to the limit of points.
 */
static int64_t
whole(int64_t points, int64_t step, int64_t multiple)
{
	int64_t a = step;
	int64_t b = multiple;
	__int128 both;

	while (b != 0)
	{
		int64_t rest = a % b;

		a = b;
		b = rest;
	}
	both = multiple == 0 ? step : (__int128) (multiple / a) * step;
	return points <= 0 ? 0 : points - (int64_t) (points % both);
}

/*
 * Takes minimum, balance and lifetime for met: fewer points do not help there, and the judgement that follows
 * names them.
 */
int64_t
loyalty_redemption_most(const RedemptionRules *rules, const RedemptionFacts *facts, int64_t step)
{
	int64_t within = at_most(facts->points, facts->available);
	int64_t most;
	int i;

	if (rules->maximum != 0)
		within = at_most(within, rules->maximum);
	within = whole(within, step, 0);
	most = within;
	for (i = 0; i < REDEMPTION_PERIODS; i++)
		if (rules->caps[i] != 0)
			most = at_most(most, rules->caps[i] - facts->redeemed[i]);
	most = whole(most, step, rules->multiple);
	return most > 0 ? most : within;
}

/* Multiplies before it divides, in 128 bits: a thousand times the limit of points is beyond an int64. */
int64_t
loyalty_redemption_value(const RedemptionRules *rules, int64_t points)
{
	__int128 value;

	if (rules->points_per_currency_unit == 0)
		return -1;
	value = (__int128) points * 1000 / rules->points_per_currency_unit;
	return value < POINTS_LIMIT ? (int64_t) value : -1;
}
