/* award.h: giving points: lots, the credit that brings them, and the expiries that roll along. */
#ifndef LOYALTY_AWARD_H
#define LOYALTY_AWARD_H

#include "ledger/posting/posting.h"
#include "status/status_guard.h"

/* One lot of an award. */
typedef struct AwardPart
{
	AwardType type;
	int32 line_no; /* of its bill; 0: none */
	int64 points;
} AwardPart;

typedef struct Award
{
	const LoyaltyProgram *program;
	Category category;
	AwardType type; /* of the first lot, as the next two */
	int32 line_no;
	int64 points;
	int more_count; /* lots besides the first, of the same credit */
	const AwardPart *more;
	TimestampTz expires_at; /* AT_ONCE: as the program says */
	bool is_judged;			/* and it expires at: */
	TimestampTz expiry;
	TimestampTz redeemable_from;
	EventCode event_code;
	HouseAccount house; /* that gives; 0: issued. What others give is no activity: nothing rolls */
	Event origin;		/* where the event came from: source, till, store, request */
} Award;

/* The operation that an award of some event is to the guard of statuses. */
extern GuardedOperation loyalty_award_guard(EventCode event_code);

/* The lot that an award brings, in the event under construction: LY409 for an expiry that is not after the event. */
extern Lot loyalty_award_lot(const Posting *posting, const Award *award);

/*
 * Whether the accounts that take part, as far as they are open, take an award, which may be one of no points: LY409, LY404.
 * The time is fixed; what is due by it is not expired yet.
 */
extern bool loyalty_award_judge(const Posting *posting, Award *award, LoyaltyRefusal *refusal);

/* Posts an award, whose accounts and time the posting knows; LY409 for an expiry that is not after the event. */
extern void loyalty_award(Posting *posting, const Award *award, PostingResult *result);

#endif
