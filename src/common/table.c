/*
 * table.c: facts about our own tables, so that their rows need no statement.
 *
 * Starting the executor for an INSERT of one row costs several times what the row costs: every partial index has its
 * predicate prepared anew, and every index is opened and locked, though most take no entry. Facts that depend on the
 * table alone are kept here until the table changes.
 *
 * The relcache says when a table or one of its indexes changes; here that is only counted. A table is described again
 * under a lock when it is opened next, so that what is kept is as the lock found it. Nothing of the relcache is kept by
 * pointer: a look-up may free it.
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
#include "nodes/makefuncs.h"
#include "utils/builtins.h"
#include "utils/lsyscache.h"
#include "utils/memutils.h"
#include "utils/rel.h"
#include "utils/ruleutils.h"

#include "common/names.h"
#include "common/table_kept.h"

#define MAX_TABLES 64

/* The function of the triggers that keep everybody but the store from writing. */
#define GUARD "ledger_guard"

static LoyaltyTable tables[MAX_TABLES];
static int table_count;

/* Returns the entry of a layout. Entries stay where they are: statements keep pointers to them. */
LoyaltyTable *
loyalty_table(const LoyaltyLayout *layout)
{
	int i;

	for (i = 0; i < table_count; i++)
		if (tables[i].layout == layout)
			return &tables[i];
	if (table_count == MAX_TABLES)
		elog(ERROR, "more than %d tables are open to their rows", MAX_TABLES);
	tables[table_count] = (LoyaltyTable){ .layout = layout, .changes = 1 };
	return &tables[table_count++];
}

/*
 * Tells whether a change concerns a table. An index that is built beside running transactions takes rows before its
 * table is heard of, so its own oid counts, too.
 */
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

/* Counts the change for the tables that it may concern. */
void
loyalty_tables_invalidate(Oid relid)
{
	int i;

	for (i = 0; i < table_count; i++)
		if (is_about(&tables[i], relid))
			tables[i].changes++;
}

/* ---------------------------------------------------------------- what is kept of a table */

/*
 * Tells whether the rows of a relation are all that a statement would see: no children, rules, row security, other
 * storage.
 */
static bool
is_ordinary(Relation relation)
{
	return relation->rd_rel->relkind == RELKIND_RELATION && relation->rd_rel->relam == HEAP_TABLE_AM_OID &&
		   !relation->rd_rel->relhassubclass && !relation->rd_rel->relispartition &&
		   !relation->rd_rel->relrowsecurity && relation->rd_rules == NULL &&
		   !OidIsValid(get_extension_oid("citus", true));
}

/*
 * Tells whether the guard is the only trigger. Others must be fired, and a statement fires them. The list is copied: a
 * look-up may free what the relation has of it.
 */
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

/* Prepares equalities with the leading columns of an index, as far as it has plain ones in ascending order. */
static void
describe_keys(const LoyaltyTable *table, TableIndex *kept, Relation index)
{
	int i;

	for (i = 0; i < Min(IndexRelationGetNumberOfKeyAttributes(index), MAX_KEYS); i++)
	{
		AttrNumber column = index->rd_index->indkey.values[i];
		Oid type = index->rd_opcintype[i];
		bool ascends = index->rd_indoption[i] == 0;
		Oid equal = get_opfamily_member(index->rd_opfamily[i], type, type, BTEqualStrategyNumber);

		if (column <= 0 || !ascends || !OidIsValid(equal) ||
			type != TupleDescAttr(table->desc, column - 1)->atttypid)
			return;
		ScanKeyEntryInitialize(&kept->keys[i], 0, i + 1, BTEqualStrategyNumber, InvalidOid,
							   index->rd_indcollation[i], get_opcode(equal), (Datum) 0);
		kept->columns[i] = column;
		kept->key_count = i + 1;
	}
}

/*
 * Learns what an index is good for. Predicates of partial indexes are prepared once, so that a row asks them without
 * opening the index. An index with indcheckxmin may lack rows that an old snapshot needs.
 */
static void
describe_index(LoyaltyTable *table, int i)
{
	TableIndex *kept = &table->indexes[i];
	Relation index = index_open(kept->oid, AccessShareLock);
	IndexInfo *info = BuildIndexInfo(index);

	kept->usable =
		index->rd_rel->relam == BTREE_AM_OID && index->rd_index->indisvalid && !index->rd_index->indcheckxmin;
	if (kept->usable)
		describe_keys(table, kept, index);
	kept->unique = index->rd_index->indisunique && index->rd_index->indimmediate &&
				   kept->key_count == IndexRelationGetNumberOfKeyAttributes(index);
	if (info->ii_Predicate != NIL)
		info->ii_PredicateState = ExecPrepareQual(info->ii_Predicate, table->estate);
	if (info->ii_ExclusionOps != NULL)
		table->writable = false;
	table->result->ri_IndexRelationInfo[i] = info;
	index_close(index, NoLock);
}

/* Learns all indexes, also those that are not valid yet: rows go into them already. */
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

/*
 * Learns the columns. A description that says the same as the last one is the last one, since rows at hand may be
 * described by it.
 */
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
	loyalty_layout_check(table->layout, table->desc);
	table->live_columns = 0;
	for (i = 0; i < table->desc->natts; i++)
		table->live_columns += !TupleDescAttr(table->desc, i)->attisdropped;
}

/*
 * Learns everything anew, in a context that replaces the last one. Triggers are left out of the result relation: none
 * but the guard is there when rows are written. The lock keeps the table as it is; a change that is heard of meanwhile
 * is looked at when the table is opened next.
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
	/* Columns that are not ours have defaults, or values that an update keeps: a statement sees to them. */
	table->writable =
		table->readable && table->live_columns == table->layout->count && has_guard_alone(relation);
	table->estate = CreateExecutorState();
	table->result = makeNode(ResultRelInfo);
	InitResultRelInfo(table->result, relation, 0, NULL, 0);
	table->result->ri_TrigDesc = NULL;
	table->row_count = 0;
	describe_indexes(table, relation);
	MemoryContextSwitchTo(caller);
	table->as_of = as_of;
}

/* Returns the table that has the name now. */
static Oid
named_table(const LoyaltyTable *table)
{
	Oid oid = loyalty_table_oid(table->layout->table);

	if (!OidIsValid(oid))
		ereport(ERROR,
				(errcode(ERRCODE_UNDEFINED_TABLE),
				 errmsg("relation \"" LOYALTY_TABLES_SCHEMA ".%s\" does not exist", table->layout->table)));
	return oid;
}

/*
 * Opens a table and describes it where it changed. While the lock is waited for, another table may get the name: it is
 * looked up again under the lock, which keeps the name where it is. The same table is described, whatever is heard
 * meanwhile, so that this ends.
 */
Relation
loyalty_table_open(LoyaltyTable *table, LOCKMODE mode)
{
	Relation relation;

	if (table->as_of != table->changes)
		table->oid = named_table(table);
	relation = table_open(table->oid, mode);
	while (table->as_of != table->changes)
	{
		Oid named = named_table(table);

		if (named == table->oid)
		{
			describe_table(table, relation);
			break;
		}
		table_close(relation, mode);
		table->oid = named;
		relation = table_open(table->oid, mode);
	}
	return relation;
}

/* Returns the description as of now. */
TupleDesc
loyalty_table_desc(LoyaltyTable *table)
{
	if (table->as_of != table->changes)
		table_close(loyalty_table_open(table, AccessShareLock), NoLock);
	return table->desc;
}

/* Describes the table if it must be; that compares the columns. */
void
loyalty_table_check(const LoyaltyLayout *layout)
{
	(void) loyalty_table_desc(loyalty_table(layout));
}

/*
 * Makes a row. Our columns are the first of those that were not dropped. Others are null here, and left to the
 * statement.
 */
HeapTuple
loyalty_table_row(LoyaltyTable *table, const void *from)
{
	const LoyaltyLayout *layout = table->layout;
	TupleDesc desc = loyalty_table_desc(table);
	Datum own_values[LOYALTY_MAX_COLUMNS];
	bool own_nulls[LOYALTY_MAX_COLUMNS];
	Datum *values = own_values;
	bool *nulls = own_nulls;
	HeapTuple row;
	int own = 0;
	int i;

	loyalty_layout_values(layout, from, own_values, own_nulls);
	if (desc->natts != layout->count)
	{
		values = palloc0(sizeof(Datum) * desc->natts);
		nulls = palloc(sizeof(bool) * desc->natts);
		for (i = 0; i < desc->natts; i++)
		{
			bool is_own = !TupleDescAttr(desc, i)->attisdropped && own < layout->count;

			nulls[i] = !is_own || own_nulls[own];
			if (is_own)
				values[i] = own_values[own++];
		}
	}
	row = heap_form_tuple(desc, values, nulls);
	if (layout->tid >= 0)
		row->t_self = *(const ItemPointerData *) ((const char *) from + layout->tid);
	return row;
}

/* ---------------------------------------------------------------- indexes by their columns */

/* Splits a list of columns. */
LoyaltyNames
loyalty_names(const char *list)
{
	LoyaltyNames names = { 0 };
	Size length;

	while (list != NULL && *list != '\0')
	{
		if (names.count == lengthof(names.items))
			elog(ERROR, "too many columns: %s", list);
		length = strcspn(list, ", ");
		memcpy(NameStr(names.items[names.count++]), list, Min(length, NAMEDATALEN - 1));
		list += length + strspn(list + length, ", ");
	}
	return names;
}

/* Tells whether columns of an index, from "next" on, are those of a list, and moves "next" behind them. */
static bool
has_columns(const LoyaltyTable *table, const TableIndex *index, const char *list, int *next)
{
	LoyaltyNames names = loyalty_names(list);
	int i;

	for (i = 0; i < names.count; i++)
	{
		if (*next == index->key_count ||
			strcmp(NameStr(names.items[i]),
				   NameStr(TupleDescAttr(table->desc, index->columns[*next] - 1)->attname)) != 0)
			return false;
		(*next)++;
	}
	return true;
}

/*
 * Tells whether an index is partial by a condition, or (NULL) has all rows. PostgreSQL writes the condition itself, so
 * ours must be in its words.
 */
static bool
has_condition(Relation relation, const IndexInfo *info, const char *where)
{
	char *found;
	Size length;

	if (where == NULL || info->ii_Predicate == NIL)
		return where == NULL && info->ii_Predicate == NIL;
	found = deparse_expression((Node *) make_ands_explicit(info->ii_Predicate),
							   deparse_context_for(RelationGetRelationName(relation), relation->rd_id), false,
							   false);
	length = strlen(found);
	if (found[0] != '(')
		return strcmp(found, where) == 0;
	return length == strlen(where) + 2 && strncmp(found + 1, where, length - 2) == 0;
}

/*
 * Tells whether an index is the one that is asked for. With "of_one" it must also be unique, with the key as all of its
 * columns: an update needs the one row that has the key.
 */
static bool
is_told(const LoyaltyTable *table, Relation relation, const LoyaltyIndex *index, bool of_one, int i)
{
	const TableIndex *kept = &table->indexes[i];
	int next = 0;

	return kept->usable && has_columns(table, kept, index->key, &next) &&
		   has_columns(table, kept, index->order, &next) &&
		   (!of_one || (kept->unique && next == kept->key_count)) &&
		   has_condition(relation, table->result->ri_IndexRelationInfo[i], index->where);
}

/* Finds the index that is asked for, anew where the table has changed. */
const TableIndex *
loyalty_table_index(LoyaltyTable *table, Relation relation, LoyaltyIndex *index, bool of_one)
{
	int i;

	if (index->as_of != table->as_of)
	{
		index->key_count = loyalty_names(index->key).count;
		index->chosen = -1;
		for (i = 0; i < table->index_count && index->chosen < 0; i++)
			if (is_told(table, relation, index, of_one, i))
				index->chosen = i;
		index->as_of = table->as_of;
	}
	return index->chosen < 0 ? NULL : &table->indexes[index->chosen];
}
