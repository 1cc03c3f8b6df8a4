/*
 * due.h: what is due by the effective time of a posting, and its expiry. The customer is locked, the accounts
 * that take part are loaded and the times are fixed; lots of other accounts are left alone.
 */
#ifndef LOYALTY_DUE_H
#define LOYALTY_DUE_H

#include "ledger/posting/posting.h"

/*
 * Expires every lot of the accounts that is due: one event per instant. Returns whether there was any. No
 * event may be under construction.
 */
extern bool loyalty_posting_expire_due(Posting *posting);

/*
 * Expires what is due among lots that were read before: they come in the order of the accounts, the lots of
 * each as they are spent, up to the first one that is not due.
 */
extern void loyalty_posting_expire_lots(Posting *posting, const LotRow *lots, int count);

/*
 * Draws an id for an expiry that the event to come will bring about: lower than the event's own, so that the balance
 * "after the event", which a repeated request is answered with, counts the expiry in.
 */
extern void loyalty_posting_reserve_expiry(Posting *posting);

/*
 * Draws ids for all that is due and for what may be due on arrival, where the event's own id is drawn before
 * these expire. Nothing is posted.
 */
extern void loyalty_posting_reserve_expiries(Posting *posting);

/* Returns the points of an account that are due and not posted yet. */
extern int64 loyalty_posting_due(const Posting *posting, const Account *account);

/*
 * Tells whether an account has room for the expiry of what is due, and then for a credit of so many points
 * ("coming") of which some expire on arrival ("passing"). Nothing is written.
 */
extern bool loyalty_posting_takes(const Posting *posting, const Account *account, int64 coming,
								  int64 passing);

#endif
