/*
 * query.h: a statement is one variable, with the types of its parameters and its plan, which is prepared once per backend and
 * kept. Statements that find rows of a table by an index, and those that write rows, are said in words instead: they run
 * without the executor where they can (common/table.h), and their text is made of the same words where they cannot.
 */
#ifndef LOYALTY_QUERY_H
#define LOYALTY_QUERY_H

#include "postgres.h"

#include "executor/spi.h"

#include "common/layout.h"
#include "common/params.h"
#include "common/rows.h"
#include "common/table.h"

/* Ways to reach rows; all but the first are said in words. */
typedef enum LoyaltyAccess
{
	LOYALTY_BY_TEXT,
	LOYALTY_FIND_ROWS,			/* rows that have the parameters in the columns of the key */
	LOYALTY_FIND_ROWS_TO_WRITE, /* the same, where rows of the table are written next */
	LOYALTY_LOCK_ROWS,			/* the same, FOR NO KEY UPDATE */
	LOYALTY_INSERT_ROWS,
	LOYALTY_UPDATE_ROWS, /* replaces the rows with the same keys */
	LOYALTY_DELETE_ROWS, /* takes the rows with the same keys away */
} LoyaltyAccess;

/* Statement. The first part is constant, the last is what a backend learns about it. */
typedef struct LoyaltyQuery
{
	const char *sql;			   /* constant text; names of ours have their schema */
	Oid types[LOYALTY_MAX_PARAMS]; /* of its parameters, up to the first InvalidOid */
	bool seen;					   /* sees the caller's snapshot, so that several readers agree */
	bool
		any_plan; /* true: any plan will do, since most of a table is read; others find their rows by index */
	bool once;	  /* made for one call, which may fail: the plan goes with it */
	long limit;	  /* rows to stop at, without telling the planner; 0: none */

	/* In place of a text: */
	LoyaltyAccess access;
	const LoyaltyLayout *layout; /* of the table */
	LoyaltyIndex index; /* that has the rows, or whose columns are the key of those that are written */

	/* Kept from the first use on. */
	SPIPlanPtr plan; /* NULL until prepared */
	int param_count;
	int expected; /* the SPI_OK_ code that it must return */
	LoyaltyTable *table;
} LoyaltyQuery;

/* A statement with the types of its parameters; and one that sees the caller's snapshot. */
#define LOYALTY_STATEMENT(text, ...) \
	{ \
		.sql = text, .types = { __VA_ARGS__ } \
	}
#define LOYALTY_STATEMENT_SEEN(text, ...) \
	{ \
		.sql = text, .types = { __VA_ARGS__ }, .seen = true \
	}

/*
 * Find rows by their key: "columns" is its list, as in "org_id, customer_id". The arguments behind it may name
 * .order, the columns by which rows come (they stand behind the key in an index), and .where, the condition of a
 * partial index.
 */
#define LOYALTY_ACCESS(how, of, columns, ...) \
	.access = LOYALTY_##how, .layout = &(of), .index = { .key = columns, __VA_ARGS__ }
#define LOYALTY_FIND(of, columns, ...) \
	{ \
		LOYALTY_ACCESS(FIND_ROWS, of, columns, __VA_ARGS__) \
	}
#define LOYALTY_FIND_SEEN(of, columns, ...) \
	{ \
		LOYALTY_ACCESS(FIND_ROWS, of, columns, __VA_ARGS__), .seen = true \
	}
#define LOYALTY_FIND_TO_WRITE(of, columns, ...) \
	{ \
		LOYALTY_ACCESS(FIND_ROWS_TO_WRITE, of, columns, __VA_ARGS__) \
	}
#define LOYALTY_LOCK(of, columns, ...) \
	{ \
		LOYALTY_ACCESS(LOCK_ROWS, of, columns, __VA_ARGS__) \
	}

/*
 * Write whole rows of a layout: an update replaces the row that has the same values in the key columns, a delete takes it
 * away.
 */
#define LOYALTY_INSERT(row_layout) \
	{ \
		.access = LOYALTY_INSERT_ROWS, .layout = &(row_layout) \
	}
#define LOYALTY_UPDATE(row_layout, key_columns) \
	{ \
		.access = LOYALTY_UPDATE_ROWS, .layout = &(row_layout), .index = {.key = key_columns } \
	}
#define LOYALTY_DELETE(row_layout, key_columns) \
	{ \
		.access = LOYALTY_DELETE_ROWS, .layout = &(row_layout), .index = {.key = key_columns } \
	}

/*
 * Runs a statement and returns its rows, in the current memory context. The caller holds an SPI connection and runs as the
 * owner. Parameters may be NULL where there are none.
 */
extern LoyaltyRows *loyalty_query(LoyaltyQuery *query, LoyaltyParams *params);

/* Runs a statement as loyalty_query does, under the caller's snapshot, for statements that writing calls run, too. */
extern LoyaltyRows *loyalty_query_seen(LoyaltyQuery *query, LoyaltyParams *params);

/* Runs a statement as loyalty_query does, under a snapshot taken now, whatever the isolation level: for caches. */
extern LoyaltyRows *loyalty_query_latest(LoyaltyQuery *query, LoyaltyParams *params);

/* Runs a statement whose rows nobody reads, and returns how many there are. */
extern uint64 loyalty_execute(LoyaltyQuery *query, LoyaltyParams *params);

/*
 * loyalty_query and loyalty_execute with the parameters as values: LOYALTY_QUERY(&statement, loyalty_int4(org_id),
 * ...).
 */
#define LOYALTY_QUERY(query, ...) loyalty_query(query, LOYALTY_GIVEN(__VA_ARGS__))
#define LOYALTY_EXECUTE(query, ...) loyalty_execute(query, LOYALTY_GIVEN(__VA_ARGS__))
#define LOYALTY_GIVEN(...) ((LoyaltyParams[]){ LOYALTY_PARAMS(__VA_ARGS__) })

/* Forgets the plan of a statement that was made for one call, before the call ends. */
extern void loyalty_query_forget(LoyaltyQuery *query);

/* Writes rows that stand in structs of the query's layout, one behind the other; returns how many there were. */
extern uint64 loyalty_write(LoyaltyQuery *query, const void *rows, int count);

/* The same in two steps: a row, in the current memory context, and the writing of such rows. */
extern HeapTuple loyalty_row_of(LoyaltyQuery *query, const void *row);
extern uint64 loyalty_write_rows(LoyaltyQuery *query, HeapTuple *rows, int count);

/*
 * The rows of a statement one after the other, under the snapshot of its opening. The row at hand is "row" of
 * "rows".
 */
typedef struct LoyaltyCursor
{
	LoyaltyRows *rows;
	uint64 row;
	LoyaltyScan *scan; /* NULL: there is a portal */
	Portal portal;
	long chunk; /* rows that a portal fetches at a time */
	MemoryContext context;
} LoyaltyCursor;

/*
 * Opens, moves and closes a cursor; false: there are no more rows. The caller closes what it opened; an abort does
 * so by itself.
 */
extern LoyaltyCursor *loyalty_cursor_open(LoyaltyQuery *query, LoyaltyParams *params, long chunk);
extern bool loyalty_cursor_next(LoyaltyCursor *cursor);
extern void loyalty_cursor_close(LoyaltyCursor *cursor);

#endif
