/*
 * transaction_store.c: the statements on bills.
 *
 * A number is a row of its own, keyed by its value: it is unique over all customers of an org, while bills are
 * kept by customer. Whoever claims a number writes that row first, and two claims of one number meet at its
 * index. Every table here is append-only; the one change is that a tagged bill's number goes over to its
 * customer (tagged_bill_store.c).
 *
 * The statements that every till runs are said in words and run without the executor where they can; claiming a
 * number is not among them, since only the executor resolves a conflict.
 */
#include "postgres.h"

#include "catalog/pg_type.h"

#include "bill/transaction_store.h"

/* Writes nothing where the number is taken: no error, so an item of a batch is refused without a subtransaction. */
static LoyaltyQuery number_claim = LOYALTY_STATEMENT(
	"INSERT INTO loyalty_data.transaction_number (org_id, till_id, transaction_number, customer_id, transaction_id)"
	" VALUES ($1, $2, $3, $4, $5) ON CONFLICT DO NOTHING",
	INT4OID, INT4OID, TEXTOID, INT8OID, INT8OID);

/* A row of the table of bills: the struct's members stand in the layout in the table's order. */
typedef struct BillRow
{
	int32 org_id;
	Transaction bill;
} BillRow;

#define BILL(name, type, member) LOYALTY_COLUMN(name, type, BillRow, bill.member)

static const LoyaltyColumn bill_columns[] = {
	BILL("customer_id", INT8, customer_id),
	BILL("transaction_id", INT8, transaction_id),
	BILL("event_time", TIME, event_time),
	BILL("recorded_at", TIME, recorded_at),
	LOYALTY_COLUMN("org_id", INT4, BillRow, org_id),
	BILL("till_id", INT4_OR_0, till_id),
	BILL("store_id", INT4_OR_0, store_id),
	BILL("source_id", INT2, source_id),
	BILL("transaction_type", CODE, type),
	BILL("outlier_status", CODE, outlier_status),
	BILL("return_kind", CHAR_OR_0, return_kind),
	BILL("amount", POINTS, amount),
	BILL("discount", POINTS, discount),
	BILL("transaction_number", TEXT, number),
	BILL("parent_customer_id", INT8_OR_0, parent_customer_id),
	BILL("parent_id", INT8_OR_0, parent_id),
};

static const LoyaltyLayout bill_layout = LOYALTY_LAYOUT("transaction", BillRow, bill_columns);

/* A row of the table of lines. Points of a line stand in its lots and not here. */
typedef struct LineRow
{
	int64 customer_id;
	int64 transaction_id;
	int32 org_id;
	TransactionLine line;
} LineRow;

#define LINE(name, type, member) LOYALTY_COLUMN(name, type, LineRow, member)

static const LoyaltyColumn line_columns[] = {
	LINE("customer_id", INT8, customer_id),
	LINE("transaction_id", INT8, transaction_id),
	LINE("org_id", INT4, org_id),
	LINE("line_no", INT4, line.line_no),
	LINE("quantity", POINTS, line.quantity),
	LINE("amount", POINTS, line.amount),
	LINE("discount", POINTS, line.discount),
	LINE("item_code", TEXT, line.item_code),
};

static const LoyaltyLayout line_layout = LOYALTY_LAYOUT("transaction_line", LineRow, line_columns);

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
		if (rows[i].line.line_no == 0)
			rows[i].line.line_no = i + 1;
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

/* Reads the customer as committed: the caller may have waited for its lock, and a merge may have ended meanwhile. */
int
loyalty_transaction_find(int32 org_id, const LoyaltyTill *till, const char *number, int64 customer_id,
						 int64 *transaction_id)
{
	LoyaltyCustomer customer;
	Transaction *bills;
	int count = 0;

	if (loyalty_customer_read_now(org_id, customer_id, &customer))
		count = loyalty_transactions_of_number(org_id, &customer, number, till == NULL,
											   till ? till->till_id : 0, &bills);
	*transaction_id = count == 1 ? bills[0].transaction_id : 0;
	return count;
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
