/* due.h: what is due by the effective time of a posting. */
#ifndef LOYALTY_DUE_H
#define LOYALTY_DUE_H

#include "ledger/posting/posting.h"

/* Expires every lot of the accounts that is due: one event per instant. Returns whether there was any. */
extern bool loyalty_posting_expire_due(Posting *posting);

/*
 * The same where the lots of the accounts were read before: in the order of the accounts, and the lots of each as they are
 * spent, with the first one that is not due.
 */
extern void loyalty_posting_expire_lots(Posting *posting, const LotRow *lots, int count);

/*
 * Draws an id for an expiry that the event to come will bring about: lower than the event's own, so that the balance
 * "after the event", which a repeated request is answered with, counts the expiry in.
 */
extern void loyalty_posting_reserve_expiry(Posting *posting);

/* The same for all that is due and for what may be due on arrival, for an event whose id is drawn before they expire. */
extern void loyalty_posting_reserve_expiries(Posting *posting);

/* Points of an account that are due and not posted yet. */
extern int64 loyalty_posting_due(const Posting *posting, const Account *account);

/*
 * Whether an account takes the expiry of what is due, and then a credit of so many points ("coming") of which some expire
 * on arrival ("passing").
 */
extern bool loyalty_posting_takes(const Posting *posting, const Account *account, int64 coming,
								  int64 passing);

#endif
