/*
 * claim_store.h: what went back of redemptions, and what returns claim of lots. Everything here runs inside a LoyaltyCall
 * frame; the customer is locked, or the call only reads.
 */
#ifndef LOYALTY_CLAIM_STORE_H
#define LOYALTY_CLAIM_STORE_H

#include "postgres.h"

#include "common/array.h"
#include "ledger/tables/ledger_store.h"

/* Writes the reversals of an event, and the claims of one; "rows" are complete. */
extern void loyalty_reversals_insert(LoyaltyWriter *writer, int64 customer_id, const ReversalRow *rows,
									 int count);
extern void loyalty_claims_insert(LoyaltyWriter *writer, int64 customer_id, const ClaimRow *rows, int count);

/* Sums of a lot's claims, over the events of a merge group; and what the event at hand adds to them. */
typedef struct LotClaim
{
	int64 lot_customer_id;
	int64 lot_id;
	int64 open;	   /* not settled yet */
	int64 covered; /* counts as returned, though no lot shows it */
	int64 settled_now;
	int64 covered_now;
} LotClaim;

/* Claims in no order: a customer has few, and most have none. */
typedef LOYALTY_ARRAY(LotClaim) LotClaims;

/* Adds the claims of the group, one for each lot that has any, settled ones too. */
extern void loyalty_claims_of_group(int32 org_id, const LoyaltyCustomer *customer, LotClaims *claims);

/* Finds the claim of a lot among some; NULL: there is none. */
extern LotClaim *loyalty_claim_find(const LotClaims *claims, int64 lot_customer_id, int64 lot_id);

/*
 * Goes from a lot back to the one that was awarded: "customer_id" and "lot_id" are the lot's, and those of the other
 * then. The way is that of returns forward: over conversions, merges, and reversals that put points in place of a lot
 * that was merged away. Points that were transferred, or put beside a lot of the same customer, begin anew.
 */
extern void loyalty_lot_root(int32 org_id, int64 *customer_id, int64 *lot_id);

/* Returns how many points an event put back of redemptions, and in "settled" how many of them settled claims. */
extern int64 loyalty_event_put_back(int32 org_id, int64 customer_id, int64 event_id, int64 *settled);

#endif
