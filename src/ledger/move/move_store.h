/*
 * move_store.h: what merges and deletions ask of the ledger. Each is about one customer, or says that it is
 * about the group.
 */
#ifndef LOYALTY_MOVE_STORE_H
#define LOYALTY_MOVE_STORE_H

#include "postgres.h"

#include "customer/customer_store.h"
#include "customer/holding_store.h"
#include "ledger/tables/posting_rules.h"

/* Open points that expire together; NEVER: those that do not expire. */
typedef struct ExpiringPoints
{
	int32 program_id;
	char category;
	TimestampTz expires_at;
	int64 points;
} ExpiringPoints;

/*
 * Reads the open points of a customer itself, summed up by program, category and expiry, in that order.
 * Returns how many sums there are. "seen": under the caller's snapshot, for a preview.
 */
extern int loyalty_expiring_points(int32 org_id, int64 customer_id, bool seen, ExpiringPoints **expiring);

/*
 * Tells whether accounts of a customer itself are not at zero or do not end with an entry of a merge, or lots of its are
 * open.
 */
extern bool loyalty_ledger_is_open(int32 org_id, int64 customer_id);

/* Rows that are held in the books of a customer. */
extern const LoyaltyHoldings loyalty_ledger_holdings;

#endif
