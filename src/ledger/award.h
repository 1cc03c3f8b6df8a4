/* award.h: giving points: one lot, the credit that brings it, and the expiries that roll along. */
#ifndef LOYALTY_AWARD_H
#define LOYALTY_AWARD_H

#include "ledger/posting.h"

typedef struct Award
{
	const LoyaltyProgram *program;
	Category category;
	AwardType type;
	int64 points;
	TimestampTz expires_at; /* AT_ONCE: as the program says */
	TimestampTz redeemable_from;
	EventCode event_code;
	HouseAccount
		house;	   /* that gives; 0: issued. What others give is no activity of the customer: nothing rolls */
	Event columns; /* where the event came from: source, till, store, request */
} Award;

/* What an operation answers. */
typedef struct Answer
{
	int64 event_id;
	int64 points;
	int64 current_points;
	TimestampTz expires_at;
	char *redemption_id;
} Answer;

/* The lot that an award brings, in the event under construction: LY409 for an expiry that is not after the event. */
extern Lot loyalty_award_lot(const Posting *posting, const Award *award);

/* Posts an award, whose accounts and time the posting knows; LY409 for an expiry that is not after the event. */
extern void loyalty_award(Posting *posting, const Award *award, Answer *answer);

#endif
