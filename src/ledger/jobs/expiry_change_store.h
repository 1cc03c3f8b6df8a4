/* expiry_change_store.h: lots by their ids, and the changes of their expiry. */
#ifndef LOYALTY_EXPIRY_CHANGE_STORE_H
#define LOYALTY_EXPIRY_CHANGE_STORE_H

#include "postgres.h"

#include "ledger/tables/posting_rules.h"

/* A lot of a customer, who is locked; false where there is none. */
extern bool loyalty_lot_find(int32 org_id, int64 customer_id, int64 lot_id, Lot *lot);

/* The change that an event made, what of the lot expired with it, and the lot's program; false where there is none. */
extern bool loyalty_expiry_change_of_event(int32 org_id, int64 customer_id, int64 event_id,
										   ExpiryChange *change, int64 *expired, int32 *program_id);

#endif
