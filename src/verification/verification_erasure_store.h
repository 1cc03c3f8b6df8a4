/* verification_erasure_store.h: what is held of one-time codes of a person. */
#ifndef LOYALTY_VERIFICATION_ERASURE_STORE_H
#define LOYALTY_VERIFICATION_ERASURE_STORE_H

#include "customer/customer_store.h"
#include "customer/holding_store.h"
#include "org/call.h"

/* Deletes codes, guesses and what hangs on them, and the counters of addresses that codes went to. */
extern void loyalty_verification_erase(LoyaltyCall *call, const LoyaltyCustomer *root);
extern const LoyaltyHoldings loyalty_verification_holdings;

#endif
