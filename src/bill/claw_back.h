/*
 * claw_back.h: taking points back from an account, whatever became of them: the ledger's side of returns and of
 * referrals that go back.
 */
#ifndef LOYALTY_CLAW_BACK_H
#define LOYALTY_CLAW_BACK_H

#include "bill/return_fate_rules.h"
#include "ledger/posting/posting.h"

/*
 * Takes points of some lots of one account back in the event under construction; their fates say how many, and
 * from which column (loyalty_return_fates). A credit brings back what had expired, a debit takes all of it to
 * the house account `returned`. Points that a lot no longer has are paid by the account's other open lots,
 * then, where the account may go below zero, by arrears; else they stay a claim on the lot that was awarded.
 *
 * The customer is locked, what was due is expired, and the account takes part in the posting. The lots come in
 * ascending order of their ids and are changed in place; lots of a customer who was merged away are among them,
 * but nothing is posted to those. An event that took nothing has no entries: whether it is written is the
 * caller's decision. LY404 is raised where a counter of the account has no room.
 */
extern void loyalty_claw_back(Posting *posting, PostedAccount *account, ReturnedLot **lots, int count,
							  bool may_go_negative);

#endif
