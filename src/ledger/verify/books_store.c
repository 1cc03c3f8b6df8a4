/*
 * books_store.c: streams of an org's customers, accounts, entries, events, lots, movements, changes of expiry,
 * reversals and claims, each in the order of its key.
 *
 * Each step takes the lowest customer that any stream stands at, and of every stream the rows of that one. So rows are
 * found whose customer, account or event is not there, as somebody may have left them; a join would drop them. Each
 * table is read once, whole, in the order of its primary key or sorted: the planner is free to choose, as all rows are
 * wanted.
 *
 * All is read under the caller's snapshot, without a lock. Nothing is judged here: a row is handed on as it is, with a
 * hash of a wrong length or a type that there is not.
 */
#include "postgres.h"

#include "catalog/pg_type.h"

#include "common/array.h"
#include "common/query.h"
#include "ledger/tables/ledger_rows.h"
#include "ledger/verify/books_store.h"

/* Rows that a stream fetches at a time. */
#define ROWS_PER_FETCH 1000

/* Rows of a table whole, which cost less than named columns: of those each row would be formed anew. */
#define ROWS(table, order) \
	{ \
		.sql = "SELECT t.* FROM loyalty_data." table " t WHERE t.org_id = $1 ORDER BY t.customer_id" order, \
		.types = { INT4OID }, .seen = true, .any_plan = true \
	}

/* The streams: each by customer first, and the column of the customer stands first in each table. */
static LoyaltyQuery customers = {
	.sql =
		"SELECT t.customer_id, t.merged_into IS NOT NULL FROM loyalty_data.customer t WHERE t.org_id = $1 ORDER BY t.customer_id",
	.types = { INT4OID },
	.seen = true,
	.any_plan = true
};
static LoyaltyQuery accounts = ROWS("ledger_account", ", t.program_id, t.category");
static LoyaltyQuery entries = ROWS("ledger_entry", ", t.program_id, t.category, t.entry_no");
static LoyaltyQuery events = ROWS("ledger_event", ", t.event_id");
static LoyaltyQuery lots = ROWS("points_lot", ", t.lot_id");
static LoyaltyQuery movements = ROWS("lot_movement", ", t.lot_id, t.entry_no");
static LoyaltyQuery changes = ROWS("lot_expiry_change", ", t.lot_id, t.entry_no");
/* The last two in the order of entries, which are walked. */
static LoyaltyQuery reversals = ROWS("reversal", ", t.program_id, t.entry_no, t.reversed_event_id, t.lot_id");
static LoyaltyQuery claims = ROWS("lot_claim", ", t.program_id, t.category, t.entry_no, t.lot_id");

/* A cursor, with the customer of the row at hand, which is the first column of each of these tables. */
typedef struct RowStream
{
	LoyaltyCursor *cursor;
	bool has_row;
	int64 customer_id;
} RowStream;

/* The streams of an org. */
struct BookStream
{
	int32 org_id;
	RowStream customers;
	RowStream accounts;
	RowStream entries;
	RowStream events;
	RowStream lots;
	RowStream movements;
	RowStream changes;
	RowStream reversals;
	RowStream claims;
};

/* Moves a stream on to its next row. */
static void
advance(RowStream *stream)
{
	stream->has_row = loyalty_cursor_next(stream->cursor);
	if (stream->has_row)
		stream->customer_id = loyalty_row_int8(stream->cursor->rows, stream->cursor->row, 1);
}

/* Opens a stream and reads its first row. */
static void
open_stream(RowStream *stream, LoyaltyQuery *query, int32 org_id)
{
	stream->cursor = loyalty_cursor_open(query, LOYALTY_GIVEN(loyalty_int4(org_id)), ROWS_PER_FETCH);
	advance(stream);
}

/* Opens all streams; their cursors live in the current memory context. */
BookStream *
loyalty_books_open(int32 org_id)
{
	BookStream *stream = palloc0(sizeof(BookStream));

	stream->org_id = org_id;
	open_stream(&stream->customers, &customers, org_id);
	open_stream(&stream->accounts, &accounts, org_id);
	open_stream(&stream->entries, &entries, org_id);
	open_stream(&stream->events, &events, org_id);
	open_stream(&stream->lots, &lots, org_id);
	open_stream(&stream->movements, &movements, org_id);
	open_stream(&stream->changes, &changes, org_id);
	open_stream(&stream->reversals, &reversals, org_id);
	open_stream(&stream->claims, &claims, org_id);
	return stream;
}

/* Closes all cursors. */
void
loyalty_books_close(BookStream *stream)
{
	loyalty_cursor_close(stream->customers.cursor);
	loyalty_cursor_close(stream->accounts.cursor);
	loyalty_cursor_close(stream->entries.cursor);
	loyalty_cursor_close(stream->events.cursor);
	loyalty_cursor_close(stream->lots.cursor);
	loyalty_cursor_close(stream->movements.cursor);
	loyalty_cursor_close(stream->changes.cursor);
	loyalty_cursor_close(stream->reversals.cursor);
	loyalty_cursor_close(stream->claims.cursor);
}

/* Reads the row at hand into a struct of the layout. */
static void
read_row(const RowStream *stream, const LoyaltyLayout *layout, void *row)
{
	loyalty_row_read(stream->cursor->rows, stream->cursor->row, layout, row);
}

/* Reads an account. */
static Account
read_account(const RowStream *stream)
{
	AccountRow row = { 0 };

	read_row(stream, &account_layout, &row);
	/* A hash of another length cannot be that of the last entry; zeroes are that of no entry either. */
	if (!row.hash_is_whole)
		memset(row.account.last_hash, 0, ENTRY_HASH_BYTES);
	return row.account;
}

/*
 * Reads an entry. A part of an event in it counts as an event that it carries, and is a divergence then; its net
 * points, which an entry has no column for, are those of the entry.
 */
static BookEntry
read_entry(const RowStream *stream)
{
	EntryRow row = { 0 };
	BookEntry book;

	read_row(stream, &entry_layout, &row);
	book = (BookEntry){
		.entry = row.entry,
		.event_id = row.event_id,
		.carries_event = row.carries_event,
		.key_id = row.key_id,
		.hash_version = row.hash_version,
		.hash_is_whole = row.hash_is_whole,
	};
	memcpy(book.hash, row.hash, ENTRY_HASH_BYTES);
	if (!book.carries_event)
		return book;
	book.event = row.event;
	book.event.event_id = row.event_id;
	book.event.net_points = row.entry.entry_type == ENTRY_DEBIT ? -row.entry.points : row.entry.points;
	return book;
}

/* Reads the row of an event; its entries are counted later. */
static BookEvent
read_event(const RowStream *stream)
{
	EventRow row = { 0 };

	read_row(stream, &event_layout, &row);
	return (BookEvent){ .event = row.event };
}

/* Reads a lot; what it must be is computed later. */
static BookLot
read_lot(const RowStream *stream)
{
	LotRow row = { 0 };

	read_row(stream, &lot_layout, &row);
	return (BookLot){ .lot = row.lot, .is_open = row.is_open };
}

/* Reads a movement; its lot is found later. */
static BookMovement
read_movement(const RowStream *stream)
{
	MovementRow row = { 0 };

	read_row(stream, &movement_layout, &row);
	return (BookMovement){ .movement = row.movement, .event_id = row.event_id };
}

/* Reads a change of expiry; its lot is found later. */
static BookChange
read_change(const RowStream *stream)
{
	ExpiryChangeRow row = { 0 };

	read_row(stream, &expiry_change_layout, &row);
	return (BookChange){ .change = row.change, .event_id = row.event_id };
}

/* Reads a reversal. */
static BookReversal
read_reversal(const RowStream *stream)
{
	ReversalRow row = { 0 };

	read_row(stream, &reversal_layout, &row);
	return (BookReversal){ .reversal = row.reversal, .event_id = row.event_id };
}

/* Reads a claim. */
static BookClaim
read_claim(const RowStream *stream)
{
	ClaimRow row = { 0 };

	read_row(stream, &claim_layout, &row);
	return (BookClaim){ .claim = row.claim, .event_id = row.event_id };
}

/* Tells whether a stream stands at a row of the customer. */
static bool
is_at(const RowStream *stream, int64 customer_id)
{
	return stream->has_row && stream->customer_id == customer_id;
}

/* Takes all rows of the customer from a stream. */
#define TAKE(array, count, rows, type, read) \
	do \
	{ \
		LOYALTY_ARRAY(type) taken = { 0 }; \
		for (; is_at(&stream->rows, books->customer_id); advance(&stream->rows)) \
			LOYALTY_APPEND(taken, read(&stream->rows)); \
		(array) = taken.items; \
		(count) = taken.n; \
	} while (0)

/* Notes the customer of a stream's row where it is the lowest so far. */
static void
find_first(const RowStream *stream, bool *found, int64 *customer_id)
{
	if (!stream->has_row || (*found && stream->customer_id >= *customer_id))
		return;
	*customer_id = stream->customer_id;
	*found = true;
}

/* Finds the lowest customer of those that the streams stand at; false where all have ended. */
static bool
first_customer(const BookStream *stream, int64 *customer_id)
{
	bool found = false;

	find_first(&stream->customers, &found, customer_id);
	find_first(&stream->accounts, &found, customer_id);
	find_first(&stream->entries, &found, customer_id);
	find_first(&stream->events, &found, customer_id);
	find_first(&stream->lots, &found, customer_id);
	find_first(&stream->movements, &found, customer_id);
	find_first(&stream->changes, &found, customer_id);
	find_first(&stream->reversals, &found, customer_id);
	find_first(&stream->claims, &found, customer_id);
	return found;
}

/*
 * Takes the rows of the next customer. The pointers to lots are allocated here, since rules have no memory of their
 * own; a customer may have more lots than an ordinary allocation takes.
 */
bool
loyalty_books_next(BookStream *stream, Books *books)
{
	*books = (Books){ .org_id = stream->org_id };
	if (!first_customer(stream, &books->customer_id))
		return false;
	for (; is_at(&stream->customers, books->customer_id); advance(&stream->customers))
	{
		books->customer_exists = true;
		books->customer_merged =
			loyalty_row_bool(stream->customers.cursor->rows, stream->customers.cursor->row, 2);
	}
	TAKE(books->accounts, books->account_count, accounts, Account, read_account);
	TAKE(books->entries, books->entry_count, entries, BookEntry, read_entry);
	TAKE(books->events, books->event_count, events, BookEvent, read_event);
	TAKE(books->lots, books->lot_count, lots, BookLot, read_lot);
	TAKE(books->movements, books->movement_count, movements, BookMovement, read_movement);
	TAKE(books->changes, books->change_count, changes, BookChange, read_change);
	TAKE(books->reversals, books->reversal_count, reversals, BookReversal, read_reversal);
	TAKE(books->claims, books->claim_count, claims, BookClaim, read_claim);
	books->lot_order =
		MemoryContextAllocHuge(CurrentMemoryContext, sizeof(BookLot *) * Max(books->lot_count, 1));
	return true;
}
