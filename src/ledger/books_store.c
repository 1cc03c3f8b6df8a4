/*
 * books_store.c: streams of an org's accounts, entries, events, lots, movements and changes of expiry, each in the order
 * of its key. One customer's rows at a time meet in memory.
 */
#include "postgres.h"

#include "access/htup_details.h"
#include "catalog/pg_type.h"
#include "utils/date.h"
#include "utils/timestamp.h"
#include "utils/uuid.h"

#include "common/array.h"
#include "common/pg_compat.h"
#include "common/points.h"
#include "common/query.h"
#include "ledger/books_store.h"

#define ROWS_PER_FETCH 1000

typedef enum BookQueryId
{
	Q_CUSTOMERS,
	Q_ACCOUNTS,
	Q_ENTRIES,
	Q_EVENTS,
	Q_LOTS,
	Q_MOVEMENTS,
	Q_CHANGES,
	Q_COUNT
} BookQueryId;

/*
 * Whole rows cost less than named columns, which each row would be formed of anew. Columns are counted in the order of
 * the table; later versions add theirs at the end.
 */
#define QUERY(table, order) \
	{ \
		.sql = "SELECT t.* FROM loyalty_data." table " t WHERE t.org_id = $1 ORDER BY " \
			   "t.customer_id" order, \
		.nargs = 1, .argtypes = { INT4OID }, .expect = SPI_OK_SELECT, .read_only = true, .whole = true, \
	}

static const LoyaltyQuery queries[] = {
	[Q_CUSTOMERS] = {
		.sql = "SELECT t.customer_id FROM loyalty_data.customer t WHERE t.org_id = $1 ORDER BY t.customer_id",
		.nargs = 1, .argtypes = { INT4OID }, .expect = SPI_OK_SELECT, .read_only = true, .whole = true,
	},
	[Q_ACCOUNTS] = QUERY("ledger_account", ", t.program_id, t.category"),
	[Q_ENTRIES] = QUERY("ledger_entry", ", t.program_id, t.category, t.entry_no"),
	[Q_EVENTS] = QUERY("ledger_event", ", t.event_id"),
	[Q_LOTS] = QUERY("points_lot", ", t.lot_id"),
	[Q_MOVEMENTS] = QUERY("lot_movement", ", t.lot_id, t.entry_no"),
	[Q_CHANGES] = QUERY("lot_expiry_change", ", t.lot_id, t.entry_no"),
};
StaticAssertDecl(lengthof(queries) == Q_COUNT, "queries[] is out of step with BookQueryId");

static LoyaltyPlan plans[Q_COUNT];

/* One cursor, read a batch at a time; the row at hand stands taken apart. */
typedef struct RowStream
{
	Portal portal;
	SPITupleTable *rows;
	uint64 count;
	uint64 next;
	bool has_row;
	Datum *values;
	bool *nulls;
} RowStream;

struct BookStream
{
	int32 org_id;
	MemoryContext context; /* where the batches live */
	RowStream streams[Q_COUNT];
};

static void
fetch(BookStream *stream, RowStream *rows)
{
	MemoryContext caller = MemoryContextSwitchTo(stream->context);

	if (rows->rows)
		SPI_freetuptable(rows->rows);
	loyalty_query_fetch(rows->portal, ROWS_PER_FETCH);
	rows->rows = SPI_tuptable;
	if (rows->values == NULL)
	{
		rows->values = palloc(sizeof(Datum) * rows->rows->tupdesc->natts);
		rows->nulls = palloc(sizeof(bool) * rows->rows->tupdesc->natts);
	}
	rows->count = SPI_processed;
	rows->next = 0;
	MemoryContextSwitchTo(caller);
}

/* Moves a stream on to its next row. */
static void
advance(BookStream *stream, BookQueryId id)
{
	RowStream *rows = &stream->streams[id];

	if (rows->next == rows->count)
		fetch(stream, rows);
	rows->has_row = rows->next < rows->count;
	if (rows->has_row)
		heap_deform_tuple(rows->rows->vals[rows->next++], rows->rows->tupdesc, rows->values, rows->nulls);
}

BookStream *
loyalty_books_open(int32 org_id)
{
	BookStream *stream = palloc0(sizeof(BookStream));
	int id;

	stream->org_id = org_id;
	stream->context = CurrentMemoryContext;
	for (id = 0; id < Q_COUNT; id++)
	{
		LoyaltyParams params = { 0 };

		loyalty_param_int4(&params, org_id);
		stream->streams[id].portal = loyalty_query_open(&queries[id], &plans[id], &params);
		advance(stream, id);
	}
	return stream;
}

void
loyalty_books_close(BookStream *stream)
{
	int id;

	for (id = 0; id < Q_COUNT; id++)
	{
		if (stream->streams[id].rows)
			SPI_freetuptable(stream->streams[id].rows);
		SPI_cursor_close(stream->streams[id].portal);
	}
}

/* The columns of the row at hand, counted from 0. */
static int64
int8_or(const RowStream *row, int column, int64 fallback)
{
	return row->nulls[column] ? fallback : DatumGetInt64(row->values[column]);
}

static int32
int4_or(const RowStream *row, int column, int32 fallback)
{
	return row->nulls[column] ? fallback : DatumGetInt32(row->values[column]);
}

static int64
points_at(const RowStream *row, int column)
{
	return loyalty_stored_thousandths(row->values[column]);
}

/* A hash; false where it has not the right length. */
static bool
hash_at(const RowStream *row, int column, unsigned char *hash)
{
	const bytea *value = DatumGetByteaPP(row->values[column]);

	memset(hash, 0, ENTRY_HASH_BYTES);
	memcpy(hash, VARDATA_ANY(value), Min(VARSIZE_ANY_EXHDR(value), ENTRY_HASH_BYTES));
	return VARSIZE_ANY_EXHDR(value) == ENTRY_HASH_BYTES;
}

static Account
read_account(const RowStream *row)
{
	Account account = {
		.program_id = DatumGetInt32(row->values[4]),
		.category = DatumGetChar(row->values[6]),
		.last_entry_no = DatumGetInt32(row->values[5]),
		.last_effective_at = DatumGetInt64(row->values[1]),
		.last_recorded_at = DatumGetInt64(row->values[2]),
		.balance = points_at(row, 7),
		.arrears = points_at(row, 8),
		.lifetime = points_at(row, 9),
		.redeemed = points_at(row, 10),
		.expired = points_at(row, 11),
		.returned = points_at(row, 12),
		.next_expiry_at = int8_or(row, 14, NEVER),
	};

	/* One of another length is not that of the last entry: no two hashes are alike by all zeroes. */
	if (!hash_at(row, 13, account.last_hash))
		memset(account.last_hash, 0, ENTRY_HASH_BYTES);
	return account;
}

/* Whether anything of an event stands in an entry: a part of one is a divergence, not nothing. */
static bool
carries_event(const RowStream *row)
{
	return !(row->nulls[3] && row->nulls[4] && row->nulls[9] && row->nulls[10] && row->nulls[12] &&
			 row->nulls[13]);
}

/* The event that stands in an entry; its net points are those of the entry. */
static Event
carried_event(const RowStream *row, const BookEntry *book)
{
	const Entry *entry = &book->entry;

	return (Event){
		.event_id = book->event_id,
		.event_time = int8_or(row, 3, 0),
		.recorded_at = int8_or(row, 4, 0),
		.till_id = int4_or(row, 9, 0),
		.store_id = int4_or(row, 10, 0),
		.event_code = row->nulls[12] ? EVENT_NONE : DatumGetInt16(row->values[12]),
		.source_id = row->nulls[13] ? 0 : DatumGetInt16(row->values[13]),
		.net_points = entry->entry_type == ENTRY_DEBIT ? -entry->points : entry->points,
	};
}

static BookEntry
read_entry(const RowStream *row)
{
	BookEntry book = {
		.event_id = DatumGetInt64(row->values[1]),
		.key_id = DatumGetInt16(row->values[11]),
		.carries_event = carries_event(row),
		.entry = {
			.effective_at = DatumGetInt64(row->values[2]),
			.program_id = DatumGetInt32(row->values[6]),
			.entry_no = DatumGetInt32(row->values[7]),
			.posting_day = DatumGetDateADT(row->values[8]),
			.category = DatumGetChar(row->values[14]),
			.entry_type = DatumGetChar(row->values[15]),
			.house_account = DatumGetChar(row->values[16]),
			.points = points_at(row, 17),
			.balance_after = points_at(row, 18),
		},
	};

	book.hash_is_whole = hash_at(row, 19, book.hash);
	if (book.carries_event)
		book.event = carried_event(row, &book);
	return book;
}

static BookEvent
read_event(const RowStream *row)
{
	BookEvent book = { .event = {
						   .event_id = DatumGetInt64(row->values[1]),
						   .event_time = DatumGetInt64(row->values[2]),
						   .recorded_at = DatumGetInt64(row->values[3]),
						   .event_code = DatumGetInt16(row->values[5]),
						   .source_id = row->nulls[6] ? 0 : DatumGetInt16(row->values[6]),
						   .till_id = int4_or(row, 7, 0),
						   .store_id = int4_or(row, 8, 0),
						   .transaction_id = int8_or(row, 9, 0),
						   .reverses_event_id = int8_or(row, 10, 0),
						   .pair_id = int8_or(row, 11, 0),
						   .request_digest = int8_or(row, 12, 0),
						   .has_key = !row->nulls[13],
						   .net_points = points_at(row, 15),
					   } };

	if (book.event.has_key)
		memcpy(book.event.idempotency_digest, DatumGetUUIDP(row->values[13])->data, UUID_LEN);
	if (!row->nulls[14])
	{
		const text *value = DatumGetTextPP(row->values[14]);

		memcpy(book.event.redemption_id, VARDATA_ANY(value),
			   Min(VARSIZE_ANY_EXHDR(value), sizeof(book.event.redemption_id) - 1));
	}
	return book;
}

static BookLot
read_lot(const RowStream *row)
{
	return (BookLot){
		.lot = {
			.lot_id = DatumGetInt64(row->values[1]),
			.awarded_at = DatumGetInt64(row->values[2]),
			.program_id = DatumGetInt32(row->values[4]),
			.entry_no = DatumGetInt32(row->values[5]),
			.category = DatumGetChar(row->values[6]),
			.award_type = DatumGetChar(row->values[7]),
			.expiry_type = DatumGetChar(row->values[8]),
			.is_open = DatumGetBool(row->values[9]),
			.points = points_at(row, 10),
			.remaining = points_at(row, 11),
			.redeemed = points_at(row, 12),
			.expired = points_at(row, 13),
			.returned = points_at(row, 14),
			.transferred = points_at(row, 15),
			.merged = points_at(row, 16),
			.converted = points_at(row, 17),
			.adjusted = points_at(row, 18),
			.arrears_paid = points_at(row, 19),
			.expires_at = int8_or(row, 20, NEVER),
			.redeemable_from = int8_or(row, 21, AT_ONCE),
			.transaction_id = int8_or(row, 22, 0),
			.till_id = int4_or(row, 23, 0),
			.line_no = int4_or(row, 24, 0),
			.origin_customer_id = int8_or(row, 25, 0),
			.origin_lot_id = int8_or(row, 26, 0),
		},
	};
}

static BookMovement
read_movement(const RowStream *row)
{
	return (BookMovement){
		.movement = {
			.lot_id = DatumGetInt64(row->values[1]),
			.entry_no = DatumGetInt32(row->values[4]),
			.movement_type = DatumGetChar(row->values[5]),
			.points = points_at(row, 6),
		},
		.event_id = DatumGetInt64(row->values[2]),
	};
}

static BookChange
read_change(const RowStream *row)
{
	return (BookChange){
		.change = {
			.lot_id = DatumGetInt64(row->values[1]),
			.entry_no = DatumGetInt32(row->values[4]),
			.old_expires_at = int8_or(row, 5, NEVER),
			.new_expires_at = int8_or(row, 6, NEVER),
		},
		.event_id = DatumGetInt64(row->values[2]),
	};
}

/* Whether a stream stands at a row of the customer. */
static bool
is_at(const RowStream *rows, int64 customer_id)
{
	return rows->has_row && DatumGetInt64(rows->values[0]) == customer_id;
}

/* Takes all rows of the customer from a stream. */
#define TAKE(array, count, id, type, read) \
	do \
	{ \
		LOYALTY_ARRAY(type) taken = { 0 }; \
		for (; is_at(&stream->streams[id], books->customer_id); advance(stream, id)) \
			LOYALTY_APPEND(taken, read(&stream->streams[id])); \
		(array) = taken.items; \
		(count) = taken.n; \
	} while (0)

/* The first customer of those that the streams stand at; false where all have ended. */
static bool
first_customer(const BookStream *stream, int64 *customer_id)
{
	bool found = false;
	int id;

	for (id = 0; id < Q_COUNT; id++)
	{
		const RowStream *rows = &stream->streams[id];

		if (!rows->has_row || (found && DatumGetInt64(rows->values[0]) >= *customer_id))
			continue;
		*customer_id = DatumGetInt64(rows->values[0]);
		found = true;
	}
	return found;
}

bool
loyalty_books_next(BookStream *stream, Books *books)
{
	*books = (Books){ .org_id = stream->org_id };
	if (!first_customer(stream, &books->customer_id))
		return false;
	for (; is_at(&stream->streams[Q_CUSTOMERS], books->customer_id); advance(stream, Q_CUSTOMERS))
		books->customer_exists = true;
	TAKE(books->accounts, books->account_count, Q_ACCOUNTS, Account, read_account);
	TAKE(books->entries, books->entry_count, Q_ENTRIES, BookEntry, read_entry);
	TAKE(books->events, books->event_count, Q_EVENTS, BookEvent, read_event);
	TAKE(books->lots, books->lot_count, Q_LOTS, BookLot, read_lot);
	TAKE(books->movements, books->movement_count, Q_MOVEMENTS, BookMovement, read_movement);
	TAKE(books->changes, books->change_count, Q_CHANGES, BookChange, read_change);
	books->lot_order =
		MemoryContextAllocHuge(CurrentMemoryContext, sizeof(BookLot *) * Max(books->lot_count, 1));
	return true;
}
