/* details_store.h: an event with all that it did, under the caller's snapshot. */
#ifndef LOYALTY_DETAILS_STORE_H
#define LOYALTY_DETAILS_STORE_H

#include "postgres.h"

#include "common/query.h"
#include "org/org_store.h"

/*
 * Returns the rows of an event, in the order of the columns of ledger_event_details; none where the customer has no
 * entry of it.
 */
extern LoyaltyRows *loyalty_read_details(const LoyaltyOrg *org, int64 customer_id, int64 event_id);

#endif
