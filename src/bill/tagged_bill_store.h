/* tagged_bill_store.h: bills of people who are not registered yet, under an identifier. */
#ifndef LOYALTY_TAGGED_BILL_STORE_H
#define LOYALTY_TAGGED_BILL_STORE_H

#include "postgres.h"

#include "bill/transaction_store.h"
#include "common/array.h"

/* A bill that waits for its owner. It has no customer; its lines are the JSON that the call gave. */
typedef struct TaggedBill
{
	Transaction transaction;
	const char *reason; /* NULL: none, as the next */
	const char *actor;
	Datum line_items; /* jsonb as given; 0: none */
} TaggedBill;

typedef LOYALTY_ARRAY(TaggedBill) TaggedBills;

/* Tags a bill to an identifier in normal form. Its number is claimed. */
extern void loyalty_tagged_bill_insert(int32 org_id, const char *type, const char *value,
									   const TaggedBill *bill);

/* Reads the bill that has a number without a customer, under the caller's snapshot; false where it is gone. */
extern bool loyalty_tagged_bill_seen(int32 org_id, const TransactionNumber *number, Transaction *transaction);

/*
 * Takes the bills that are tagged to what a customer holds, or not to its e-mail: they are gone from there, and in
 * "bills". The customer is locked.
 */
extern void loyalty_tagged_bills_take(int32 org_id, int64 customer_id, bool by_email, TaggedBills *bills);

/* Gives the number of a bill, claimed under customer 0, to the customer that the transaction names. */
extern void loyalty_tagged_number_give(int32 org_id, const Transaction *transaction);

/* Reads the mobiles that bills are tagged to: rows of one text. */
extern LoyaltyRows *loyalty_tagged_mobiles(int32 org_id);

/* Tags the bills of one mobile to another one. */
extern void loyalty_tagged_mobile_move(int32 org_id, const char *from, const char *to);

#endif
