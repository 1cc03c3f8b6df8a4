/*
 * return_store.c: the statements on bills that are returned.
 */
#include "postgres.h"

#include "catalog/pg_type.h"

#include "bill/return_store.h"
#include "common/query.h"
#include "ledger/tables/lot_store.h"

/* The lots that bill "t" brought: awards outside bills may name it, too, and so do lots that went on from these. */
#define LOTS_OF_BILL(l, t) \
	" " l ".org_id = $1 AND " l ".customer_id = " t ".customer_id" \
	" AND " l ".transaction_id = " t ".transaction_id" \
	" AND " l ".award_type <> 'd' AND " l ".origin_lot_id IS NULL"

/* Returns of bill $3 of customer $4, whichever of the group $2 they were written for. */
#define RETURNS_OF_BILL \
	" r.org_id = $1 AND r.customer_id = ANY ($2)" \
	" AND r.parent_customer_id = $4 AND r.parent_id = $3"

static LoyaltyQuery bill_by_number = LOYALTY_STATEMENT(
	"SELECT t.customer_id, t.transaction_id, t.event_time, t.amount, t.till_id, t.store_id, a.program_id, a.category"
	" FROM loyalty_data.transaction_number n"
	" JOIN loyalty_data.transaction t ON t.org_id = $1"
	"  AND t.customer_id = n.customer_id"
	"  AND t.transaction_id = n.transaction_id"
	" LEFT JOIN LATERAL (SELECT l.program_id, l.category FROM loyalty_data.points_lot l WHERE" LOTS_OF_BILL(
		"l", "t") " LIMIT 1) a ON true"
				  " WHERE n.org_id = $1 AND n.customer_id = ANY ($2)"
				  " AND n.transaction_number = $3 AND ($4 OR n.till_id = $5)"
				  " AND t.transaction_type <> 'b' ORDER BY n.till_id <> 0 FETCH FIRST ROW WITH TIES",
	INT4OID, INT8ARRAYOID, TEXTOID, BOOLOID, INT4OID);

/* One kind at most beside the whole; that nothing is left outweighs it. */
static LoyaltyQuery returned_of_bill =
	LOYALTY_STATEMENT("SELECT COALESCE(sum(r.amount), 0), max(r.return_kind::text)::\"char\""
					  " FROM loyalty_data.transaction r WHERE" RETURNS_OF_BILL,
					  INT4OID, INT8ARRAYOID, INT8OID, INT8OID);

static LoyaltyQuery lines_of_bill = LOYALTY_STATEMENT(
	"SELECT l.line_no, l.item_code, l.quantity, l.amount, COALESCE(b.quantity, 0), COALESCE(b.amount, 0),"
	" COALESCE(b.times, 0)::int4"
	" FROM loyalty_data.transaction_line l LEFT JOIN (SELECT x.line_no, sum(x.quantity) AS quantity,"
	"  sum(x.amount) AS amount, count(*) AS times"
	"  FROM loyalty_data.transaction r JOIN loyalty_data.transaction_line x ON x.org_id = $1"
	"   AND x.customer_id = r.customer_id"
	"   AND x.transaction_id = r.transaction_id"
	"  WHERE" RETURNS_OF_BILL " GROUP BY x.line_no) b ON b.line_no = l.line_no"
	" WHERE l.org_id = $1 AND l.customer_id = $4"
	" AND l.transaction_id = $3 ORDER BY l.line_no",
	INT4OID, INT8ARRAYOID, INT8OID, INT8OID);

/*
 * Points went on as other lots where they were converted or merged, and where a reversal found their lot closed; whoever
 * they were transferred to keeps them. What a reversal put beside a lot of the same customer is not the bill's.
 */
static LoyaltyQuery lots_of_bill = LOYALTY_STATEMENT(
	"WITH RECURSIVE tree AS (SELECT b.customer_id, b.lot_id, b.lot_id AS root_id, false AS put_back FROM loyalty_data.points_lot b"
	"  WHERE b.org_id = $1 AND b.customer_id = $4"
	"  AND b.transaction_id = $3 AND b.award_type <> 'd'"
	"  AND b.origin_lot_id IS NULL"
	" UNION ALL SELECT c.customer_id, c.lot_id, p.root_id,"
	"   v.event_code = 23 FROM tree p"
	"  JOIN loyalty_data.points_lot c ON c.org_id = $1"
	"   AND c.customer_id = ANY ($2) AND c.origin_lot_id = p.lot_id"
	"   AND c.origin_customer_id = p.customer_id"
	"  JOIN loyalty_data.ledger_entry e ON e.org_id = $1"
	"   AND e.customer_id = c.customer_id AND e.program_id = c.program_id"
	"   AND e.category = c.category AND e.entry_no = c.entry_no"
	"  JOIN loyalty_data.ledger_event v ON v.org_id = $1"
	"   AND v.customer_id = c.customer_id AND v.event_id = e.event_id"
	"  WHERE v.event_code = ANY ('{20,21,41}'::int2[])"
	"   OR (v.event_code = 23 AND c.customer_id <> p.customer_id))"
	" SELECT " LOYALTY_LOT_COLUMN ", l.customer_id, t.root_id, t.put_back FROM tree t"
	" JOIN loyalty_data.points_lot l ON l.org_id = $1"
	"  AND l.customer_id = t.customer_id AND l.lot_id = t.lot_id"
	" ORDER BY t.root_id, l.lot_id",
	INT4OID, INT8ARRAYOID, INT8OID, INT8OID);

static LoyaltyQuery return_of_event = LOYALTY_STATEMENT(
	"SELECT r.amount, a.program_id FROM loyalty_data.transaction r"
	" JOIN loyalty_data.transaction t ON t.org_id = $1"
	"  AND t.customer_id = r.parent_customer_id"
	"  AND t.transaction_id = r.parent_id"
	" LEFT JOIN LATERAL (SELECT l.program_id FROM loyalty_data.points_lot l WHERE" LOTS_OF_BILL(
		"l", "t") " LIMIT 1) a ON true"
				  " WHERE r.org_id = $1 AND r.customer_id = $2"
				  " AND r.transaction_id = $3",
	INT4OID, INT8OID, INT8OID);

int
loyalty_returned_bill_find(int32 org_id, const LoyaltyCustomer *customer, const char *number, bool any_till,
						   int32 till_id, ReturnedBill *bill)
{
	LoyaltyParams params = { 0 };
	int count;
	LoyaltyRows *rows;

	loyalty_param_int4(&params, org_id);
	loyalty_param_group(&params, customer);
	loyalty_param_text(&params, number);
	loyalty_param_bool(&params, any_till);
	loyalty_param_int4(&params, till_id);
	rows = loyalty_query(&bill_by_number, &params);
	count = (int) rows->count;
	if (count > 0)
		*bill = (ReturnedBill){
			.customer_id = loyalty_row_int8(rows, 0, 1),
			.transaction_id = loyalty_row_int8(rows, 0, 2),
			.event_time = loyalty_row_int8(rows, 0, 3),
			.amount = loyalty_row_points(rows, 0, 4),
			.till_id = loyalty_row_int4_or(rows, 0, 5, 0),
			.store_id = loyalty_row_int4_or(rows, 0, 6, 0),
			.program_id = loyalty_row_int4_or(rows, 0, 7, 0),
			.category = loyalty_row_isnull(rows, 0, 8) ? CATEGORY_REGULAR : loyalty_row_char(rows, 0, 8),
		};
	return count;
}

/* The parameters of the statements about one bill. */
static void
bill_params(LoyaltyParams *params, int32 org_id, const LoyaltyCustomer *customer, const ReturnedBill *bill)
{
	loyalty_param_int4(params, org_id);
	loyalty_param_group(params, customer);
	loyalty_param_int8(params, bill->transaction_id);
	loyalty_param_int8(params, bill->customer_id);
}

void
loyalty_returned_bill_read(int32 org_id, const LoyaltyCustomer *customer, const ReturnedBill *bill,
						   BillReturn *state)
{
	LoyaltyParams params = { 0 };
	int i;
	LoyaltyRows *rows;

	bill_params(&params, org_id, customer, bill);
	rows = loyalty_query(&returned_of_bill, &params);
	*state = (BillReturn){
		.amount = bill->amount,
		.amount_back = loyalty_row_points(rows, 0, 1),
		.kind_back = loyalty_row_isnull(rows, 0, 2) ? RETURN_NONE : (ReturnKind) loyalty_row_char(rows, 0, 2),
	};
	rows = loyalty_query(&lines_of_bill, &params);
	state->line_count = (int) rows->count;
	state->lines = palloc0(sizeof(ReturnLine) * Max(state->line_count, 1));
	for (i = 0; i < state->line_count; i++)
		state->lines[i] = (ReturnLine){
			.line_no = loyalty_row_int4(rows, i, 1),
			.item_code = loyalty_row_text(rows, i, 2),
			.quantity = loyalty_row_points(rows, i, 3),
			.amount = loyalty_row_points(rows, i, 4),
			.quantity_back = loyalty_row_points(rows, i, 5),
			.amount_back = loyalty_row_points(rows, i, 6),
			.times_back = loyalty_row_int4(rows, i, 7),
		};
}

int
loyalty_returned_lots(int32 org_id, const LoyaltyCustomer *customer, const ReturnedBill *bill,
					  ReturnedLot **lots)
{
	LoyaltyParams params = { 0 };
	int count;
	int i;
	LoyaltyRows *rows;

	bill_params(&params, org_id, customer, bill);
	rows = loyalty_query(&lots_of_bill, &params);
	count = (int) rows->count;
	*lots = palloc0(sizeof(ReturnedLot) * Max(count, 1));
	for (i = 0; i < count; i++)
	{
		ReturnedLot *returned = &(*lots)[i];

		returned->lot = loyalty_lot_of_row(rows, i);
		returned->customer_id = loyalty_row_int8(rows, i, 2);
		returned->root_id = loyalty_row_int8(rows, i, 3);
		returned->put_back = loyalty_row_bool(rows, i, 4);
		returned->closed = returned->customer_id != customer->customer_id;
	}
	return count;
}

void
loyalty_return_read(int32 org_id, int64 customer_id, int64 transaction_id, int64 *amount, int32 *program_id)
{
	LoyaltyParams params = { 0 };
	LoyaltyRows *rows;

	loyalty_param_int4(&params, org_id);
	loyalty_param_int8(&params, customer_id);
	loyalty_param_int8(&params, transaction_id);
	rows = loyalty_query(&return_of_event, &params);
	if (rows->count == 0)
		elog(ERROR, "a return has no bill");
	*amount = loyalty_row_points(rows, 0, 1);
	*program_id = loyalty_row_int4_or(rows, 0, 2, 0);
}
