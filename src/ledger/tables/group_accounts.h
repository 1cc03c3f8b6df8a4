/* group_accounts.h: the accounts of a merge group, summed up. */
#ifndef LOYALTY_GROUP_ACCOUNTS_H
#define LOYALTY_GROUP_ACCOUNTS_H

#include "postgres.h"

#include "customer/customer_store.h"
#include "ledger/tables/posting_rules.h"

/*
 * Returns how many sums there are: the accounts of a customer's whole group by program and category, in that order.
 * Points that were posted for those who were merged before count as the customer's. Set are the balance, the counters,
 * and the last times, which are those of the customer's own account (DT_NOBEGIN: it has none); every other column is
 * zero. "seen": under the caller's snapshot.
 */
extern int loyalty_group_accounts(int32 org_id, const LoyaltyCustomer *customer, bool seen,
								  Account **accounts);

#endif
