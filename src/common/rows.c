/*
 * rows.c: the rows that a statement returned, and their readers.
 *
 * Rows come from SPI or from a scan, and are read alike. One row at a time stands taken apart, so that reading its
 * columns one by one costs one pass over it. Rows of a table come whole in one of three forms, and the layout reads
 * all of them.
 */
#include "postgres.h"

#include "access/htup_details.h"
#include "catalog/pg_type.h"
#include "utils/array.h"
#include "utils/builtins.h"
#include "utils/lsyscache.h"
#include "utils/memutils.h"
#include "utils/typcache.h"

#include "common/points.h"
#include "common/rows.h"
#include "common/table.h"

/* Takes over what SPI has just returned, before the next statement does away with it. */
LoyaltyRows *
loyalty_rows_of_result(void)
{
	LoyaltyRows *rows = palloc0(sizeof(LoyaltyRows));

	rows->count = SPI_processed;
	rows->result = SPI_tuptable;
	if (rows->result == NULL)
		return rows;
	rows->tuples = rows->result->vals;
	rows->desc = rows->result->tupdesc;
	return rows;
}

/* Adds rows behind others. The tuples stay where they are: both results live as long as the caller's context. */
void
loyalty_rows_add(LoyaltyRows *rows, const LoyaltyRows *more)
{
	HeapTuple *tuples = palloc(sizeof(HeapTuple) * Max(rows->count + more->count, 1));

	if (rows->count > 0)
		memcpy(tuples, rows->tuples, sizeof(HeapTuple) * rows->count);
	if (more->count > 0)
		memcpy(tuples + rows->count, more->tuples, sizeof(HeapTuple) * more->count);
	rows->tuples = tuples;
	rows->count += more->count;
}

/* Frees the rows by whoever made them: SPI its table, a scan its copies. */
void
loyalty_rows_free(LoyaltyRows *rows)
{
	uint64 i;

	if (rows->values != NULL)
		pfree(rows->values);
	if (rows->result != NULL)
		SPI_freetuptable(rows->result);
	else if (rows->tuples != NULL)
	{
		for (i = 0; i < rows->count; i++)
			heap_freetuple(rows->tuples[i]);
		pfree(rows->tuples);
	}
	pfree(rows);
}

/* Takes a row apart. The arrays are of the rows' own context, since the current one may go earlier. */
static void
open_row(LoyaltyRows *rows, uint64 row)
{
	if (row >= rows->count)
		elog(ERROR, "row " UINT64_FORMAT " of " UINT64_FORMAT, row, rows->count);
	if (rows->values == NULL)
	{
		rows->values = MemoryContextAlloc(GetMemoryChunkContext(rows),
										  (sizeof(Datum) + sizeof(bool)) * rows->desc->natts);
		rows->nulls = (bool *) (rows->values + rows->desc->natts);
	}
	heap_deform_tuple(rows->tuples[row], rows->desc, rows->values, rows->nulls);
	rows->open = row + 1;
}

/* ---------------------------------------------------------------- rows of tables */

/* Reads the columns of a row of a table. Ours are the first of those that were not dropped. */
static void
read_columns(TupleDesc desc, const Datum *values, const bool *nulls, const LoyaltyLayout *layout, void *to)
{
	Datum own_values[LOYALTY_MAX_COLUMNS];
	bool own_nulls[LOYALTY_MAX_COLUMNS];
	int count = 0;
	int i;

	if (desc->natts == layout->count)
	{
		loyalty_layout_read(layout, values, nulls, to);
		return;
	}
	for (i = 0; i < desc->natts && count < layout->count; i++)
	{
		if (TupleDescAttr(desc, i)->attisdropped)
			continue;
		own_values[count] = values[i];
		own_nulls[count++] = nulls[i];
	}
	if (count < layout->count)
		elog(ERROR, "a row of table %s has %d columns of %d", layout->table, count, layout->count);
	loyalty_layout_read(layout, own_values, own_nulls, to);
}

/* Tells whether the rows of a table are the values of the first column. */
static bool
has_row_as_value(LoyaltyRows *rows)
{
	if (rows->result == NULL)
		return false;
	if (rows->form == LOYALTY_ROWS_UNKNOWN)
		rows->form = type_is_rowtype(TupleDescAttr(rows->desc, 0)->atttypid) ? LOYALTY_ROWS_AS_VALUE
																			 : LOYALTY_ROWS_AS_COLUMNS;
	return rows->form == LOYALTY_ROWS_AS_VALUE;
}

/*
 * Reads a row of a table that is a value. Its columns are those of its row type, which may be newer than what is
 * kept of the table.
 */
static void
read_composite(HeapTupleHeader row, const LoyaltyLayout *layout, void *to)
{
	TupleDesc desc = lookup_rowtype_tupdesc(HeapTupleHeaderGetTypeId(row), HeapTupleHeaderGetTypMod(row));
	Datum *values = palloc(sizeof(Datum) * desc->natts);
	bool *nulls = palloc(sizeof(bool) * desc->natts);
	HeapTupleData tuple = { .t_len = HeapTupleHeaderGetDatumLength(row), .t_data = row };

	heap_deform_tuple(&tuple, desc, values, nulls);
	read_columns(desc, values, nulls, layout, to);
	ReleaseTupleDesc(desc);
	pfree(values);
	pfree(nulls);
}

/* Reads a whole row. Rows without a statement say where they stand, so that an update need not search. */
void
loyalty_row_read(LoyaltyRows *rows, uint64 row, const LoyaltyLayout *layout, void *to)
{
	ItemPointer tid = layout->tid < 0 ? NULL : (ItemPointer) ((char *) to + layout->tid);

	if (rows->open != row + 1)
		open_row(rows, row);
	if (tid != NULL)
		ItemPointerSetInvalid(tid);
	if (rows->result != NULL)
		loyalty_table_check(layout);
	if (has_row_as_value(rows))
	{
		read_composite(DatumGetHeapTupleHeader(loyalty_row_value(rows, row, 1)), layout, to);
		return;
	}
	read_columns(rows->desc, rows->values, rows->nulls, layout, to);
	if (rows->result == NULL && tid != NULL)
		*tid = rows->tuples[row]->t_self;
}

/* ---------------------------------------------------------------- columns */

/* Returns the value of a column, null or not; the row stays open until another one is asked for. */
Datum
loyalty_row_datum(LoyaltyRows *rows, uint64 row, int column, bool *isnull)
{
	if (rows->open != row + 1)
		open_row(rows, row);
	Assert(column <= rows->desc->natts);
	*isnull = rows->nulls[column - 1];
	return rows->values[column - 1];
}

/* Tells whether a column is null. */
bool
loyalty_row_isnull(LoyaltyRows *rows, uint64 row, int column)
{
	bool isnull;

	(void) loyalty_row_datum(rows, row, column, &isnull);
	return isnull;
}

/* Returns the value of a column that is never null. */
Datum
loyalty_row_value(LoyaltyRows *rows, uint64 row, int column)
{
	bool isnull;
	Datum value = loyalty_row_datum(rows, row, column, &isnull);

	if (isnull)
		elog(ERROR, "unexpected null in column \"%s\"", SPI_fname(rows->desc, column));
	return value;
}

/* Returns a number or the fallback. */
int64
loyalty_row_int8_or(LoyaltyRows *rows, uint64 row, int column, int64 fallback)
{
	bool isnull;
	Datum value = loyalty_row_datum(rows, row, column, &isnull);

	return isnull ? fallback : DatumGetInt64(value);
}

/* Returns a number or the fallback. */
int32
loyalty_row_int4_or(LoyaltyRows *rows, uint64 row, int column, int32 fallback)
{
	bool isnull;
	Datum value = loyalty_row_datum(rows, row, column, &isnull);

	return isnull ? fallback : DatumGetInt32(value);
}

/* Returns a text or NULL. */
char *
loyalty_row_text_or_null(LoyaltyRows *rows, uint64 row, int column)
{
	bool isnull;
	Datum value = loyalty_row_datum(rows, row, column, &isnull);

	return isnull ? NULL : TextDatumGetCString(value);
}

/* Returns a document, an array or bytes, or NULL. */
void *
loyalty_row_varlena_or_null(LoyaltyRows *rows, uint64 row, int column)
{
	bool isnull;
	Datum value = loyalty_row_datum(rows, row, column, &isnull);

	return isnull ? NULL : PG_DETOAST_DATUM_COPY(value);
}
