/*
 * return_store.h: bills that are returned: what came back of them, and the lots that their points are in today.
 * All of it is read under the lock of the customer, who may be the survivor of the one that the bill was
 * written for.
 */
#ifndef LOYALTY_RETURN_STORE_H
#define LOYALTY_RETURN_STORE_H

#include "postgres.h"

#include "bill/return_fate_rules.h"
#include "bill/return_rules.h"
#include "bill/transaction_store.h"
#include "common/array.h"
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
	int32 judged_by;   /* the program that judged the bill; 0: none */
	Counting counts;
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

/* Lots in the current memory context. */
typedef LOYALTY_ARRAY(ReturnedLot) ReturnedLots;

/*
 * Adds every lot that the points of a bill are in today, by the lots that the bill brought (root_id), then by id. Those of
 * merged customers are marked as closed.
 */
extern void loyalty_returned_lots(int32 org_id, const LoyaltyCustomer *customer, const ReturnedBill *bill,
								  ReturnedLots *lots);

/* Compares two lots by that order, for qsort. */
extern int loyalty_returned_lots_compare(const void *left, const void *right);

/*
 * Returns how much of a bill came back so far, by returns of all of the group. Sees what the caller's statement sees:
 * for calls that only read.
 */
extern int64 loyalty_returned_amount_seen(int32 org_id, const LoyaltyCustomer *customer,
										  const Transaction *bill);

/*
 * Reads the amount of a return, and the program of its bill's points (0: it earned nothing), for the answer to
 * a repeat.
 */
extern void loyalty_return_read(int32 org_id, int64 customer_id, int64 transaction_id, int64 *amount,
								int32 *program_id);

/*
 * Finds a customer's bills of a number, at a till or (NULL) the one that has none or else wherever they were
 * made. Returns how many there are; of the only one its id (else 0), and whether all of it came back. Stands
 * behind loyalty_bill_hooks.
 */
extern int loyalty_bill_find(int32 org_id, const LoyaltyTill *till, const char *number, int64 customer_id,
							 int64 *transaction_id, bool *is_returned);

#endif
