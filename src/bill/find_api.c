/*
 * find_api.c: find_transaction: whose bill a number is. A till that reads a receipt knows the number and no customer.
 *
 * The rows of a number name customer and id; each bill is read by them, then its owner of today and what came back of
 * it. All statements see one snapshot; nothing is locked or written. No personal data is in the answer: the identifier
 * that a bill is tagged to stays where it is.
 */
#include "postgres.h"

#include "utils/builtins.h"
#include "utils/timestamp.h"

#include "bill/return_store.h"
#include "bill/tagged_bill_store.h"
#include "common/args.h"
#include "common/pg_compat.h"
#include "common/points.h"
#include "common/srf.h"

LOYALTY_FUNCTION(loyalty_find_transaction);

/* Columns of the answer, in the order of the function's declaration. */
enum FoundColumn
{
	FOUND_CUSTOMER_ID,
	FOUND_TRANSACTION_ID,
	FOUND_TYPE,
	FOUND_PARENT_ID,
	FOUND_EVENT_TIME,
	FOUND_RECORDED_AT,
	FOUND_AMOUNT,
	FOUND_RETURNED,
	FOUND_LEFT,
	FOUND_TILL,
	FOUND_STORE,
	FOUND_COLUMNS
};

/* Reads the owner of today, with its group; false for a bill that nobody owns yet. */
static bool
read_owner(int32 org_id, int64 customer_id, LoyaltyCustomer *owner)
{
	if (customer_id == 0)
		return false;
	if (!loyalty_customer_read(org_id, customer_id, owner) ||
		(owner->merged_into != 0 && !loyalty_customer_read(org_id, owner->merged_into, owner)))
		elog(ERROR, "a bill has no customer");
	return true;
}

/* Puts the code of the till and of the store into the row. Tills are few, and stand in the cached org. */
static void
add_place(const LoyaltyOrg *org, const Transaction *bill, Datum *values, bool *nulls)
{
	int i;

	nulls[FOUND_TILL] = nulls[FOUND_STORE] = true;
	for (i = 0; i < org->till_count; i++)
		if (org->tills[i].till_id == bill->till_id)
		{
			values[FOUND_TILL] = CStringGetTextDatum(org->tills[i].till);
			nulls[FOUND_TILL] = false;
		}
	for (i = 0; i < org->store_count; i++)
		if (org->stores[i].store_id == bill->store_id)
		{
			values[FOUND_STORE] = CStringGetTextDatum(org->stores[i].store);
			nulls[FOUND_STORE] = false;
		}
}

/* Adds the row of one bill or return; of a return nothing is left to come back. */
static void
add_found(FunctionCallInfo fcinfo, const LoyaltyOrg *org, const Transaction *bill)
{
	LoyaltyCustomer owner = { 0 };
	bool is_owned = read_owner(org->org_id, bill->customer_id, &owner);
	int64 returned = is_owned ? loyalty_returned_amount_seen(org->org_id, &owner, bill) : 0;
	Datum values[FOUND_COLUMNS];
	bool nulls[FOUND_COLUMNS] = { false };

	values[FOUND_CUSTOMER_ID] = Int64GetDatum(owner.customer_id);
	nulls[FOUND_CUSTOMER_ID] = !is_owned;
	values[FOUND_TRANSACTION_ID] = Int64GetDatum(bill->transaction_id);
	values[FOUND_TYPE] = CStringGetTextDatum(loyalty_code_word("transaction_type", (char) bill->type));
	values[FOUND_PARENT_ID] = Int64GetDatum(bill->parent_id);
	nulls[FOUND_PARENT_ID] = bill->parent_id == 0;
	values[FOUND_EVENT_TIME] = TimestampTzGetDatum(bill->event_time);
	values[FOUND_RECORDED_AT] = TimestampTzGetDatum(bill->recorded_at);
	values[FOUND_AMOUNT] = loyalty_numeric(bill->amount);
	values[FOUND_RETURNED] = loyalty_numeric(returned);
	values[FOUND_LEFT] = loyalty_numeric(bill->type == TRANSACTION_RETURN ? 0 : bill->amount - returned);
	add_place(org, bill, values, nulls);
	loyalty_set_add(fcinfo, values, nulls);
}

/* Returns a row for each till that has the number; one that nobody has, has none. */
Datum
loyalty_find_transaction(PG_FUNCTION_ARGS)
{
	LoyaltyCall call;
	TransactionNumber *numbers;
	const LoyaltyTill *till = NULL;
	const char *number;
	const char *code;
	int count;
	int i;

	loyalty_set_begin(fcinfo);
	loyalty_call_begin(&call, fcinfo);
	number = loyalty_arg_text(fcinfo, 1, "transaction_number", LOYALTY_MAX_CODE);
	code = loyalty_arg_text_or_null(fcinfo, 2, "till", LOYALTY_MAX_CODE);
	if (code != NULL)
		till = loyalty_org_till(call.org, code);
	count = loyalty_numbers_seen(call.org->org_id, number, &numbers);
	for (i = 0; i < count; i++)
	{
		Transaction bill;

		if ((till == NULL || till->till_id == numbers[i].till_id) &&
			(numbers[i].customer_id == 0 ? loyalty_tagged_bill_seen(call.org->org_id, &numbers[i], &bill)
										 : loyalty_transaction_seen(call.org->org_id, &numbers[i], &bill)))
			add_found(fcinfo, call.org, &bill);
	}
	loyalty_call_end(&call);
	return (Datum) 0;
}
