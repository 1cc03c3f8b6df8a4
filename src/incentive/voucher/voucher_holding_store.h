/* voucher_holding_store.h: what is held of a person in the tables of gift vouchers, and whether those tables agree. */
#ifndef LOYALTY_VOUCHER_HOLDING_STORE_H
#define LOYALTY_VOUCHER_HOLDING_STORE_H

#include "customer/holding_store.h"
#include "org/call.h"

/* Vouchers of a customer and of everybody merged into it lose their holder and what was said of them, and keep their money. */
extern void loyalty_vouchers_erase(LoyaltyCall *call, const LoyaltyCustomer *root);
extern const LoyaltyHoldings loyalty_voucher_holdings;

/* Returns the first thing about an org's vouchers that does not agree, in the current memory context; NULL: all does. */
extern char *loyalty_vouchers_check(int32 org_id);

#endif
