/*
 * lot_store.c: the statements on lots, their movements and their changes of expiry.
 */
#include "postgres.h"

#include "catalog/pg_type.h"
#include "utils/array.h"

#include "common/query.h"
#include "ledger/tables/guard.h"
#include "ledger/tables/lot_store.h"

/* How many lots are fetched at a time: most redemptions need one or two. */
#define LOTS_PER_FETCH 16

#define OPEN_LOTS \
	"SELECT " LOYALTY_LOT_COLUMN " FROM loyalty_data.points_lot l" \
	" WHERE l.org_id = $1 AND l.category = $2" \
	" AND l.customer_id = $3 AND l.is_open"

static LoyaltyQuery lots_insert = LOYALTY_INSERT(lot_layout);
static LoyaltyQuery lots_update = LOYALTY_UPDATE(lot_layout, "org_id, customer_id, lot_id");
static LoyaltyQuery movements_insert = LOYALTY_INSERT(movement_layout);
static LoyaltyQuery expiry_changes_insert = LOYALTY_INSERT(expiry_change_layout);

/* Those that expire together come in no order. */
static LoyaltyQuery lots_open = LOYALTY_FIND_TO_WRITE(lot_layout, "org_id, category, customer_id",
													  .order = "expires_at", .where = "is_open");

static LoyaltyQuery lots_promised =
	LOYALTY_STATEMENT(OPEN_LOTS " AND l.redeemable_from <= $4 AND l.awarded_at <= $4"
								" ORDER BY l.program_id, GREATEST(l.redeemable_from, l.awarded_at), l.lot_id",
					  INT4OID, CHAROID, INT8OID, TIMESTAMPTZOID);

static LoyaltyQuery lots_locked =
	LOYALTY_STATEMENT(OPEN_LOTS " AND (l.transaction_id = $4 OR l.lot_id = $5)"
								" AND ($6 IS NULL OR l.line_no = $6) ORDER BY l.program_id, l.lot_id",
					  INT4OID, CHAROID, INT8OID, INT8OID, INT8OID, INT4OID);

static LoyaltyQuery customers_promised =
	LOYALTY_STATEMENT("SELECT DISTINCT l.customer_id FROM loyalty_data.points_lot l WHERE l.org_id = $1"
					  " AND l.customer_id > $3 AND l.category = 'p'"
					  " AND l.is_open AND l.redeemable_from <= $2"
					  " AND l.awarded_at <= $2"
					  " ORDER BY l.customer_id LIMIT $4",
					  INT4OID, TIMESTAMPTZOID, INT8OID, INT4OID);

struct LotStream
{
	LoyaltyCursor *rows;
	bool by_expiry;	  /* rows come by their expiry alone: those that expire together are put in order here */
	int32 program_id; /* of whose lots alone, by expiry; 0: of all */
	LotRows same;	  /* that expire together, */
	int next;		  /* and the one to come */
	LotRow ahead;	  /* the first one that expires later */
	bool has_ahead;
	ItemPointerData tid; /* of the lot that was answered last */
};

void
loyalty_lots_insert(LoyaltyWriter *writer, int64 customer_id, const LotRows *lots)
{
	(void) loyalty_writer_write(writer, customer_id, &lots_insert, lots->items, lots->n);
}

void
loyalty_lots_update(LoyaltyWriter *writer, int64 customer_id, const LotRows *lots)
{
	uint64 updated;

	loyalty_guard_lift("points_lot");
	updated = loyalty_writer_write(writer, customer_id, &lots_update, lots->items, lots->n);
	loyalty_guard_restore();
	if (updated != (uint64) lots->n)
		elog(ERROR, "lot to be updated does not exist");
}

void
loyalty_movements_insert(LoyaltyWriter *writer, int32 org_id, int64 customer_id, int64 event_id,
						 const MovementRows *movements)
{
	MovementRow *rows = palloc(sizeof(MovementRow) * Max(movements->n, 1));
	int i;

	for (i = 0; i < movements->n; i++)
		rows[i] = (MovementRow){ customer_id, org_id, event_id, *movements->items[i] };
	loyalty_writer_write(writer, customer_id, &movements_insert, rows, movements->n);
}

void
loyalty_expiry_change_insert(LoyaltyWriter *writer, int32 org_id, int64 customer_id, int64 event_id,
							 const ExpiryChange *change)
{
	ExpiryChangeRow row = { customer_id, org_id, event_id, *change };

	loyalty_writer_write(writer, customer_id, &expiry_changes_insert, &row, 1);
}

static LotRow
row_of(LoyaltyRows *rows, uint64 i)
{
	LotRow row = { 0 };

	loyalty_row_read(rows, i, &lot_layout, &row);
	return row;
}

Lot
loyalty_lot_of_row(LoyaltyRows *rows, uint64 row)
{
	return row_of(rows, row).lot;
}

/* The next row of a program that the stream is of. */
static bool
read_lot(LotStream *stream, LotRow *row)
{
	do
	{
		if (!loyalty_cursor_next(stream->rows))
			return false;
		*row = row_of(stream->rows->rows, stream->rows->row);
	} while (stream->program_id != 0 && row->lot.program_id != stream->program_id);
	return true;
}

static LotStream *
open_stream(LoyaltyQuery *query, LoyaltyParams *params)
{
	LotStream *stream = palloc0(sizeof(LotStream));

	stream->rows = loyalty_cursor_open(query, params, LOTS_PER_FETCH);
	return stream;
}

LotStream *
loyalty_open_lots(LoyaltyWriter *writer, int32 org_id, int64 customer_id, char category, int32 program_id)
{
	LoyaltyParams params = { 0 };
	LotStream *stream;

	loyalty_writer_flush_customer(writer, customer_id);
	loyalty_param(&params, loyalty_int4(org_id));
	loyalty_param(&params, loyalty_char(category));
	loyalty_param(&params, loyalty_int8(customer_id));
	stream = open_stream(&lots_open, &params);
	stream->by_expiry = true;
	stream->program_id = program_id;
	stream->has_ahead = read_lot(stream, &stream->ahead);
	return stream;
}

LotStream *
loyalty_open_promised(int32 org_id, int64 customer_id, TimestampTz as_of)
{
	return open_stream(&lots_promised, LOYALTY_GIVEN(loyalty_int4(org_id), loyalty_char(CATEGORY_PROMISED),
													 loyalty_int8(customer_id), loyalty_time(as_of)));
}

LotStream *
loyalty_open_locked(int32 org_id, int64 customer_id, int64 transaction_id, int64 lot_id, const int32 *line_no)
{
	return open_stream(&lots_locked,
					   LOYALTY_GIVEN(loyalty_int4(org_id), loyalty_char(CATEGORY_TRIGGER_BASED),
									 loyalty_int8(customer_id), loyalty_int8_or_null(transaction_id),
									 loyalty_int8_or_null(lot_id),
									 loyalty_datum(Int32GetDatum(line_no ? *line_no : 0), line_no == NULL)));
}

int
loyalty_customers_promised(int32 org_id, TimestampTz as_of, int64 after, int limit, int64 *customers)
{
	uint64 i;
	LoyaltyRows *rows = LOYALTY_QUERY(&customers_promised, loyalty_int4(org_id), loyalty_time(as_of),
									  loyalty_int8(after), loyalty_int4(limit));

	for (i = 0; i < rows->count; i++)
		customers[i] = loyalty_row_int8(rows, i, 1);
	return (int) rows->count;
}

/* Of lots that expire together the earlier award is spent first, then the lower id. */
static int
compare_awards(const void *left, const void *right)
{
	const Lot *a = &((const LotRow *) left)->lot;
	const Lot *b = &((const LotRow *) right)->lot;

	if (a->awarded_at != b->awarded_at)
		return a->awarded_at < b->awarded_at ? -1 : 1;
	return a->lot_id < b->lot_id ? -1 : a->lot_id > b->lot_id;
}

/* Reads the lots that expire with the one ahead; false: there are no more. */
static bool
read_same_expiry(LotStream *stream)
{
	TimestampTz expires_at = stream->ahead.lot.expires_at;

	if (!stream->has_ahead)
		return false;
	stream->same.n = stream->next = 0;
	do
	{
		LOYALTY_APPEND(stream->same, stream->ahead);
		stream->has_ahead = read_lot(stream, &stream->ahead);
	} while (stream->has_ahead && stream->ahead.lot.expires_at == expires_at);
	qsort(stream->same.items, stream->same.n, sizeof(LotRow), compare_awards);
	return true;
}

/* The lots of an account that expire by a time, and the first one of those that expire later. */
static void
add_due(int32 org_id, const AccountRow *account, TimestampTz as_of, LotRows *due)
{
	LotStream *stream = loyalty_open_lots(NULL, org_id, account->customer_id,
										  (char) account->account.category, account->account.program_id);
	int i;

	while (stream->has_ahead && stream->ahead.lot.expires_at <= as_of)
	{
		(void) read_same_expiry(stream);
		for (i = 0; i < stream->same.n; i++)
			LOYALTY_APPEND(*due, stream->same.items[i]);
	}
	if (stream->has_ahead && stream->ahead.lot.expires_at != NEVER)
		LOYALTY_APPEND(*due, stream->ahead);
	loyalty_close_lots(stream);
}

int
loyalty_lots_due(int32 org_id, const AccountRow *accounts, int count, TimestampTz as_of, LotRow **lots)
{
	LotRows due = { 0 };
	int i;

	for (i = 0; i < count; i++)
		add_due(org_id, &accounts[i], as_of, &due);
	*lots = due.items;
	return due.n;
}

bool
loyalty_next_lot(LotStream *stream, Lot *lot)
{
	LotRow row;

	if (stream->by_expiry)
	{
		if (stream->next == stream->same.n && !read_same_expiry(stream))
			return false;
		row = stream->same.items[stream->next++];
	}
	else if (!read_lot(stream, &row))
		return false;
	*lot = row.lot;
	stream->tid = row.tid;
	return true;
}

ItemPointerData
loyalty_lot_tid(const LotStream *stream)
{
	return stream->tid;
}

void
loyalty_close_lots(LotStream *stream)
{
	loyalty_cursor_close(stream->rows);
	if (stream->same.items != NULL)
		pfree(stream->same.items);
	pfree(stream);
}
