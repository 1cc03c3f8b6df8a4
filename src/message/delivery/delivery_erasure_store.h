/* delivery_erasure_store.h: what is held of deliveries to a person, for deletions and exports. */
#ifndef LOYALTY_DELIVERY_ERASURE_STORE_H
#define LOYALTY_DELIVERY_ERASURE_STORE_H

#include "customer/erasure.h"

extern void loyalty_delivery_erase(LoyaltyCall *call, const LoyaltyCustomer *root);
extern const LoyaltyHoldings loyalty_delivery_holdings;

#endif
