/*
 * closing.h: the end of a customer's points, when the customer is deleted for good.
 */
#ifndef LOYALTY_CLOSING_H
#define LOYALTY_CLOSING_H

#include "customer/customer_store.h"
#include "org/call.h"

/*
 * Eraser of the ledger, for loyalty_erasure_add: every balance leaves against "adjusted", and the notes of
 * events go. The customers of the group are locked.
 */
extern void loyalty_ledger_erase(LoyaltyCall *call, const LoyaltyCustomer *root);

#endif
