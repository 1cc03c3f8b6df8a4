/*
 * recent_store.h: reading what a customer redeemed or gave away of late.
 */
#ifndef LOYALTY_RECENT_STORE_H
#define LOYALTY_RECENT_STORE_H

#include "postgres.h"

#include "common/array.h"
#include "customer/customer_store.h"
#include "ledger/spend/recent_rules.h"

/* Entries in the current memory context; those of a customer's group come member by member. */
typedef LOYALTY_ARRAY(RecentEntry) RecentEntries;

/*
 * Adds those of a house account among the entries of the group's regular accounts of a program since a time.
 * The accounts are read from their ends, so the cost is that of the period, whatever the history. "snapshot":
 * under the caller's snapshot, for calls that only read; else as of now, and the customer is locked. Rows that
 * a batch keeps back are not seen: it flushes the customer's before.
 */
extern void loyalty_recent_entries(int32 org_id, const LoyaltyCustomer *customer, int32 program_id,
								   HouseAccount house, TimestampTz since, bool snapshot,
								   RecentEntries *entries);

#endif
