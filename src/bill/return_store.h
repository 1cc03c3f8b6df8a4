/*
 * return_store.h: bills that are returned: what came back of them, and the lots that their points are in today.
 * All of it is read under the lock of the customer, who may be the survivor of the one that the bill was
 * written for.
 */
#ifndef LOYALTY_RETURN_STORE_H
#define LOYALTY_RETURN_STORE_H

#include "postgres.h"

#include "bill/return_rules.h"
#include "bill/transaction_store.h"
#include "customer/customer_store.h"

/* A bill of a customer's merge group, with the program and category of the points that it brought. */
typedef struct ReturnedBill
{
	int64 customer_id; /* for whom it was written; may be merged since */
	int64 transaction_id;
	TimestampTz event_time;
	int64 amount;  /* thousandths */
	int32 till_id; /* 0: none, as the next two */
	int32 store_id;
	int32 program_id;  /* of its points; 0: it brought none */
	Category category; /* of its points; regular where it brought none */
} ReturnedBill;

/*
 * Finds the bills of a number in the group, in one till (0: none) or in any, of which the first is in "bill".
 * Returns how many there are; for a return it must be one. A bill without a till comes first and counts alone.
 */
extern int loyalty_returned_bill_find(int32 org_id, const LoyaltyCustomer *customer, const char *number,
									  bool any_till, int32 till_id, ReturnedBill *bill);

/*
 * Reads the lines of a bill and what came back of it before, over the returns of all of the group, into a state
 * that the rules can decide. Two statements for each member of the group, besides that of the lines.
 */
extern void loyalty_returned_bill_read(int32 org_id, const LoyaltyCustomer *customer,
									   const ReturnedBill *bill, BillReturn *state);

/*
 * Returns in "lots" every lot that the points of a bill are in today, by the lots that the bill brought
 * (root_id), then by id; returns how many there are. Those of merged customers are marked as closed.
 */
extern int loyalty_returned_lots(int32 org_id, const LoyaltyCustomer *customer, const ReturnedBill *bill,
								 ReturnedLot **lots);

/*
 * Reads the amount of a return, and the program of its bill's points (0: it earned nothing), for the answer to
 * a repeat.
 */
extern void loyalty_return_read(int32 org_id, int64 customer_id, int64 transaction_id, int64 *amount,
								int32 *program_id);

#endif
