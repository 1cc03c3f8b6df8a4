/* debit.h: taking points by an event of its own that is no activity of the customer: corrections and imports. */
#ifndef LOYALTY_DEBIT_H
#define LOYALTY_DEBIT_H

#include "ledger/earn/award.h"

typedef struct Debit
{
	const LoyaltyProgram *program;
	Category category;
	int64 points;
	EventCode event_code;
	HouseAccount house; /* that takes */
	MovementType type;	/* of the draws */
	bool may_owe;		/* what no lot can pay becomes arrears; else it is LY405 */
	Event origin;
} Debit;

/*
 * Posts a debit, whose account and time the posting knows. All open lots pay, first expiring first, those that are not
 * redeemable yet among them.
 */
extern void loyalty_debit(Posting *posting, const Debit *debit, PostingResult *result);

#endif
