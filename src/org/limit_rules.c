/*
 * limit_rules.c: what a program asks of redemptions and transfers. Rules are judged as they are set, together: a
 * rule that leaves no room for another is refused, or nobody could redeem and nobody would know why. Bounds are
 * compared two by two: whether a multiple lies between a minimum and a maximum is not asked. What the rules say of
 * one redemption or transfer is judged where it is made.
 */
#include "org/limit_rules.h"

#include <stddef.h>

#include "org/program_rules.h"

#define FIRST_MONDAY 2 /* 2000-01-03 */

const int loyalty_transfer_days[TRANSFER_WINDOWS] = { 1, 7, 30 };

/* Tells whether points have no more decimals than the step. */
static bool
kept(int64_t points, int64_t step)
{
	return points % step == 0;
}

/* Takes the step for a multiple where none is set: the least redemption is then one step. */
const char *
loyalty_redemption_rules_problem(const RedemptionRules *rules, int64_t step)
{
	int64_t multiple = rules->multiple != 0 ? rules->multiple : step;
	int i;

	if (!kept(rules->multiple, step))
		return "multiple has more decimals than the program keeps";
	if (rules->maximum != 0 && rules->maximum < rules->minimum)
		return "maximum is less than minimum";
	if (rules->maximum != 0 && rules->maximum < multiple)
		return "maximum is less than multiple";
	for (i = 0; i < REDEMPTION_PERIODS; i++)
		if (rules->caps[i] != 0 && (rules->caps[i] < rules->minimum || rules->caps[i] < multiple))
			return "a cap is less than the least redemption";
	return NULL;
}

/* Compares neighbours: under a lower cap of more days, the cap of fewer days could never be reached. */
const char *
loyalty_transfer_rules_problem(const TransferRules *rules)
{
	int64_t points = 0; /* the cap of fewer days */
	int32_t count = 0;
	int i;

	for (i = 0; i < TRANSFER_WINDOWS; i++)
	{
		if ((rules->points[i] != 0 && rules->points[i] < points) ||
			(rules->count[i] != 0 && rules->count[i] < count))
			return "a cap of more days is less than that of fewer";
		points = rules->points[i] != 0 ? rules->points[i] : points;
		count = rules->count[i] != 0 ? rules->count[i] : count;
	}
	return NULL;
}

/* Takes care of days before 2000, of which C's remainder is negative. */
int32_t
loyalty_period_start(RedemptionPeriod period, int32_t day)
{
	int32_t weekday;

	switch (period)
	{
		case PERIOD_WEEK:
			weekday = (day - FIRST_MONDAY) % 7;
			return day - (weekday < 0 ? weekday + 7 : weekday);
		case PERIOD_MONTH:
			return loyalty_first_of_month(day);
		case PERIOD_DAY:
		case REDEMPTION_PERIODS:
			break;
	}
	return day;
}
