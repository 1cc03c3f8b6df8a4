/*
 * writer.c: rows of many postings written together.
 *
 * Postings come customer by customer, ascending. So whose rows may be kept back is told by the highest customer who
 * had any: what is read of a later one needs no flush.
 */
#include "postgres.h"

#include "utils/memutils.h"

#include "common/array.h"
#include "ledger/tables/guard.h"
#include "ledger/tables/writer.h"

#define MAX_QUERIES 16

/* The rows of one statement. */
typedef struct KeptRows
{
	LoyaltyQuery *query;
	LOYALTY_ARRAY(HeapTuple) rows;
} KeptRows;

struct LoyaltyWriter
{
	MemoryContext context;
	MemoryContext row_context; /* emptied by each flush */
	int64 highest;			   /* customer with rows that are kept back */
	int query_count;
	KeptRows queries[MAX_QUERIES]; /* in the order of their first rows */
};

LoyaltyWriter *
loyalty_writer_begin(void)
{
	MemoryContext context =
		AllocSetContextCreate(CurrentMemoryContext, "loyalty writer", ALLOCSET_DEFAULT_SIZES);
	LoyaltyWriter *writer = MemoryContextAllocZero(context, sizeof(LoyaltyWriter));

	writer->context = context;
	writer->row_context = AllocSetContextCreate(context, "loyalty kept rows", ALLOCSET_DEFAULT_SIZES);
	return writer;
}

static KeptRows *
rows_of(LoyaltyWriter *writer, LoyaltyQuery *query)
{
	int i;

	for (i = 0; i < writer->query_count; i++)
		if (writer->queries[i].query == query)
			return &writer->queries[i];
	if (writer->query_count == MAX_QUERIES)
		elog(ERROR, "a writer has more than %d statements", MAX_QUERIES);
	writer->query_count++;
	writer->queries[i].query = query;
	return &writer->queries[i];
}

uint64
loyalty_writer_write(LoyaltyWriter *writer, int64 customer_id, LoyaltyQuery *query, const void *rows,
					 int count)
{
	MemoryContext caller;
	KeptRows *kept;
	int i;

	if (writer == NULL)
		return loyalty_write(query, rows, count);
	caller = MemoryContextSwitchTo(writer->context);
	kept = rows_of(writer, query);
	for (i = 0; i < count; i++)
	{
		HeapTuple row;

		MemoryContextSwitchTo(writer->row_context);
		row = loyalty_row_of(query, (const char *) rows + query->layout->size * i);
		MemoryContextSwitchTo(writer->context);
		LOYALTY_APPEND(kept->rows, row);
	}
	writer->highest = Max(writer->highest, customer_id);
	MemoryContextSwitchTo(caller);
	return count;
}

void
loyalty_writer_flush_customer(LoyaltyWriter *writer, int64 customer_id)
{
	if (writer != NULL && customer_id <= writer->highest)
		loyalty_writer_flush(writer);
}

static void
write_kept(KeptRows *kept)
{
	bool is_update = kept->query->access == LOYALTY_UPDATE_ROWS;
	uint64 written;

	if (is_update)
		loyalty_guard_lift(kept->query->layout->table);
	written = loyalty_write_rows(kept->query, kept->rows.items, kept->rows.n);
	if (is_update)
		loyalty_guard_restore();
	if (written != (uint64) kept->rows.n)
		elog(ERROR, "of %d rows of table %s " UINT64_FORMAT " were written", kept->rows.n,
			 kept->query->layout->table, written);
}

/* Frees what was written, so that memory does not grow with the number of flushes. */
void
loyalty_writer_flush(LoyaltyWriter *writer)
{
	int i;

	for (i = 0; i < writer->query_count; i++)
	{
		KeptRows *kept = &writer->queries[i];

		if (kept->rows.n == 0)
			continue;
		write_kept(kept);
		kept->rows.n = 0;
	}
	MemoryContextReset(writer->row_context);
	writer->highest = 0;
}

void
loyalty_writer_end(LoyaltyWriter *writer)
{
	loyalty_writer_flush(writer);
	MemoryContextDelete(writer->context);
}
