/*
 * lot_store.c: the statements on lots, their movements and their changes of expiry.
 */
#include "postgres.h"

#include "catalog/pg_type.h"
#include "utils/array.h"

#include "common/query.h"
#include "ledger/guard.h"
#include "ledger/lot_store.h"
#include "ledger/write_batch.h"

/* How many open lots are fetched at a time: most redemptions need one or two. */
#define LOTS_PER_FETCH 16

/* Up to so many rows go in one by one, which costs less than making an array of them. */
#define MAX_SINGLE_ROWS 2

typedef enum LotQueryId
{
	Q_LOT_INSERT,
	Q_LOTS_INSERT,
	Q_LOT_UPDATE,
	Q_LOTS_UPDATE,
	Q_MOVEMENT_INSERT,
	Q_MOVEMENTS_INSERT,
	Q_EXPIRY_CHANGE_INSERT,
	Q_EXPIRY_CHANGES_INSERT,
	Q_LOTS_OF_PROGRAM,
	Q_LOTS_OF_ALL,
	Q_LOTS_PROMISED,
	Q_LOTS_LOCKED,
	Q_CUSTOMERS_PROMISED,
	Q_LOTS_DUE,
	Q_COUNT
} LotQueryId;

#define OPEN_LOTS                                                                           \
	"SELECT " LOYALTY_LOT_COLUMN " FROM loyalty.points_lot l"                               \
	" WHERE l.org_id OPERATOR(pg_catalog.=) $1 AND l.customer_id OPERATOR(pg_catalog.=) $2" \
	" AND l.category OPERATOR(pg_catalog.=) $3 AND l.remaining OPERATOR(pg_catalog.>) 0"

#define SPENDING_ORDER " ORDER BY l.expires_at, l.awarded_at, l.lot_id"

/* The open lots of an account "k" of a list. */
#define LOTS_OF_ACCOUNT                                                                          \
	" FROM loyalty.points_lot l WHERE l.org_id OPERATOR(pg_catalog.=) $1"                        \
	" AND l.customer_id OPERATOR(pg_catalog.=) k.customer_id"                                    \
	" AND l.category OPERATOR(pg_catalog.=) k.category AND l.remaining OPERATOR(pg_catalog.>) 0" \
	" AND l.program_id OPERATOR(pg_catalog.=) k.program_id"

/* The types of a lot's columns, in the order of the table. */
#define LOT_TYPES                                                                                       \
	INT8OID, INT8OID, TIMESTAMPTZOID, INT4OID, INT4OID, INT4OID, CHAROID, CHAROID, CHAROID, NUMERICOID, \
		NUMERICOID, NUMERICOID, NUMERICOID, NUMERICOID, NUMERICOID, NUMERICOID, NUMERICOID, NUMERICOID, \
		NUMERICOID, TIMESTAMPTZOID, TIMESTAMPTZOID, INT8OID, INT4OID, INT4OID, INT8OID, INT8OID

static const LoyaltyQuery queries[] = {
	[Q_LOT_INSERT] = {
		.sql = "INSERT INTO loyalty.points_lot VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14,"
		" $15, $16, $17, $18, $19, $20, $21, $22, $23, $24, $25, $26)",
		.nargs = 26, .argtypes = { LOT_TYPES }, .expect = SPI_OK_INSERT,
	},
	[Q_LOTS_INSERT] = {
		.sql = "INSERT INTO loyalty.points_lot SELECT r.* FROM pg_catalog.unnest($1) r",
		.nargs = 1, .argtypes = { LOYALTY_ROWS_OID }, .row_table = "points_lot", .expect = SPI_OK_INSERT,
	},
	[Q_LOT_UPDATE] = {
		.sql = "UPDATE loyalty.points_lot SET remaining = $4, redeemed = $5, expired = $6, returned = $7,"
		" transferred = $8, merged = $9, converted = $10, adjusted = $11, arrears_paid = $12, expires_at = $13"
		" WHERE org_id OPERATOR(pg_catalog.=) $1 AND customer_id OPERATOR(pg_catalog.=) $2"
		" AND lot_id OPERATOR(pg_catalog.=) $3",
		.nargs = 13, .argtypes = { INT4OID, INT8OID, INT8OID, NUMERICOID, NUMERICOID, NUMERICOID, NUMERICOID,
								   NUMERICOID, NUMERICOID, NUMERICOID, NUMERICOID, NUMERICOID, TIMESTAMPTZOID },
		.expect = SPI_OK_UPDATE,
	},
	[Q_LOTS_UPDATE] = {
		.sql = "UPDATE loyalty.points_lot l SET remaining = r.remaining, redeemed = r.redeemed, expired = r.expired,"
		" returned = r.returned, transferred = r.transferred, merged = r.merged, converted = r.converted,"
		" adjusted = r.adjusted, arrears_paid = r.arrears_paid, expires_at = r.expires_at"
		" FROM pg_catalog.unnest($1) r WHERE l.org_id OPERATOR(pg_catalog.=) r.org_id"
		" AND l.customer_id OPERATOR(pg_catalog.=) r.customer_id AND l.lot_id OPERATOR(pg_catalog.=) r.lot_id",
		.nargs = 1, .argtypes = { LOYALTY_ROWS_OID }, .row_table = "points_lot", .expect = SPI_OK_UPDATE, .by_key = true,
	},
	[Q_MOVEMENT_INSERT] = {
		.sql = "INSERT INTO loyalty.lot_movement VALUES ($1, $2, $3, $4, $5, $6, $7)",
		.nargs = 7, .argtypes = { INT8OID, INT8OID, INT8OID, INT4OID, INT4OID, CHAROID, NUMERICOID },
		.expect = SPI_OK_INSERT,
	},
	[Q_MOVEMENTS_INSERT] = {
		.sql = "INSERT INTO loyalty.lot_movement SELECT r.* FROM pg_catalog.unnest($1) r",
		.nargs = 1, .argtypes = { LOYALTY_ROWS_OID }, .row_table = "lot_movement", .expect = SPI_OK_INSERT,
	},
	[Q_EXPIRY_CHANGE_INSERT] = {
		.sql = "INSERT INTO loyalty.lot_expiry_change (customer_id, lot_id, event_id, org_id, entry_no, old_expires_at,"
		" new_expires_at) VALUES ($1, $2, $3, $4, $5, $6, $7)",
		.nargs = 7, .argtypes = { INT8OID, INT8OID, INT8OID, INT4OID, INT4OID, TIMESTAMPTZOID, TIMESTAMPTZOID },
		.expect = SPI_OK_INSERT,
	},
	[Q_EXPIRY_CHANGES_INSERT] = {
		.sql = "INSERT INTO loyalty.lot_expiry_change SELECT r.* FROM pg_catalog.unnest($1) r",
		.nargs = 1, .argtypes = { LOYALTY_ROWS_OID }, .row_table = "lot_expiry_change", .expect = SPI_OK_INSERT,
	},
	[Q_LOTS_OF_PROGRAM] = {
		.sql = OPEN_LOTS " AND l.program_id OPERATOR(pg_catalog.=) $4" SPENDING_ORDER,
		.nargs = 4, .argtypes = { INT4OID, INT8OID, CHAROID, INT4OID }, .expect = SPI_OK_SELECT,
	},
	[Q_LOTS_OF_ALL] = {
		.sql = OPEN_LOTS SPENDING_ORDER,
		.nargs = 3, .argtypes = { INT4OID, INT8OID, CHAROID }, .expect = SPI_OK_SELECT,
	},
	[Q_LOTS_PROMISED] = {
		.sql = OPEN_LOTS " AND l.redeemable_from OPERATOR(pg_catalog.<=) $4"
		" ORDER BY l.program_id, GREATEST(l.redeemable_from, l.awarded_at), l.lot_id",
		.nargs = 4, .argtypes = { INT4OID, INT8OID, CHAROID, TIMESTAMPTZOID }, .expect = SPI_OK_SELECT,
	},
	[Q_LOTS_LOCKED] = {
		.sql = OPEN_LOTS " AND (l.transaction_id OPERATOR(pg_catalog.=) $4 OR l.lot_id OPERATOR(pg_catalog.=) $5)"
		" AND ($6 IS NULL OR l.line_no OPERATOR(pg_catalog.=) $6) ORDER BY l.program_id, l.lot_id",
		.nargs = 6, .argtypes = { INT4OID, INT8OID, CHAROID, INT8OID, INT8OID, INT4OID }, .expect = SPI_OK_SELECT,
	},
	[Q_CUSTOMERS_PROMISED] = {
		.sql = "SELECT DISTINCT l.customer_id FROM loyalty.points_lot l WHERE l.org_id OPERATOR(pg_catalog.=) $1"
		" AND l.customer_id OPERATOR(pg_catalog.>) $3 AND l.category OPERATOR(pg_catalog.=) 'p'"
		" AND l.remaining OPERATOR(pg_catalog.>) 0 AND l.redeemable_from OPERATOR(pg_catalog.<=) $2"
		" ORDER BY l.customer_id LIMIT $4",
		.nargs = 4, .argtypes = { INT4OID, TIMESTAMPTZOID, INT8OID, INT4OID }, .expect = SPI_OK_SELECT,
	},
	[Q_LOTS_DUE] = {
		.sql = "SELECT x.l FROM ROWS FROM (pg_catalog.unnest($2), pg_catalog.unnest($3), pg_catalog.unnest($4))"
		" k (customer_id, program_id, category) CROSS JOIN LATERAL"
		" ((SELECT " LOYALTY_LOT_COLUMN LOTS_OF_ACCOUNT " AND l.expires_at OPERATOR(pg_catalog.<=) $5" SPENDING_ORDER ")"
		" UNION ALL (SELECT " LOYALTY_LOT_COLUMN LOTS_OF_ACCOUNT " AND l.expires_at OPERATOR(pg_catalog.>) $5"
		" ORDER BY l.expires_at LIMIT 1)) x",
		.nargs = 5, .argtypes = { INT4OID, INT8ARRAYOID, INT8ARRAYOID, CHARARRAYOID, TIMESTAMPTZOID },
		.expect = SPI_OK_SELECT, .by_key = true,
	},
};
StaticAssertDecl(lengthof(queries) == Q_COUNT, "queries[] is out of step with LotQueryId");

static LoyaltyPlan plans[Q_COUNT];

struct LotStream
{
	Portal portal;
	SPITupleTable *rows; /* the batch being read */
	uint64 count;
	uint64 next;
};

static uint64
run(LotQueryId id, LoyaltyParams *params)
{
	return loyalty_query(&queries[id], &plans[id], params);
}

static uint64
run_rows(LotQueryId id, const LoyaltyParams *rows, int count)
{
	return loyalty_write_rows(&queries[id], &plans[id], rows, count);
}

/* Whether rows go in as an array: several do, and all of an open write batch. */
static bool
as_array(int count)
{
	return count > MAX_SINGLE_ROWS || loyalty_write_batch_is_open();
}

/* The columns that movements change, and the expiry. */
static void
changing_params(LoyaltyParams *params, const Lot *lot)
{
	loyalty_param_points(params, lot->remaining);
	loyalty_param_points(params, lot->redeemed);
	loyalty_param_points(params, lot->expired);
	loyalty_param_points(params, lot->returned);
	loyalty_param_points(params, lot->transferred);
	loyalty_param_points(params, lot->merged);
	loyalty_param_points(params, lot->converted);
	loyalty_param_points(params, lot->adjusted);
	loyalty_param_points(params, lot->arrears_paid);
	loyalty_param_time(params, lot->expires_at);
}

/* In the order of the table's columns. */
static void
lot_params(LoyaltyParams *params, int32 org_id, int64 customer_id, const Lot *lot)
{
	loyalty_param_int8(params, customer_id);
	loyalty_param_int8(params, lot->lot_id);
	loyalty_param_time(params, lot->awarded_at);
	loyalty_param_int4(params, org_id);
	loyalty_param_int4(params, lot->program_id);
	loyalty_param_int4(params, lot->entry_no);
	loyalty_param_char(params, lot->category);
	loyalty_param_char(params, lot->award_type);
	loyalty_param_char(params, lot->expiry_type);
	loyalty_param_points(params, lot->points);
	changing_params(params, lot);
	loyalty_param_time(params, lot->redeemable_from);
	loyalty_param_int8_or_null(params, lot->transaction_id);
	loyalty_param_int4_or_null(params, lot->till_id);
	loyalty_param_int4_or_null(params, lot->line_no);
	loyalty_param_int8_or_null(params, lot->origin_customer_id);
	loyalty_param_int8_or_null(params, lot->origin_lot_id);
}

static LoyaltyParams *
lot_rows(int32 org_id, int64 customer_id, const LotRows *lots)
{
	LoyaltyParams *rows = palloc0(sizeof(LoyaltyParams) * lots->n);
	int i;

	for (i = 0; i < lots->n; i++)
		lot_params(&rows[i], org_id, customer_id, lots->items[i]);
	return rows;
}

void
loyalty_lots_insert(int32 org_id, int64 customer_id, const LotRows *lots)
{
	int i;

	loyalty_write_batch_touch(customer_id);
	if (as_array(lots->n))
	{
		run_rows(Q_LOTS_INSERT, lot_rows(org_id, customer_id, lots), lots->n);
		return;
	}
	for (i = 0; i < lots->n; i++)
	{
		LoyaltyParams params = { 0 };

		lot_params(&params, org_id, customer_id, lots->items[i]);
		run(Q_LOT_INSERT, &params);
	}
}

static uint64
update_one(int32 org_id, int64 customer_id, const Lot *lot)
{
	LoyaltyParams params = { 0 };

	loyalty_param_int4(&params, org_id);
	loyalty_param_int8(&params, customer_id);
	loyalty_param_int8(&params, lot->lot_id);
	changing_params(&params, lot);
	return run(Q_LOT_UPDATE, &params);
}

void
loyalty_lots_update(int32 org_id, int64 customer_id, const LotRows *lots)
{
	uint64 updated = 0;
	int i;

	loyalty_write_batch_touch(customer_id);
	loyalty_guard_lift("points_lot");
	if (as_array(lots->n))
		updated = run_rows(Q_LOTS_UPDATE, lot_rows(org_id, customer_id, lots), lots->n);
	else
		for (i = 0; i < lots->n; i++)
			updated += update_one(org_id, customer_id, lots->items[i]);
	loyalty_guard_restore();
	if (updated != (uint64) lots->n)
		elog(ERROR, "lot to be updated does not exist");
}

static void
movement_params(LoyaltyParams *params, int32 org_id, int64 customer_id, int64 event_id,
				const Movement *movement)
{
	loyalty_param_int8(params, customer_id);
	loyalty_param_int8(params, movement->lot_id);
	loyalty_param_int8(params, event_id);
	loyalty_param_int4(params, org_id);
	loyalty_param_int4(params, movement->entry_no);
	loyalty_param_char(params, movement->movement_type);
	loyalty_param_points(params, movement->points);
}

void
loyalty_movements_insert(int32 org_id, int64 customer_id, int64 event_id, const MovementRows *movements)
{
	LoyaltyParams *rows = palloc0(sizeof(LoyaltyParams) * Max(movements->n, 1));
	int i;

	for (i = 0; i < movements->n; i++)
		movement_params(&rows[i], org_id, customer_id, event_id, movements->items[i]);
	if (as_array(movements->n))
		run_rows(Q_MOVEMENTS_INSERT, rows, movements->n);
	else
		for (i = 0; i < movements->n; i++)
			run(Q_MOVEMENT_INSERT, &rows[i]);
}

void
loyalty_expiry_change_insert(int32 org_id, int64 customer_id, int64 event_id, const ExpiryChange *change)
{
	LoyaltyParams params = { 0 };

	loyalty_param_int8(&params, customer_id);
	loyalty_param_int8(&params, change->lot_id);
	loyalty_param_int8(&params, event_id);
	loyalty_param_int4(&params, org_id);
	loyalty_param_int4(&params, change->entry_no);
	loyalty_param_time(&params, change->old_expires_at);
	loyalty_param_time(&params, change->new_expires_at);
	if (as_array(1))
		run_rows(Q_EXPIRY_CHANGES_INSERT, &params, 1);
	else
		run(Q_EXPIRY_CHANGE_INSERT, &params);
}

LotStream *
loyalty_open_lots(int32 org_id, int64 customer_id, char category, int32 program_id)
{
	LotQueryId id = program_id ? Q_LOTS_OF_PROGRAM : Q_LOTS_OF_ALL;
	LotStream *stream = palloc0(sizeof(LotStream));
	LoyaltyParams params = { 0 };

	loyalty_write_batch_settle(customer_id);
	loyalty_param_int4(&params, org_id);
	loyalty_param_int8(&params, customer_id);
	loyalty_param_char(&params, category);
	if (program_id)
		loyalty_param_int4(&params, program_id);
	stream->portal = loyalty_query_open(&queries[id], &plans[id], &params);
	return stream;
}

LotStream *
loyalty_open_promised(int32 org_id, int64 customer_id, TimestampTz as_of)
{
	LotStream *stream = palloc0(sizeof(LotStream));
	LoyaltyParams params = { 0 };

	loyalty_param_int4(&params, org_id);
	loyalty_param_int8(&params, customer_id);
	loyalty_param_char(&params, CATEGORY_PROMISED);
	loyalty_param_time(&params, as_of);
	stream->portal = loyalty_query_open(&queries[Q_LOTS_PROMISED], &plans[Q_LOTS_PROMISED], &params);
	return stream;
}

LotStream *
loyalty_open_locked(int32 org_id, int64 customer_id, int64 transaction_id, int64 lot_id, int32 line_no)
{
	LotStream *stream = palloc0(sizeof(LotStream));
	LoyaltyParams params = { 0 };

	loyalty_param_int4(&params, org_id);
	loyalty_param_int8(&params, customer_id);
	loyalty_param_char(&params, CATEGORY_TRIGGER_BASED);
	loyalty_param_int8_or_null(&params, transaction_id);
	loyalty_param_int8_or_null(&params, lot_id);
	loyalty_param_int4_or_null(&params, line_no);
	stream->portal = loyalty_query_open(&queries[Q_LOTS_LOCKED], &plans[Q_LOTS_LOCKED], &params);
	return stream;
}

int
loyalty_customers_promised(int32 org_id, TimestampTz as_of, int64 after, int limit, int64 *customers)
{
	LoyaltyParams params = { 0 };
	uint64 rows;
	uint64 i;

	loyalty_param_int4(&params, org_id);
	loyalty_param_time(&params, as_of);
	loyalty_param_int8(&params, after);
	loyalty_param_int4(&params, limit);
	rows = run(Q_CUSTOMERS_PROMISED, &params);
	for (i = 0; i < rows; i++)
		customers[i] = loyalty_row_int8(i, 1);
	return (int) rows;
}

/* The columns of the table in their order. */
enum LotColumn
{
	COLUMN_CUSTOMER_ID = 1,
	COLUMN_LOT_ID,
	COLUMN_AWARDED_AT,
	COLUMN_ORG_ID,
	COLUMN_PROGRAM_ID,
	COLUMN_ENTRY_NO,
	COLUMN_CATEGORY,
	COLUMN_AWARD_TYPE,
	COLUMN_EXPIRY_TYPE,
	COLUMN_POINTS,
	COLUMN_REMAINING,
	COLUMN_REDEEMED,
	COLUMN_EXPIRED,
	COLUMN_RETURNED,
	COLUMN_TRANSFERRED,
	COLUMN_MERGED,
	COLUMN_CONVERTED,
	COLUMN_ADJUSTED,
	COLUMN_ARREARS_PAID,
	COLUMN_EXPIRES_AT,
	COLUMN_REDEEMABLE_FROM,
	COLUMN_TRANSACTION_ID,
	COLUMN_TILL_ID,
	COLUMN_LINE_NO,
	COLUMN_ORIGIN_CUSTOMER_ID,
	COLUMN_ORIGIN_LOT_ID,
};

static void
lot_from_open_row(Lot *lot)
{
	*lot = (Lot){
		.lot_id = loyalty_row_int8(0, COLUMN_LOT_ID),
		.awarded_at = loyalty_row_int8(0, COLUMN_AWARDED_AT),
		.program_id = loyalty_row_int4(0, COLUMN_PROGRAM_ID),
		.entry_no = loyalty_row_int4(0, COLUMN_ENTRY_NO),
		.category = loyalty_row_char(0, COLUMN_CATEGORY),
		.award_type = loyalty_row_char(0, COLUMN_AWARD_TYPE),
		.expiry_type = loyalty_row_char(0, COLUMN_EXPIRY_TYPE),
		.points = loyalty_row_points(0, COLUMN_POINTS),
		.remaining = loyalty_row_points(0, COLUMN_REMAINING),
		.redeemed = loyalty_row_points(0, COLUMN_REDEEMED),
		.expired = loyalty_row_points(0, COLUMN_EXPIRED),
		.returned = loyalty_row_points(0, COLUMN_RETURNED),
		.transferred = loyalty_row_points(0, COLUMN_TRANSFERRED),
		.merged = loyalty_row_points(0, COLUMN_MERGED),
		.converted = loyalty_row_points(0, COLUMN_CONVERTED),
		.adjusted = loyalty_row_points(0, COLUMN_ADJUSTED),
		.arrears_paid = loyalty_row_points(0, COLUMN_ARREARS_PAID),
		.expires_at = loyalty_row_int8_or(0, COLUMN_EXPIRES_AT, NEVER),
		.redeemable_from = loyalty_row_int8_or(0, COLUMN_REDEEMABLE_FROM, AT_ONCE),
		.transaction_id = loyalty_row_int8_or(0, COLUMN_TRANSACTION_ID, 0),
		.till_id = loyalty_row_int4_or(0, COLUMN_TILL_ID, 0),
		.line_no = loyalty_row_int4_or(0, COLUMN_LINE_NO, 0),
		.origin_customer_id = loyalty_row_int8_or(0, COLUMN_ORIGIN_CUSTOMER_ID, 0),
		.origin_lot_id = loyalty_row_int8_or(0, COLUMN_ORIGIN_LOT_ID, 0),
	};
}

void
loyalty_lot_from_row(Lot *lot, uint64 row)
{
	SPITupleTable *result = SPI_tuptable;

	loyalty_row_open(result, row, 1);
	lot_from_open_row(lot);
	SPI_tuptable = result;
}

static void
params_of_accounts(LoyaltyParams *params, const OwnedAccount *accounts, int count)
{
	int64 *customers = palloc(sizeof(int64) * Max(count, 1));
	int64 *programs = palloc(sizeof(int64) * Max(count, 1));
	Datum *categories = palloc(sizeof(Datum) * Max(count, 1));
	int i;

	for (i = 0; i < count; i++)
	{
		customers[i] = accounts[i].customer_id;
		programs[i] = accounts[i].account.program_id;
		categories[i] = CharGetDatum(accounts[i].account.category);
	}
	loyalty_param_int8_array(params, customers, count);
	loyalty_param_int8_array(params, programs, count);
	loyalty_param(params,
				  PointerGetDatum(construct_array(categories, count, CHAROID, 1, true, TYPALIGN_CHAR)),
				  false);
}

int
loyalty_lots_due(int32 org_id, const OwnedAccount *accounts, int count, TimestampTz as_of, OwnedLot **lots)
{
	LoyaltyParams params = { 0 };
	SPITupleTable *result;
	uint64 rows;
	uint64 i;

	loyalty_param_int4(&params, org_id);
	params_of_accounts(&params, accounts, count);
	loyalty_param_time(&params, as_of);
	rows = run(Q_LOTS_DUE, &params);
	result = SPI_tuptable;
	*lots = MemoryContextAllocHuge(CurrentMemoryContext, sizeof(OwnedLot) * Max(rows, 1));
	for (i = 0; i < rows; i++)
	{
		loyalty_row_open(result, i, 1);
		(*lots)[i].customer_id = loyalty_row_int8(0, COLUMN_CUSTOMER_ID);
		lot_from_open_row(&(*lots)[i].lot);
	}
	SPI_tuptable = result;
	return (int) rows;
}

bool
loyalty_next_lot(LotStream *stream, Lot *lot)
{
	if (stream->next == stream->count)
	{
		if (stream->rows)
			SPI_freetuptable(stream->rows);
		loyalty_query_fetch(stream->portal, LOTS_PER_FETCH);
		stream->rows = SPI_tuptable;
		stream->count = SPI_processed;
		stream->next = 0;
		if (stream->count == 0)
			return false;
	}
	SPI_tuptable = stream->rows;
	loyalty_lot_from_row(lot, stream->next++);
	return true;
}

void
loyalty_close_lots(LotStream *stream)
{
	if (stream->rows)
		SPI_freetuptable(stream->rows);
	SPI_cursor_close(stream->portal);
}
