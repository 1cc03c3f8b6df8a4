/*
 * table_write.c: rows of our own tables, written without a statement.
 *
 * Rows are inserted and updated with the functions of the table and its indexes, as COPY and logical replication do it,
 * without starting the executor. NOT NULL and CHECK are tested, then rows go into the table and into each index that
 * takes them. An update, as a delete, looks for its row where it was read; where another version stands there by now, by its
 * key. The caller has locked the customer, so nobody else writes these rows, and a conflict is an error. What is
 * written is seen by what the same call reads next.
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

/* Tells whether the table has other columns than when the rows were formed. */
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

	if (!loyalty_may_be_direct())
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

/* Tells whether an index has an entry for the row. */
static bool
index_takes(LoyaltyTable *table, int i, TupleTableSlot *row)
{
	IndexInfo *info = table->result->ri_IndexRelationInfo[i];
	ExprContext *context = GetPerTupleExprContext(table->estate);

	context->ecxt_scantuple = row;
	return info->ii_Predicate == NIL || ExecQual(info->ii_PredicateState, context);
}

/*
 * Opens an index for writing, without the notes that its code kept from earlier rows: they must not outlive a
 * relation.
 */
static Relation
open_index(LoyaltyTable *table, int i)
{
	Relation index = index_open(table->indexes[i].oid, RowExclusiveLock);

	table->result->ri_IndexRelationInfo[i]->ii_AmCache = NULL;
	table->result->ri_IndexRelationInfo[i]->ii_Context = CurrentMemoryContext;
	table->result->ri_IndexRelationDescs[i] = index;
	return index;
}

/* Puts rows into slots of the table, which are made as they are needed. */
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

/* Closes everything, and lets the next statement see what was written. */
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

/*
 * Inserts rows into one index, which is opened as the first row enters it: the table's lock keeps every index in
 * place.
 */
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

/* Tells whether a column that must have a value has none. */
static bool
lacks_value(TupleDesc desc, HeapTuple row)
{
	int i;

	for (i = 0; HeapTupleHasNulls(row) && i < desc->natts; i++)
		if (att_isnull(i, row->t_data->t_bits) && TupleDescAttr(desc, i)->attnotnull)
			return true;
	return false;
}

/*
 * Tests constraints. NOT NULL is seen in the row's header. The executor, which takes the row apart for it, has the
 * others.
 */
static void
check_constraints(LoyaltyTable *table, HeapTuple row, TupleTableSlot *taken)
{
	const TupleConstr *constraints = table->desc->constr;

	if (constraints != NULL && (constraints->num_check > 0 || lacks_value(table->desc, row)))
		ExecConstraints(table->result, taken, table->estate);
}

/*
 * Inserts at most ROWS_AT_ONCE rows. They go into one index after another, so that the pages on the way down are still
 * at hand, and into each page of the table together.
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

/* Inserts rows, a hundred at a time. */
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

/*
 * Tells whether a row has the key of another one. Values that pass by value are equal where they are the same
 * Datum; a key with any other column is looked for by its index instead.
 */
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

/* Finds the row where it was read; false: it was written since, or was never read. */
static bool
find_at_place(LoyaltyTable *table, const TableIndex *kept, HeapTuple row, TupleTableSlot *found)
{
	return ItemPointerIsValid(&row->t_self) &&
		   table_tuple_fetch_row_version(table->result->ri_RelationDesc, &row->t_self,
										 table->estate->es_snapshot, found) &&
		   has_same_key(table, kept, row, found);
}

/*
 * Finds the row that has the key of another one, in "found", which points into "place"; false: there is none. The
 * index is open after the first search.
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
	scan = loyalty_index_scan_begin(table->result->ri_RelationDesc, *index, kept, kept->key_count, values,
									table->estate->es_snapshot);
	exists = loyalty_index_scan_next(scan, place, found);
	loyalty_index_scan_end(scan, place);
	return exists;
}

/* Writes a new version of a row. An update in place (HOT) touches no index, and opens none. */
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

/* Takes a row away. Its entries in indexes stay until a vacuum, as after any delete. */
static void
delete_row(LoyaltyTable *table, TupleTableSlot *found, HeapTuple row)
{
	CheckCmdReplicaIdentity(table->result->ri_RelationDesc, CMD_DELETE);
	simple_table_tuple_delete(table->result->ri_RelationDesc, &found->tts_tid, table->estate->es_snapshot);
}

/* Updates or deletes rows one by one; each must be the only one with its key. */
static int
change_rows(LoyaltyTable *table, LoyaltyIndex *told, HeapTuple *rows, int count, const char *command,
			void (*change)(LoyaltyTable *, TupleTableSlot *, HeapTuple))
{
	Relation relation = open_for_writing(table, command, rows, count);
	const TableIndex *kept;
	TupleTableSlot *found;
	FoundRow place = { 0 };
	Relation index = NULL;
	int changed = 0;
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
		change(table, found, rows[i]);
		changed++;
	}
	UnregisterSnapshot(table->estate->es_snapshot);
	ExecDropSingleTupleTableSlot(found);
	if (index != NULL)
		index_close(index, NoLock);
	close_after_writing(table, relation);
	return changed;
}

/* Replaces rows. */
int
loyalty_table_update(LoyaltyTable *table, LoyaltyIndex *index, HeapTuple *rows, int count)
{
	return change_rows(table, index, rows, count, "UPDATE", update_row);
}

/* Takes rows away. */
int
loyalty_table_delete(LoyaltyTable *table, LoyaltyIndex *index, HeapTuple *rows, int count)
{
	return change_rows(table, index, rows, count, "DELETE", delete_row);
}
