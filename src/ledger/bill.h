/* bill.h: recording a bill with everything that it earns, in whatever form the call names its customer. */
#ifndef LOYALTY_BILL_H
#define LOYALTY_BILL_H

#include "ledger/operation.h"
#include "ledger/transaction_store.h"

/* Positions of the arguments that every form of add_transaction has. */
typedef struct BillArguments
{
	int number;
	int amount;
	int event_time;
	int discount;
	int type;
	int points;
	int line_items;
	int program;
	int bill_promotion_points;
	int customer_promotion_points;
	int category;
	int redeemable_from;
	int outlier_status;
} BillArguments;

/* What the arguments say of a bill and its lines, before a customer is looked at. */
typedef struct Bill
{
	Transaction transaction;
	TransactionLine *lines;
	int line_count;
} Bill;

/* Reads it; place and source of the operation are known. */
extern void loyalty_bill_read(const Operation *operation, const BillArguments *at, Bill *bill);

/* Where a bill earns nothing, what is given must make sense all the same. */
extern void loyalty_bill_check_unused(const Operation *operation, const BillArguments *at);

/* Claims the number of a bill: LY410 where it is taken. */
extern void loyalty_bill_claim(int32 org_id, const Transaction *transaction);

/* Records the bill of an operation that has begun and is no repeat; and the first answer where it is one. */
extern void loyalty_bill_post(Operation *operation, const BillArguments *at, PostingResult *answer);
extern void loyalty_bill_again(Operation *operation, const BillArguments *at, const EarlierEvent *earlier,
							   PostingResult *answer);

#endif
