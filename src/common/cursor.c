/*
 * cursor.c: the rows of a statement one after the other, whether a scan of its table finds them or the executor.
 *
 * Jobs and reports read more rows than memory should hold. A cursor keeps one chunk: a scan of an index gives row by
 * row, a portal of SPI gives "chunk" rows at a time. Both read with the snapshot that was taken when the cursor was
 * opened; locks are those of the statement.
 */
#include "postgres.h"

#include "access/htup_details.h"

#include "common/query.h"
#include "common/query_kept.h"

/* Opens the scan where the statement may run without the executor, else a portal. */
LoyaltyCursor *
loyalty_cursor_open(LoyaltyQuery *query, LoyaltyParams *params, long chunk)
{
	LoyaltyCursor *cursor = palloc0(sizeof(LoyaltyCursor));

	cursor->context = CurrentMemoryContext;
	cursor->chunk = chunk;
	cursor->scan = loyalty_query_scan(query, params);
	if (cursor->scan == NULL)
	{
		cursor->portal = loyalty_query_portal(query, params);
		return cursor;
	}
	cursor->rows = palloc0(sizeof(LoyaltyRows));
	cursor->rows->tuples = palloc0(sizeof(HeapTuple));
	cursor->rows->desc = loyalty_table_desc(query->table);
	return cursor;
}

/* Reads the next row of a scan into the place of the last one, which is freed. */
static bool
next_of_scan(LoyaltyCursor *cursor)
{
	LoyaltyRows *rows = cursor->rows;

	if (rows->count > 0)
		heap_freetuple(rows->tuples[0]);
	rows->count = 0;
	rows->open = 0;
	rows->tuples[0] = loyalty_scan_next(cursor->scan);
	if (rows->tuples[0] != NULL)
		rows->count = 1;
	return rows->count > 0;
}

/*
 * Moves to the next row. Chunks are fetched in the context that the cursor was opened in, since the caller may reset
 * its own between two rows.
 */
bool
loyalty_cursor_next(LoyaltyCursor *cursor)
{
	MemoryContext caller = MemoryContextSwitchTo(cursor->context);
	bool found;

	if (cursor->scan != NULL)
		found = next_of_scan(cursor);
	else if (cursor->rows != NULL && cursor->row + 1 < cursor->rows->count)
	{
		cursor->row++;
		found = true;
	}
	else
	{
		if (cursor->rows != NULL)
			loyalty_rows_free(cursor->rows);
		SPI_cursor_fetch(cursor->portal, true, cursor->chunk);
		MemoryContextSwitchTo(cursor->context);
		cursor->rows = loyalty_rows_of_result();
		cursor->row = 0;
		found = cursor->rows->count > 0;
	}
	MemoryContextSwitchTo(caller);
	return found;
}

/* Closes what was opened and frees the rows; an abort does so by itself. */
void
loyalty_cursor_close(LoyaltyCursor *cursor)
{
	if (cursor->rows != NULL)
		loyalty_rows_free(cursor->rows);
	if (cursor->scan != NULL)
		loyalty_scan_end(cursor->scan);
	else
		SPI_cursor_close(cursor->portal);
	pfree(cursor);
}
