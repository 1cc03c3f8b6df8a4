/* closing.h: the end of a customer's points, when the customer is deleted. */
#ifndef LOYALTY_CLOSING_H
#define LOYALTY_CLOSING_H

#include "customer/customer_store.h"
#include "org/call.h"

/* For loyalty_erasure_add: every balance leaves against "adjusted", and the notes of events go. */
extern void loyalty_ledger_erase(LoyaltyCall *call, const LoyaltyCustomer *root);

#endif
