/* rows.h: the rows that a statement returned, and their readers. */
#ifndef LOYALTY_ROWS_H
#define LOYALTY_ROWS_H

#include "postgres.h"

#include "executor/spi.h"
#include "utils/builtins.h"

#include "common/layout.h"
#include "common/points.h"

/* Forms in which a statement selects rows of a table whole: "SELECT t FROM t" or "SELECT t.* FROM t". */
typedef enum LoyaltyRowForm
{
	LOYALTY_ROWS_UNKNOWN,
	LOYALTY_ROWS_AS_VALUE,
	LOYALTY_ROWS_AS_COLUMNS,
} LoyaltyRowForm;

/* Rows; the one that was read last stands taken apart. */
typedef struct LoyaltyRows
{
	uint64 count;
	HeapTuple *tuples;
	TupleDesc desc;
	SPITupleTable *result; /* owns the tuples; NULL: they are rows of a table, found without a statement */
	LoyaltyRowForm form;
	uint64 open; /* the row that stands taken apart, from 1; 0: none does */
	Datum *values;
	bool *nulls;
} LoyaltyRows;

/* The result of the statement that SPI has just run, in the current memory context. */
extern LoyaltyRows *loyalty_rows_of_result(void);

/* Adds the rows of a statement that has the same columns behind those of another. */
extern void loyalty_rows_add(LoyaltyRows *rows, const LoyaltyRows *more);

/* Frees rows, for those who run thousands of statements in one call. */
extern void loyalty_rows_free(LoyaltyRows *rows);

/*
 * Reads a row of a table that came whole: without a statement, as "SELECT t FROM t", or as "SELECT t.* FROM t". The
 * struct is one of the layout.
 */
extern void loyalty_row_read(LoyaltyRows *rows, uint64 row, const LoyaltyLayout *layout, void *to);

/*
 * Readers of columns: row from 0, column from 1 in select-list order. A null where none may be is an internal error;
 * the _or forms return the fallback instead. Texts, documents and arrays are copied to the current context.
 */
extern Datum loyalty_row_value(LoyaltyRows *rows, uint64 row, int column);
extern Datum loyalty_row_datum(LoyaltyRows *rows, uint64 row, int column, bool *isnull);
extern bool loyalty_row_isnull(LoyaltyRows *rows, uint64 row, int column);
extern int64 loyalty_row_int8_or(LoyaltyRows *rows, uint64 row, int column, int64 fallback);
extern int32 loyalty_row_int4_or(LoyaltyRows *rows, uint64 row, int column, int32 fallback);
extern char *loyalty_row_text_or_null(LoyaltyRows *rows, uint64 row, int column);
extern void *loyalty_row_varlena_or_null(LoyaltyRows *rows, uint64 row, int column);

#define loyalty_row_int8(rows, row, column) DatumGetInt64(loyalty_row_value(rows, row, column))
#define loyalty_row_int4(rows, row, column) DatumGetInt32(loyalty_row_value(rows, row, column))
#define loyalty_row_int2(rows, row, column) DatumGetInt16(loyalty_row_value(rows, row, column))
#define loyalty_row_bool(rows, row, column) DatumGetBool(loyalty_row_value(rows, row, column))
#define loyalty_row_char(rows, row, column) DatumGetChar(loyalty_row_value(rows, row, column))
#define loyalty_row_text(rows, row, column) TextDatumGetCString(loyalty_row_value(rows, row, column))
#define loyalty_row_bytes(rows, row, column) DatumGetByteaPP(loyalty_row_value(rows, row, column))
#define loyalty_row_points(rows, row, column) loyalty_stored_thousandths(loyalty_row_value(rows, row, column))
#define loyalty_row_quantity(rows, row, column) \
	loyalty_stored_millionths(loyalty_row_value(rows, row, column))

#endif
