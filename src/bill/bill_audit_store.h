/* bill_audit_store.h: the check of verify_ledger that bills and returns are as they were recorded. */
#ifndef LOYALTY_BILL_AUDIT_STORE_H
#define LOYALTY_BILL_AUDIT_STORE_H

#include "ledger/verify/verify_store.h"

extern const LoyaltyCheck loyalty_bill_hashes_check;

#endif
