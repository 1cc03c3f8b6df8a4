/*
 * transfer.h: points that go from one customer to another. Both are locked, and each has a posting of its own,
 * loaded and with the same effective time.
 */
#ifndef LOYALTY_TRANSFER_H
#define LOYALTY_TRANSFER_H

#include "ledger/posting/posting.h"

/* A transfer to be made: read, permitted by the statuses of both, of points that the program keeps. */
typedef struct Transfer
{
	Posting *giver;
	Posting *receiver;
	const LoyaltyProgram *program;
	int64 points;
	Event origin; /* origin of the giver's event; the receiver's has source, till, store and pair alone */
} Transfer;

/*
 * Posts both events, which share the giver's event id as their pair. LY405 where the giver has too few points,
 * LY436 beyond a cap of the program, LY409 where the receiver's points would have expired already, LY404 where
 * an account has no room. Accounts are the caller's to write.
 */
extern void loyalty_transfer(const Transfer *transfer);

#endif
