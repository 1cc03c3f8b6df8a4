/* ledger_merge_store.h: what a merge reads of the ledger. */
#ifndef LOYALTY_LEDGER_MERGE_STORE_H
#define LOYALTY_LEDGER_MERGE_STORE_H

#include "postgres.h"

#include "customer/customer_store.h"
#include "ledger/tables/posting_rules.h"

/*
 * The accounts of a customer's whole group, summed up by program and category, in that order: what was posted for those
 * who were merged before counts as the customer's, but for last_effective_at, which is that of its own. "seen": under the caller's snapshot. Answers how many.
 */
extern int loyalty_group_accounts(int32 org_id, const LoyaltyCustomer *customer, bool seen,
								  Account **accounts);

/* Open points that expire together; NEVER: those that do not expire. */
typedef struct ExpiringPoints
{
	int32 program_id;
	char category;
	TimestampTz expires_at;
	int64 points;
} ExpiringPoints;

/* Those of a customer itself, by program, category and expiry. Answers how many. */
extern int loyalty_expiring_points(int32 org_id, int64 customer_id, bool seen, ExpiringPoints **expiring);

/* Whether accounts of a customer itself are not at zero, or lots of its are open. */
extern bool loyalty_ledger_is_open(int32 org_id, int64 customer_id);

#endif
