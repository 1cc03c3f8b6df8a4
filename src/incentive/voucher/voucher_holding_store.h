/* voucher_holding_store.h: what is held of a person in the tables of gift vouchers. */
#ifndef LOYALTY_VOUCHER_HOLDING_STORE_H
#define LOYALTY_VOUCHER_HOLDING_STORE_H

#include "customer/holding_store.h"
#include "org/call.h"

/* Vouchers of a customer and of everybody merged into it lose their holder and what was said of them, and keep their money. */
extern void loyalty_vouchers_erase(LoyaltyCall *call, const LoyaltyCustomer *root);
extern const LoyaltyHoldings loyalty_voucher_holdings;

#endif
