/*
 * return_store.c: the statements on bills that are returned.
 */
#include "postgres.h"

#include "catalog/pg_type.h"

#include "common/query.h"
#include "ledger/lot_store.h"
#include "ledger/return_store.h"

typedef enum ReturnQueryId
{
	Q_BILL,
	Q_BACK,
	Q_LINES,
	Q_LOTS,
	Q_RETURN,
	Q_COUNT
} ReturnQueryId;

/* The lots that bill "t" brought: awards outside bills may name it, too, and so do lots that went on from these. */
#define LOTS_OF_BILL(l, t) \
	" " l ".org_id = $1 AND " l ".customer_id = " t ".customer_id" \
	" AND " l ".transaction_id = " t ".transaction_id" \
	" AND " l ".award_type <> 'd' AND " l ".origin_lot_id IS NULL"

/* Returns of bill $3 of customer $4, whichever of the group $2 they were written for. */
#define RETURNS_OF_BILL \
	" r.org_id = $1 AND r.customer_id = ANY ($2)" \
	" AND r.parent_customer_id = $4 AND r.parent_id = $3"

static const LoyaltyQuery queries[] = {
	[Q_BILL] = {
		.sql = "SELECT t.customer_id, t.transaction_id, t.event_time, t.amount, t.till_id, t.store_id, a.program_id, a.category"
		" FROM loyalty_data.transaction_number n"
		" JOIN loyalty_data.transaction t ON t.org_id = $1"
		"  AND t.customer_id = n.customer_id"
		"  AND t.transaction_id = n.transaction_id"
		" LEFT JOIN LATERAL (SELECT l.program_id, l.category FROM loyalty_data.points_lot l WHERE" LOTS_OF_BILL("l", "t") " LIMIT 1) a ON true"
		" WHERE n.org_id = $1 AND n.customer_id = ANY ($2)"
		" AND n.transaction_number = $3 AND ($4 OR n.till_id = $5)"
		" AND t.transaction_type <> 'b' ORDER BY n.till_id <> 0 FETCH FIRST ROW WITH TIES",
		.nargs = 5, .argtypes = { INT4OID, INT8ARRAYOID, TEXTOID, BOOLOID, INT4OID }, .expect = SPI_OK_SELECT,
	},
	/* One kind at most beside the whole; that nothing is left outweighs it. */
	[Q_BACK] = {
		.sql = "SELECT COALESCE(sum(r.amount), 0), max(r.return_kind::text)::\"char\""
		" FROM loyalty_data.transaction r WHERE" RETURNS_OF_BILL,
		.nargs = 4, .argtypes = { INT4OID, INT8ARRAYOID, INT8OID, INT8OID }, .expect = SPI_OK_SELECT,
	},
	[Q_LINES] = {
		.sql = "SELECT l.line_no, l.item_code, l.quantity, l.amount, COALESCE(b.quantity, 0), COALESCE(b.amount, 0),"
		" COALESCE(b.times, 0)::int4"
		" FROM loyalty_data.transaction_line l LEFT JOIN (SELECT x.line_no, sum(x.quantity) AS quantity,"
		"  sum(x.amount) AS amount, count(*) AS times"
		"  FROM loyalty_data.transaction r JOIN loyalty_data.transaction_line x ON x.org_id = $1"
		"   AND x.customer_id = r.customer_id"
		"   AND x.transaction_id = r.transaction_id"
		"  WHERE" RETURNS_OF_BILL " GROUP BY x.line_no) b ON b.line_no = l.line_no"
		" WHERE l.org_id = $1 AND l.customer_id = $4"
		" AND l.transaction_id = $3 ORDER BY l.line_no",
		.nargs = 4, .argtypes = { INT4OID, INT8ARRAYOID, INT8OID, INT8OID }, .expect = SPI_OK_SELECT,
	},
	/*
	 * Points went on as other lots where they were converted or merged, and where a reversal found their lot closed; whoever
	 * they were transferred to keeps them. What a reversal put beside a lot of the same customer is not the bill's.
	 */
	[Q_LOTS] = {
		.sql = "WITH RECURSIVE tree AS (SELECT b.customer_id, b.lot_id, b.lot_id AS root_id, false AS put_back FROM loyalty_data.points_lot b"
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
		.nargs = 4, .argtypes = { INT4OID, INT8ARRAYOID, INT8OID, INT8OID }, .expect = SPI_OK_SELECT,
	},
	[Q_RETURN] = {
		.sql = "SELECT r.amount, a.program_id FROM loyalty_data.transaction r"
		" JOIN loyalty_data.transaction t ON t.org_id = $1"
		"  AND t.customer_id = r.parent_customer_id"
		"  AND t.transaction_id = r.parent_id"
		" LEFT JOIN LATERAL (SELECT l.program_id FROM loyalty_data.points_lot l WHERE" LOTS_OF_BILL("l", "t") " LIMIT 1) a ON true"
		" WHERE r.org_id = $1 AND r.customer_id = $2"
		" AND r.transaction_id = $3",
		.nargs = 3, .argtypes = { INT4OID, INT8OID, INT8OID }, .expect = SPI_OK_SELECT,
	},
};
StaticAssertDecl(lengthof(queries) == Q_COUNT, "queries[] is out of step with ReturnQueryId");

static LoyaltyPlan plans[Q_COUNT];

static uint64
run(ReturnQueryId id, LoyaltyParams *params)
{
	return loyalty_query(&queries[id], &plans[id], params);
}

int
loyalty_returned_bill_find(int32 org_id, const LoyaltyCustomer *customer, const char *number, bool any_till,
						   int32 till_id, ReturnedBill *bill)
{
	LoyaltyParams params = { 0 };
	int count;

	loyalty_param_int4(&params, org_id);
	loyalty_param_group(&params, customer);
	loyalty_param_text(&params, number);
	loyalty_param_bool(&params, any_till);
	loyalty_param_int4(&params, till_id);
	count = (int) run(Q_BILL, &params);
	if (count > 0)
		*bill = (ReturnedBill){
			.customer_id = loyalty_row_int8(0, 1),
			.transaction_id = loyalty_row_int8(0, 2),
			.event_time = loyalty_row_int8(0, 3),
			.amount = loyalty_row_points(0, 4),
			.till_id = loyalty_row_int4_or(0, 5, 0),
			.store_id = loyalty_row_int4_or(0, 6, 0),
			.program_id = loyalty_row_int4_or(0, 7, 0),
			.category = loyalty_row_isnull(0, 8) ? CATEGORY_REGULAR : loyalty_row_char(0, 8),
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

	bill_params(&params, org_id, customer, bill);
	run(Q_BACK, &params);
	*state = (BillReturn){
		.amount = bill->amount,
		.amount_back = loyalty_row_points(0, 1),
		.kind_back = loyalty_row_isnull(0, 2) ? RETURN_NONE : (ReturnKind) loyalty_row_char(0, 2),
	};
	state->line_count = (int) run(Q_LINES, &params);
	state->lines = palloc0(sizeof(ReturnLine) * Max(state->line_count, 1));
	for (i = 0; i < state->line_count; i++)
		state->lines[i] = (ReturnLine){
			.line_no = loyalty_row_int4(i, 1),
			.item_code = loyalty_row_text(i, 2),
			.quantity = loyalty_row_points(i, 3),
			.amount = loyalty_row_points(i, 4),
			.quantity_back = loyalty_row_points(i, 5),
			.amount_back = loyalty_row_points(i, 6),
			.times_back = loyalty_row_int4(i, 7),
		};
}

int
loyalty_returned_lots(int32 org_id, const LoyaltyCustomer *customer, const ReturnedBill *bill,
					  ReturnedLot **lots)
{
	LoyaltyParams params = { 0 };
	int count;
	int i;

	bill_params(&params, org_id, customer, bill);
	count = (int) run(Q_LOTS, &params);
	*lots = palloc0(sizeof(ReturnedLot) * Max(count, 1));
	for (i = 0; i < count; i++)
	{
		ReturnedLot *returned = &(*lots)[i];

		loyalty_lot_from_row(&returned->lot, i);
		returned->customer_id = loyalty_row_int8(i, 2);
		returned->root_id = loyalty_row_int8(i, 3);
		returned->put_back = loyalty_row_bool(i, 4);
		returned->closed = returned->customer_id != customer->customer_id;
	}
	return count;
}

void
loyalty_return_read(int32 org_id, int64 customer_id, int64 transaction_id, int64 *amount, int32 *program_id)
{
	LoyaltyParams params = { 0 };

	loyalty_param_int4(&params, org_id);
	loyalty_param_int8(&params, customer_id);
	loyalty_param_int8(&params, transaction_id);
	if (run(Q_RETURN, &params) == 0)
		elog(ERROR, "a return has no bill");
	*amount = loyalty_row_points(0, 1);
	*program_id = loyalty_row_int4_or(0, 2, 0);
}
