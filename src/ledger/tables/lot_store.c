/*
 * lot_store.c: the statements on lots, their movements and their changes of expiry.
 *
 * Lots are spent by expiry, then by the time of the award, then by id. The index of open lots has them by customer and
 * expiry; lots that expire together come in no order, are read together and put in order here, so that the index has
 * no two columns more. Most redemptions end within the first expiry, and read no row beyond it but one.
 *
 * The customer is locked by the caller, so that no lot changes between its reading and its writing. Due lots are open
 * until their expiry is posted: whoever reads a stream leaves them out or expires them (ledger/posting/due.c). A
 * stream of all programs serves redemptions over all; one of a single program reads the same rows and drops the
 * others, as an index that had the program would be longer for every lot.
 */
#include "postgres.h"

#include "catalog/pg_type.h"
#include "utils/array.h"

#include "common/query.h"
#include "ledger/tables/guard.h"
#include "ledger/tables/lot_store.h"

/* Lots that are fetched at a time where a statement runs: most redemptions need one or two. */
#define LOTS_PER_FETCH 16

/* Open lots of a customer and category, for the streams below; the columns are those of the index points_lot_open. */
#define OPEN_LOTS \
	"SELECT " LOYALTY_LOT_COLUMN " FROM loyalty_data.points_lot l" \
	" WHERE l.org_id = $1 AND l.category = $2" \
	" AND l.customer_id = $3 AND l.is_open"

/* Rows that events write. Of these only lots are ever updated, found where they were read or by their key. */
static LoyaltyQuery lots_insert = LOYALTY_INSERT(lot_layout);
static LoyaltyQuery lots_update = LOYALTY_UPDATE(lot_layout, "org_id, customer_id, lot_id");
static LoyaltyQuery movements_insert = LOYALTY_INSERT(movement_layout);
static LoyaltyQuery expiry_changes_insert = LOYALTY_INSERT(expiry_change_layout);

/* Open lots by expiry; lots that expire together come in no order. */
static LoyaltyQuery lots_open = LOYALTY_FIND_TO_WRITE(lot_layout, "org_id, category, customer_id",
													  .order = "expires_at", .where = "is_open");

/* Promised lots whose instant has come, as loyalty_conversion_instant has it. */
#define HAS_COME(at) \
	" AND l.redeemable_from <= " at " AND l.awarded_at <= " at \
	" AND (l.expires_at > GREATEST(l.redeemable_from, l.awarded_at)) IS NOT FALSE"
#define PROMISED_LOTS \
	OPEN_LOTS HAS_COME("$4") " ORDER BY l.program_id, GREATEST(l.redeemable_from, l.awarded_at), l.lot_id"
#define PROMISED_TYPES INT4OID, CHAROID, INT8OID, TIMESTAMPTZOID
static LoyaltyQuery lots_promised = LOYALTY_STATEMENT(PROMISED_LOTS, PROMISED_TYPES);

/* The same for readers. */
static LoyaltyQuery lots_promised_seen = LOYALTY_STATEMENT_SEEN(PROMISED_LOTS, PROMISED_TYPES);

/* Trigger-based lots of a bill, or one by its id. A null says no bill, no lot, or every line. */
static LoyaltyQuery lots_locked =
	LOYALTY_STATEMENT(OPEN_LOTS " AND (l.transaction_id = $4 OR l.lot_id = $5)"
								" AND ($6 IS NULL OR l.line_no = $6) ORDER BY l.program_id, l.lot_id",
					  INT4OID, CHAROID, INT8OID, INT8OID, INT8OID, INT4OID);

/*
 * Customers by id from one on, so that a batch goes on where the one before ended, and one who is left out is met
 * once. The index of open lots has the promised ones of an org together, by customer; those whose date has not come
 * are read and dropped.
 */
static LoyaltyQuery customers_promised =
	LOYALTY_STATEMENT("SELECT DISTINCT l.customer_id FROM loyalty_data.points_lot l WHERE l.org_id = $1"
					  " AND l.customer_id > $3 AND l.category = 'p'"
					  " AND l.is_open" HAS_COME("$2") " ORDER BY l.customer_id LIMIT $4",
					  INT4OID, TIMESTAMPTZOID, INT8OID, INT4OID);

/* A stream of lots. By expiry, it reads all that expire together at once, and one row ahead to know where they end. */
struct LotStream
{
	LoyaltyCursor *rows;
	bool by_expiry;	  /* true: rows come by their expiry alone, and are put in order here */
	int32 program_id; /* by expiry: the program whose lots are read; 0: every program */
	LotRows same;	  /* lots that expire together, in the order in which they are spent */
	int next;		  /* the first of them that was not returned yet */
	LotRow ahead;	  /* the first lot that expires later, where has_ahead says that there is one */
	bool has_ahead;
	ItemPointerData tid; /* of the lot that was returned last */
};

/* Hands rows to the writer. A new lot needs no guard lifted: inserts are free, as a restore makes them. */
void
loyalty_lots_insert(LoyaltyWriter *writer, int64 customer_id, const LotRows *lots)
{
	(void) loyalty_writer_write(writer, customer_id, &lots_insert, lots->items, lots->n);
}

/*
 * Hands rows to the writer, with the guard lifted for the case that they are written at once; a writer that keeps them
 * back lifts it itself when they go out. Fewer rows than lots would mean that a lot is gone, which nothing deletes.
 */
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

/* Makes rows of the movements of one event, which share its id. */
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

/* Makes a row of a change of expiry. */
void
loyalty_expiry_change_insert(LoyaltyWriter *writer, int32 org_id, int64 customer_id, int64 event_id,
							 const ExpiryChange *change)
{
	ExpiryChangeRow row = { customer_id, org_id, event_id, *change };

	loyalty_writer_write(writer, customer_id, &expiry_changes_insert, &row, 1);
}

/* Reads a row as a lot. */
static LotRow
row_of(LoyaltyRows *rows, uint64 i)
{
	LotRow row = { 0 };

	loyalty_row_read(rows, i, &lot_layout, &row);
	return row;
}

/* Reads a row of a statement of another store, whose first column is a lot. */
Lot
loyalty_lot_of_row(LoyaltyRows *rows, uint64 row)
{
	return row_of(rows, row).lot;
}

/* Reads the next row that is of the program of the stream; false: there is none. */
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

/* Opens a stream whose statement has the order already. It lives in the current memory context, as its rows do. */
static LotStream *
open_stream(LoyaltyQuery *query, LoyaltyParams *params)
{
	LotStream *stream = palloc0(sizeof(LotStream));

	stream->rows = loyalty_cursor_open(query, params, LOTS_PER_FETCH);
	return stream;
}

/*
 * Opens a stream by expiry. Rows of the customer that a writer keeps back would not be seen, so they are written
 * first. The first row is read at once: it tells where the first expiry is.
 */
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

/* Opens a stream for the conversion job, which has no writer, and for others who find every row in the table. */
LotStream *
loyalty_open_promised(int32 org_id, int64 customer_id, TimestampTz as_of, bool seen)
{
	return open_stream(seen ? &lots_promised_seen : &lots_promised,
					   LOYALTY_GIVEN(loyalty_int4(org_id), loyalty_char(CATEGORY_PROMISED),
									 loyalty_int8(customer_id), loyalty_time(as_of)));
}

/* Opens a stream for unlocking. Of bill and lot the caller gives exactly one; the other is null and equals nothing. */
LotStream *
loyalty_open_locked(int32 org_id, int64 customer_id, int64 transaction_id, int64 lot_id, const int32 *line_no)
{
	return open_stream(&lots_locked,
					   LOYALTY_GIVEN(loyalty_int4(org_id), loyalty_char(CATEGORY_TRIGGER_BASED),
									 loyalty_int8(customer_id), loyalty_int8_or_null(transaction_id),
									 loyalty_int8_or_null(lot_id),
									 loyalty_datum(Int32GetDatum(line_no ? *line_no : 0), line_no == NULL)));
}

/* Reads without locks: each customer is locked later, and its lots are read then. */
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

/*
 * Puts the earlier award first among lots that expire together, then the lower id: an order that a repeat finds again.
 */
static int
compare_awards(const void *left, const void *right)
{
	const Lot *a = &((const LotRow *) left)->lot;
	const Lot *b = &((const LotRow *) right)->lot;

	if (a->awarded_at != b->awarded_at)
		return a->awarded_at < b->awarded_at ? -1 : 1;
	return a->lot_id < b->lot_id ? -1 : a->lot_id > b->lot_id;
}

/*
 * Reads the lots that expire with the one ahead, in the order in which they are spent; false: there are no more. Lots
 * that never expire are of one expiry, so all of an account without expiries are held at once.
 */
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

/*
 * Adds the lots of an account that expire by a time, and the first one of those that expire later. The rows keep their
 * places, so that the job's updates need no search.
 */
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

/* Reads account by account, each by one range of the index, as the job has locked all customers before. */
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

/*
 * Takes the next lot of those that expire together, or reads the next ones; streams with an order of their own go row
 * by row.
 */
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

/* Returns the place of the last lot; it is invalid where a statement found the row, and the key does then. */
ItemPointerData
loyalty_lot_tid(const LotStream *stream)
{
	return stream->tid;
}

/* Ends the scan or the portal, and frees what the stream had: a job opens one for each account. */
void
loyalty_close_lots(LotStream *stream)
{
	loyalty_cursor_close(stream->rows);
	if (stream->same.items != NULL)
		pfree(stream->same.items);
	pfree(stream);
}
