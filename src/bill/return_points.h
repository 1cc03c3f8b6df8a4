/* return_points.h: taking back the points that a returned bill earned. */
#ifndef LOYALTY_RETURN_POINTS_H
#define LOYALTY_RETURN_POINTS_H

#include "bill/return_store.h"
#include "ledger/posting/posting.h"

/*
 * Takes the points of a bill back, as far as a decided return says, in the event under construction. The
 * customer is locked, the time is fixed, what was due is expired, and the accounts of the bill's points take
 * part; "program" is theirs. Raises LY404 where a counter has no room.
 */
extern void loyalty_return_take_back(Posting *posting, const ReturnedBill *bill, const BillReturn *state,
									 const LoyaltyProgram *program);

#endif
