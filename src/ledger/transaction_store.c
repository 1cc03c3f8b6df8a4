/*
 * transaction_store.c: the statements on bills.
 */
#include "postgres.h"

#include "catalog/pg_type.h"

#include "ledger/transaction_store.h"

typedef enum TransactionQueryId
{
	Q_CLAIM,
	Q_INSERT,
	Q_LINES_INSERT,
	Q_FIND,
	Q_NUMBER,
	Q_COUNT
} TransactionQueryId;

static const LoyaltyQuery queries[] = {
	[Q_CLAIM] = {
		.sql = "INSERT INTO loyalty_data.transaction_number (org_id, till_id, transaction_number, customer_id, transaction_id)"
		" VALUES ($1, $2, $3, $4, $5) ON CONFLICT DO NOTHING",
		.nargs = 5, .argtypes = { INT4OID, INT4OID, TEXTOID, INT8OID, INT8OID }, .expect = SPI_OK_INSERT,
	},
	[Q_INSERT] = {
		.sql = "INSERT INTO loyalty_data.transaction (customer_id, transaction_id, event_time, recorded_at, org_id,"
		" till_id, store_id, source_id, transaction_type, outlier_status, return_kind, amount, discount,"
		" transaction_number, parent_customer_id, parent_id) SELECT r.customer_id, r.transaction_id,"
		" r.event_time, r.recorded_at, r.org_id, r.till_id, r.store_id, r.source_id, r.transaction_type,"
		" r.outlier_status, r.return_kind, r.amount, r.discount, r.transaction_number, r.parent_customer_id,"
		" r.parent_id FROM unnest($1) r",
		.nargs = 1, .argtypes = { LOYALTY_ROWS_OID }, .expect = SPI_OK_INSERT,
		.access = LOYALTY_INSERT_ROWS, .row_table = "transaction",
	},
	[Q_LINES_INSERT] = {
		.sql = "INSERT INTO loyalty_data.transaction_line (customer_id, transaction_id, org_id, line_no, quantity,"
		" amount, discount, item_code) SELECT r.customer_id, r.transaction_id, r.org_id, r.line_no,"
		" r.quantity, r.amount, r.discount, r.item_code FROM unnest($1) r",
		.nargs = 1, .argtypes = { LOYALTY_ROWS_OID }, .expect = SPI_OK_INSERT,
		.access = LOYALTY_INSERT_ROWS, .row_table = "transaction_line",
	},
	/* The customer's own, or of one who was merged into it; the one without a till first. A return is no bill. */
	[Q_FIND] = {
		.sql = "SELECT n.transaction_id FROM loyalty_data.transaction_number n WHERE n.org_id = $1"
		" AND ($2 IS NULL OR n.till_id = $2) AND n.transaction_number = $3"
		" AND (n.customer_id = $4 OR EXISTS (SELECT FROM loyalty_data.customer c"
		" WHERE c.org_id = $1 AND c.customer_id = $4"
		" AND n.customer_id = ANY (c.merged_ids)))"
		" AND NOT EXISTS (SELECT FROM loyalty_data.transaction t WHERE t.org_id = $1"
		" AND t.customer_id = n.customer_id AND t.transaction_id = n.transaction_id"
		" AND t.transaction_type = 'b') ORDER BY n.till_id <> 0 FETCH FIRST ROW WITH TIES",
		.nargs = 4, .argtypes = { INT4OID, INT4OID, TEXTOID, INT8OID }, .expect = SPI_OK_SELECT,
	},
	[Q_NUMBER] = {
		.sql = "SELECT n FROM loyalty_data.transaction_number n WHERE n.org_id = $1"
		" AND n.transaction_number = $2 AND n.till_id = $3",
		.nargs = 3, .argtypes = { INT4OID, TEXTOID, INT4OID }, .expect = SPI_OK_SELECT,
		.access = LOYALTY_FIND_ROWS_TO_WRITE, .row_table = "transaction_number", .row_index = "transaction_number_pkey",
	},
};
StaticAssertDecl(lengthof(queries) == Q_COUNT, "queries[] is out of step with TransactionQueryId");

static LoyaltyPlan plans[Q_COUNT];

/* Its place among the columns of transaction_number. */
#define NUMBER_TRANSACTION_ID 5

static uint64
run(TransactionQueryId id, LoyaltyParams *params)
{
	return loyalty_query(&queries[id], &plans[id], params);
}

bool
loyalty_transaction_claim(int32 org_id, const Transaction *transaction)
{
	LoyaltyParams params = { 0 };

	loyalty_param_int4(&params, org_id);
	loyalty_param_int4(&params, transaction->till_id);
	loyalty_param_text(&params, transaction->number);
	loyalty_param_int8(&params, transaction->customer_id);
	loyalty_param_int8(&params, transaction->transaction_id);
	return run(Q_CLAIM, &params) == 1;
}

int64
loyalty_transaction_of_number(int32 org_id, int32 till_id, const char *number)
{
	LoyaltyParams params = { 0 };

	loyalty_param_int4(&params, org_id);
	loyalty_param_text(&params, number);
	loyalty_param_int4(&params, till_id);
	if (run(Q_NUMBER, &params) == 0)
		return 0;
	loyalty_row_open(SPI_tuptable, 0, 1);
	return loyalty_row_int8(0, NUMBER_TRANSACTION_ID);
}

static void
insert_lines(int32 org_id, const Transaction *transaction, const TransactionLine *lines, int line_count)
{
	LoyaltyParams *rows = palloc0(sizeof(LoyaltyParams) * line_count);
	int i;

	for (i = 0; i < line_count; i++)
	{
		/* In the order of the table's columns. */
		loyalty_param_int8(&rows[i], transaction->customer_id);
		loyalty_param_int8(&rows[i], transaction->transaction_id);
		loyalty_param_int4(&rows[i], org_id);
		loyalty_param_int4(&rows[i], lines[i].line_no ? lines[i].line_no : i + 1);
		loyalty_param_points(&rows[i], lines[i].quantity);
		loyalty_param_points(&rows[i], lines[i].amount);
		loyalty_param_points(&rows[i], lines[i].discount);
		loyalty_param_text(&rows[i], lines[i].item_code);
	}
	loyalty_query_rows(&queries[Q_LINES_INSERT], &plans[Q_LINES_INSERT], rows, line_count);
}

void
loyalty_transaction_insert(int32 org_id, const Transaction *transaction, const TransactionLine *lines,
						   int line_count)
{
	LoyaltyParams params = { 0 };

	/* In the order of the table's columns. */
	loyalty_param_int8(&params, transaction->customer_id);
	loyalty_param_int8(&params, transaction->transaction_id);
	loyalty_param_time(&params, transaction->event_time);
	loyalty_param_time(&params, transaction->recorded_at);
	loyalty_param_int4(&params, org_id);
	loyalty_param_int4_or_null(&params, transaction->till_id);
	loyalty_param_int4_or_null(&params, transaction->store_id);
	loyalty_param_int2(&params, transaction->source_id);
	loyalty_param_char(&params, transaction->type);
	loyalty_param_char(&params, transaction->outlier_status);
	loyalty_param(&params, CharGetDatum(transaction->return_kind), transaction->return_kind == 0);
	loyalty_param_points(&params, transaction->amount);
	loyalty_param_points(&params, transaction->discount);
	loyalty_param_text(&params, transaction->number);
	loyalty_param_int8_or_null(&params, transaction->parent_customer_id);
	loyalty_param_int8_or_null(&params, transaction->parent_id);
	loyalty_query_rows(&queries[Q_INSERT], &plans[Q_INSERT], &params, 1);
	if (line_count > 0)
		insert_lines(org_id, transaction, lines, line_count);
}

int
loyalty_transaction_find(int32 org_id, const LoyaltyTill *till, const char *number, int64 customer_id,
						 int64 *transaction_id)
{
	LoyaltyParams params = { 0 };
	int count;

	loyalty_param_int4(&params, org_id);
	loyalty_param_int4_or_null(&params, till ? till->till_id : 0);
	loyalty_param_text(&params, number);
	loyalty_param_int8(&params, customer_id);
	count = (int) run(Q_FIND, &params);
	*transaction_id = count == 1 ? loyalty_row_int8(0, 1) : 0;
	return count;
}
