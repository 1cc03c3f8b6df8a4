/*
 * transfer.h: points that go from one customer to another. Both are locked, and each has a posting of its own.
 */
#ifndef LOYALTY_TRANSFER_H
#define LOYALTY_TRANSFER_H

#include "ledger/posting/posting.h"

typedef struct Transfer
{
	Posting *giver;
	Posting *receiver;
	const LoyaltyProgram *program;
	int64 points;
	Event origin; /* of the giver's event; the receiver's has none but the pair and the place */
} Transfer;

/*
 * Posts both events, which share the giver's event id as their pair. LY405 where the giver has too few points, LY436
 * beyond a cap of the program, LY409 where the receiver's points would have expired already.
 */
extern void loyalty_transfer(const Transfer *transfer);

#endif
