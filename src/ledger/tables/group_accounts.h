/* group_accounts.h: what the accounts of a merge group come to. */
#ifndef LOYALTY_GROUP_ACCOUNTS_H
#define LOYALTY_GROUP_ACCOUNTS_H

#include "postgres.h"

#include "customer/customer_store.h"
#include "ledger/tables/posting_rules.h"

/*
 * The accounts of a customer's whole group, summed up by program and category, in that order: what was posted for those
 * who were merged before counts as the customer's, but for last_effective_at, which is that of its own. Of the other columns
 * there are the balance and the counters. "seen": under the caller's snapshot. Returns how many.
 */
extern int loyalty_group_accounts(int32 org_id, const LoyaltyCustomer *customer, bool seen,
								  Account **accounts);

#endif
