/* earn.h: awarding points that somebody decided on: for the call and for the items of a batch. */
#ifndef LOYALTY_EARN_H
#define LOYALTY_EARN_H

#include "ledger/posting/operation.h"

/* Arguments of earn_points, which are the columns of an earn_item. */
typedef struct EarnRequest
{
	OperationRequest operation;
	NullableDatum points;
	NullableDatum category;
	NullableDatum event_name;
	NullableDatum expires_at;
	NullableDatum redeemable_from;
} EarnRequest;

/* Kind of such requests, for the call and for the batch. */
extern const RequestKind loyalty_earn_kind;

/*
 * Awards points to a customer who is locked, unless something refuses it: then it returns false and nothing is
 * written. "result" is complete where it returns true.
 */
extern bool loyalty_earn(Operation *operation, PostingResult *result, LoyaltyRefusal *refusal);

/* Makes the first result of a request that is repeated. */
extern void loyalty_earn_again(const LoyaltyCall *call, const OperationRequest *request,
							   const EarlierEvent *earlier, PostingResult *result);

/* Columns of a result as earn_points returns it, and earn_points_batch for an item. */
#define EARN_COLUMNS 6
extern void loyalty_earn_values(const LoyaltyCall *call, const PostingResult *result, Datum *values,
								bool *nulls);

#endif
