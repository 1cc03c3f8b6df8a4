/* closing_store.h: the free texts of the ledger, which go when their customer is deleted. */
#ifndef LOYALTY_CLOSING_STORE_H
#define LOYALTY_CLOSING_STORE_H

#include "customer/customer_store.h"

/* Deletes the notes of all events of a customer and of everybody merged into it. */
extern void loyalty_event_notes_erase(int32 org_id, const LoyaltyCustomer *root);

#endif
