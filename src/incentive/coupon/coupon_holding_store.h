/*
 * coupon_holding_store.h: coupons of a person as a whole: what is held of them, what a deletion does to them, and how many there are
 * for a merge.
 */
#ifndef LOYALTY_COUPON_HOLDING_STORE_H
#define LOYALTY_COUPON_HOLDING_STORE_H

#include "customer/erasure.h"
#include "org/call.h"

/* Revokes what a customer, and everybody merged into it, has not redeemed; takes away what people wrote of uses and issues. */
extern void loyalty_coupons_erase(LoyaltyCall *call, const LoyaltyCustomer *root);
extern const LoyaltyHoldings loyalty_coupon_holdings;

/* Coupons, and what goes with them, of one customer under its own id. */
typedef struct IncentiveCounts
{
	int64 active;	/* coupons that may be redeemed, by their dates */
	bool redeemed;	/* some were redeemed, and not given back */
	bool expired;	/* some have expired */
	int64 vouchers; /* gift vouchers that it holds */
	int64 links;	/* promo codes that are linked to it */
} IncentiveCounts;

/* Adds what a customer has under an id at a time; "seen": under the caller's snapshot. */
extern void loyalty_incentives_count(int32 org_id, int64 customer_id, TimestampTz at, bool seen,
									 IncentiveCounts *counts);

#endif
