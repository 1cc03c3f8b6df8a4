/* recent_store.h: what a customer redeemed or gave away of late. */
#ifndef LOYALTY_RECENT_STORE_H
#define LOYALTY_RECENT_STORE_H

#include "postgres.h"

#include "common/array.h"
#include "customer/customer_store.h"
#include "ledger/spend/recent_rules.h"

typedef LOYALTY_ARRAY(RecentEntry) RecentEntries;

/*
 * Adds those of a house account among the entries of the group's regular accounts of a program since a time. The
 * accounts are read from their ends, so the cost is that of the period, whatever the history. "snapshot": under the
 * caller's snapshot, for calls that only read.
 */
extern void loyalty_recent_entries(int32 org_id, const LoyaltyCustomer *customer, int32 program_id,
								   HouseAccount house, TimestampTz since, bool snapshot,
								   RecentEntries *entries);

#endif
