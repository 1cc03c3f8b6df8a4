/*
 * table_kept.h: facts that a backend keeps of a table, for table.c, which learns them, and for table_scan.c and
 * table_write.c, which use them.
 */
#ifndef LOYALTY_TABLE_KEPT_H
#define LOYALTY_TABLE_KEPT_H

#include "postgres.h"

#include "access/genam.h"
#include "access/htup.h"
#include "access/skey.h"
#include "nodes/execnodes.h"
#include "storage/buf.h"
#include "storage/lockdefs.h"
#include "utils/relcache.h"

#include "common/table.h"

#define MAX_KEYS 6
#define ROWS_AT_ONCE 100 /* inserted into each index in turn */

/* Index of a table, without a pointer into the relcache. */
typedef struct TableIndex
{
	Oid oid;
	bool usable; /* to find rows by */
	bool unique; /* no two rows that are seen have the same values in all of its columns */
	int key_count;
	AttrNumber columns[MAX_KEYS]; /* of the table */
	ScanKeyData keys[MAX_KEYS];	  /* an equality for each, without its value */
} TableIndex;

/* Table and what a backend keeps of it. */
struct LoyaltyTable
{
	const LoyaltyLayout *layout;
	Oid oid;
	uint64 changes;		   /* number of those heard of so far */
	uint64 as_of;		   /* the number of changes when the rest was learnt */
	bool readable;		   /* true: rows may be found and locked without a statement */
	bool writable;		   /* true: rows may be written, too */
	int live_columns;	   /* of the description: those that were not dropped */
	TupleDesc desc;		   /* stays as long as the backend lives: rows at hand may be described by it */
	MemoryContext context; /* of the rest */
	int index_count;
	TableIndex *indexes;
	EState *estate;		   /* for predicates and constraints, and the snapshot of an update */
	ResultRelInfo *result; /* what writing a row needs; its relations are open while rows are written */
	int row_count;		   /* slots that were made */
	TupleTableSlot *rows[ROWS_AT_ONCE]; /* about to be written; made as they are needed */
};

/*
 * The index that is asked for, with "of_one" one whose key has one row at most; NULL: there is none, or it is being
 * built.
 */
extern const TableIndex *loyalty_table_index(LoyaltyTable *table, Relation relation, LoyaltyIndex *index,
											 bool of_one);

/* Opens the table with a lock that stays; what is kept of it is as the lock found it. */
extern Relation loyalty_table_open(LoyaltyTable *table, LOCKMODE mode);

/* The row that an index scan found last, and its page, which is pinned. */
typedef struct FoundRow
{
	Buffer buffer;
	HeapTupleData tuple;
} FoundRow;

/* Tells whether rows may be reached without a statement in this transaction. */
extern bool loyalty_may_be_direct(void);

/*
 * Scans an index for rows with these values in its first "count" columns. The row that was found last stands in "found" and
 * in the slot, which have a hold on its page each; the end of the scan gives up the former.
 */
extern IndexScanDesc loyalty_index_scan_begin(Relation relation, Relation index, const TableIndex *kept,
											  int count, const Datum *values, Snapshot snapshot);
extern bool loyalty_index_scan_next(IndexScanDesc scan, FoundRow *found, TupleTableSlot *slot);
extern void loyalty_index_scan_end(IndexScanDesc scan, FoundRow *found);

#endif
