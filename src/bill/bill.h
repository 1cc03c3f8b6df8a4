/*
 * bill.h: recording a bill with everything that it earns, in whatever form its customer is named, by a call or from the
 * line of a load.
 */
#ifndef LOYALTY_BILL_H
#define LOYALTY_BILL_H

#include "bill/transaction_store.h"
#include "ledger/posting/operation.h"

/* What every form of add_transaction asks for. */
typedef struct BillRequest
{
	OperationRequest operation;
	NullableDatum transaction_number;
	NullableDatum amount;
	NullableDatum discount;
	NullableDatum transaction_type;
	NullableDatum points;
	NullableDatum line_items;
	NullableDatum bill_promotion_points;
	NullableDatum customer_promotion_points;
	NullableDatum category;
	NullableDatum redeemable_from;
	NullableDatum outlier_status;
} BillRequest;

extern const RequestKind loyalty_bill_kind;

/* What the request says of a bill and its lines, before a customer is looked at. */
typedef struct BillText
{
	Transaction transaction;
	TransactionLine *lines;
	int line_count;
} BillText;

/* Reads it; place and source of the operation are known. */
extern bool loyalty_bill_read(const Operation *operation, BillText *bill, LoyaltyRefusal *refusal);

/* Where a bill earns nothing, what is given must make sense all the same. */
extern bool loyalty_bill_check_unused(const Operation *operation, LoyaltyRefusal *refusal);

/* Claims the number of a bill: LY410 where it is taken. */
extern bool loyalty_bill_claim(int32 org_id, const Transaction *transaction, LoyaltyRefusal *refusal);

/* Records a bill of a customer who is locked, unless something refuses it: then nothing is written. */
extern bool loyalty_bill(Operation *operation, PostingResult *result, LoyaltyRefusal *refusal);

/* The first result of a request that is repeated, of an operation that has begun. */
extern void loyalty_bill_again(Operation *operation, const EarlierEvent *earlier, PostingResult *result);

#endif
