/*
 * reversal_store.h: redemptions, what they drew and what of it was reversed. The customer is locked, or the
 * call only reads; rows that a batch keeps back are not seen.
 */
#ifndef LOYALTY_REVERSAL_STORE_H
#define LOYALTY_REVERSAL_STORE_H

#include "postgres.h"

#include "common/array.h"
#include "customer/customer_store.h"
#include "ledger/spend/reversal_rules.h"

/* A redemption of a customer, or of one who was merged into it. */
typedef struct Redemption
{
	int64 customer_id; /* customer that it was written for */
	int64 event_id;
	TimestampTz event_time;
	int64 transaction_id; /* 0: none */
	int64 points;		  /* redeemed, above zero */
	TimestampTz recorded_at;
} Redemption;

/*
 * Finds the redemptions of a customer's merge group that have a redemption id (NULL: any) and an event id (0:
 * any), of which at least one is given; returns how many there are, of which one is in "redemption".
 */
extern int loyalty_redemption_find(int32 org_id, const LoyaltyCustomer *customer, const char *redemption_id,
								   int64 event_id, Redemption *redemption);

/* Adds the redemptions of the group that paid for a bill, the last one first. */
typedef LOYALTY_ARRAY(Redemption) Redemptions;
extern void loyalty_redemptions_of_transaction(int32 org_id, const LoyaltyCustomer *customer,
											   int64 transaction_id, Redemptions *redemptions);

/*
 * Reads what a redemption drew, the last draw first, and what of it went back. Steps of programs and what this reversal puts
 * back stay 0.
 */
typedef LOYALTY_ARRAY(Draw) Draws;
extern void loyalty_redemption_draws(int32 org_id, const LoyaltyCustomer *customer,
									 const Redemption *redemption, Draws *draws);

/* Fate of the points of a reversal at once, for its first result: read from lots and movements, as they were then. */
typedef struct ReversalOutcome
{
	int64 settled; /* part of them that returns had claimed */
	int64 expired;
	int64 arrears_paid;
	int32 program_id; /* program of the points; 0: of several */
} ReversalOutcome;
extern void loyalty_reversal_outcome(int32 org_id, const LoyaltyCustomer *customer, int64 event_id,
									 ReversalOutcome *outcome);

#endif
