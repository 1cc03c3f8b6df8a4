/*
 * table_rows.c: rows of our own tables, found, locked and written without a statement.
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

/* The row that an index scan found last, in the page that is at hand. */
typedef struct FoundRow
{
	Buffer buffer;
	HeapTupleData tuple;
} FoundRow;

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

/* A transaction with one snapshot for all statements answers conflicts by errors that the executor raises. */
static bool
may_be_direct(void)
{
	return loyalty_direct_rows && !IsolationUsesXactSnapshot();
}

/* ---------------------------------------------------------------- reading */

static IndexScanDesc
begin_index_scan(Relation relation, Relation index, const TableIndex *kept, int count, const Datum *values,
				 Snapshot snapshot)
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

static bool
is_crowded(Buffer buffer)
{
	Page page = BufferGetPage(buffer);

	return PageIsFull(page) || PageGetHeapFreeSpace(page) < CROWDED;
}

/*
 * Finds the next row of a scan, as index_getnext_slot does but for when its page is cleaned of dead versions. There that
 * is as soon as the page has less room than its fillfactor gives to rows that are written again, and so at each call: an
 * award took 4 % more instructions by it, a redemption of two lots 10 %. Nothing here is private to heap's own files.
 */
static bool
next_row(IndexScanDesc scan, FoundRow *found, TupleTableSlot *slot)
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

/* The slot has the row with a hold of its own on the page. */
static void
end_index_scan(IndexScanDesc scan, FoundRow *found)
{
	if (BufferIsValid(found->buffer))
		ReleaseBuffer(found->buffer);
	found->buffer = InvalidBuffer;
	index_endscan(scan);
}

/* Rows that are read to be written are locked as a table once: two locks of a relation cost twice. */
static LOCKMODE
lock_of(const LoyaltyKey *key)
{
	if (key->to_write)
		return RowExclusiveLock;
	return key->locked ? RowShareLock : AccessShareLock;
}

LoyaltyScan *
loyalty_scan_begin(LoyaltyTable *table, const LoyaltyKey *key)
{
	LoyaltyScan *scan;
	Relation relation;
	const TableIndex *index;

	if (!may_be_direct())
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
	scan->scan = begin_index_scan(relation, scan->index, index, key->count, key->values, scan->snapshot);
	return scan;
}

/* The row as those left it whom the lock waited for; false: it is gone. Keys never change, so it is still the one. */
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

HeapTuple
loyalty_scan_next(LoyaltyScan *scan)
{
	if (scan->single && !TTS_EMPTY(scan->slot))
		return NULL;
	do
	{
		CHECK_FOR_INTERRUPTS();
		if (!next_row(scan->scan, &scan->found, scan->slot))
			return NULL;
	} while (scan->locked && !lock_row(scan));
	return ExecCopySlotHeapTuple(scan->slot);
}

void
loyalty_scan_end(LoyaltyScan *scan)
{
	ExecDropSingleTupleTableSlot(scan->slot);
	end_index_scan(scan->scan, &scan->found);
	UnregisterSnapshot(scan->snapshot);
	index_close(scan->index, NoLock);
	table_close(scan->relation, NoLock);
	pfree(scan);
}

/* ---------------------------------------------------------------- writing */

/* Whether the table has other columns than when the rows were formed. */
static bool
has_changed_since(const LoyaltyTable *table, HeapTuple *rows, int count)
{
	int i;

	for (i = 0; i < count; i++)
		if (HeapTupleHeaderGetNatts(rows[i]->t_data) != table->desc->natts)
			return true;
	return false;
}

/* Opens the table for rows to be written; NULL: the statement must run. */
static Relation
open_for_writing(LoyaltyTable *table, const char *command, HeapTuple *rows, int count)
{
	Relation relation;

	if (!may_be_direct())
		return NULL;
	PreventCommandIfReadOnly(command);
	relation = loyalty_table_open(table, RowExclusiveLock);
	if (!table->writable || has_changed_since(table, rows, count))
	{
		table_close(relation, NoLock);
		return NULL;
	}
	table->result->ri_RelationDesc = relation;
	memset(table->result->ri_IndexRelationDescs, 0, sizeof(Relation) * table->index_count);
	return relation;
}

/* Whether an index has an entry for the row. */
static bool
index_takes(LoyaltyTable *table, int i, TupleTableSlot *row)
{
	IndexInfo *info = table->result->ri_IndexRelationInfo[i];
	ExprContext *context = GetPerTupleExprContext(table->estate);

	context->ecxt_scantuple = row;
	return info->ii_Predicate == NIL || ExecQual(info->ii_PredicateState, context);
}

/* Opens an index for writing. What its code keeps from one row to the next must not outlive the relations. */
static Relation
open_index(LoyaltyTable *table, int i)
{
	Relation index = index_open(table->indexes[i].oid, RowExclusiveLock);

	table->result->ri_IndexRelationInfo[i]->ii_AmCache = NULL;
	table->result->ri_IndexRelationInfo[i]->ii_Context = CurrentMemoryContext;
	table->result->ri_IndexRelationDescs[i] = index;
	return index;
}

/* Rows to be written, in slots of the table. */
static void
take_rows(LoyaltyTable *table, HeapTuple *rows, int count)
{
	MemoryContext caller = MemoryContextSwitchTo(table->context);
	int i;

	CHECK_FOR_INTERRUPTS();
	while (table->row_count < count)
		table->rows[table->row_count++] = MakeSingleTupleTableSlot(table->desc, &TTSOpsHeapTuple);
	MemoryContextSwitchTo(caller);
	ResetPerTupleExprContext(table->estate);
	for (i = 0; i < count; i++)
		ExecStoreHeapTuple(rows[i], table->rows[i], false);
}

/* What was written is seen by what is read next. */
static void
close_after_writing(LoyaltyTable *table, Relation relation)
{
	ResultRelInfo *result = table->result;
	int i;

	for (i = 0; i < table->row_count; i++)
		ExecClearTuple(table->rows[i]);
	for (i = 0; i < table->index_count; i++)
	{
		if (result->ri_IndexRelationDescs[i] == NULL)
			continue;
		loyalty_index_insert_cleanup(result->ri_IndexRelationDescs[i], result->ri_IndexRelationInfo[i]);
		index_close(result->ri_IndexRelationDescs[i], NoLock);
	}
	table_close(relation, NoLock);
	CommandCounterIncrement();
}

/* Indexes are opened as the first row enters them: the lock of the table keeps them all. */
static void
insert_into_index(LoyaltyTable *table, int i, int count, bool is_update)
{
	IndexInfo *info = table->result->ri_IndexRelationInfo[i];
	Relation index = table->result->ri_IndexRelationDescs[i];
	int r;

	for (r = 0; r < count; r++)
	{
		TupleTableSlot *row = table->rows[r];
		Datum values[INDEX_MAX_KEYS];
		bool nulls[INDEX_MAX_KEYS];

		if (!index_takes(table, i, row))
			continue;
		if (index == NULL)
			index = open_index(table, i);
		FormIndexDatum(info, row, table->estate, values, nulls);
		index_insert(index, values, nulls, &row->tts_tid, table->result->ri_RelationDesc,
					 info->ii_Unique ? UNIQUE_CHECK_YES : UNIQUE_CHECK_NO, is_update, info);
	}
}

/* Whether a column that must have a value has none. */
static bool
lacks_value(TupleDesc desc, HeapTuple row)
{
	int i;

	for (i = 0; HeapTupleHasNulls(row) && i < desc->natts; i++)
		if (att_isnull(i, row->t_data->t_bits) && TupleDescAttr(desc, i)->attnotnull)
			return true;
	return false;
}

/* NOT NULL is seen in the row's header. The executor, which takes the row apart for it, has the other constraints. */
static void
check_constraints(LoyaltyTable *table, HeapTuple row, TupleTableSlot *taken)
{
	const TupleConstr *constraints = table->desc->constr;

	if (constraints != NULL && (constraints->num_check > 0 || lacks_value(table->desc, row)))
		ExecConstraints(table->result, taken, table->estate);
}

/*
 * Rows go into one index after another, so that the pages on the way down are still at hand, and into each page of the
 * table together.
 */
static void
insert_rows(LoyaltyTable *table, HeapTuple *rows, int count)
{
	int i;

	take_rows(table, rows, count);
	for (i = 0; i < count; i++)
		check_constraints(table, rows[i], table->rows[i]);
	table_multi_insert(table->result->ri_RelationDesc, table->rows, count, GetCurrentCommandId(true), 0,
					   NULL);
	for (i = 0; i < table->index_count; i++)
		if (table->result->ri_IndexRelationInfo[i]->ii_ReadyForInserts)
			insert_into_index(table, i, count, false);
}

bool
loyalty_table_insert(LoyaltyTable *table, HeapTuple *rows, int count)
{
	Relation relation = open_for_writing(table, "INSERT", rows, count);
	int done;

	if (relation == NULL)
		return false;
	for (done = 0; done < count; done += ROWS_AT_ONCE)
		insert_rows(table, rows + done, Min(count - done, ROWS_AT_ONCE));
	close_after_writing(table, relation);
	return true;
}

/* Columns of a primary key are short integers, so equal ones are the same Datum. */
static bool
has_same_key(const LoyaltyTable *table, const TableIndex *kept, HeapTuple row, TupleTableSlot *found)
{
	int i;

	for (i = 0; i < kept->key_count; i++)
	{
		bool isnull;

		if (!TupleDescAttr(table->desc, kept->columns[i] - 1)->attbyval ||
			heap_getattr(row, kept->columns[i], table->desc, &isnull) !=
				slot_getattr(found, kept->columns[i], &isnull))
			return false;
	}
	return true;
}

/* The row where it was read, in "found"; false: it was written since, or was never read. */
static bool
find_at_place(LoyaltyTable *table, const TableIndex *kept, HeapTuple row, TupleTableSlot *found)
{
	return ItemPointerIsValid(&row->t_self) &&
		   table_tuple_fetch_row_version(table->result->ri_RelationDesc, &row->t_self,
										 table->estate->es_snapshot, found) &&
		   has_same_key(table, kept, row, found);
}

/*
 * The row that has the key of another one, in "found", which points into "place"; false: there is none. The index is open
 * after the first search.
 */
static bool
find_same_key(LoyaltyTable *table, const TableIndex *kept, Relation *index, HeapTuple row, FoundRow *place,
			  TupleTableSlot *found)
{
	Datum values[MAX_KEYS];
	IndexScanDesc scan;
	bool isnull;
	bool exists;
	int i;

	if (*index == NULL)
		*index = index_open(kept->oid, RowExclusiveLock);
	for (i = 0; i < kept->key_count; i++)
		values[i] = heap_getattr(row, kept->columns[i], table->desc, &isnull);
	scan = begin_index_scan(table->result->ri_RelationDesc, *index, kept, kept->key_count, values,
							table->estate->es_snapshot);
	exists = next_row(scan, place, found);
	end_index_scan(scan, place);
	return exists;
}

/* An update in place (HOT) touches no index, and opens none. */
static void
update_row(LoyaltyTable *table, TupleTableSlot *found, HeapTuple row)
{
	LoyaltyIndexesToUpdate touched;
	int i;

	take_rows(table, &row, 1);
	CheckCmdReplicaIdentity(table->result->ri_RelationDesc, CMD_UPDATE);
	check_constraints(table, row, table->rows[0]);
	simple_table_tuple_update(table->result->ri_RelationDesc, &found->tts_tid, table->rows[0],
							  table->estate->es_snapshot, &touched);
	for (i = 0; i < table->index_count; i++)
	{
		const IndexInfo *info = table->result->ri_IndexRelationInfo[i];

		if (info->ii_ReadyForInserts && loyalty_touches_index(touched, info))
			insert_into_index(table, i, 1, true);
	}
}

int
loyalty_table_update(LoyaltyTable *table, LoyaltyIndex *told, HeapTuple *rows, int count)
{
	Relation relation = open_for_writing(table, "UPDATE", rows, count);
	const TableIndex *kept;
	TupleTableSlot *found;
	FoundRow place = { 0 };
	Relation index = NULL;
	int updated = 0;
	int i;

	if (relation == NULL)
		return -1;
	kept = loyalty_table_index(table, relation, told, true);
	if (kept == NULL)
	{
		table_close(relation, NoLock);
		return -1;
	}
	found = table_slot_create(relation, NULL);
	table->estate->es_snapshot = RegisterSnapshot(GetTransactionSnapshot());
	for (i = 0; i < count; i++)
	{
		if (!find_at_place(table, kept, rows[i], found) &&
			!find_same_key(table, kept, &index, rows[i], &place, found))
			continue;
		update_row(table, found, rows[i]);
		updated++;
	}
	UnregisterSnapshot(table->estate->es_snapshot);
	ExecDropSingleTupleTableSlot(found);
	if (index != NULL)
		index_close(index, NoLock);
	close_after_writing(table, relation);
	return updated;
}
