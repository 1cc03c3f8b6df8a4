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

typedef enum LotQueryId
{
	Q_LOTS_INSERT,
	Q_LOTS_UPDATE,
	Q_MOVEMENTS_INSERT,
	Q_EXPIRY_CHANGES_INSERT,
	Q_LOTS_OPEN,
	Q_LOTS_PROMISED,
	Q_LOTS_LOCKED,
	Q_CUSTOMERS_PROMISED,
	Q_LOTS_DUE,
	Q_COUNT
} LotQueryId;

#define OPEN_LOTS \
	"SELECT " LOYALTY_LOT_COLUMN " FROM loyalty_data.points_lot l" \
	" WHERE l.org_id = $1 AND l.category = $2" \
	" AND l.customer_id = $3 AND l.is_open"

/* The open lots of an account "k" of a list. */
#define LOTS_OF_ACCOUNT \
	" FROM loyalty_data.points_lot l WHERE l.org_id = $1" \
	" AND l.customer_id = k.customer_id" \
	" AND l.category = k.category AND l.is_open" \
	" AND l.program_id = k.program_id"

static const LoyaltyQuery queries[] = {
	[Q_LOTS_INSERT] = {
		.sql = "INSERT INTO loyalty_data.points_lot (customer_id, lot_id, awarded_at, org_id, program_id, entry_no,"
		" category, award_type, expiry_type, is_open, points, remaining, redeemed, expired, returned,"
		" transferred, merged, converted, adjusted, arrears_paid, expires_at, redeemable_from,"
		" transaction_id, till_id, line_no, origin_customer_id, origin_lot_id) SELECT r.customer_id,"
		" r.lot_id, r.awarded_at, r.org_id, r.program_id, r.entry_no, r.category, r.award_type,"
		" r.expiry_type, r.is_open, r.points, r.remaining, r.redeemed, r.expired, r.returned, r.transferred,"
		" r.merged, r.converted, r.adjusted, r.arrears_paid, r.expires_at, r.redeemable_from,"
		" r.transaction_id, r.till_id, r.line_no, r.origin_customer_id, r.origin_lot_id FROM unnest($1) r",
		.nargs = 1, .argtypes = { LOYALTY_ROWS_OID }, .expect = SPI_OK_INSERT,
		.access = LOYALTY_INSERT_ROWS, .row_table = "points_lot",
	},
	[Q_LOTS_UPDATE] = {
		.sql = "UPDATE loyalty_data.points_lot l SET is_open = r.is_open, remaining = r.remaining, redeemed = r.redeemed, expired = r.expired,"
		" returned = r.returned, transferred = r.transferred, merged = r.merged, converted = r.converted,"
		" adjusted = r.adjusted, arrears_paid = r.arrears_paid, expires_at = r.expires_at"
		" FROM unnest($1) r WHERE l.org_id = r.org_id"
		" AND l.customer_id = r.customer_id AND l.lot_id = r.lot_id",
		.nargs = 1, .argtypes = { LOYALTY_ROWS_OID }, .expect = SPI_OK_UPDATE,
		.access = LOYALTY_UPDATE_ROWS, .row_table = "points_lot", .row_index = "points_lot_pkey",
	},
	[Q_MOVEMENTS_INSERT] = {
		.sql = "INSERT INTO loyalty_data.lot_movement (customer_id, lot_id, event_id, org_id, entry_no,"
		" movement_type, points) SELECT r.customer_id, r.lot_id, r.event_id, r.org_id, r.entry_no,"
		" r.movement_type, r.points FROM unnest($1) r",
		.nargs = 1, .argtypes = { LOYALTY_ROWS_OID }, .expect = SPI_OK_INSERT,
		.access = LOYALTY_INSERT_ROWS, .row_table = "lot_movement",
	},
	[Q_EXPIRY_CHANGES_INSERT] = {
		.sql = "INSERT INTO loyalty_data.lot_expiry_change (customer_id, lot_id, event_id, org_id, entry_no,"
		" old_expires_at, new_expires_at) SELECT r.customer_id, r.lot_id, r.event_id, r.org_id, r.entry_no,"
		" r.old_expires_at, r.new_expires_at FROM unnest($1) r",
		.nargs = 1, .argtypes = { LOYALTY_ROWS_OID }, .expect = SPI_OK_INSERT,
		.access = LOYALTY_INSERT_ROWS, .row_table = "lot_expiry_change",
	},
	[Q_LOTS_OPEN] = {
		.sql = OPEN_LOTS " ORDER BY l.expires_at",
		.nargs = 3, .argtypes = { INT4OID, CHAROID, INT8OID }, .expect = SPI_OK_SELECT,
		.access = LOYALTY_FIND_ROWS_TO_WRITE, .row_table = "points_lot", .row_index = "points_lot_open",
	},
	[Q_LOTS_PROMISED] = {
		.sql = OPEN_LOTS " AND l.redeemable_from <= $4 AND l.awarded_at <= $4"
		" ORDER BY l.program_id, GREATEST(l.redeemable_from, l.awarded_at), l.lot_id",
		.nargs = 4, .argtypes = { INT4OID, CHAROID, INT8OID, TIMESTAMPTZOID }, .expect = SPI_OK_SELECT,
	},
	[Q_LOTS_LOCKED] = {
		.sql = OPEN_LOTS " AND (l.transaction_id = $4 OR l.lot_id = $5)"
		" AND ($6 IS NULL OR l.line_no = $6) ORDER BY l.program_id, l.lot_id",
		.nargs = 6, .argtypes = { INT4OID, CHAROID, INT8OID, INT8OID, INT8OID, INT4OID }, .expect = SPI_OK_SELECT,
	},
	[Q_CUSTOMERS_PROMISED] = {
		.sql = "SELECT DISTINCT l.customer_id FROM loyalty_data.points_lot l WHERE l.org_id = $1"
		" AND l.customer_id > $3 AND l.category = 'p'"
		" AND l.is_open AND l.redeemable_from <= $2"
		" AND l.awarded_at <= $2"
		" ORDER BY l.customer_id LIMIT $4",
		.nargs = 4, .argtypes = { INT4OID, TIMESTAMPTZOID, INT8OID, INT4OID }, .expect = SPI_OK_SELECT,
	},
	[Q_LOTS_DUE] = {
		.sql = "SELECT x.l FROM ROWS FROM (unnest($2), unnest($3), unnest($4))"
		" k (customer_id, program_id, category) CROSS JOIN LATERAL"
		" ((SELECT " LOYALTY_LOT_COLUMN LOTS_OF_ACCOUNT " AND l.expires_at <= $5"
		" ORDER BY l.expires_at, l.awarded_at, l.lot_id)"
		" UNION ALL (SELECT " LOYALTY_LOT_COLUMN LOTS_OF_ACCOUNT " AND l.expires_at > $5"
		" ORDER BY l.expires_at LIMIT 1)) x",
		.nargs = 5, .argtypes = { INT4OID, INT8ARRAYOID, INT8ARRAYOID, CHARARRAYOID, TIMESTAMPTZOID },
		.expect = SPI_OK_SELECT,
	},
};
StaticAssertDecl(lengthof(queries) == Q_COUNT, "queries[] is out of step with LotQueryId");

static LoyaltyPlan plans[Q_COUNT];

struct LotStream
{
	LoyaltyStream *rows;
	bool by_expiry;	  /* rows come by their expiry alone: those that expire together are put in order here */
	int32 program_id; /* of whose lots alone, by expiry; 0: of all */
	Lots same;		  /* that expire together, */
	int next;		  /* and the one to come */
	Lot ahead;		  /* the first one that expires later */
	bool has_ahead;
};

static uint64
run(LotQueryId id, LoyaltyParams *params)
{
	return loyalty_query(&queries[id], &plans[id], params);
}

static uint64
write_rows(LotQueryId id, const LoyaltyParams *rows, int count)
{
	return loyalty_write_rows(&queries[id], &plans[id], rows, count);
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
	params->place = lot->place;
	loyalty_param_int8(params, customer_id);
	loyalty_param_int8(params, lot->lot_id);
	loyalty_param_time(params, lot->awarded_at);
	loyalty_param_int4(params, org_id);
	loyalty_param_int4(params, lot->program_id);
	loyalty_param_int4(params, lot->entry_no);
	loyalty_param_char(params, lot->category);
	loyalty_param_char(params, lot->award_type);
	loyalty_param_char(params, lot->expiry_type);
	loyalty_param_bool(params, lot->remaining > 0);
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
	loyalty_write_batch_touch(customer_id);
	(void) write_rows(Q_LOTS_INSERT, lot_rows(org_id, customer_id, lots), lots->n);
}

void
loyalty_lots_update(int32 org_id, int64 customer_id, const LotRows *lots)
{
	uint64 updated;

	loyalty_write_batch_touch(customer_id);
	loyalty_guard_lift("points_lot");
	updated = write_rows(Q_LOTS_UPDATE, lot_rows(org_id, customer_id, lots), lots->n);
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
	(void) write_rows(Q_MOVEMENTS_INSERT, rows, movements->n);
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
	(void) write_rows(Q_EXPIRY_CHANGES_INSERT, &params, 1);
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
	COLUMN_IS_OPEN,
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

/* From an opened row. */
static void
lot_from_row(Lot *lot)
{
	*lot = (Lot){
		.lot_id = loyalty_row_int8(0, COLUMN_LOT_ID),
		.awarded_at = loyalty_row_int8(0, COLUMN_AWARDED_AT),
		.program_id = loyalty_row_int4(0, COLUMN_PROGRAM_ID),
		.entry_no = loyalty_row_int4(0, COLUMN_ENTRY_NO),
		.category = loyalty_row_char(0, COLUMN_CATEGORY),
		.award_type = loyalty_row_char(0, COLUMN_AWARD_TYPE),
		.expiry_type = loyalty_row_char(0, COLUMN_EXPIRY_TYPE),
		.is_open = loyalty_row_bool(0, COLUMN_IS_OPEN),
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
		.place = loyalty_row_place(),
	};
}

void
loyalty_lot_from_row(Lot *lot, uint64 row)
{
	SPITupleTable *result = SPI_tuptable;

	loyalty_row_open(result, row, 1);
	lot_from_row(lot);
	SPI_tuptable = result;
}

/* The next row of a program that the stream is of. */
static bool
read_lot(LotStream *stream, Lot *lot)
{
	do
	{
		if (!loyalty_stream_next(stream->rows))
			return false;
		lot_from_row(lot);
	} while (stream->program_id != 0 && lot->program_id != stream->program_id);
	return true;
}

static LotStream *
open_stream(LotQueryId id, LoyaltyParams *params)
{
	LotStream *stream = palloc0(sizeof(LotStream));

	stream->rows = loyalty_stream_begin(&queries[id], &plans[id], params);
	return stream;
}

LotStream *
loyalty_open_lots(int32 org_id, int64 customer_id, char category, int32 program_id)
{
	LoyaltyParams params = { 0 };
	LotStream *stream;

	loyalty_write_batch_flush_customer(customer_id);
	loyalty_param_int4(&params, org_id);
	loyalty_param_char(&params, category);
	loyalty_param_int8(&params, customer_id);
	stream = open_stream(Q_LOTS_OPEN, &params);
	stream->by_expiry = true;
	stream->program_id = program_id;
	stream->has_ahead = read_lot(stream, &stream->ahead);
	return stream;
}

LotStream *
loyalty_open_promised(int32 org_id, int64 customer_id, TimestampTz as_of)
{
	LoyaltyParams params = { 0 };

	loyalty_param_int4(&params, org_id);
	loyalty_param_char(&params, CATEGORY_PROMISED);
	loyalty_param_int8(&params, customer_id);
	loyalty_param_time(&params, as_of);
	return open_stream(Q_LOTS_PROMISED, &params);
}

LotStream *
loyalty_open_locked(int32 org_id, int64 customer_id, int64 transaction_id, int64 lot_id, const int32 *line_no)
{
	LoyaltyParams params = { 0 };

	loyalty_param_int4(&params, org_id);
	loyalty_param_char(&params, CATEGORY_TRIGGER_BASED);
	loyalty_param_int8(&params, customer_id);
	loyalty_param_int8_or_null(&params, transaction_id);
	loyalty_param_int8_or_null(&params, lot_id);
	loyalty_param(&params, Int32GetDatum(line_no ? *line_no : 0), line_no == NULL);
	return open_stream(Q_LOTS_LOCKED, &params);
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
		lot_from_row(&(*lots)[i].lot);
	}
	loyalty_rows_free(result);
	return (int) rows;
}

/* Of lots that expire together the earlier award is spent first, then the lower id. */
static int
compare_awards(const void *left, const void *right)
{
	const Lot *a = left;
	const Lot *b = right;

	if (a->awarded_at != b->awarded_at)
		return a->awarded_at < b->awarded_at ? -1 : 1;
	return a->lot_id < b->lot_id ? -1 : a->lot_id > b->lot_id;
}

/* Reads the lots that expire with the one ahead; false: there are no more. */
static bool
read_same_expiry(LotStream *stream)
{
	TimestampTz expires_at = stream->ahead.expires_at;

	if (!stream->has_ahead)
		return false;
	stream->same.n = stream->next = 0;
	do
	{
		LOYALTY_APPEND(stream->same, stream->ahead);
		stream->has_ahead = read_lot(stream, &stream->ahead);
	} while (stream->has_ahead && stream->ahead.expires_at == expires_at);
	qsort(stream->same.items, stream->same.n, sizeof(Lot), compare_awards);
	return true;
}

bool
loyalty_next_lot(LotStream *stream, Lot *lot)
{
	if (!stream->by_expiry)
		return read_lot(stream, lot);
	if (stream->next == stream->same.n && !read_same_expiry(stream))
		return false;
	*lot = stream->same.items[stream->next++];
	return true;
}

void
loyalty_close_lots(LotStream *stream)
{
	loyalty_stream_end(stream->rows);
	if (stream->same.items != NULL)
		pfree(stream->same.items);
	pfree(stream);
}
