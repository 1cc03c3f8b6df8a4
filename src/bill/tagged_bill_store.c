/*
 * tagged_bill_store.c: the statements on bills that are tagged to an identifier. They are not append-only, for
 * the identifier is personal data: a row goes away as its bill is attached. They are keyed by the identifier,
 * so that a registration finds them without a search over all.
 */
#include "postgres.h"

#include "catalog/pg_type.h"

#include "bill/tagged_bill_store.h"
#include "common/query.h"
#include "customer/holding_store.h"
#include "ledger/tables/guard.h"

static LoyaltyQuery bill_insert = LOYALTY_STATEMENT(
	"INSERT INTO loyalty_data.tagged_transaction (org_id, identifier_type, identifier_value, transaction_id, event_time,"
	" recorded_at, till_id, store_id, source_id, outlier_status, amount, discount, transaction_number, reason, actor,"
	" line_items) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16)",
	INT4OID, TEXTOID, TEXTOID, INT8OID, TIMESTAMPTZOID, TIMESTAMPTZOID, INT4OID, INT4OID, INT2OID, CHAROID,
	NUMERICOID, NUMERICOID, TEXTOID, TEXTOID, TEXTOID, JSONBOID);

#define BILL_COLUMNS \
	"g.transaction_id, g.event_time, g.recorded_at, g.till_id, g.store_id, g.source_id, g.outlier_status," \
	" g.amount, g.discount, g.transaction_number, g.reason, g.actor, g.line_items"

/* The number knows the bill and not the identifier, whose value is the key. */
static LoyaltyQuery bill_of_id = LOYALTY_STATEMENT_SEEN(
	"SELECT " BILL_COLUMNS
	" FROM loyalty_data.tagged_transaction g WHERE g.org_id = $1 AND g.transaction_id = $2",
	INT4OID, INT8OID);

/* Takes and returns in one statement: two calls that attach never get the same bill. */
static LoyaltyQuery bills_take = LOYALTY_STATEMENT(
	"DELETE FROM loyalty_data.tagged_transaction g WHERE g.org_id = $1 AND g.identifier_type = $2"
	" AND g.identifier_value = $3"
	" RETURNING " BILL_COLUMNS,
	INT4OID, TEXTOID, TEXTOID);

static LoyaltyQuery tagged_mobiles =
	LOYALTY_STATEMENT("SELECT DISTINCT g.identifier_value::text FROM loyalty_data.tagged_transaction g"
					  " WHERE g.org_id = $1 AND g.identifier_type = 'mobile'",
					  INT4OID);

/* The rest of the key is the bill's id, so that no two rows meet. */
static LoyaltyQuery tagged_mobile_move =
	LOYALTY_STATEMENT("UPDATE loyalty_data.tagged_transaction SET identifier_value = $3 WHERE org_id = $1"
					  " AND identifier_type = 'mobile' AND identifier_value = $2",
					  INT4OID, TEXTOID, TEXTOID);

/* Only a number that nobody has yet goes over. */
static LoyaltyQuery number_give =
	LOYALTY_STATEMENT("UPDATE loyalty_data.transaction_number SET customer_id = $4 WHERE org_id = $1"
					  " AND transaction_number = $2 AND till_id = $3"
					  " AND customer_id = 0",
					  INT4OID, TEXTOID, INT4OID, INT8OID);

/* Rows that are held: bills that wait for who is called so now, and are attached as the customer is deleted. */
static LoyaltyHolding holdings[] = {
	LOYALTY_HELD_BY_NAME("tagged_transaction",
						 SAYS_SOURCE ", " SAYS_TILL ", " SAYS_STORE ", " SAYS_LEDGER_WORD("outlier_status"),
						 "t.identifier_type = $2 AND t.identifier_value = $3", LOYALTY_KEEPS,
						 .only_held = true),
};

const LoyaltyHoldings loyalty_tagged_bill_holdings = { holdings, lengthof(holdings) };

/* Writes the row under the identifier. Its type is non_loyalty, always, and has no column. */
void
loyalty_tagged_bill_insert(int32 org_id, const char *type, const char *value, const TaggedBill *bill)
{
	const Transaction *transaction = &bill->transaction;

	LOYALTY_EXECUTE(&bill_insert, loyalty_int4(org_id), loyalty_text(type), loyalty_text(value),
					loyalty_int8(transaction->transaction_id), loyalty_time(transaction->event_time),
					loyalty_time(transaction->recorded_at), loyalty_int4_or_null(transaction->till_id),
					loyalty_int4_or_null(transaction->store_id), loyalty_int2(transaction->source_id),
					loyalty_char(transaction->outlier_status), loyalty_points(transaction->amount),
					loyalty_points(transaction->discount), loyalty_text(transaction->number),
					loyalty_text(bill->reason), loyalty_text(bill->actor),
					loyalty_datum(bill->line_items, bill->line_items == (Datum) 0));
}

/* Reads a row into a bill; the columns are BILL_COLUMNS in their order. */
static void
tagged_from_row(TaggedBill *bill, LoyaltyRows *rows, uint64 row)
{
	bool isnull;

	bill->transaction = (Transaction){
		.transaction_id = loyalty_row_int8(rows, row, 1),
		.event_time = loyalty_row_int8(rows, row, 2),
		.recorded_at = loyalty_row_int8(rows, row, 3),
		.till_id = loyalty_row_int4_or(rows, row, 4, 0),
		.store_id = loyalty_row_int4_or(rows, row, 5, 0),
		.source_id = loyalty_row_int2(rows, row, 6),
		.type = TRANSACTION_NON_LOYALTY,
		.outlier_status = loyalty_row_char(rows, row, 7),
		.counts = COUNTS_NOT,
		.amount = loyalty_row_points(rows, row, 8),
		.discount = loyalty_row_points(rows, row, 9),
		.number = loyalty_row_text(rows, row, 10),
	};
	bill->reason = loyalty_row_text_or_null(rows, row, 11);
	bill->actor = loyalty_row_text_or_null(rows, row, 12);
	bill->line_items = loyalty_row_datum(rows, row, 13, &isnull);
	if (isnull)
		bill->line_items = (Datum) 0;
}

/* Reads the row; nothing that is personal leaves the store. */
bool
loyalty_tagged_bill_seen(int32 org_id, const TransactionNumber *number, Transaction *transaction)
{
	TaggedBill bill;
	LoyaltyRows *rows =
		LOYALTY_QUERY(&bill_of_id, loyalty_int4(org_id), loyalty_int8(number->transaction_id));

	if (rows->count == 0)
		return false;
	tagged_from_row(&bill, rows, 0);
	*transaction = bill.transaction;
	return true;
}

/* Takes what is tagged to one identifier. */
static void
take_bills(int32 org_id, const LoyaltyHeld *held, TaggedBills *bills)
{
	uint64 i;
	LoyaltyRows *rows =
		LOYALTY_QUERY(&bills_take, loyalty_int4(org_id), loyalty_text(held->type), loyalty_text(held->value));

	for (i = 0; i < rows->count; i++)
	{
		TaggedBill bill;

		tagged_from_row(&bill, rows, i);
		LOYALTY_APPEND(*bills, bill);
	}
}

/* Asks identifier by identifier: one statement each, three at most for people, besides cards. */
void
loyalty_tagged_bills_take(int32 org_id, int64 customer_id, bool by_email, TaggedBills *bills)
{
	LoyaltyHeld *held;
	int count = loyalty_identifiers_held(org_id, customer_id, false, &held);
	int i;

	for (i = 0; i < count; i++)
		if (by_email || strcmp(held[i].type, loyalty_identifier_type_names[IDENTIFIER_EMAIL]) != 0)
			take_bills(org_id, &held[i], bills);
}

/*
 * Lifts the guard of the append-only table for this one statement and puts it back behind it; an error in
 * between ends the transaction, and the lift with it.
 */
void
loyalty_tagged_number_give(int32 org_id, const Transaction *transaction)
{
	LoyaltyParams params =
		LOYALTY_PARAMS(loyalty_int4(org_id), loyalty_text(transaction->number),
					   loyalty_int4(transaction->till_id), loyalty_int8(transaction->customer_id));

	loyalty_guard_lift("transaction_number");
	if (loyalty_execute(&number_give, &params) != 1)
		elog(ERROR, "a tagged bill has no number");
	loyalty_guard_restore();
}

/* Reads each mobile once. */
LoyaltyRows *
loyalty_tagged_mobiles(int32 org_id)
{
	return LOYALTY_QUERY(&tagged_mobiles, loyalty_int4(org_id));
}

/* Moves all bills of one mobile. */
void
loyalty_tagged_mobile_move(int32 org_id, const char *from, const char *to)
{
	LOYALTY_EXECUTE(&tagged_mobile_move, loyalty_int4(org_id), loyalty_text(from), loyalty_text(to));
}
