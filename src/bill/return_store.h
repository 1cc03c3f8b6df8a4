/* return_store.h: bills that are returned: what came back of them, and the lots that their points are in today. */
#ifndef LOYALTY_RETURN_STORE_H
#define LOYALTY_RETURN_STORE_H

#include "postgres.h"

#include "bill/return_rules.h"
#include "bill/transaction_store.h"
#include "customer/customer_store.h"

/* A bill of a customer's merge group. */
typedef struct ReturnedBill
{
	int64 customer_id; /* that it was written for */
	int64 transaction_id;
	TimestampTz event_time;
	int64 amount;
	int32 till_id; /* 0: none, as the next two */
	int32 store_id;
	int32 program_id; /* of its points */
	Category category;
} ReturnedBill;

/*
 * The bills of that number in the group, in one till (0: none) or in any; returns how many, up to two, of which the
 * first is in "bill".
 */
extern int loyalty_returned_bill_find(int32 org_id, const LoyaltyCustomer *customer, const char *number,
									  bool any_till, int32 till_id, ReturnedBill *bill);

/* What came back of a bill before, and its lines. */
extern void loyalty_returned_bill_read(int32 org_id, const LoyaltyCustomer *customer,
									   const ReturnedBill *bill, BillReturn *state);

/* Every lot that the points of a bill are in today, by the lots that the bill brought; returns how many. */
extern int loyalty_returned_lots(int32 org_id, const LoyaltyCustomer *customer, const ReturnedBill *bill,
								 ReturnedLot **lots);

/* The amount of a return, and the program of its bill (0: the bill earned nothing), for its first answer. */
extern void loyalty_return_read(int32 org_id, int64 customer_id, int64 transaction_id, int64 *amount,
								int32 *program_id);

#endif
