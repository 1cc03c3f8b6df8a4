/*
 * return_store.c: the statements on bills that are returned.
 *
 * A return is a transaction of type `return` that names its bill. It stands under the customer who was locked
 * as it was made, while the bill stands under the one it was written for; after a merge these differ, so what
 * came back of a bill is asked of each member of the group. Sums are taken anew at each return; nothing is kept
 * that could be late.
 */
#include "postgres.h"

#include "catalog/pg_type.h"
#include "miscadmin.h"

#include "bill/return_store.h"
#include "bill/transaction_store.h"
#include "common/query.h"

/*
 * Program and category of the points that a bill brought. Awards outside bills may name the bill, too (award
 * type 'd'), and so do lots that went on from these (with an origin); both are no points of the bill.
 */
static LoyaltyQuery points_of_bill = LOYALTY_STATEMENT(
	"SELECT l.program_id, l.category FROM loyalty_data.points_lot l WHERE l.org_id = $1 AND l.customer_id = $2"
	" AND l.transaction_id = $3 AND l.award_type <> 'd' AND l.origin_lot_id IS NULL LIMIT 1",
	INT4OID, INT8OID, INT8OID);

/*
 * Returns of bill $3 of customer $4, as far as they were written for customer $2: a statement is about one
 * customer of the group.
 */
#define RETURNS_OF_BILL \
	" r.org_id = $1 AND r.customer_id = $2" \
	" AND r.parent_customer_id = $4 AND r.parent_id = $3 AND r.transaction_type = 'b'"

/*
 * Amount that came back, and the largest kind of return: there is one kind at most beside the whole, whose code
 * 'w' outweighs the others and says that nothing is left. One row, whose kind is NULL where there was no
 * return.
 */
static LoyaltyQuery returned_of_bill =
	LOYALTY_STATEMENT("SELECT COALESCE(sum(r.amount), 0), max(r.return_kind::text)::\"char\""
					  " FROM loyalty_data.transaction r WHERE" RETURNS_OF_BILL,
					  INT4OID, INT8OID, INT8OID, INT8OID);

/* Lines of the bill, in the order of their numbers, by which the rules find them. */
static LoyaltyQuery lines_of_bill = LOYALTY_STATEMENT(
	"SELECT l.line_no, l.item_code, l.quantity, l.amount FROM loyalty_data.transaction_line l"
	" WHERE l.org_id = $1 AND l.customer_id = $2 AND l.transaction_id = $3 ORDER BY l.line_no",
	INT4OID, INT8OID, INT8OID);

/* Quantity and amount that came back of each line, and how many returns named it. */
static LoyaltyQuery lines_returned =
	LOYALTY_STATEMENT("SELECT x.line_no, sum(x.quantity), sum(x.amount), count(*)::int4"
					  " FROM loyalty_data.transaction r JOIN loyalty_data.transaction_line x ON x.org_id = $1"
					  " AND x.customer_id = $2 AND x.transaction_id = r.transaction_id"
					  " WHERE" RETURNS_OF_BILL " GROUP BY x.line_no",
					  INT4OID, INT8OID, INT8OID, INT8OID);

/* Reads program and category of a bill's points; leaves both as they are where the bill brought none. */
static void
read_points(int32 org_id, int64 customer_id, int64 transaction_id, int32 *program_id, Category *category)
{
	LoyaltyRows *rows =
		LOYALTY_QUERY(&points_of_bill, LOYALTY_CUSTOMER(org_id, customer_id), loyalty_int8(transaction_id));

	if (rows->count == 0)
		return;
	*program_id = loyalty_row_int4(rows, 0, 1);
	*category = loyalty_row_char(rows, 0, 2);
}

/*
 * Takes the first of the bills that are found; where there are several the caller refuses, and its values are
 * not used.
 */
int
loyalty_returned_bill_find(int32 org_id, const LoyaltyCustomer *customer, const char *number, bool any_till,
						   int32 till_id, ReturnedBill *bill)
{
	Transaction *found;
	int count = loyalty_transactions_of_number(org_id, customer, number, any_till, till_id, &found);

	if (count > 0)
	{
		*bill = (ReturnedBill){
			.customer_id = found[0].customer_id,
			.transaction_id = found[0].transaction_id,
			.event_time = found[0].event_time,
			.amount = found[0].amount,
			.till_id = found[0].till_id,
			.store_id = found[0].store_id,
			.category = CATEGORY_REGULAR,
			.judged_by = found[0].program_id,
			.counts = found[0].counts,
		};
		read_points(org_id, found[0].customer_id, found[0].transaction_id, &bill->program_id,
					&bill->category);
	}
	return count;
}

/* Runs a statement about the returns of a bill, as far as they stand under one member of the group. */
static LoyaltyRows *
returns_of(LoyaltyQuery *query, int32 org_id, int64 member, const ReturnedBill *bill)
{
	return LOYALTY_QUERY(query, loyalty_int4(org_id), loyalty_int8(member),
						 loyalty_int8(bill->transaction_id), loyalty_int8(bill->customer_id));
}

/* Reads the lines of a bill with nothing returned. They live in the current memory context, as long as the call. */
static void
read_lines(int32 org_id, const ReturnedBill *bill, BillReturn *state)
{
	int i;
	LoyaltyRows *rows = LOYALTY_QUERY(&lines_of_bill, LOYALTY_CUSTOMER(org_id, bill->customer_id),
									  loyalty_int8(bill->transaction_id));

	state->line_count = (int) rows->count;
	state->lines = palloc0(sizeof(ReturnLine) * Max(state->line_count, 1));
	for (i = 0; i < state->line_count; i++)
		state->lines[i] = (ReturnLine){
			.line_no = loyalty_row_int4(rows, i, 1),
			.item_code = loyalty_row_text(rows, i, 2),
			.quantity = loyalty_row_quantity(rows, i, 3),
			.amount = loyalty_row_points(rows, i, 4),
		};
}

/*
 * Adds what came back of lines in returns of one member. Quadratic in the lines: ten thousand of them, all
 * returned before, are 10^8 comparisons for each member, so it can be interrupted.
 */
static void
add_returned_lines(LoyaltyRows *rows, BillReturn *state)
{
	uint64 row;
	int i;

	for (row = 0; row < rows->count; row++)
	{
		int32 line_no = loyalty_row_int4(rows, row, 1);

		CHECK_FOR_INTERRUPTS();
		for (i = 0; i < state->line_count; i++)
		{
			ReturnLine *line = &state->lines[i];

			if (line->line_no != line_no)
				continue;
			line->quantity_back += loyalty_row_quantity(rows, row, 2);
			line->amount_back += loyalty_row_points(rows, row, 3);
			line->times_back += loyalty_row_int4(rows, row, 4);
			break;
		}
	}
}

/*
 * Sums over the group. A member that has no return of the bill costs one statement, since its lines are not
 * asked for.
 */
void
loyalty_returned_bill_read(int32 org_id, const LoyaltyCustomer *customer, const ReturnedBill *bill,
						   BillReturn *state)
{
	int64 *ids;
	int count = loyalty_customer_group(customer, &ids);
	int i;

	*state = (BillReturn){ .amount = bill->amount, .kind_back = RETURN_NONE };
	read_lines(org_id, bill, state);
	for (i = 0; i < count; i++)
	{
		LoyaltyRows *rows = returns_of(&returned_of_bill, org_id, ids[i], bill);

		if (loyalty_row_isnull(rows, 0, 2))
			continue;
		state->amount_back += loyalty_row_points(rows, 0, 1);
		state->kind_back = Max(state->kind_back, (ReturnKind) loyalty_row_char(rows, 0, 2));
		add_returned_lines(returns_of(&lines_returned, org_id, ids[i], bill), state);
	}
}

/* Sums over the members of the group, a statement each. */
int64
loyalty_returned_amount_seen(int32 org_id, const LoyaltyCustomer *customer, const Transaction *bill)
{
	int64 amount = 0;
	int64 *ids;
	int count = loyalty_customer_group(customer, &ids);
	int i;

	for (i = 0; i < count; i++)
	{
		LoyaltyParams params =
			LOYALTY_PARAMS(loyalty_int4(org_id), loyalty_int8(ids[i]), loyalty_int8(bill->transaction_id),
						   loyalty_int8(bill->customer_id));

		amount += loyalty_row_points(loyalty_query_seen(&returned_of_bill, &params), 0, 1);
	}
	return amount;
}

/* Reads the return itself, which stands under the customer that it was made for, then the bill that it names. */
void
loyalty_return_read(int32 org_id, int64 customer_id, int64 transaction_id, int64 *amount, int32 *program_id)
{
	Transaction returned;
	Category category;

	if (!loyalty_transaction_read(org_id, customer_id, transaction_id, &returned))
		elog(ERROR, "a return has no bill");
	*amount = returned.amount;
	*program_id = 0;
	read_points(org_id, returned.parent_customer_id, returned.parent_id, program_id, &category);
}

/*
 * Tells whether nothing of a bill is left. One that nothing came back of costs one statement for each member of
 * the group: its lines are read where there was a return.
 */
static bool
is_returned(int32 org_id, const LoyaltyCustomer *customer, const Transaction *transaction)
{
	int64 *ids;
	int members = loyalty_customer_group(customer, &ids);
	ReturnedBill bill = {
		.customer_id = transaction->customer_id,
		.transaction_id = transaction->transaction_id,
		.amount = transaction->amount,
	};
	BillReturn state;
	int i;

	for (i = 0; i < members; i++)
		if (!loyalty_row_isnull(returns_of(&returned_of_bill, org_id, ids[i], &bill), 0, 2))
			break;
	if (i == members)
		return false;
	loyalty_returned_bill_read(org_id, customer, &bill, &state);
	return loyalty_return_was_complete(&state);
}

/* Reads the customer as committed: the caller may have waited for its lock, and a merge may have ended meanwhile. */
int
loyalty_bill_find(int32 org_id, const LoyaltyTill *till, const char *number, int64 customer_id,
				  int64 *transaction_id, bool *returned)
{
	LoyaltyCustomer customer;
	Transaction *bills;
	int count = 0;

	if (loyalty_customer_read_now(org_id, customer_id, &customer))
		count = loyalty_transactions_of_number(org_id, &customer, number, till == NULL,
											   till ? till->till_id : 0, &bills);
	*transaction_id = count == 1 ? bills[0].transaction_id : 0;
	*returned = count == 1 && is_returned(org_id, &customer, &bills[0]);
	return count;
}
