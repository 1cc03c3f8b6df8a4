/*
 * issue_rules.h: what a series of coupons may say of them, and what stands against issuing one. Knows no server. Times are
 * microseconds, the greatest one is never.
 */
#ifndef LOYALTY_ISSUE_RULES_H
#define LOYALTY_ISSUE_RULES_H

#include <stdbool.h>
#include <stdint.h>

/* Kinds of codes that a series may have. */
typedef enum CouponCodeType
{
	COUPON_CODE_GENERATED,
	COUPON_CODE_UPLOADED,
	COUPON_CODE_GENERIC,
	COUPON_CODE_TYPE_COUNT
} CouponCodeType;

/* Their words, in their order. */
extern const char *const loyalty_coupon_code_types[COUPON_CODE_TYPE_COUNT];

/* Time for which a coupon is good, as the three parts of an interval. */
typedef struct CouponValidity
{
	int32_t months;
	int32_t days;
	int64_t microseconds;
} CouponValidity;

/* Tells whether a coupon may be good that long: whole days and months, or hours and minutes alone; more than nothing. */
extern bool loyalty_coupon_validity_is_possible(const CouponValidity *validity);

/* Tells whether it is counted in days, so that it ends with one. */
extern bool loyalty_coupon_validity_is_of_days(const CouponValidity *validity);

/* An issue that is to be judged, with all that is known of it but the issue limit. */
typedef struct CouponIssueCheck
{
	int64_t at;
	int64_t begins_at; /* the latest of the series' and the promotion's */
	int64_t ends_at;   /* the earliest of these */
	bool is_stopped;   /* none are issued any more */
	bool is_claimed;   /* by another campaign or program */
	int64_t own_maximum;
	int64_t own_issued;	   /* coupons of the series that the customer has had */
	int32_t days_between;  /* days from one issue to the next; 0: none are asked for */
	bool has_nearest;	   /* the customer has had another one, the nearest of which was issued: */
	int32_t days_to_other; /* days of the calendar lie between the two, whichever came first */
} CouponIssueCheck;

/* First thing that stands against an issue, in the order in which they are judged; the issue limit is the last. */
typedef enum CouponIssueObstacle
{
	COUPON_ISSUE_FINE,
	COUPON_ISSUE_STOPPED,
	COUPON_ISSUE_NOT_BEGUN,
	COUPON_ISSUE_ENDED,
	COUPON_ISSUE_CLAIMED,
	COUPON_ISSUE_OWN_LIMIT,
	COUPON_ISSUE_TOO_SOON,
} CouponIssueObstacle;

/* Judges an issue. */
extern CouponIssueObstacle loyalty_coupon_issue_judge(const CouponIssueCheck *issue);

#endif
