/*
 * opening.h: balances that customers bring with them, into accounts that are not open yet. The customer is
 * locked; no account is loaded.
 */
#ifndef LOYALTY_OPENING_H
#define LOYALTY_OPENING_H

#include "ledger/earn/award.h"

/*
 * Opens the accounts of a program with a balance (below zero: arrears) in one category, by one event; returns
 * false, and has written nothing, where the customer has them already. It takes the place of
 * loyalty_posting_load and loyalty_posting_at. The award says what its lot is like.
 */
extern bool loyalty_open_with_balance(Posting *posting, const Award *award, TimestampTz event_time,
									  PostingResult *result);

#endif
