/*
 * writer.c: rows of many postings written together.
 *
 * Rows of one table go out together, which spares each row its start: pages are filled one after another, and each
 * index takes its entries in one go. What is kept back has been hashed and numbered already, and the customers are
 * locked until the transaction ends, so that nobody else could have seen it earlier.
 *
 * Statements go out in the order in which they had their first row. No constraint ties one table to another, and a lot
 * is updated only after it was read, for which its customer's rows were flushed: so an update always finds its row.
 *
 * Postings come customer by customer, ascending. So the highest customer with kept rows tells all: what is read of a
 * later one needs no flush. Late is every row here until the flush; readers of a customer's rows flush before they
 * read, and the call flushes before it ends.
 */
#include "postgres.h"

#include "utils/memutils.h"

#include "common/array.h"
#include "ledger/tables/guard.h"
#include "ledger/tables/writer.h"

/* Statements that postings write by: eight so far, and one too many raises. */
#define MAX_QUERIES 16

/* Rows that one statement will write. */
typedef struct KeptRows
{
	LoyaltyQuery *query;
	LOYALTY_ARRAY(HeapTuple) rows;
} KeptRows;

/* Rows that are kept back, by statement. */
struct LoyaltyWriter
{
	MemoryContext context;
	MemoryContext row_context; /* emptied by each flush */
	int64 highest;			   /* customer with rows that are kept back */
	int query_count;
	KeptRows queries[MAX_QUERIES]; /* in the order of their first rows */
};

/* Makes two memory contexts: that of the lists lives as long as the writer, that of the rows until the next flush. */
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

/*
 * Finds the rows of a statement, or begins them. There are a handful, compared by address: a statement is one
 * variable.
 */
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

/*
 * Copies rows into tuples now, so that a wrong value is found in the posting that has it, and structs of the caller
 * may go.
 */
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

/*
 * Flushes all where the customer is not past the highest one: rows of one customer are not told from those of another.
 */
void
loyalty_writer_flush_customer(LoyaltyWriter *writer, int64 customer_id)
{
	if (writer != NULL && customer_id <= writer->highest)
		loyalty_writer_flush(writer);
}

/*
 * Writes the rows of one statement. Updates find their row as it stands now, under the guard lifted for that table;
 * that a row was not there is an internal error, as it would have been at once.
 */
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

/*
 * Writes all statements and frees the rows, so that memory does not grow with the number of flushes. The lists are
 * kept.
 */
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

/* Writes the rest and frees the writer. */
void
loyalty_writer_end(LoyaltyWriter *writer)
{
	loyalty_writer_flush(writer);
	MemoryContextDelete(writer->context);
}
