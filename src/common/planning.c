/*
 * planning.c: what the planner is told of our tables while a statement of ours is planned.
 *
 * A plan is kept as long as its backend lives. It may be made when tables are empty, after a restore, when nobody has
 * analysed them, or from statistics of a day on which an org had one customer: then one index of a table is as good as
 * another to the planner, and a join that finds its rows by half a key as good as one by the whole. So the planner is told
 * the same of every table, whatever is in it: very many rows, some hundreds of each customer, one of a whole key.
 * What a statement knows of a key is then what it finds its rows by, and its plan is the same in every database.
 *
 * What is told are the size of a table and of its indexes, and how many values a column has: all that the planner asks where
 * conditions are equalities. Half of the values of a column are null, so that a partial index is neither free nor useless.
 * Reference data stay small beside: a join begins with the customer, and looks codes and programs up.
 *
 * That holds for tables of the schema of ours, and only while loyalty.plan_by_key is on. Statements that read tables as a
 * whole, and those of others, are planned as ever.
 */
#include "postgres.h"

#include "access/htup_details.h"
#include "catalog/namespace.h"
#include "catalog/pg_statistic.h"
#include "catalog/pg_type.h"
#include "optimizer/plancat.h"
#include "utils/lsyscache.h"
#include "utils/selfuncs.h"

#include "common/guc.h"
#include "common/names.h"
#include "common/planning.h"

/*
 * Rows of a table that has some of customers, and of one that has reference data. The first is as large as a table may get:
 * a way to its rows that is too long by any factor is seen to be.
 */
#define CUSTOMER_ROWS 1e10
#define REFERENCE_ROWS 1e4

/* Rows on a page of a table and of an index. */
#define ROWS_ON_PAGE 50
#define ROWS_ON_INDEX_PAGE 200
#define INDEX_HEIGHT 4

/*
 * Different values of a column. The rows of one customer are what is left by the first two: a thousand, so that it is never as
 * good to read all of them as to look one up.
 */
#define ORGS 10
#define CUSTOMERS 1e6
#define MANY 1e5
#define FEW 10

const LoyaltyPlanSetting loyalty_plan_by_keys[] = {
	{ "enable_seqscan", "off" },
	{ "enable_hashjoin", "off" },
	{ "enable_mergejoin", "off" },
	{ "enable_material", "off" },
	{ "jit", "off" },
	{ "loyalty.plan_by_key", "on" },
	{ NULL, NULL },
};
const LoyaltyPlanSetting loyalty_plan_any_way[] = {
	{ "jit", "off" },
	{ "loyalty.plan_by_key", "off" },
	{ NULL, NULL },
};

static get_relation_info_hook_type next_relation_info;
static get_relation_stats_hook_type next_relation_stats;

/* Tells whether a relation is a table of ours. */
static bool
is_ours(Oid relation)
{
	return get_rel_namespace(relation) == get_namespace_oid(LOYALTY_TABLES_SCHEMA, true);
}

/* Tells whether a table of ours has rows of customers. */
static bool
is_of_customers(Oid relation)
{
	return get_attnum(relation, "customer_id") != InvalidAttrNumber;
}

/* Makes tables of customers large, and those of reference data small, whatever is in them. */
static void
tell_size(PlannerInfo *root, Oid relation, bool inherits, RelOptInfo *rel)
{
	double rows;
	ListCell *cell;

	if (next_relation_info)
		next_relation_info(root, relation, inherits, rel);
	if (!loyalty_plan_by_key || !is_ours(relation))
		return;
	rows = is_of_customers(relation) ? CUSTOMER_ROWS : REFERENCE_ROWS;
	rel->tuples = rows;
	rel->pages = rows / ROWS_ON_PAGE;
	rel->allvisfrac = 0;
	foreach(cell, rel->indexlist)
	{
		IndexOptInfo *index = lfirst(cell);

		index->tuples = rows;
		index->pages = rows / ROWS_ON_INDEX_PAGE;
		index->tree_height = INDEX_HEIGHT;
	}
}

/*
 * Returns how many values a column has. Ids, texts and times are as good as unique, codes and small numbers are not, but for
 * the ids of reference data in its own tables.
 */
static double
distinct_values(Oid relation, AttrNumber column)
{
	const char *name = get_attname(relation, column, false);

	if (strcmp(name, "org_id") == 0)
		return ORGS;
	if (strcmp(name, "customer_id") == 0)
		return CUSTOMERS;
	switch (get_atttype(relation, column))
	{
		case BOOLOID:
		case CHAROID:
		case INT2OID:
		case INT4OID:
			return is_of_customers(relation) ? FEW : MANY;
		default:
			return MANY;
	}
}

/* Makes a row of pg_statistic that says only that. Half of the values are null, where somebody asks. */
static HeapTuple
statistics_of(double distinct)
{
	Size head = MAXALIGN(offsetof(HeapTupleHeaderData, t_bits));
	HeapTuple tuple = palloc0(HEAPTUPLESIZE + head + sizeof(FormData_pg_statistic));
	Form_pg_statistic statistic;

	tuple->t_len = head + sizeof(FormData_pg_statistic);
	tuple->t_data = (HeapTupleHeader) ((char *) tuple + HEAPTUPLESIZE);
	tuple->t_data->t_hoff = head;
	HeapTupleHeaderSetNatts(tuple->t_data, Natts_pg_statistic);
	statistic = (Form_pg_statistic) GETSTRUCT(tuple);
	statistic->stadistinct = distinct;
	statistic->stanullfrac = 0.5;
	statistic->stawidth = 8;
	return tuple;
}

/* Stands in for what ANALYZE found, or did not. */
static bool
tell_values(PlannerInfo *root, RangeTblEntry *entry, AttrNumber column, VariableStatData *values)
{
	if (loyalty_plan_by_key && entry->rtekind == RTE_RELATION && column > 0 && is_ours(entry->relid))
	{
		values->statsTuple = statistics_of(distinct_values(entry->relid, column));
		values->freefunc = heap_freetuple;
		values->acl_ok = true;
		return true;
	}
	return next_relation_stats && next_relation_stats(root, entry, column, values);
}

/* Keeps whoever stood there before: they are asked, too. */
void
loyalty_planning_init(void)
{
	next_relation_info = get_relation_info_hook;
	get_relation_info_hook = tell_size;
	next_relation_stats = get_relation_stats_hook;
	get_relation_stats_hook = tell_values;
}
