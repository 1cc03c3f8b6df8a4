/*
 * transaction_store.c: the statements on bills.
 *
 * A number is a row of its own, keyed by its value: it is unique over all customers of an org, while bills are
 * kept by customer. Whoever claims a number writes that row first, and two claims of one number meet at its
 * index. Every table here is append-only, but that a tagged bill's number goes over to its customer
 * (tagged_bill_store.c), and that the attributes of lines go with the person.
 *
 * The statements that every till runs are said in words and run without the executor where they can; claiming a
 * number is not among them, since only the executor resolves a conflict.
 */
#include "postgres.h"

#include "catalog/pg_type.h"

#include "bill/transaction_store.h"
#include "customer/erasure.h"
#include "ledger/tables/guard.h"

/* Writes nothing where the number is taken: no error, so an item of a batch is refused without a subtransaction. */
static LoyaltyQuery number_claim = LOYALTY_STATEMENT(
	"INSERT INTO loyalty_data.transaction_number (org_id, till_id, transaction_number, customer_id, transaction_id)"
	" VALUES ($1, $2, $3, $4, $5) ON CONFLICT DO NOTHING",
	INT4OID, INT4OID, TEXTOID, INT8OID, INT8OID);

/* A column of a bill's row. */
#define BILL(name, type, member) LOYALTY_COLUMN(name, type, BillRow, bill.member)

static const LoyaltyColumn bill_columns[] = {
	BILL("customer_id", INT8, customer_id),
	BILL("transaction_id", INT8, transaction_id),
	BILL("event_time", TIME, event_time),
	BILL("recorded_at", TIME, recorded_at),
	LOYALTY_COLUMN("org_id", INT4, BillRow, org_id),
	BILL("till_id", INT4_OR_0, till_id),
	BILL("store_id", INT4_OR_0, store_id),
	BILL("program_id", INT4_OR_0, program_id),
	BILL("source_id", INT2, source_id),
	BILL("transaction_type", CODE, type),
	BILL("outlier_status", CODE, outlier_status),
	BILL("counts", CODE, counts),
	BILL("return_kind", CHAR_OR_0, return_kind),
	BILL("no_points", CHAR_OR_0, no_points),
	BILL("amount", POINTS, amount),
	BILL("discount", POINTS, discount),
	BILL("transaction_number", TEXT, number),
	BILL("parent_customer_id", INT8_OR_0, parent_customer_id),
	BILL("parent_id", INT8_OR_0, parent_id),
};

const LoyaltyLayout bill_layout = LOYALTY_LAYOUT("transaction", BillRow, bill_columns);

/* A column of a line's row. */
#define LINE(name, type, member) LOYALTY_COLUMN(name, type, LineRow, member)

static const LoyaltyColumn line_columns[] = {
	LINE("customer_id", INT8, customer_id),
	LINE("transaction_id", INT8, transaction_id),
	LINE("org_id", INT4, org_id),
	LINE("line_no", INT4, line.line_no),
	LINE("quantity", QUANTITY, line.quantity),
	LINE("amount", POINTS, line.amount),
	LINE("discount", POINTS, line.discount),
	LINE("item_code", TEXT, line.item_code),
	LINE("attributes", JSON_OR_NONE, line.attributes),
};

const LoyaltyLayout line_layout = LOYALTY_LAYOUT("transaction_line", LineRow, line_columns);

/* A row of the table of numbers; a till of 0 stands for none, since a key has no NULL. */
typedef struct NumberRow
{
	int32 org_id;
	int32 till_id;
	const char *number;
	int64 customer_id;
	int64 transaction_id;
} NumberRow;

#define NUMBER(name, type, member) LOYALTY_COLUMN(name, type, NumberRow, member)

static const LoyaltyColumn number_columns[] = {
	NUMBER("org_id", INT4, org_id),
	NUMBER("till_id", INT4, till_id),
	NUMBER("transaction_number", TEXT, number),
	NUMBER("customer_id", INT8, customer_id),
	NUMBER("transaction_id", INT8, transaction_id),
};

static const LoyaltyLayout number_layout = LOYALTY_LAYOUT("transaction_number", NumberRow, number_columns);

static LoyaltyQuery bill_insert = LOYALTY_INSERT(bill_layout);
static LoyaltyQuery lines_insert = LOYALTY_INSERT(line_layout);
/* Opened for a write, for the judgement that asks is followed by a claim of the same table. */
static LoyaltyQuery bill_of_number =
	LOYALTY_FIND_TO_WRITE(number_layout, "org_id, transaction_number, till_id");

/* A number in all tills; the one without a till comes first. */
static LoyaltyQuery bills_of_number =
	LOYALTY_FIND(number_layout, "org_id, transaction_number", .order = "till_id");
static LoyaltyQuery bill_by_id = LOYALTY_FIND(bill_layout, "org_id, customer_id, transaction_id");

static LoyaltyQuery lines_of_bill =
	LOYALTY_FIND(line_layout, "org_id, customer_id, transaction_id", .order = "line_no");

/* Only a number that the earlier booking has goes over. */
static LoyaltyQuery number_move =
	LOYALTY_STATEMENT("UPDATE loyalty_data.transaction_number SET customer_id = $4, transaction_id = $5"
					  " WHERE org_id = $1 AND transaction_number = $2 AND till_id = $3"
					  " AND customer_id = $6 AND transaction_id = $7",
					  INT4OID, TEXTOID, INT4OID, INT8OID, INT8OID, INT8OID, INT8OID);

/* A bill with a parent is that parent, booked again; a return has one as well. */
static LoyaltyQuery bill_moved = LOYALTY_STATEMENT(
	"SELECT t.transaction_id FROM loyalty_data.transaction t WHERE t.org_id = $1 AND t.customer_id = $2"
	" AND t.parent_customer_id = $3 AND t.parent_id = $4 AND t.transaction_type <> 'b'",
	INT4OID, INT8OID, INT8OID, INT8OID);

/*
 * Rows that are held: bills, referrals, and of lines that which may be of a person, which is the one change that a line sees. The
 * number of a bill stands in the bill, too.
 */
static LoyaltyHolding holdings[] = {
	LOYALTY_HELD(
		"transaction",
		SAYS_PROGRAM
		", " SAYS_SOURCE ", " SAYS_TILL ", " SAYS_STORE
		", " SAYS_LEDGER_WORD("transaction_type") ", " SAYS_LEDGER_WORD("outlier_status") ", " SAYS_LEDGER_WORD(
			"counts") ", " SAYS_LEDGER_WORD("no_points") ","
														 " 'return_kind', CASE t.return_kind WHEN 'w' THEN 'whole' WHEN 'l' THEN 'lines' WHEN 'a' THEN 'amount'"
														 " WHEN 'm' THEN 'moved' END",
		LOYALTY_KEEPS),
	LOYALTY_HELD(
		"transaction_line", "",
		LOYALTY_STATEMENT("UPDATE loyalty_data.transaction_line l SET attributes = NULL WHERE l.org_id = $1"
						  " AND l.customer_id = $2 AND l.attributes IS NOT NULL",
						  INT4OID, INT8OID)),
	LOYALTY_HELD("referral", SAYS_PROGRAM, LOYALTY_KEEPS),
};

const LoyaltyHoldings loyalty_bill_holdings = { holdings, lengthof(holdings) };

/* Under the caller's snapshot, as the page of the ledger that shows the numbers. */
static LoyaltyQuery numbers_of_bills =
	LOYALTY_STATEMENT_SEEN("SELECT t.transaction_id, t.transaction_number FROM loyalty_data.transaction t"
						   " WHERE t.org_id = $1 AND t.customer_id = $2 AND t.transaction_id = ANY ($3)",
						   INT4OID, INT8OID, INT8ARRAYOID);

/* Tries to write the row; one row written means that the number was free. */
bool
loyalty_transaction_claim(int32 org_id, const Transaction *transaction)
{
	return LOYALTY_EXECUTE(&number_claim, loyalty_int4(org_id), loyalty_int4(transaction->till_id),
						   loyalty_text(transaction->number), loyalty_int8(transaction->customer_id),
						   loyalty_int8(transaction->transaction_id)) == 1;
}

/* Looks without waiting: a bill whose transaction is still open is not seen. */
int64
loyalty_transaction_of_number(int32 org_id, int32 till_id, const char *number)
{
	NumberRow row = { 0 };
	LoyaltyRows *rows =
		LOYALTY_QUERY(&bill_of_number, loyalty_int4(org_id), loyalty_text(number), loyalty_int4(till_id));

	if (rows->count > 0)
		loyalty_row_read(rows, 0, &number_layout, &row);
	return row.transaction_id;
}

/*
 * Writes all lines together, page by page. Lines of a return have numbers of the bill; those of a bill are
 * counted.
 */
static void
insert_lines(int32 org_id, const Transaction *transaction, const TransactionLine *lines, int line_count)
{
	LineRow *rows = palloc(sizeof(LineRow) * line_count);
	int i;

	for (i = 0; i < line_count; i++)
	{
		rows[i] = (LineRow){ transaction->customer_id, transaction->transaction_id, org_id, lines[i] };
		rows[i].line.line_no = loyalty_line_no(&lines[i], i);
	}
	loyalty_write(&lines_insert, rows, line_count);
}

/* Writes the bill before its lines; nothing refers back, so the order is only that of reading. */
void
loyalty_transaction_insert(int32 org_id, const Transaction *transaction, const TransactionLine *lines,
						   int line_count)
{
	BillRow row = { org_id, *transaction };

	loyalty_write(&bill_insert, &row, 1);
	if (line_count > 0)
		insert_lines(org_id, transaction, lines, line_count);
}

/* Reads the rows whole, attributes too. */
int
loyalty_transaction_lines(int32 org_id, int64 customer_id, int64 transaction_id, TransactionLine **lines)
{
	LoyaltyRows *rows =
		LOYALTY_QUERY(&lines_of_bill, LOYALTY_CUSTOMER(org_id, customer_id), loyalty_int8(transaction_id));
	int i;

	*lines = palloc0(sizeof(TransactionLine) * Max(rows->count, 1));
	for (i = 0; i < (int) rows->count; i++)
	{
		LineRow row = { 0 };

		loyalty_row_read(rows, i, &line_layout, &row);
		(*lines)[i] = row.line;
	}
	return (int) rows->count;
}

/* Lifts the guard of the append-only table for this one statement. */
void
loyalty_number_move(int32 org_id, const Transaction *transaction)
{
	loyalty_guard_lift("transaction_number");
	if (LOYALTY_EXECUTE(&number_move, loyalty_int4(org_id), loyalty_text(transaction->number),
						loyalty_int4(transaction->till_id), loyalty_int8(transaction->customer_id),
						loyalty_int8(transaction->transaction_id),
						loyalty_int8(transaction->parent_customer_id),
						loyalty_int8(transaction->parent_id)) != 1)
		elog(ERROR, "a bill that moves has no number");
	loyalty_guard_restore();
}

/* Asks by the parent, which the index of returns knows. */
int64
loyalty_transaction_moved(int32 org_id, int64 customer_id, int64 parent_customer_id, int64 parent_id)
{
	LoyaltyRows *rows = LOYALTY_QUERY(&bill_moved, LOYALTY_CUSTOMER(org_id, customer_id),
									  loyalty_int8(parent_customer_id), loyalty_int8(parent_id));

	return rows->count == 0 ? 0 : loyalty_row_int8(rows, 0, 1);
}

/* Reads by the whole key, without a statement where possible. */
bool
loyalty_transaction_read(int32 org_id, int64 customer_id, int64 transaction_id, Transaction *transaction)
{
	BillRow row = { 0 };
	LoyaltyRows *rows =
		LOYALTY_QUERY(&bill_by_id, LOYALTY_CUSTOMER(org_id, customer_id), loyalty_int8(transaction_id));

	if (rows->count == 0)
		return false;
	loyalty_row_read(rows, 0, &bill_layout, &row);
	*transaction = row.bill;
	return true;
}

/* Copies the rows of the number, which come by till. */
int
loyalty_numbers_seen(int32 org_id, const char *number, TransactionNumber **found)
{
	LoyaltyRows *rows =
		loyalty_query_seen(&bills_of_number,
						   (LoyaltyParams[]){ LOYALTY_PARAMS(loyalty_int4(org_id), loyalty_text(number)) });
	int i;

	*found = palloc(sizeof(TransactionNumber) * Max(rows->count, 1));
	for (i = 0; i < (int) rows->count; i++)
	{
		NumberRow row = { 0 };

		loyalty_row_read(rows, i, &number_layout, &row);
		(*found)[i] = (TransactionNumber){ row.till_id, row.customer_id, row.transaction_id };
	}
	return (int) rows->count;
}

/* Reads by the whole key, as loyalty_transaction_read does for calls that write. */
bool
loyalty_transaction_seen(int32 org_id, const TransactionNumber *number, Transaction *transaction)
{
	BillRow row = { 0 };
	LoyaltyRows *rows =
		loyalty_query_seen(&bill_by_id,
						   (LoyaltyParams[]){ LOYALTY_PARAMS(LOYALTY_CUSTOMER(org_id, number->customer_id),
															 loyalty_int8(number->transaction_id)) });

	if (rows->count > 0)
		loyalty_row_read(rows, 0, &bill_layout, &row);
	*transaction = row.bill;
	return rows->count > 0;
}

/* Tells whether a customer is the root or one of those merged into it. Linear: groups are small. */
static bool
is_of_group(const LoyaltyCustomer *customer, int64 customer_id)
{
	int i;

	for (i = 0; i < customer->merged_count && customer_id != customer->customer_id; i++)
		if (customer->merged_ids[i] == customer_id)
			return true;
	return customer_id == customer->customer_id;
}

/*
 * Goes through all rows of the number: another customer's bill may have the same one in another till. A bill
 * without a till comes first and ends the search: a till that names none means that one.
 */
int
loyalty_transactions_of_number(int32 org_id, const LoyaltyCustomer *customer, const char *number,
							   bool any_till, int32 till_id, Transaction **found)
{
	int count = 0;
	uint64 i;
	LoyaltyRows *rows = LOYALTY_QUERY(&bills_of_number, loyalty_int4(org_id), loyalty_text(number));

	*found = palloc(sizeof(Transaction) * Max(rows->count, 1));
	for (i = 0; i < rows->count; i++)
	{
		NumberRow row = { 0 };

		loyalty_row_read(rows, i, &number_layout, &row);
		if ((!any_till && row.till_id != till_id) || !is_of_group(customer, row.customer_id) ||
			!loyalty_transaction_read(org_id, row.customer_id, row.transaction_id, &(*found)[count]) ||
			(*found)[count].type == TRANSACTION_RETURN)
			continue;
		count++;
		if (row.till_id == 0)
			break;
	}
	return count;
}

/* Asks one member of the group after the other, the customer itself first: most bills are its own. */
TimestampTz
loyalty_transaction_time(int32 org_id, const LoyaltyCustomer *customer, int64 transaction_id)
{
	Transaction bill;
	int64 *group;
	int members = loyalty_customer_group(customer, &group);
	int m;

	for (m = 0; m < members; m++)
		if (loyalty_transaction_read(org_id, group[m], transaction_id, &bill))
			return bill.event_time;
	elog(ERROR, "bill " INT64_FORMAT " is not there", transaction_id);
}

/*
 * Puts a number wherever its bill's id stands: several entries of a page may name one bill. Quadratic in a page
 * of at most a hundred entries.
 */
static void
put_number(const char **numbers, const int64 *ids, int count, int64 transaction_id, const char *number)
{
	int i;

	for (i = 0; i < count; i++)
		if (ids[i] == transaction_id)
			numbers[i] = number;
}

/* Asks each of the group with all ids: who has which bill is not known, and a statement is about one customer. */
const char **
loyalty_transaction_numbers(int32 org_id, const LoyaltyCustomer *customer, const int64 *ids, int count)
{
	const char **numbers = palloc0(sizeof(char *) * Max(count, 1));
	int64 *group;
	int members = loyalty_customer_group(customer, &group);
	int m;

	for (m = 0; m < members; m++)
	{
		uint64 i;
		LoyaltyRows *rows =
			LOYALTY_QUERY(&numbers_of_bills, LOYALTY_CUSTOMER(org_id, group[m]), loyalty_int8s(ids, count));

		for (i = 0; i < rows->count; i++)
			put_number(numbers, ids, count, loyalty_row_int8(rows, i, 1),
					   loyalty_row_text_or_null(rows, i, 2));
	}
	return numbers;
}

/* Lifts the guard of the append-only table around the statements of the group. */
void
loyalty_bill_lines_erase(LoyaltyCall *call, const LoyaltyCustomer *root)
{
	loyalty_guard_lift("transaction_line");
	loyalty_holdings_erase(&loyalty_bill_holdings, call->org->org_id, root);
	loyalty_guard_restore();
}
