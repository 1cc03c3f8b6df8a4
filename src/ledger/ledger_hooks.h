/* ledger_hooks.h: what loyalty.c calls to start the ledger and puts into the hooks of lower capabilities. */
#ifndef LOYALTY_LEDGER_HOOKS_H
#define LOYALTY_LEDGER_HOOKS_H

#include "customer/erasure.h"
#include "customer/registration_hooks.h"

/* Lets any abort clear the guards' flag; called once at load. */
extern void loyalty_ledger_guard_init(void);

/* For loyalty_registration_hooks.after_enrol. Opens the accounts of a new loyalty customer: one zero entry per program and category. */
extern void loyalty_ledger_open_accounts(LoyaltyCall *call, const LoyaltyEnrolment *enrolment);

/* For loyalty_erasure_add: every balance leaves against "adjusted", and the notes of events go. */
extern void loyalty_ledger_erase(LoyaltyCall *call, const LoyaltyCustomer *root);

#endif
