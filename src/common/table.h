/*
 * table.h: rows of our own tables without a statement: found through an index, locked, and written with the
 * functions that COPY and logical replication use, which keep constraints and indexes.
 *
 * A statement says the same in SQL. It runs when the table has children, rules or row security, or (for writes)
 * triggers besides the guard, columns besides ours or an exclusion constraint; when no index has the columns; when
 * an extension may stand between a table and its rows, as Citus does; in transactions that keep one snapshot; and
 * with loyalty.direct_rows off.
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

/* The columns of a row in the order of the table, with the dropped ones. */
extern TupleDesc loyalty_table_desc(LoyaltyTable *table);

/* A row of a struct of the layout, in the current memory context. */
extern HeapTuple loyalty_table_row(LoyaltyTable *table, const void *from);

/*
 * An index, named by its leading columns and, where it is partial, by its condition as PostgreSQL writes it, never
 * by its name. The index that was found is kept until the table changes.
 */
typedef struct LoyaltyIndex
{
	const char *key;   /* columns that are looked for: "org_id, customer_id" */
	const char *order; /* columns behind the key, by which rows come; NULL: they come in no order */
	const char *where; /* NULL: the index has all rows */
	int key_count;	   /* number of columns in "key" */
	int chosen;		   /* its position among the table's indexes; -1: there is none */
	uint64 as_of;	   /* the table's as_of when "chosen" was found */
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
 * Insert rows, false: the statement must run; replace rows by others with the same key, which is that of the index; and
 * delete those with the same key. A row that is there is looked for where it was read (t_self) first. The last two return how
 * many rows there were, or -1: the statement must run.
 */
extern bool loyalty_table_insert(LoyaltyTable *table, HeapTuple *rows, int count);
extern int loyalty_table_update(LoyaltyTable *table, LoyaltyIndex *index, HeapTuple *rows, int count);
extern int loyalty_table_delete(LoyaltyTable *table, LoyaltyIndex *index, HeapTuple *rows, int count);

/* A relation changed (InvalidOid: all may have): called by the relcache callback. */
extern void loyalty_tables_invalidate(Oid relid);

#endif
