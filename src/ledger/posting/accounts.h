/*
 * accounts.h: making and opening the accounts of a customer, for those who open them by an event of their own.
 * All others load accounts (posting.h), which opens what is missing.
 */
#ifndef LOYALTY_ACCOUNTS_H
#define LOYALTY_ACCOUNTS_H

#include "customer/registration_hooks.h"
#include "ledger/posting/posting.h"

/*
 * Makes the accounts of some programs as they are before their first entry, one of each category: the caller's
 * array has room for LOYALTY_CATEGORIES of each program. Nothing is written.
 */
extern void loyalty_accounts_make(const Posting *posting, const LoyaltyProgram *programs, int count,
								  PostedAccount *accounts);

/* Writes accounts whose first entries are written; they count as unchanged from here on. */
extern void loyalty_accounts_insert(Posting *posting, PostedAccount *accounts, int count);

/* For loyalty_registration_hooks.after_enrol: opens the accounts of a new loyalty customer, a zero entry each. */
extern void loyalty_ledger_open_accounts(LoyaltyCall *call, const LoyaltyEnrolment *enrolment);

#endif
