/*
 * limit_rules.c: what a program asks of redemptions and transfers. Rules are judged as they are set, together: a
 * rule that leaves no room for another is refused, or nobody could redeem and nobody would know why: the least redemption
 * that minimum, multiple and the program's step allow must fit the maximum and every cap. What the rules say of one
 * redemption or transfer is judged where it is made.
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

/* Rounds the minimum up to a multiple; that is below twice the limit of points, so it fits. */
static int64_t
least_redemption(int64_t minimum, int64_t multiple)
{
	int64_t over = minimum % multiple;

	return minimum == 0 ? multiple : minimum + (over == 0 ? 0 : multiple - over);
}

/* Takes the step for a multiple where none is set: a multiple consists of steps, so no least common one is looked for. */
const char *
loyalty_redemption_rules_problem(const RedemptionRules *rules, int64_t step)
{
	int64_t least = least_redemption(rules->minimum, rules->multiple != 0 ? rules->multiple : step);
	int i;

	if (!kept(rules->multiple, step))
		return "multiple has more decimals than the program keeps";
	if (rules->maximum != 0 && rules->maximum < rules->minimum)
		return "maximum is less than minimum";
	if (rules->maximum != 0 && rules->maximum < least)
		return rules->maximum < rules->multiple ? "maximum is less than multiple"
												: "no multiple lies between minimum and maximum";
	for (i = 0; i < REDEMPTION_PERIODS; i++)
		if (rules->caps[i] != 0 && rules->caps[i] < least)
			return "a cap is less than the least redemption";
	return NULL;
}

/* Compares neighbours: under a lower cap of more days, the cap of fewer days could never be reached. */
const char *
loyalty_transfer_rules_problem(const TransferRules *rules, int64_t step)
{
	int64_t points = 0; /* the cap of fewer days */
	int32_t count = 0;
	int i;

	for (i = 0; i < TRANSFER_WINDOWS; i++)
	{
		if (rules->points[i] != 0 && rules->points[i] < step)
			return "a cap is less than the least transfer";
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
