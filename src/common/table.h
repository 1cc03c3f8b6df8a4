/*
 * table.h: rows of our own tables without a statement: found through an index, locked, and written by the executor's
 * own functions for single rows, which keep constraints and indexes.
 *
 * A statement says the same in SQL, and runs wherever the table is not a plain one: when it has
 * children, rules, row security, or triggers besides the guard or columns besides ours (for writes); when an extension
 * may stand between a table and its rows, as Citus does; in transactions that keep one snapshot; and with
 * loyalty.direct_rows off.
 */
#ifndef LOYALTY_TABLE_H
#define LOYALTY_TABLE_H

#include "postgres.h"

#include "access/htup.h"
#include "access/tupdesc.h"

#include "common/layout.h"

/* Facts that a backend keeps of a table; they stay where they are as long as the backend lives. */
typedef struct LoyaltyTable LoyaltyTable;

/* A scan of a table in the order of an index. */
typedef struct LoyaltyScan LoyaltyScan;

/* The table of a layout, which is a constant. */
extern LoyaltyTable *loyalty_table(const LoyaltyLayout *layout);

/* Raises where the table has other columns than its layout says; asked anew when it has changed. */
extern void loyalty_table_check(const LoyaltyLayout *layout);

/* A row's columns, in the order of the table, those that were dropped among them. */
extern TupleDesc loyalty_table_desc(LoyaltyTable *table);

/* A row of a struct of the layout, in the current memory context. */
extern HeapTuple loyalty_table_row(LoyaltyTable *table, const void *from);

/*
 * An index, told by its leading columns and, where it is partial, by its condition as PostgreSQL writes it: what it is called
 * does not matter. Which one that is, is kept until the table changes.
 */
typedef struct LoyaltyIndex
{
	const char *key;   /* columns that are looked for: "org_id, customer_id" */
	const char *order; /* columns behind them, by which rows come; NULL: they come in no order */
	const char *where; /* NULL: it has all rows */
	int key_count;	   /* how many the first ones are */
	int chosen;		   /* of those of the table; -1: there is none */
	uint64 as_of;	   /* when that was found out */
} LoyaltyIndex;

/* The names of a list of columns. */
typedef struct LoyaltyNames
{
	int count;
	NameData items[8];
} LoyaltyNames;

extern LoyaltyNames loyalty_names(const char *list);

/* Key of a scan: rows with these values in the columns of the key. */
typedef struct LoyaltyKey
{
	LoyaltyIndex *index;
	int count;
	const Datum *values;
	bool locked;   /* FOR NO KEY UPDATE: rows are read as they are after the lock was waited for */
	bool seen;	   /* as the caller's statement sees the table, not as it is now */
	bool to_write; /* rows of the table are written next */
} LoyaltyKey;

/*
 * Begins a scan; NULL: the statement must run. Each row is a copy in the current memory context; NULL: no more. A scan
 * is ended by loyalty_scan_end, or by an abort.
 */
extern LoyaltyScan *loyalty_scan_begin(LoyaltyTable *table, const LoyaltyKey *key);
extern HeapTuple loyalty_scan_next(LoyaltyScan *scan);
extern void loyalty_scan_end(LoyaltyScan *scan);

/*
 * Inserts rows; false: the statement must run. Replaces rows by others with the same key, which is that of the index.
 * A row that says where it was read (t_self) is looked for there first. Returns how many there were, or -1: the statement must run.
 */
extern bool loyalty_table_insert(LoyaltyTable *table, HeapTuple *rows, int count);
extern int loyalty_table_update(LoyaltyTable *table, LoyaltyIndex *index, HeapTuple *rows, int count);

/* A relation changed (InvalidOid: all may have): called by the relcache callback. */
extern void loyalty_tables_invalidate(Oid relid);

#endif
