/* claw_back.h: taking points back from an account, whatever became of them. */
#ifndef LOYALTY_CLAW_BACK_H
#define LOYALTY_CLAW_BACK_H

#include "bill/return_rules.h"
#include "ledger/posting/posting.h"

/*
 * Takes points of some lots of one account back, as their fates say (loyalty_return_fates), in the event under
 * construction: a credit brings back what had expired, a debit takes all of it to the house account `returned`. What a
 * lot no longer has is paid by the account's other open lots, then, if it may go below zero, by arrears; else it ends
 * there. The lots come by id.
 */
extern void loyalty_claw_back(Posting *posting, PostedAccount *account, ReturnedLot **lots, int count,
							  bool may_go_negative);

#endif
