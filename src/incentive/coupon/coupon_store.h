/*
 * coupon_store.h: coupons and their series in tables. A coupon with a code of its own is found by it, whoever's it is; coupons with
 * the code of their series stand under their holders.
 *
 * A code is compared in its normal form (promotion/code_shape_rules.h). What a coupon is at a time is for coupon_rules.h to say.
 */
#ifndef LOYALTY_COUPON_STORE_H
#define LOYALTY_COUPON_STORE_H

#include "postgres.h"

#include "common/query.h"
#include "customer/customer_store.h"

/* A coupon, as its row has it: of one table or of the other. */
typedef struct Coupon
{
	int64 customer_id; /* 0: the row is that of a generic code, and no coupon */
	int64 coupon_id;
	TimestampTz issued_at;
	TimestampTz valid_from;
	TimestampTz expires_at; /* infinity: never by its own dates */
	TimestampTz revoked_at; /* infinity: not revoked */
	int32 org_id;
	int32 series_id;
	int32 redemptions; /* uses that were not given back */
	int32 till_id;	   /* 0: none */
	int16 source_id;
	bool is_generic;		  /* it has the code of its series, which stands not in its row */
	const char *code;		  /* in its normal form; NULL for a generic one */
	const char *display_code; /* as it was given; NULL for a generic one */
	const char *campaign;	  /* NULL: none */
} Coupon;

/* A series, with what redeeming asks of it. */
typedef struct CouponSeries
{
	int32 series_id;
	int32 promotion_id;
	const char *series;
	TimestampTz starts_at; /* -infinity: always */
	TimestampTz ends_at;   /* infinity: never */
	int64 per_coupon;	   /* PG_INT64_MAX: as often as may be */
	int32 days_between_redemptions;
	bool is_generic;
	bool any_user;
} CouponSeries;

/* Writes a new coupon, or the row of a generic code. */
extern void loyalty_coupon_insert(const Coupon *coupon);

/*
 * Writes new coupons of one of the two tables together: those with codes of their own, or generic ones, which are told apart by
 * "generic" and not by their own members.
 */
extern void loyalty_coupons_insert(const Coupon *coupons, int count, bool generic);

/* Replaces the row of a coupon that the caller has locked. */
extern void loyalty_coupon_update(const Coupon *coupon);

/* Reads the coupon, or the generic code, of a code in its normal form; false where there is none. The second form locks it. */
extern bool loyalty_coupon_read(int32 org_id, const char *code, Coupon *coupon);
extern bool loyalty_coupon_lock(int32 org_id, const char *code, Coupon *coupon);

/* Reads the coupons of a generic series that a merge group holds, in the order of their ids; returns how many. */
extern int loyalty_generic_coupons(int32 org_id, const LoyaltyCustomer *customer, int32 series_id,
								   Coupon **coupons);

/* Reads a series by its id, which is there. */
extern void loyalty_series_read(int32 org_id, int32 series_id, CouponSeries *series);

#endif
