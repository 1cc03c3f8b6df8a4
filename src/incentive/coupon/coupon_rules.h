/*
 * coupon_rules.h: what a coupon is at a time, and what stands against redeeming it. Knows no server. Times are microseconds, the
 * greatest one is never.
 *
 * Whoever asks has read the coupon, its series and its promotion; nothing here depends on the order in which these were changed. Days
 * are those of the org's calendar, and counted by the caller.
 */
#ifndef LOYALTY_COUPON_RULES_H
#define LOYALTY_COUPON_RULES_H

#include <stdbool.h>
#include <stdint.h>

/* Statuses of a coupon at a time: the first four partition what is not revoked. */
typedef enum CouponStatus
{
	COUPON_ACTIVE_UNREDEEMED,
	COUPON_ACTIVE_REDEEMED,
	COUPON_EXPIRED_UNREDEEMED,
	COUPON_EXPIRED_REDEEMED,
	COUPON_REVOKED,
	COUPON_STATUS_COUNT
} CouponStatus;

/* Words that choose coupons: first those of the statuses, in their order, then those that unite some of them. */
#define COUPON_FILTER_COUNT 8
extern const char *const loyalty_coupon_filters[COUPON_FILTER_COUNT];

/* Returns the statuses that a word of that place chooses, a bit for each. */
extern unsigned loyalty_coupon_filter(int place);

/* A coupon with what its series and its promotion say of time. */
typedef struct CouponDates
{
	int64_t valid_from; /* the latest of the coupon's, the series' and the promotion's */
	int64_t expires_at; /* the earliest of these */
	bool is_revoked;
	int64_t redemptions; /* uses that were not given back */
} CouponDates;

/* Narrows the time of a coupon by the beginning and the end of what it stands on. */
extern void loyalty_coupon_narrow(CouponDates *coupon, int64_t begins_at, int64_t ends_at);

/* Returns what a coupon is at a time. It has expired at the very moment that ends it. */
extern CouponStatus loyalty_coupon_status(const CouponDates *coupon, int64_t at);

/* No limit. */
#define COUPON_UNLIMITED INT64_MAX

/* Uses that a coupon has left, whatever the time. */
extern int64_t loyalty_coupon_left(int64_t redemptions, int64_t per_coupon);

/* A redemption that is to be judged, with all that is known of it but its bill and the limits beyond the coupon. */
typedef struct CouponUse
{
	CouponDates coupon;
	bool is_of_other;	 /* it was issued to somebody else, and is good for its holder alone */
	bool has_customer;	 /* somebody in particular redeems it */
	bool needs_customer; /* nobody in particular may not */
	int64_t per_coupon;	 /* COUPON_UNLIMITED: as often as may be */
	int64_t at;
	int32_t days_between;  /* days from one redemption of the series to the next; 0: none are asked for */
	bool has_nearest;	   /* the customer has another redemption of it, in the nearest of which: */
	int32_t days_to_other; /* days of the calendar lie between the two, whichever came first */
} CouponUse;

/* First thing that stands against a redemption, in the order in which they are judged. */
typedef enum CouponObstacle
{
	COUPON_FINE,
	COUPON_OF_ANOTHER,
	COUPON_TAKEN_BACK,
	COUPON_NOT_BEGUN,
	COUPON_HAS_EXPIRED,
	COUPON_USED_UP,
	COUPON_NEEDS_CUSTOMER,
	COUPON_TOO_SOON,
} CouponObstacle;

/* Judges a redemption as far as the coupon goes; the bill and the limits are judged behind it. */
extern CouponObstacle loyalty_coupon_judge(const CouponUse *use);

#endif
