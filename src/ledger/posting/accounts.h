/* accounts.h: making and opening the accounts of a customer. */
#ifndef LOYALTY_ACCOUNTS_H
#define LOYALTY_ACCOUNTS_H

#include "customer/registration_hooks.h"
#include "ledger/posting/posting.h"

/* Makes the accounts of some programs as they are before their first entry, one of each category. */
extern void loyalty_accounts_make(const Posting *posting, const LoyaltyProgram *programs, int count,
								  PostedAccount *accounts);

/* Writes accounts whose first entries are written. */
extern void loyalty_accounts_insert(Posting *posting, PostedAccount *accounts, int count);

/* For loyalty_registration_hooks.after_enrol: opens the accounts of a new loyalty customer, a zero entry each. */
extern void loyalty_ledger_open_accounts(LoyaltyCall *call, const LoyaltyEnrolment *enrolment);

#endif
