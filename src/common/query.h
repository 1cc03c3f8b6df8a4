/*
 * query.h: every statement of a capability stands in one registry, with its types and the result it must
 * have. Plans are prepared once per backend and kept.
 */
#ifndef LOYALTY_QUERY_H
#define LOYALTY_QUERY_H

#include "postgres.h"

#include "datatype/timestamp.h"
#include "executor/spi.h"

#include "common/table.h"

#define LOYALTY_MAX_PARAMS 28

/* Stands for a parameter that is an array of the query's row type. */
#define LOYALTY_ROWS_OID InvalidOid

/*
 * What a statement does with the rows of its row_table, in words that need no statement: see common/table.h. Those that
 * find rows stand together.
 */
typedef enum LoyaltyAccess
{
	LOYALTY_BY_STATEMENT,
	LOYALTY_FIND_ROWS, /* those that have its parameters as leading columns of row_index, in the index's order */
	LOYALTY_FIND_ROWS_TO_WRITE, /* the same, where rows of the table are written next */
	LOYALTY_LOCK_ROWS,			/* the same, FOR NO KEY UPDATE */
	LOYALTY_INSERT_ROWS,
	LOYALTY_UPDATE_ROWS, /* replaces those with the same key of row_index */
} LoyaltyAccess;

typedef struct LoyaltyQuery
{
	const char *sql; /* constant text; names of ours have their schema */
	int nargs;
	Oid argtypes[LOYALTY_MAX_PARAMS];
	int expect;		/* the SPI_OK_ code we insist on */
	bool read_only; /* sees the caller's snapshot, so that several readers agree */
	long limit;		/* rows to stop at, without telling the planner; 0: none */
	bool whole;		/* reads tables as a whole: any plan will do; other statements find their rows by index */
	LoyaltyAccess access;
	const char *
		row_table; /* whose rows a LOYALTY_ROWS_OID parameter is an array of, or the statement selects whole */
	const char *row_index;
} LoyaltyQuery;

typedef struct LoyaltyPlan
{
	SPIPlanPtr plan;	 /* NULL until prepared */
	Oid rows_type;		 /* what LOYALTY_ROWS_OID meant when it was */
	LoyaltyTable *table; /* the query's row_table, once it was asked for */
} LoyaltyPlan;

/* A parameter list under construction. A numeric must be what loyalty_numeric makes: a numeric(18,3). */
typedef struct LoyaltyParams
{
	int n;
	uint64 place; /* of a row that is updated, as loyalty_row_place said; 0: it is found by its key */
	Datum values[LOYALTY_MAX_PARAMS];
	bool nulls[LOYALTY_MAX_PARAMS];
} LoyaltyParams;

static inline void
loyalty_param(LoyaltyParams *params, Datum value, bool isnull)
{
	Assert(params->n < LOYALTY_MAX_PARAMS);
	params->values[params->n] = value;
	params->nulls[params->n++] = isnull;
}

/* Shorthands for the usual types; the _text forms take NULL for null, the _or_null forms 0. */
extern void loyalty_param_int8(LoyaltyParams *params, int64 value);
extern void loyalty_param_int8_or_null(LoyaltyParams *params, int64 value);
extern void loyalty_param_int4(LoyaltyParams *params, int32 value);
extern void loyalty_param_int4_or_null(LoyaltyParams *params, int32 value);
extern void loyalty_param_int2(LoyaltyParams *params, int16 value);
extern void loyalty_param_bool(LoyaltyParams *params, bool value);
extern void loyalty_param_char(LoyaltyParams *params, char value);
extern void loyalty_param_text(LoyaltyParams *params, const char *value);
extern void loyalty_param_time(LoyaltyParams *params, TimestampTz value);
extern void loyalty_param_int8_array(LoyaltyParams *params, const int64 *items, int count);
extern void loyalty_param_points(LoyaltyParams *params, int64 thousandths);

/*
 * Runs a statement of a registry and answers the number of rows; they are in SPI_tuptable. The caller holds
 * an SPI connection and runs as the owner; its memory context stays the current one. "plan" is the place of the query's plan.
 */
extern uint64 loyalty_query(const LoyaltyQuery *query, LoyaltyPlan *plan, LoyaltyParams *params);

/* The same for a query that writes rows: each element's params are our columns of a row, in the order of the table.
 * Its statement names them, so that columns which somebody added get their defaults. */
extern uint64 loyalty_query_rows(const LoyaltyQuery *query, LoyaltyPlan *plan, const LoyaltyParams *rows,
								 int count);

/* As loyalty_query, under the caller's snapshot, for statements that writing calls run, too. */
extern uint64 loyalty_query_seen(const LoyaltyQuery *query, LoyaltyPlan *plan, LoyaltyParams *params);

/* The same in two steps: a row, in the current memory context, and the writing of such rows. */
extern HeapTuple loyalty_query_row(const LoyaltyQuery *query, LoyaltyPlan *plan, const LoyaltyParams *row);
extern uint64 loyalty_query_write(const LoyaltyQuery *query, LoyaltyPlan *plan, HeapTuple *rows, int count);

/* As loyalty_query, under a snapshot taken now, whatever the isolation level: for caches. */
extern uint64 loyalty_query_latest(const LoyaltyQuery *query, LoyaltyPlan *plan, LoyaltyParams *params);

/* Opens a cursor on it instead, for results that may be large. */
extern Portal loyalty_query_open(const LoyaltyQuery *query, LoyaltyPlan *plan, LoyaltyParams *params);

/* The cursor's next rows. */
extern void loyalty_query_fetch(Portal portal, long count);

/*
 * The rows of a statement that selects them whole, one after the other: each is row 0 of SPI_tuptable, with our
 * columns of the table in their order there, until the next one is opened. Rows are seen as they were at the beginning.
 */
typedef struct LoyaltyStream LoyaltyStream;
extern LoyaltyStream *loyalty_stream_begin(const LoyaltyQuery *query, LoyaltyPlan *plan,
										   LoyaltyParams *params);
extern bool loyalty_stream_next(LoyaltyStream *stream);
extern void loyalty_stream_end(LoyaltyStream *stream);

/*
 * For a statement that selects a table's rows whole, which costs much less than naming their columns: the one
 * in a column of a result's row becomes row 0 of SPI_tuptable, with our columns of the table in their order there,
 * until the next one is opened.
 */
extern void loyalty_row_open(SPITupleTable *result, uint64 row, int column);

/* Where the row that was opened last stands in its table; 0: it came by a statement, which does not say. */
extern uint64 loyalty_row_place(void);

/* Frees a result whose rows were selected whole, for those who run thousands of statements in one call. */
extern void loyalty_rows_free(SPITupleTable *result);

/*
 * Readers of SPI_tuptable: row from 0, column from 1 in select-list order. A null where none may be is an
 * internal error; the _or forms answer the fallback instead. Texts are copied to the current context.
 */
extern Datum loyalty_row_datum(uint64 row, int column, bool *isnull);
extern bool loyalty_row_isnull(uint64 row, int column);
extern int64 loyalty_row_int8(uint64 row, int column);
extern int64 loyalty_row_int8_or(uint64 row, int column, int64 fallback);
extern int loyalty_row_int8_array(uint64 row, int column, int64 **items); /* null: none; answers how many */
extern int32 loyalty_row_int4(uint64 row, int column);
extern int32 loyalty_row_int4_or(uint64 row, int column, int32 fallback);
extern int16 loyalty_row_int2(uint64 row, int column);
extern bool loyalty_row_bool(uint64 row, int column);
extern char loyalty_row_char(uint64 row, int column);
extern char *loyalty_row_text(uint64 row, int column);
extern char *loyalty_row_text_or_null(uint64 row, int column);
extern const bytea *loyalty_row_bytes(uint64 row, int column);
extern int64 loyalty_row_points(uint64 row, int column);

#endif
