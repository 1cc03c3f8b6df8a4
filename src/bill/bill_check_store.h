/*
 * bill_check_store.h: the invariants of bills, for loyalty_audit_add. Each is a statement over an org's tables
 * as a whole, under the snapshot of verify_ledger.
 */
#ifndef LOYALTY_BILL_CHECK_STORE_H
#define LOYALTY_BILL_CHECK_STORE_H

#include "ledger/verify/verify_store.h"

/* Bills, their numbers and their events belong together. */
extern const LoyaltyCheck loyalty_bills_check;

/* No more came back than was bought, and lots add up to what their bill earned. */
extern const LoyaltyCheck loyalty_returns_check;

/* Referrals have the two events that they name. */
extern const LoyaltyCheck loyalty_referrals_check;

#endif
