/*
 * redeem_batch.h: many redemptions in one transaction, each judged by itself: items of a call. The steps are begin, set (each item),
 * perform; then each item has its result, or its refusal.
 *
 * It is no batch of the ledger's (ledger/batch): nothing is posted, and what an item locks beyond its customer is a coupon.
 */
#ifndef LOYALTY_COUPON_REDEEM_BATCH_H
#define LOYALTY_COUPON_REDEEM_BATCH_H

#include "incentive/coupon/redeem.h"

/* An item: what is asked, and what became of it. */
typedef struct CouponItem
{
	CouponRequest request;
	CouponRedemption redemption;
	CouponResult result; /* where nothing refused it */
	LoyaltyRefusal refusal;
	int32 series_id; /* of the coupon, as it was found under no lock; 0: none */
} CouponItem;

/* A batch that is under way. */
typedef struct CouponBatch
{
	LoyaltyCall *call; /* its actor is that of items that name none */
	const LoyaltyFunction *function;
	int count;
	CouponItem *items;
} CouponBatch;

/* Opens a batch of so many items, in an open call. */
extern void loyalty_coupon_batch_begin(CouponBatch *batch, LoyaltyCall *call, int count);

/* Fills an item from the arguments of redeem_coupon (NULL: it has none), and finds whom it is about. */
extern void loyalty_coupon_batch_set(void *batch, int i, NullableDatum *arguments);

/* Locks all customers and coupons, then redeems one after the other. */
extern void loyalty_coupon_batch_perform(CouponBatch *batch);

#endif
