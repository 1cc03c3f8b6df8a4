/*
 * table.h: rows of our own tables without a statement: found through an index, locked, and written by the executor's
 * own functions for single rows, which keep constraints and indexes.
 *
 * A statement of the registry says the same in SQL, and runs wherever the table is not a plain one: when it has
 * children, rules, row security, or triggers besides the guard or columns besides ours (for writes); when an extension
 * may stand between a table and its rows, as Citus does; in transactions that keep one snapshot; and with
 * loyalty.direct_rows off.
 */
#ifndef LOYALTY_TABLE_H
#define LOYALTY_TABLE_H

#include "postgres.h"

#include "access/htup.h"
#include "access/tupdesc.h"

/* What a backend keeps of a table; it stays where it is as long as the backend lives. */
typedef struct LoyaltyTable LoyaltyTable;

/* A scan of a table in the order of an index. */
typedef struct LoyaltyScan LoyaltyScan;

/* A table of schema loyalty by its name, which is a constant. */
extern LoyaltyTable *loyalty_table(const char *name);

/* A row's columns, in the order of the table, those that were dropped among them. */
extern TupleDesc loyalty_table_desc(LoyaltyTable *table);

/* A row of our columns, in their order, in the current memory context. */
extern HeapTuple loyalty_table_row(LoyaltyTable *table, int count, Datum *values, bool *nulls);

/* What a scan looks for: rows whose leading columns of the index are these values, of these types. */
typedef struct LoyaltyKey
{
	const char *index;
	int count;
	const Oid *types;
	const Datum *values;
	bool locked;   /* FOR NO KEY UPDATE: a row is read as those left it whom the lock waited for */
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
 * Where a row that a scan found stands in its table, as a number; 0: unknown. Whoever writes a row again says where it
 * was read, so that it need not be found again.
 */
extern uint64 loyalty_table_place(HeapTuple row);
extern void loyalty_table_put_place(HeapTuple row, uint64 place);

/*
 * Inserts rows; false: the statement must run. Replaces rows by others with the same key, which is that of the index;
 * answers how many there were, or -1: the statement must run.
 */
extern bool loyalty_table_insert(LoyaltyTable *table, HeapTuple *rows, int count);
extern int loyalty_table_update(LoyaltyTable *table, const char *index, HeapTuple *rows, int count);

/* A relation changed (InvalidOid: all may have): called by the relcache callback. */
extern void loyalty_tables_invalidate(Oid relid);

#endif
