/*
 * redemption.h: drawing points for a redemption and judging it by the conditions of the programs that pay. Serves the
 * redemption itself and the dry run.
 */
#ifndef LOYALTY_REDEMPTION_H
#define LOYALTY_REDEMPTION_H

#include "ledger/draw.h"
#include "ledger/redemption_rules.h"

typedef struct RedemptionWish
{
	const LoyaltyProgram *program; /* NULL: all programs pay */
	int64 points;
	bool up_to;	   /* fewer will do */
	bool snapshot; /* for a call that only reads */
	bool unposted; /* what is due by then is not posted yet */
} RedemptionWish;

/* How it was judged: the first condition that is not met, and whose it is. */
typedef struct RedemptionJudgement
{
	RedemptionVerdict verdict;
	const LoyaltyProgram *program; /* NULL: of all */
} RedemptionJudgement;

/*
 * Draws the points and judges: where all conditions are met, the walk is ready to be posted. Answers how many points
 * the redemption has. The posting knows its accounts and its time.
 */
extern int64 loyalty_redemption_draw(Posting *posting, const RedemptionWish *wish, LotWalk *walk,
									 RedemptionJudgement *judgement);

/* Whether the accounts are sure to take the redemption that was drawn, and the expiry of what is due before it. */
extern bool loyalty_redemption_fits(const Posting *posting, const LotWalk *walk);

/* A redemption id that the customer, who is locked, does not have yet. */
extern char *loyalty_new_redemption_id(int32 org_id, int64 customer_id);

#endif
