/*
 * award.h: giving points: lots, the credit that brings them, and the expiries that roll along. The customer is
 * locked and the posting has its accounts; points are thousandths.
 */
#ifndef LOYALTY_AWARD_H
#define LOYALTY_AWARD_H

#include "ledger/posting/posting.h"
#include "status/status_guard.h"

/* A lot of an award. */
typedef struct AwardPart
{
	AwardType type;
	int32 line_no; /* line of its bill; 0: none */
	int64 points;
} AwardPart;

/*
 * An award to be made: one credit in one account, with a lot for each part. Whoever fills it has read and
 * judged the request.
 */
typedef struct Award
{
	const LoyaltyProgram *program;
	Category category;
	AwardType type; /* type of the first lot, as are the next two */
	int32 line_no;
	int64 points;
	int more_count; /* lots besides the first, of the same credit */
	const AwardPart *more;
	TimestampTz expires_at;		 /* AT_ONCE: as the program says */
	bool is_judged;				 /* "expiry" is known: the dates are not worked out again */
	TimestampTz expiry;			 /* expiry of all its lots; NEVER */
	TimestampTz redeemable_from; /* AT_ONCE: of promised points, as the program says */
	EventCode event_code;
	HouseAccount house; /* gives the points; 0: issued. A gift of another one is no activity: nothing rolls */
	Event origin;		/* source, till, store, request, and the id where one was drawn before */
} Award;

/* Returns the operation that an award of some event is to the guard of statuses. */
extern GuardedOperation loyalty_award_guard(EventCode event_code);

/*
 * Returns the lot that an award brings, in the event under construction; LY409 for an expiry that is not after
 * the event.
 */
extern Lot loyalty_award_lot(const Posting *posting, const Award *award);

/*
 * Judges whether the accounts that take part, as far as they are open, take an award, which may be one of no
 * points: LY409, LY404. The time is fixed; what is due by it is not expired yet. Notes the expiry in the
 * award.
 */
extern bool loyalty_award_judge(const Posting *posting, Award *award, LoyaltyRefusal *refusal);

/*
 * Posts an award, whose accounts and time the posting knows; what is due has expired. Raises LY409 for an
 * expiry that is not after the event, LY404 for what no account takes.
 */
extern void loyalty_award(Posting *posting, const Award *award, PostingResult *result);

#endif
