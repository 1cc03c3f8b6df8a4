/* debit.h: taking points by an event of its own that is no activity of the customer: corrections and imports. */
#ifndef LOYALTY_DEBIT_H
#define LOYALTY_DEBIT_H

#include "ledger/earn/award.h"

/* A debit to be made, in one account. */
typedef struct Debit
{
	const LoyaltyProgram *program;
	Category category;
	int64 points;
	EventCode event_code;
	HouseAccount house; /* the points go to it */
	MovementType type;	/* type of the draws */
	bool may_owe;		/* points that no lot can pay become arrears; else LY405 */
	Event origin;
} Debit;

/*
 * Posts a debit; the customer is locked, the account loaded, the time fixed and what is due expired. All open
 * lots pay, first expiring first, those that are not redeemable yet among them. LY405 where they cannot and
 * nothing may be owed.
 */
extern void loyalty_debit(Posting *posting, const Debit *debit, PostingResult *result);

#endif
