/* details_store.h: everything that an event did, under the caller's snapshot. */
#ifndef LOYALTY_DETAILS_STORE_H
#define LOYALTY_DETAILS_STORE_H

#include "postgres.h"

#include "common/query.h"

#define DETAIL_COLUMNS 17

/* The rows are in SPI_tuptable, in the order of the function's columns. */
extern uint64 loyalty_read_details(int32 org_id, int64 customer_id, int64 event_id);

#endif
