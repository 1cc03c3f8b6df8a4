/*
 * query.h: every statement of a capability stands in one registry, with its types and the result it must
 * have. Plans are prepared once per backend and kept.
 */
#ifndef LOYALTY_QUERY_H
#define LOYALTY_QUERY_H

#include "postgres.h"

#include "datatype/timestamp.h"
#include "executor/spi.h"

#define LOYALTY_MAX_PARAMS 28

/* Stands for a parameter that is an array of the query's row type. */
#define LOYALTY_ROWS_OID InvalidOid

typedef struct LoyaltyQuery
{
	const char *sql; /* constant text, every name and operator qualified */
	int nargs;
	Oid argtypes[LOYALTY_MAX_PARAMS];
	int expect;		/* the SPI_OK_ code we insist on */
	bool read_only; /* sees the caller's snapshot, so that several readers agree */
	long limit;		/* rows to stop at, without telling the planner; 0: none */
	bool by_key;	/* joins a list of keys: rows are found by index alone, however small tables were */
	const char *row_table; /* whose rows a LOYALTY_ROWS_OID parameter is an array of */
} LoyaltyQuery;

typedef struct LoyaltyPlan
{
	SPIPlanPtr plan; /* NULL until prepared */
	Oid rows_type;	 /* what LOYALTY_ROWS_OID meant when it was */
} LoyaltyPlan;

/* A parameter list under construction. A numeric must be what loyalty_numeric makes: a numeric(18,3). */
typedef struct LoyaltyParams
{
	int n;
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

/* The same for a query whose one parameter is an array of rows: each element's params are a row's columns, in order. */
extern uint64 loyalty_query_rows(const LoyaltyQuery *query, LoyaltyPlan *plan, const LoyaltyParams *rows,
								 int count);

/* As loyalty_query, under the caller's snapshot, for statements that writing calls run, too. */
extern uint64 loyalty_query_seen(const LoyaltyQuery *query, LoyaltyPlan *plan, LoyaltyParams *params);

/* The same in two steps: a row as a value, in the current memory context, and the statement on such values. */
extern Datum loyalty_query_row(const LoyaltyQuery *query, LoyaltyPlan *plan, const LoyaltyParams *row);
extern uint64 loyalty_query_row_values(const LoyaltyQuery *query, LoyaltyPlan *plan, Datum *values,
									   int count);

/* As loyalty_query, under a snapshot taken now, whatever the isolation level: for caches. */
extern uint64 loyalty_query_latest(const LoyaltyQuery *query, LoyaltyPlan *plan, LoyaltyParams *params);

/* Opens a cursor on it instead, for results that may be large. */
extern Portal loyalty_query_open(const LoyaltyQuery *query, LoyaltyPlan *plan, LoyaltyParams *params);

/* The cursor's next rows. */
extern void loyalty_query_fetch(Portal portal, long count);

/*
 * For a statement that selects a table's rows whole, which costs much less than naming their columns: the one
 * in a column of a result's row becomes row 0 of SPI_tuptable, with the table's columns in their order there.
 */
extern void loyalty_row_open(SPITupleTable *result, uint64 row, int column);

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
