/* award.h: giving points: one lot, the credit that brings it, and the expiries that roll along. */
#ifndef LOYALTY_AWARD_H
#define LOYALTY_AWARD_H

#include "ledger/posting.h"
#include "status/status_guard.h"

typedef struct Award
{
	const LoyaltyProgram *program;
	Category category;
	AwardType type;
	int64 points;
	TimestampTz expires_at; /* AT_ONCE: as the program says */
	TimestampTz redeemable_from;
	EventCode event_code;
	Event columns; /* where the event came from: source, till, store, request */
} Award;

/* The operation that an award of some event is to the guard of statuses. */
extern GuardedOperation loyalty_award_guard(EventCode event_code);

/* What an operation answers. */
typedef struct Answer
{
	int64 event_id;
	int64 points;
	int64 current_points;
	TimestampTz expires_at;
	char *redemption_id;
} Answer;

/* Posts an award, whose accounts and time the posting knows; LY409 for an expiry that is not after the event. */
extern void loyalty_award(Posting *posting, const Award *award, Answer *answer);

#endif
