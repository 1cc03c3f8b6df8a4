/*
 * write_batch.c: rows of many calls written together.
 */
#include "postgres.h"

#include "utils/memutils.h"

#include "common/array.h"
#include "ledger/guard.h"
#include "ledger/write_batch.h"

#define MAX_QUERIES 16
#define TOUCHED_BITS 16384

/* The rows of one query. */
typedef struct KeptRows
{
	const LoyaltyQuery *query;
	LoyaltyPlan *plan;
	LOYALTY_ARRAY(HeapTuple) rows;
} KeptRows;

typedef struct WriteBatch
{
	MemoryContext context;
	MemoryContext row_context; /* emptied by each flush */
	MemoryContextCallback forget;
	int query_count;
	KeptRows queries[MAX_QUERIES];			 /* in the order of their first rows */
	unsigned char touched[TOUCHED_BITS / 8]; /* by customer id: a bit may stand for several */
} WriteBatch;

static WriteBatch *batch;

static void
forget_batch(void *arg)
{
	batch = NULL;
}

void
loyalty_write_batch_begin(void)
{
	MemoryContext context =
		AllocSetContextCreate(CurrentMemoryContext, "loyalty write batch", ALLOCSET_DEFAULT_SIZES);

	batch = MemoryContextAllocZero(context, sizeof(WriteBatch));
	batch->context = context;
	batch->row_context = AllocSetContextCreate(context, "loyalty kept rows", ALLOCSET_DEFAULT_SIZES);
	batch->forget.func = forget_batch;
	MemoryContextRegisterResetCallback(context, &batch->forget);
}

bool
loyalty_write_batch_is_open(void)
{
	return batch != NULL;
}

static KeptRows *
rows_of(const LoyaltyQuery *query, LoyaltyPlan *plan)
{
	int i;

	for (i = 0; i < batch->query_count; i++)
		if (batch->queries[i].query == query)
			return &batch->queries[i];
	if (batch->query_count == MAX_QUERIES)
		elog(ERROR, "a write batch has more than %d queries", MAX_QUERIES);
	batch->query_count++;
	batch->queries[i].query = query;
	batch->queries[i].plan = plan;
	return &batch->queries[i];
}

uint64
loyalty_write_rows(const LoyaltyQuery *query, LoyaltyPlan *plan, const LoyaltyParams *rows, int count)
{
	MemoryContext caller;
	KeptRows *kept;
	int i;

	if (batch == NULL)
		return loyalty_query_rows(query, plan, rows, count);
	caller = MemoryContextSwitchTo(batch->context);
	kept = rows_of(query, plan);
	for (i = 0; i < count; i++)
	{
		HeapTuple row;

		MemoryContextSwitchTo(batch->row_context);
		row = loyalty_query_row(query, plan, &rows[i]);
		MemoryContextSwitchTo(batch->context);
		LOYALTY_APPEND(kept->rows, row);
	}
	MemoryContextSwitchTo(caller);
	return count;
}

static uint32
bit_of(int64 customer_id)
{
	return (uint32) ((uint64) customer_id % TOUCHED_BITS);
}

void
loyalty_write_batch_touch(int64 customer_id)
{
	if (batch != NULL)
		batch->touched[bit_of(customer_id) / 8] |= 1 << bit_of(customer_id) % 8;
}

void
loyalty_write_batch_flush_customer(int64 customer_id)
{
	if (batch != NULL && (batch->touched[bit_of(customer_id) / 8] & 1 << bit_of(customer_id) % 8) != 0)
		loyalty_write_batch_flush();
}

static void
write_kept(KeptRows *kept)
{
	uint64 written;

	if (kept->query->expect == SPI_OK_UPDATE)
		loyalty_guard_lift(kept->query->row_table);
	written = loyalty_query_write(kept->query, kept->plan, kept->rows.items, kept->rows.n);
	loyalty_guard_restore();
	if (written != (uint64) kept->rows.n)
		elog(ERROR, "of %d rows of table %s " UINT64_FORMAT " were written", kept->rows.n,
			 kept->query->row_table, written);
}

/* Frees what was written, so that memory does not grow with the number of flushes. */
void
loyalty_write_batch_flush(void)
{
	WriteBatch *of = batch;
	int i;

	batch = NULL;
	for (i = 0; i < of->query_count; i++)
	{
		KeptRows *kept = &of->queries[i];

		if (kept->rows.n == 0)
			continue;
		write_kept(kept);
		kept->rows.n = 0;
	}
	MemoryContextReset(of->row_context);
	memset(of->touched, 0, sizeof(of->touched));
	batch = of;
}

void
loyalty_write_batch_end(void)
{
	loyalty_write_batch_flush();
	MemoryContextDelete(batch->context);
}
