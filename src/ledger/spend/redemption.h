/*
 * redemption.h: redeeming points: drawing them, judging the draw by the conditions of the programs that pay, posting it.
 * Serves the call, the items of a batch, and the dry run.
 */
#ifndef LOYALTY_REDEMPTION_H
#define LOYALTY_REDEMPTION_H

#include "ledger/posting/draw.h"
#include "ledger/posting/operation.h"
#include "ledger/spend/redemption_rules.h"

/* What redeem_points, is_redeemable and a redeem_item ask for. */
typedef struct RedeemRequest
{
	OperationRequest operation;
	NullableDatum points;
	NullableDatum transaction_number;
	NullableDatum transaction_till;
	NullableDatum up_to;
} RedeemRequest;

extern const RequestKind loyalty_redeem_kind;

/* How it was judged: the first condition that is not met, and whose it is. */
typedef struct RedemptionJudgement
{
	RedemptionVerdict verdict;
	const LoyaltyProgram *program; /* NULL: of all */
} RedemptionJudgement;

typedef struct Redemption
{
	const LoyaltyProgram *program; /* NULL: all programs pay */
	int64 points;				   /* asked for; those that it has, once it is weighed */
	bool up_to;					   /* fewer will do */
	bool is_dry;				   /* for a call that only reads, and tells what is available */
	RedemptionJudgement judgement;
	LotWalk walk; /* ready to be posted where all conditions are met */
} Redemption;

/* What the request says: where, of which program, how many points; and the bill that they pay for. */
extern bool loyalty_redemption_read(Operation *operation, Redemption *redemption, LoyaltyRefusal *refusal);
extern bool loyalty_redemption_bill(Operation *operation, LoyaltyRefusal *refusal);

/*
 * Draws the points and judges the draw by the conditions of who pays. What is due by then pays nothing, though its expiry is
 * not posted.
 */
extern bool loyalty_redemption_weigh(Operation *operation, Redemption *redemption, LoyaltyRefusal *refusal);

/* LY404 where the accounts may not take the redemption, and the expiry of what is due before it. */
extern bool loyalty_redemption_fits(const Operation *operation, const Redemption *redemption,
									LoyaltyRefusal *refusal);

/* Redeems points of a customer who is locked, unless something refuses it: then nothing is written. */
extern bool loyalty_redeem(Operation *operation, PostingResult *result, LoyaltyRefusal *refusal);

/* The first result of a request that is repeated. */
extern void loyalty_redeem_again(const LoyaltyCall *call, const OperationRequest *request,
								 const EarlierEvent *earlier, PostingResult *result);

/* A result as redeem_points returns it, and redeem_points_batch for an item. */
#define REDEEM_COLUMNS 4
extern void loyalty_redeem_values(const PostingResult *result, Datum *values, bool *nulls);

#endif
