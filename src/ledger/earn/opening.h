/* opening.h: balances that customers bring with them. */
#ifndef LOYALTY_OPENING_H
#define LOYALTY_OPENING_H

#include "ledger/earn/award.h"

/*
 * Opens the accounts of a program with a balance (below zero: arrears) in one category, by one event: false where the
 * customer has them already. It takes the place of loyalty_posting_load and loyalty_posting_at. The award says
 * what its lot is like.
 */
extern bool loyalty_open_with_balance(Posting *posting, const Award *award, TimestampTz event_time,
									  PostingResult *result);

#endif
