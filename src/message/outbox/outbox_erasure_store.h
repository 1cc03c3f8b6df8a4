/* outbox_erasure_store.h: what is held of messages to a person. */
#ifndef LOYALTY_OUTBOX_ERASURE_STORE_H
#define LOYALTY_OUTBOX_ERASURE_STORE_H

#include "customer/customer_store.h"
#include "customer/holding_store.h"
#include "org/call.h"

/* Cancels what is queued and deletes texts, addresses and files; facts stay, without words of people. */
extern void loyalty_outbox_erase(LoyaltyCall *call, const LoyaltyCustomer *root);
extern const LoyaltyHoldings loyalty_outbox_holdings;

#endif
