/*
 * redemption.h: redeeming points: drawing them, judging the draw by the conditions of the programs that pay, posting it.
 * Serves the call, the items of a batch, and the dry run.
 */
#ifndef LOYALTY_REDEMPTION_H
#define LOYALTY_REDEMPTION_H

#include "customer/proof_hooks.h"
#include "ledger/posting/draw.h"
#include "ledger/posting/operation.h"
#include "ledger/spend/redemption_rules.h"

/* Arguments of redeem_points and is_redeemable, which are the columns of a redeem_item, but for the proof. */
typedef struct RedeemRequest
{
	OperationRequest operation;
	NullableDatum points;
	NullableDatum transaction_number;
	NullableDatum transaction_till;
	NullableDatum up_to;
	NullableDatum verification; /* of a call alone */
} RedeemRequest;

/* Kind of such requests, for the call, the dry run and the batch. */
extern const RequestKind loyalty_redeem_kind;

/* Judgement of a redemption: the first condition that is not met, and whose it is. */
typedef struct RedemptionJudgement
{
	RedemptionVerdict verdict;
	const LoyaltyProgram *program; /* NULL: of all programs together */
} RedemptionJudgement;

/* A redemption on its way: as asked for, then weighed, then posted. */
typedef struct Redemption
{
	const LoyaltyProgram *program; /* NULL: all programs pay */
	int64 points;				   /* asked for; once it is weighed, those that it takes */
	bool up_to;					   /* fewer will do */
	bool is_dry;				   /* for a call that only reads, and tells what is available */
	LoyaltyProofUse proof;		   /* judged last, used up with the event */
	RedemptionJudgement judgement;
	LotWalk walk; /* ready to be posted where all conditions are met */
} Redemption;

/* Reads what the request says: where, of which program, how many points. */
extern bool loyalty_redemption_read(Operation *operation, Redemption *redemption, LoyaltyRefusal *refusal);

/* Finds the bill that the points pay for, and puts it into the origin of the event. */
extern bool loyalty_redemption_bill(Operation *operation, LoyaltyRefusal *refusal);

/*
 * Loads the accounts, fixes the time, draws the points and judges the draw by the conditions of who pays.
 * Returns true also where a condition is not met: the judgement says which. What is due by then pays nothing,
 * though its expiry is not posted.
 */
extern bool loyalty_redemption_weigh(Operation *operation, Redemption *redemption, LoyaltyRefusal *refusal);

/*
 * Refuses with LY404 where the accounts may not take the redemption, and the expiry of what is due before it.
 */
extern bool loyalty_redemption_fits(const Operation *operation, const Redemption *redemption,
									LoyaltyRefusal *refusal);

/*
 * Redeems points of a customer who is locked, unless something refuses it: then it returns false and nothing
 * is written. "result" is complete where it returns true.
 */
extern bool loyalty_redeem(Operation *operation, PostingResult *result, LoyaltyRefusal *refusal);

/* Makes the first result of a request that is repeated. */
extern void loyalty_redeem_again(const LoyaltyCall *call, const OperationRequest *request,
								 const EarlierEvent *earlier, PostingResult *result);

/* Columns of a result as redeem_points returns it, and redeem_points_batch for an item. */
#define REDEEM_COLUMNS 4
extern void loyalty_redeem_values(const LoyaltyCall *call, const PostingResult *result, Datum *values,
								  bool *nulls);

#endif
