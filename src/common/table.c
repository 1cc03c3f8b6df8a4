/*
 * table.c: what is kept of our own tables, so that their rows need no statement.
 *
 * Starting the executor for an INSERT of one row costs several times what the row costs: every partial index has its
 * predicate prepared anew, and every index is opened and locked, though most take no entry. What of that depends on
 * the table alone is kept here until the table changes.
 */
#include "postgres.h"

#include "access/genam.h"
#include "access/htup_details.h"
#include "access/table.h"
#include "catalog/index.h"
#include "catalog/namespace.h"
#include "catalog/pg_am.h"
#include "catalog/pg_trigger.h"
#include "commands/extension.h"
#include "commands/trigger.h"
#include "executor/executor.h"
#include "utils/builtins.h"
#include "utils/lsyscache.h"
#include "utils/memutils.h"
#include "utils/rel.h"

#include "common/names.h"
#include "common/table_kept.h"

#define MAX_TABLES 32

/* The function of the triggers that keep everybody but the store from writing. */
#define GUARD "ledger_guard"

static LoyaltyTable tables[MAX_TABLES];
static int table_count;

LoyaltyTable *
loyalty_table(const char *name)
{
	int i;

	for (i = 0; i < table_count; i++)
		if (strcmp(tables[i].name, name) == 0)
			return &tables[i];
	if (table_count == MAX_TABLES)
		elog(ERROR, "more than %d tables are open to their rows", MAX_TABLES);
	tables[table_count] = (LoyaltyTable){ .name = name, .changes = 1 };
	return &tables[table_count++];
}

/* An index that is built beside running transactions takes rows before its table is heard of. */
static bool
is_about(const LoyaltyTable *table, Oid relid)
{
	int i;

	if (!OidIsValid(relid) || table->oid == relid)
		return true;
	for (i = 0; i < table->index_count; i++)
		if (table->indexes[i].oid == relid)
			return true;
	return false;
}

void
loyalty_tables_invalidate(Oid relid)
{
	int i;

	for (i = 0; i < table_count; i++)
		if (is_about(&tables[i], relid))
			tables[i].changes++;
}

/* ---------------------------------------------------------------- what is kept of a table */

static bool
is_ordinary(Relation relation)
{
	return relation->rd_rel->relkind == RELKIND_RELATION && relation->rd_rel->relam == HEAP_TABLE_AM_OID &&
		   !relation->rd_rel->relhassubclass && !relation->rd_rel->relispartition &&
		   !relation->rd_rel->relrowsecurity && relation->rd_rules == NULL &&
		   !OidIsValid(get_extension_oid("citus", true));
}

/* What other triggers do must be done: a statement fires them. A look-up may free what the relation has of them. */
static bool
has_guard_alone(Relation relation)
{
	const TriggerDesc *triggers = CopyTriggerDesc(relation->trigdesc);
	Oid guard = get_namespace_oid(LOYALTY_TABLES_SCHEMA, false);
	int i;

	for (i = 0; triggers != NULL && i < triggers->numtriggers; i++)
	{
		const Trigger *trigger = &triggers->triggers[i];

		if (TRIGGER_FOR_ROW(trigger->tgtype) || get_func_namespace(trigger->tgfoid) != guard ||
			strcmp(get_func_name(trigger->tgfoid), GUARD) != 0)
			return false;
	}
	return true;
}

/* Equalities with the leading columns of an index, as far as it has plain ones. */
static void
describe_keys(TableIndex *kept, Relation index)
{
	int i;

	for (i = 0; i < Min(IndexRelationGetNumberOfKeyAttributes(index), MAX_KEYS); i++)
	{
		AttrNumber column = index->rd_index->indkey.values[i];
		Oid equal = get_opfamily_member(index->rd_opfamily[i], index->rd_opcintype[i], index->rd_opcintype[i],
										BTEqualStrategyNumber);

		if (column <= 0 || !OidIsValid(equal))
			return;
		ScanKeyEntryInitialize(&kept->keys[i], 0, i + 1, BTEqualStrategyNumber, InvalidOid,
							   index->rd_indcollation[i], get_opcode(equal), (Datum) 0);
		kept->columns[i] = column;
		kept->types[i] = index->rd_opcintype[i];
		kept->key_count = i + 1;
	}
}

/* Predicates of partial indexes are prepared once, so that a row asks them without opening the index. */
static void
describe_index(LoyaltyTable *table, int i)
{
	TableIndex *kept = &table->indexes[i];
	Relation index = index_open(kept->oid, AccessShareLock);
	IndexInfo *info = BuildIndexInfo(index);

	namestrcpy(&kept->name, RelationGetRelationName(index));
	kept->usable =
		index->rd_rel->relam == BTREE_AM_OID && index->rd_index->indisvalid && !index->rd_index->indcheckxmin;
	if (kept->usable)
		describe_keys(kept, index);
	kept->unique = index->rd_index->indisunique && index->rd_index->indimmediate &&
				   kept->key_count == IndexRelationGetNumberOfKeyAttributes(index);
	if (info->ii_Predicate != NIL)
		info->ii_PredicateState = ExecPrepareQual(info->ii_Predicate, table->estate);
	if (info->ii_ExclusionOps != NULL)
		table->writable = false;
	table->result->ri_IndexRelationInfo[i] = info;
	index_close(index, NoLock);
}

static void
describe_indexes(LoyaltyTable *table, Relation relation)
{
	List *oids = RelationGetIndexList(relation);
	int count = list_length(oids);
	int i;

	table->indexes = palloc0(sizeof(TableIndex) * Max(count, 1));
	table->result->ri_IndexRelationInfo = palloc0(sizeof(IndexInfo *) * Max(count, 1));
	table->result->ri_IndexRelationDescs = palloc0(sizeof(Relation) * Max(count, 1));
	table->result->ri_NumIndices = count;
	for (i = 0; i < count; i++)
	{
		table->indexes[i].oid = list_nth_oid(oids, i);
		table->index_count = i + 1;
		describe_index(table, i);
	}
}

/* The columns. A description that says the same as the last one is the last one. */
static void
describe_columns(LoyaltyTable *table, Relation relation)
{
	TupleDesc desc = RelationGetDescr(relation);
	int i;

	if (table->desc == NULL || !equalTupleDescs(table->desc, desc))
	{
		MemoryContext caller = MemoryContextSwitchTo(CacheMemoryContext);

		table->desc = CreateTupleDescCopyConstr(desc);
		MemoryContextSwitchTo(caller);
	}
	table->live_columns = 0;
	for (i = 0; i < table->desc->natts; i++)
		table->live_columns += !TupleDescAttr(table->desc, i)->attisdropped;
}

/* Columns that are not ours have defaults, or values that an update keeps: a statement sees to them. */
static bool
has_own_columns_alone(const LoyaltyTable *table)
{
	return table->own_columns == 0 || table->own_columns == table->live_columns;
}

/*
 * Triggers are left out of the result relation: none but the guard is there when rows are written. The lock keeps the
 * table as it is; what is heard of meanwhile is looked at when the table is opened next.
 */
static void
describe_table(LoyaltyTable *table, Relation relation)
{
	MemoryContext caller = CurrentMemoryContext;
	uint64 as_of = table->changes;

	table->index_count = 0;
	if (table->context != NULL)
		MemoryContextDelete(table->context);
	table->context = AllocSetContextCreate(CacheMemoryContext, "loyalty table", ALLOCSET_SMALL_SIZES);
	MemoryContextSwitchTo(table->context);
	table->readable = is_ordinary(relation);
	describe_columns(table, relation);
	table->writable = table->readable && has_own_columns_alone(table) && has_guard_alone(relation);
	table->estate = CreateExecutorState();
	table->result = makeNode(ResultRelInfo);
	InitResultRelInfo(table->result, relation, 0, NULL, 0);
	table->result->ri_TrigDesc = NULL;
	table->row_count = 0;
	describe_indexes(table, relation);
	MemoryContextSwitchTo(caller);
	table->as_of = as_of;
}

Relation
loyalty_table_open(LoyaltyTable *table, LOCKMODE mode)
{
	Relation relation;

	if (table->as_of != table->changes)
		table->oid = loyalty_table_oid(table->name);
	if (!OidIsValid(table->oid))
		ereport(ERROR, (errcode(ERRCODE_UNDEFINED_TABLE),
						errmsg("relation \"" LOYALTY_TABLES_SCHEMA ".%s\" does not exist", table->name)));
	relation = table_open(table->oid, mode);
	if (table->as_of != table->changes)
		describe_table(table, relation);
	return relation;
}

TupleDesc
loyalty_table_desc(LoyaltyTable *table)
{
	if (table->as_of != table->changes)
		table_close(loyalty_table_open(table, AccessShareLock), NoLock);
	return table->desc;
}

/* Our columns are the first of those that were not dropped. Others are null here, and left to the statement. */
static HeapTuple
form_among_others(LoyaltyTable *table, int count, const Datum *values, const bool *nulls)
{
	TupleDesc desc = table->desc;
	Datum *all_values = palloc0(sizeof(Datum) * desc->natts);
	bool *all_nulls = palloc(sizeof(bool) * desc->natts);
	HeapTuple row;
	int own = 0;
	int i;

	if (table->live_columns < count)
		elog(ERROR, "a row of table %s has %d columns where the table has %d", table->name, count,
			 table->live_columns);
	for (i = 0; i < desc->natts; i++)
	{
		all_nulls[i] = TupleDescAttr(desc, i)->attisdropped || own == count || nulls[own];
		if (!TupleDescAttr(desc, i)->attisdropped && own < count)
			all_values[i] = values[own++];
	}
	row = heap_form_tuple(desc, all_values, all_nulls);
	pfree(all_values);
	pfree(all_nulls);
	return row;
}

HeapTuple
loyalty_table_row(LoyaltyTable *table, int count, Datum *values, bool *nulls)
{
	TupleDesc desc = loyalty_table_desc(table);

	if (desc->natts == count && table->live_columns == count)
		return heap_form_tuple(desc, values, nulls);
	table->own_columns = count;
	table->writable = table->writable && has_own_columns_alone(table);
	return form_among_others(table, count, values, nulls);
}
