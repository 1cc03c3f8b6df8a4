/*
 * redemption_rules.h: whether a redemption meets the conditions of its program. Pure: points are thousandths,
 * 0 in a rule stands for no such rule. Knows no server.
 */
#ifndef LOYALTY_REDEMPTION_RULES_H
#define LOYALTY_REDEMPTION_RULES_H

#include "org/limit_rules.h"

/* Conditions, in the order in which they are judged. */
typedef enum RedemptionCondition
{
	CONDITION_NONE,			 /* all are met */
	CONDITION_PARTICIPATION, /* of the customer, not of the points: the rules are not asked */
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

/* Names as is_redeemable and messages say them; NULL for CONDITION_NONE. */
extern const char *const loyalty_condition_names[CONDITION_COUNT];

/* Facts that a redemption is judged by: of one program. */
typedef struct RedemptionFacts
{
	int64_t points;						  /* asked for */
	int64_t balance;					  /* before it, less what is due */
	int64_t lifetime;					  /* awarded ever; 0 where no rule asks */
	int64_t available;					  /* points asked for, as far as lots can pay them */
	int64_t redeemed[REDEMPTION_PERIODS]; /* in the period so far, less reversals */
} RedemptionFacts;

/* A condition that is not met, with what it asks and what there is. */
typedef struct RedemptionVerdict
{
	RedemptionCondition condition;
	int64_t required;
	int64_t actual;
} RedemptionVerdict;

/* Returns the first condition that is not met; CONDITION_NONE where all are. */
extern RedemptionVerdict loyalty_redemption_judge(const RedemptionRules *rules, const RedemptionFacts *facts);

/*
 * Returns the most of the points asked for that maximum, multiple and caps let through, of those that are
 * available, in whole steps of what the program keeps. Where the caps or the multiple leave nothing, returns
 * what the others leave: judging that tells which condition it was.
 */
extern int64_t loyalty_redemption_most(const RedemptionRules *rules, const RedemptionFacts *facts,
									   int64_t step);

/*
 * Returns what points are worth in the org's currency, in whole thousandths, rounded down; -1: the program
 * does not say, or it is more than a result holds.
 */
extern int64_t loyalty_redemption_value(const RedemptionRules *rules, int64_t points);

#endif
