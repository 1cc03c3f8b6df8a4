/*
 * reversal.h: taking redemptions back, whole or in part, inside an open posting. The customer is locked; a redemption may be
 * that of a customer who was merged into it.
 */
#ifndef LOYALTY_REVERSAL_H
#define LOYALTY_REVERSAL_H

#include "ledger/posting/posting.h"
#include "ledger/spend/reversal_store.h"

/* A redemption with what it drew: read in the memory context at hand, and read anew once the posting has its time. */
typedef struct Reversible
{
	Redemption redemption;
	Draws draws;	  /* the last one first */
	int64 left;		  /* points that were not reversed yet */
	int32 program_id; /* program that paid; 0: several did */
} Reversible;

/* Outcome of reversals. */
typedef struct Reversed
{
	int64 event_id;
	int64 points;
	int64 settled;		/* part of them that returns had claimed of their lots */
	int64 expired;		/* part of them that goes at once: its lots are due */
	int64 arrears_paid; /* part of them that paid arrears */
} Reversed;

/* Reads what a redemption of the posting's customer drew and what of it is left. The customer is locked. */
extern void loyalty_reversible_load(const Posting *posting, const Redemption *redemption,
									Reversible *reversible);

/* Loads the accounts that take part, in place of loyalty_posting_load: those of the programs that paid. */
extern void loyalty_reversible_involve(Posting *posting, const Reversible *reversible);

/*
 * Decides which draw gets how many of the points that go back (0: all that are left): LY432 beyond what is left, LY403
 * for points that the programs which paid do not keep. The redemption was read since the time was fixed.
 */
extern void loyalty_reversible_share(Reversible *reversible, int64 points);

/*
 * Posts what was shared out, of several redemptions, in the event under construction: points go back to the lots that
 * they came from, or to new lots with their origin and expiry. What returns claim of those lots is taken at once, then
 * arrears are paid. What is due expires once the event has ended and somebody calls loyalty_posting_expire_due; the ids
 * for that are drawn by loyalty_reversal_reserve before the event begins.
 */
extern void loyalty_reversal_reserve(Posting *posting, const Reversible *reversibles, int count);
extern void loyalty_reversal_post(Posting *posting, Reversible *reversibles, int count, Reversed *reversed);

/*
 * Reverses some of a redemption's points (0: all that are left) by an event of its own, once the posting has its time
 * and its accounts, those of all programs that paid among them. "origin" says where the event came from.
 */
extern void loyalty_reverse(Posting *posting, Reversible *reversible, int64 points, const Event *origin,
							Reversed *reversed);

#endif
