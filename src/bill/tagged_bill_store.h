/* tagged_bill_store.h: bills of people who are not registered yet, under an identifier. */
#ifndef LOYALTY_TAGGED_BILL_STORE_H
#define LOYALTY_TAGGED_BILL_STORE_H

#include "postgres.h"

#include "bill/transaction_store.h"
#include "common/array.h"

typedef struct TaggedBill
{
	Transaction transaction;
	const char *reason; /* NULL: none, as the next */
	const char *actor;
	Datum line_items; /* as given; 0: none */
} TaggedBill;

typedef LOYALTY_ARRAY(TaggedBill) TaggedBills;

/* Tags a bill to an identifier in normal form. */
extern void loyalty_tagged_bill_insert(int32 org_id, const char *type, const char *value,
									   const TaggedBill *bill);

/* Takes the bills that are tagged to what a customer holds. */
extern void loyalty_tagged_bills_take(int32 org_id, int64 customer_id, TaggedBills *bills);

/* The number of a bill goes over to the customer who has it now. */
extern void loyalty_tagged_number_give(int32 org_id, const Transaction *transaction);

/* Gives up a key that the transaction at hand had claimed for a placeholder. */
extern void loyalty_tagged_key_release(int32 org_id, const char *type, const char *value,
									   int64 placeholder_id);

#endif
