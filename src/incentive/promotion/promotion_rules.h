/*
 * promotion_rules.h: what a promotion is, and what it gives for a bill that is known by its amount alone. Knows no server.
 * Amounts are thousandths, percentages thousandths of a percent.
 */
#ifndef LOYALTY_PROMOTION_RULES_H
#define LOYALTY_PROMOTION_RULES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Benefits; those behind the first two need a cart. */
typedef enum BenefitType
{
	BENEFIT_PERCENT,
	BENEFIT_FIXED,
	BENEFIT_COUNT
} BenefitType;

/* Names of benefits, in their order. */
extern const char *const loyalty_benefit_names[BENEFIT_COUNT];

#define PROMOTION_UNBOUNDED INT64_MAX
#define PROMOTION_WHOLE_PERCENT 100000 /* 100 % */
#define PROMOTION_DAY_MINUTES 1440
#define PROMOTION_WEEKDAYS 7

/* Names of weekdays, from Monday on. */
extern const char *const loyalty_weekday_names[PROMOTION_WEEKDAYS];

/* Definition of a promotion, as its version and its row have it. Times are microseconds; the least and greatest are infinities. */
typedef struct PromotionDefinition
{
	BenefitType benefit;
	int64_t value;			  /* percent or amount */
	int64_t maximum_discount; /* PROMOTION_UNBOUNDED: none */
	int64_t minimum_bill;	  /* 0: none */
	bool more_than;			  /* the bill must exceed the minimum */
	bool anonymous;			  /* nobody in particular may use it */
	unsigned weekdays;		  /* bit 0 is Monday; 0: every day */
	int from_minute;		  /* of the day; -1: all day */
	int to_minute; /* the first minute without it; below from_minute: past midnight, as part of the day before */
	int store_count;		  /* 0: everywhere */
	const int32_t *store_ids; /* ascending */
	int64_t starts_at;
	int64_t ends_at; /* the first moment without it */
} PromotionDefinition;

/* A bill that a promotion is asked about. */
typedef struct PromotionBill
{
	int64_t amount;
	int64_t step;	  /* the least unit of the currency */
	int32_t store_id; /* 0: unknown */
	int64_t at;
	int weekday; /* 0 is Monday, on the org's clock */
	int minute;	 /* of the org's day */
	bool has_customer;
} PromotionBill;

/* First thing that stands against a promotion, in the order in which they are judged. */
typedef enum PromotionObstacle
{
	OBSTACLE_NONE,
	OBSTACLE_NOT_BEGUN,
	OBSTACLE_EXPIRED,
	OBSTACLE_WEEKDAY,
	OBSTACLE_HOURS,
	OBSTACLE_STORE,
	OBSTACLE_NEEDS_CUSTOMER,
	OBSTACLE_MINIMUM_BILL,
} PromotionObstacle;

/* Reads a time of the day, HH:MM up to 24:00, as its minute; false where a text is none. */
extern bool loyalty_promotion_minute(const char *text, int *minute);

/* Judges whether a bill gets it. */
extern PromotionObstacle loyalty_promotion_judge(const PromotionDefinition *promotion,
												 const PromotionBill *bill);

/* The discount: rounded once, half up, to whole steps; never more than its maximum, nor than the bill. */
extern int64_t loyalty_promotion_discount(const PromotionDefinition *promotion, int64_t amount, int64_t step);

/* A promo code that is presented, by itself. */
typedef struct PromoCodeUse
{
	bool is_of_other; /* it is linked to somebody else */
	bool is_revoked;
	int64_t
		expires_at; /* the first moment without it, by its own dates and those of its promotion; the greatest: never */
	int64_t left; /* uses */
	int64_t at;
} PromoCodeUse;

/* First thing that stands against a code, in the order in which they are judged. */
typedef enum PromoCodeObstacle
{
	CODE_FINE,
	CODE_OF_ANOTHER,
	CODE_TAKEN_BACK,
	CODE_HAS_EXPIRED,
	CODE_USED_UP,
} PromoCodeObstacle;

/* Judges a code by itself; what its promotion asks of the bill comes behind. */
extern PromoCodeObstacle loyalty_promo_code_obstacle(const PromoCodeUse *use);

#endif
