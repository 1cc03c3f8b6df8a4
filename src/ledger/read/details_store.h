/* details_store.h: everything that an event did, under the caller's snapshot. */
#ifndef LOYALTY_DETAILS_STORE_H
#define LOYALTY_DETAILS_STORE_H

#include "postgres.h"

#include "common/query.h"

/* The rows, in the order of the function's columns. */
extern LoyaltyRows *loyalty_read_details(int32 org_id, int64 customer_id, int64 event_id);

#endif
