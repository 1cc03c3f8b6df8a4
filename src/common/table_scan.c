/*
 * table_scan.c: rows of our own tables, found and locked without a statement.
 *
 * An index is scanned for equal values of its leading columns. A row that is to be locked is locked FOR NO KEY UPDATE
 * as soon as it is found: if another transaction holds it, the call waits, and reads the row as that transaction left
 * it. Keys of rows never change, so the row that was waited for is still the one that was looked for. The lock of the
 * table stays to the end of the transaction, as a statement's does. Transactions with one snapshot for all statements
 * (REPEATABLE READ) take no part: their conflicts are errors that the executor raises.
 */
#include "postgres.h"

#include "access/genam.h"
#include "access/heapam.h"
#include "access/htup_details.h"
#include "access/table.h"
#include "access/tableam.h"
#include "access/xact.h"
#include "catalog/index.h"
#include "executor/executor.h"
#include "miscadmin.h"
#include "pgstat.h"
#include "storage/bufmgr.h"
#include "utils/rel.h"
#include "utils/snapmgr.h"

#include "common/guc.h"
#include "common/pg_compat.h"
#include "common/table_kept.h"

#define CROWDED (BLCKSZ / 20) /* a page with less room is cleaned: two rows or three still find some */

/* Scan that is under way, with the relations that it has open. */
struct LoyaltyScan
{
	Relation relation;
	Relation index;
	IndexScanDesc scan;
	Snapshot snapshot;
	FoundRow found;
	TupleTableSlot *slot;
	bool locked;
	bool single; /* the key is that of one row at most */
};

/* Tells whether rows may be reached here: the setting allows it, and each statement has a snapshot of its own. */
bool
loyalty_may_be_direct(void)
{
	return loyalty_direct_rows && !IsolationUsesXactSnapshot();
}

/* Begins a scan of an index for equal values. */
IndexScanDesc
loyalty_index_scan_begin(Relation relation, Relation index, const TableIndex *kept, int count,
						 const Datum *values, Snapshot snapshot)
{
	ScanKeyData keys[MAX_KEYS];
	IndexScanDesc scan;
	int i;

	memcpy(keys, kept->keys, sizeof(ScanKeyData) * count);
	for (i = 0; i < count; i++)
		keys[i].sk_argument = values[i];
	scan = loyalty_index_beginscan(relation, index, snapshot, count);
	index_rescan(scan, keys, count, NULL, 0);
	return scan;
}

/* Tells whether a page is to be cleaned of dead versions before it is read. */
static bool
is_crowded(Buffer buffer)
{
	Page page = BufferGetPage(buffer);

	return PageIsFull(page) || PageGetHeapFreeSpace(page) < CROWDED;
}

/*
 * Finds the next row of a scan, as index_getnext_slot does but for when its page is cleaned of dead versions. There
 * that is as soon as the page has less room than its fillfactor gives to rows that are written again, and so at each
 * call: an award took 4 % more instructions by it, a redemption of two lots 10 %. Nothing here is private to heap's
 * own files.
 */
bool
loyalty_index_scan_next(IndexScanDesc scan, FoundRow *found, TupleTableSlot *slot)
{
	ItemPointer place;

	while ((place = index_getnext_tid(scan, ForwardScanDirection)) != NULL)
	{
		Buffer before = found->buffer;
		bool all_dead;
		bool is_there;

		found->buffer = ReleaseAndReadBuffer(before, scan->heapRelation, ItemPointerGetBlockNumber(place));
		if (found->buffer != before && is_crowded(found->buffer))
			heap_page_prune_opt(scan->heapRelation, found->buffer);
		LockBuffer(found->buffer, BUFFER_LOCK_SHARE);
		is_there = heap_hot_search_buffer(place, scan->heapRelation, found->buffer, scan->xs_snapshot,
										  &found->tuple, &all_dead, true);
		LockBuffer(found->buffer, BUFFER_LOCK_UNLOCK);
		scan->kill_prior_tuple = all_dead && !scan->xactStartedInRecovery;
		if (!is_there)
			continue;
		pgstat_count_heap_fetch(scan->indexRelation);
		ExecStoreBufferHeapTuple(&found->tuple, slot, found->buffer);
		return true;
	}
	return false;
}

/* Ends a scan and gives up its hold on the page; the slot has the row with a hold of its own. */
void
loyalty_index_scan_end(IndexScanDesc scan, FoundRow *found)
{
	if (BufferIsValid(found->buffer))
		ReleaseBuffer(found->buffer);
	found->buffer = InvalidBuffer;
	index_endscan(scan);
}

/*
 * Returns the lock that the table needs. A table whose rows are written next is locked for the write at once: a second
 * lock would cost as much again.
 */
static LOCKMODE
lock_of(const LoyaltyKey *key)
{
	if (key->to_write)
		return RowExclusiveLock;
	return key->locked ? RowShareLock : AccessShareLock;
}

/*
 * Begins a scan with the lock that its rows need. A transaction that is read-only, as all are on a server in
 * recovery, is refused a lock of rows, as a statement would be.
 */
LoyaltyScan *
loyalty_scan_begin(LoyaltyTable *table, const LoyaltyKey *key)
{
	LoyaltyScan *scan;
	Relation relation;
	const TableIndex *index;

	if (!loyalty_may_be_direct())
		return NULL;
	if (key->locked)
		PreventCommandIfReadOnly("SELECT FOR NO KEY UPDATE");
	relation = loyalty_table_open(table, lock_of(key));
	index = loyalty_table_index(table, relation, key->index, false);
	if (key->count != key->index->key_count)
		elog(ERROR, "%d values for columns %s of table %s", key->count, key->index->key,
			 table->layout->table);
	if (!table->readable || index == NULL)
	{
		table_close(relation, NoLock);
		return NULL;
	}
	scan = palloc0(sizeof(LoyaltyScan));
	scan->locked = key->locked;
	scan->relation = relation;
	scan->single = index->unique && key->count == index->key_count;
	scan->index = index_open(index->oid, key->to_write ? RowExclusiveLock : AccessShareLock);
	scan->slot = table_slot_create(relation, NULL);
	scan->snapshot = RegisterSnapshot(key->seen ? GetActiveSnapshot() : GetTransactionSnapshot());
	scan->scan =
		loyalty_index_scan_begin(relation, scan->index, index, key->count, key->values, scan->snapshot);
	return scan;
}

/* Locks a row and reads it as the last holder of the lock left it; false: that holder deleted it. */
static bool
lock_row(LoyaltyScan *scan)
{
	ItemPointerData tid = scan->slot->tts_tid;
	TM_FailureData failure;
	TM_Result result;

	result =
		table_tuple_lock(scan->relation, &tid, scan->snapshot, scan->slot, GetCurrentCommandId(false),
						 LockTupleNoKeyExclusive, LockWaitBlock, TUPLE_LOCK_FLAG_FIND_LAST_VERSION, &failure);
	if (result != TM_Ok && result != TM_Deleted)
		elog(ERROR, "a row of table %s cannot be locked: %d", RelationGetRelationName(scan->relation),
			 (int) result);
	return result == TM_Ok;
}

/*
 * Returns the next row. A key of one row at most is not looked for twice. Interrupts are taken in: a scan may be long.
 */
HeapTuple
loyalty_scan_next(LoyaltyScan *scan)
{
	if (scan->single && !TTS_EMPTY(scan->slot))
		return NULL;
	do
	{
		CHECK_FOR_INTERRUPTS();
		if (!loyalty_index_scan_next(scan->scan, &scan->found, scan->slot))
			return NULL;
	} while (scan->locked && !lock_row(scan));
	return ExecCopySlotHeapTuple(scan->slot);
}

/* Ends a scan; locks of the table and of rows stay to the end of the transaction. */
void
loyalty_scan_end(LoyaltyScan *scan)
{
	ExecDropSingleTupleTableSlot(scan->slot);
	loyalty_index_scan_end(scan->scan, &scan->found);
	UnregisterSnapshot(scan->snapshot);
	index_close(scan->index, NoLock);
	table_close(scan->relation, NoLock);
	pfree(scan);
}
