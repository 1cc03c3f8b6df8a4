/*
 * redemption_rules.h: whether a redemption meets the conditions of its program. Pure: points are thousandths. Knows no
 * server.
 */
#ifndef LOYALTY_REDEMPTION_RULES_H
#define LOYALTY_REDEMPTION_RULES_H

#include "org/limit_rules.h"

/* In the order in which they are judged. */
typedef enum RedemptionCondition
{
	CONDITION_NONE, /* all are met */
	CONDITION_MINIMUM,
	CONDITION_MAXIMUM,
	CONDITION_MULTIPLE,
	CONDITION_BALANCE,
	CONDITION_LIFETIME,
	CONDITION_AVAILABLE,
	CONDITION_PER_DAY,
	CONDITION_PER_WEEK,
	CONDITION_PER_MONTH,
	CONDITION_COUNT
} RedemptionCondition;

extern const char *const loyalty_condition_names[CONDITION_COUNT];

/* What a redemption is judged by. */
typedef struct RedemptionFacts
{
	int64_t points; /* asked for */
	int64_t balance;
	int64_t lifetime;
	int64_t available;
	int64_t redeemed[REDEMPTION_PERIODS]; /* in the period so far */
} RedemptionFacts;

/* The first condition that is not met, with what it asks and what there is. */
typedef struct RedemptionVerdict
{
	RedemptionCondition condition;
	int64_t required;
	int64_t actual;
} RedemptionVerdict;

extern RedemptionVerdict loyalty_redemption_judge(const RedemptionRules *rules, const RedemptionFacts *facts);

/*
 * The most of the points asked for that maximum, multiple and caps let through, of those that are available, in whole
 * steps of what the program keeps. Where the caps or the multiple leave nothing, what the others leave: judging that tells
 * which condition it was.
 */
extern int64_t loyalty_redemption_most(const RedemptionRules *rules, const RedemptionFacts *facts,
									   int64_t step);

/*
 * What points are worth in the org's currency, in whole thousandths; -1: the program does not say, or it is more than an
 * answer holds.
 */
extern int64_t loyalty_redemption_value(const RedemptionRules *rules, int64_t points);

#endif
