/* bill_check_store.h: the invariants of bills, for loyalty_audit_add. */
#ifndef LOYALTY_BILL_CHECK_STORE_H
#define LOYALTY_BILL_CHECK_STORE_H

#include "ledger/verify/verify_store.h"

extern const LoyaltyCheck loyalty_bills_check;
extern const LoyaltyCheck loyalty_returns_check;

#endif
