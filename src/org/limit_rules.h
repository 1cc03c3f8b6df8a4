/*
 * limit_rules.h: what a program asks of redemptions and transfers. Pure: points are thousandths, 0 stands for
 * no such rule. Knows no server.
 */
#ifndef LOYALTY_LIMIT_RULES_H
#define LOYALTY_LIMIT_RULES_H

#include <stdbool.h>
#include <stdint.h>

/* Periods that caps of redemptions count in, by the calendar of the org. */
typedef enum RedemptionPeriod
{
	PERIOD_DAY,
	PERIOD_WEEK,
	PERIOD_MONTH,
	REDEMPTION_PERIODS
} RedemptionPeriod;

/* Spans that caps of transfers count in: so many days of the org's calendar, the last of which is today. */
#define TRANSFER_WINDOWS 3
extern const int loyalty_transfer_days[TRANSFER_WINDOWS];

/* Rules of redemptions; 0 in a member: no such rule. */
typedef struct RedemptionRules
{
	int64_t points_per_currency_unit; /* worth of a unit of currency, in points */
	int64_t minimum;				  /* of one redemption */
	int64_t maximum;
	int64_t multiple;				  /* redemptions are multiples of it */
	int64_t balance;				  /* that there must be before it */
	int64_t lifetime;				  /* points that the customer must have had */
	int64_t caps[REDEMPTION_PERIODS]; /* points that may be redeemed in each period */
} RedemptionRules;

/* Rules of transfers, from the giver's side; 0: no such rule. */
typedef struct TransferRules
{
	int64_t points[TRANSFER_WINDOWS]; /* points that may be given in as many days */
	int32_t count[TRANSFER_WINDOWS];  /* transfers that may be made in them */
	bool renews_expiry;		 /* the receiver's points begin to age anew; else they keep their expiry */
	bool gives_registration; /* registration awards may be given, too; else they stay where they are */
} TransferRules;

/* Return what contradicts itself in rules, or NULL; "step" is the smallest part of a point that the program keeps. */
extern const char *loyalty_redemption_rules_problem(const RedemptionRules *rules, int64_t step);
extern const char *loyalty_transfer_rules_problem(const TransferRules *rules, int64_t step);

/*
 * Returns the first day of the week (a Monday) or month that a day lies in; days are counted from 2000-01-01. A
 * day is its own.
 */
extern int32_t loyalty_period_start(RedemptionPeriod period, int32_t day);

#endif
