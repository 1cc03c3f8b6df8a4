/*
 * query.c: preparing statements and running them.
 *
 * A statement is prepared at its first use in a backend and kept. It is planned once for all values, and so that it
 * finds rows by key: a plan that is made while tables are small must do when they are large. Statements in words are
 * tried as a scan or a write of rows first (table.h) and run through SPI where that is not possible. The caller holds
 * an SPI connection and runs as the owner; rows are those of a new snapshot unless the statement says that it must
 * agree with the caller's.
 */
#include "postgres.h"

#include "access/htup_details.h"
#include "access/xact.h"
#include "catalog/pg_type.h"
#include "commands/extension.h"
#include "nodes/makefuncs.h"
#include "parser/parse_node.h"
#include "tcop/cmdtag.h"
#include "utils/guc.h"
#include "utils/lsyscache.h"
#include "utils/plancache.h"
#include "utils/snapmgr.h"

#include "common/array.h"
#include "common/planning.h"
#include "common/query.h"
#include "common/query_kept.h"

/* numeric(18,3), as the catalogue says it. */
#define POINTS_TYPMOD (((18 << 16) | 3) + VARHDRSZ)

/* Returns the table of a statement in words, kept after the first time. */
static LoyaltyTable *
table_of(LoyaltyQuery *query)
{
	if (query->table == NULL)
		query->table = loyalty_table(query->layout);
	return query->table;
}

/* ---------------------------------------------------------------- plans */

/*
 * Makes the node of a parameter. A numeric parameter is a numeric(18,3) already (loyalty_numeric makes no other),
 * which spares the statement a call of the length coercion per value.
 */
static Node *
parameter_reference(ParseState *pstate, ParamRef *reference)
{
	const LoyaltyQuery *query = pstate->p_ref_hook_state;
	Param *param;

	if (reference->number < 1 || reference->number > query->param_count)
		elog(ERROR, "there is no parameter $%d", reference->number);
	param = makeNode(Param);
	param->paramkind = PARAM_EXTERN;
	param->paramid = reference->number;
	param->paramtype = query->types[reference->number - 1];
	param->paramtypmod = param->paramtype == NUMERICOID ? POINTS_TYPMOD : -1;
	param->paramcollid = get_typcollation(param->paramtype);
	param->location = reference->location;
	return (Node *) param;
}

/* Tells the parser how to read $1. */
static void
set_up_parser(ParseState *pstate, void *query)
{
	pstate->p_paramref_hook = parameter_reference;
	pstate->p_ref_hook_state = query;
}

/* Returns the code that SPI returns for a statement of that verb. */
static int
expected_of(SPIPlanPtr plan)
{
	const CachedPlanSource *source = llast(SPI_plan_get_plan_sources(plan));
	bool returning = source->resultDesc != NULL;

	switch (source->commandTag)
	{
		case CMDTAG_SELECT:
		case CMDTAG_SELECT_FOR_NO_KEY_UPDATE:
		case CMDTAG_SELECT_FOR_KEY_SHARE:
		case CMDTAG_SELECT_FOR_UPDATE:
		case CMDTAG_SELECT_FOR_SHARE:
			return SPI_OK_SELECT;
		case CMDTAG_INSERT:
			return returning ? SPI_OK_INSERT_RETURNING : SPI_OK_INSERT;
		case CMDTAG_UPDATE:
			return returning ? SPI_OK_UPDATE_RETURNING : SPI_OK_UPDATE;
		case CMDTAG_DELETE:
			return returning ? SPI_OK_DELETE_RETURNING : SPI_OK_DELETE;
		default:
			return SPI_OK_UTILITY;
	}
}

/*
 * Prepares a statement at its first use. Constant text needs no invalidation of ours: the plan cache analyses it again
 * after DDL. Plans are generic: statements find their rows by keys whatever the values, and planning them anew would
 * cost more than running them. Where Citus is, it must see the values to know the shard.
 */
static SPIPlanPtr
prepared(LoyaltyQuery *query)
{
	SPIPlanPtr plan;
	int options;

	if (query->plan != NULL)
		return query->plan;
	if (query->sql == NULL)
		loyalty_query_derive(query);
	while (query->param_count < LOYALTY_MAX_PARAMS && OidIsValid(query->types[query->param_count]))
		query->param_count++;
	options = OidIsValid(get_extension_oid("citus", true)) ? CURSOR_OPT_CUSTOM_PLAN : CURSOR_OPT_GENERIC_PLAN;
	plan = SPI_prepare_params(query->sql, set_up_parser, query, options);
	if (plan == NULL)
		elog(ERROR, "SPI_prepare failed: %s", SPI_result_code_string(SPI_result));
	if (!query->once && SPI_keepplan(plan) != 0)
		elog(ERROR, "SPI_keepplan failed");
	query->expected = expected_of(plan);
	query->plan = plan;
	return plan;
}

/* Frees the plan of a statement whose text was made for one call. */
void
loyalty_query_forget(LoyaltyQuery *query)
{
	if (query->plan != NULL)
		SPI_freeplan(query->plan);
	query->plan = NULL;
}

/* Makes the parameters in the form that plans with a parser hook take; NULL where there are none. */
static ParamListInfo
param_list(const LoyaltyQuery *query, const LoyaltyParams *params)
{
	int count = params == NULL ? 0 : params->n;
	ParamListInfo list;
	int i;

	if (count != query->param_count)
		elog(ERROR, "%d parameters where there are %d: %s", count, query->param_count, query->sql);
	if (count == 0)
		return NULL;
	list = makeParamList(params->n);
	for (i = 0; i < params->n; i++)
		list->params[i] = (ParamExternData){
			.value = params->values[i],
			.isnull = params->nulls[i],
			.pflags = PARAM_FLAG_CONST,
			.ptype = query->types[i],
		};
	return list;
}

/* Tells whether a plan is yet to be made, or to be made anew since something changed. */
static bool
needs_planning(SPIPlanPtr plan)
{
	ListCell *cell;

	foreach(cell, SPI_plan_get_plan_sources(plan))
	{
		const CachedPlanSource *source = lfirst(cell);

		if (!source->is_valid || source->gplan == NULL || !source->gplan->is_valid)
			return true;
	}
	return false;
}

/*
 * Leaves the planner what a statement may do; returns the level of settings to go back to, 0: the plan is there. Settings are
 * for the making of a plan: it is kept as long as the backend lives, and made when tables may be small. No statement is worth
 * compiling, which takes more memory than any job does otherwise.
 */
static int
begin_planning(const LoyaltyQuery *query, SPIPlanPtr plan)
{
	const LoyaltyPlanSetting *setting = query->any_plan ? loyalty_plan_any_way : loyalty_plan_by_keys;
	int level;

	if (!needs_planning(plan))
		return 0;
	level = NewGUCNestLevel();
	for (; setting->name != NULL; setting++)
		(void) set_config_option(setting->name, setting->value, PGC_USERSET, PGC_S_SESSION, GUC_ACTION_SAVE,
								 true, 0, false);
	return level;
}

/* Goes back to the settings from before; an error does so by itself. */
static void
end_planning(int level)
{
	if (level != 0)
		AtEOXact_GUC(true, level);
}

/* ---------------------------------------------------------------- running */

/*
 * Says what a duplicate key is where the transaction has one snapshot: somebody added the row that the call could not see and
 * would have found, so the call is to be repeated, as with every change that came between.
 */
static void
say_conflict(void *arg)
{
	if (geterrcode() != ERRCODE_UNIQUE_VIOLATION)
		return;
	errcode(ERRCODE_T_R_SERIALIZATION_FAILURE);
	errmsg("could not serialize access due to concurrent update");
	errdetail("Another transaction added the same row first.");
}

/* Runs a plan whose conflicts are the transaction's. */
static int
run_plan(SPIPlanPtr plan, ParamListInfo list, bool seen, long limit)
{
	ErrorContextCallback context = { .previous = error_context_stack, .callback = say_conflict };
	int result;

	if (!IsolationUsesXactSnapshot())
		return SPI_execute_plan_with_paramlist(plan, list, seen, limit);
	error_context_stack = &context;
	result = SPI_execute_plan_with_paramlist(plan, list, seen, limit);
	error_context_stack = context.previous;
	return result;
}

/* Runs a statement. SPI leaves its procedure's memory context behind; the caller goes on in its own. */
static void
execute(LoyaltyQuery *query, const LoyaltyParams *params, bool seen)
{
	MemoryContext caller = CurrentMemoryContext;
	SPIPlanPtr plan = prepared(query);
	ParamListInfo list = param_list(query, params);
	int level = begin_planning(query, plan);
	int result;

	result = run_plan(plan, list, seen, query->limit);
	end_planning(level);
	MemoryContextSwitchTo(caller);
	if (list != NULL)
		pfree(list);
	if (result != query->expected)
		elog(ERROR, "statement answered %s: %s", SPI_result_code_string(result), query->sql);
}

/*
 * Tells whether a parameter is null. No row equals a null, and an index would be asked for one: the statement runs.
 */
static bool
has_null(const LoyaltyParams *params)
{
	int i;

	for (i = 0; params != NULL && i < params->n; i++)
		if (params->nulls[i])
			return true;
	return false;
}

/* Begins the scan that stands for a statement in words. */
LoyaltyScan *
loyalty_query_scan(LoyaltyQuery *query, const LoyaltyParams *params)
{
	LoyaltyKey key = {
		.index = &query->index,
		.count = params == NULL ? 0 : params->n,
		.values = params == NULL ? NULL : params->values,
		.locked = query->access == LOYALTY_LOCK_ROWS,
		.seen = query->seen,
		.to_write = query->access == LOYALTY_FIND_ROWS_TO_WRITE,
	};

	if (query->access == LOYALTY_BY_TEXT || has_null(params))
		return NULL;
	return loyalty_scan_begin(table_of(query), &key);
}

/* Reads the rows of a scan to its end. */
static LoyaltyRows *
collect_rows(LoyaltyTable *table, LoyaltyScan *scan)
{
	LOYALTY_ARRAY(HeapTuple) tuples = { 0 };
	LoyaltyRows *rows = palloc0(sizeof(LoyaltyRows));
	HeapTuple row;

	while ((row = loyalty_scan_next(scan)) != NULL)
		LOYALTY_APPEND(tuples, row);
	loyalty_scan_end(scan);
	rows->count = tuples.n;
	rows->tuples = tuples.items;
	rows->desc = loyalty_table_desc(table);
	return rows;
}

/* Runs a statement by scan or by SPI. */
LoyaltyRows *
loyalty_query(LoyaltyQuery *query, LoyaltyParams *params)
{
	LoyaltyScan *scan = loyalty_query_scan(query, params);

	if (scan != NULL)
		return collect_rows(query->table, scan);
	execute(query, params, query->seen);
	return loyalty_rows_of_result();
}

/* Runs a statement read-only, as SPI calls it: no new snapshot is taken. */
LoyaltyRows *
loyalty_query_seen(LoyaltyQuery *query, LoyaltyParams *params)
{
	execute(query, params, true);
	return loyalty_rows_of_result();
}

/*
 * Runs a statement under a snapshot of its own, which REPEATABLE READ does not freeze. A scan sees the table as it is now, and is none
 * under REPEATABLE READ.
 */
LoyaltyRows *
loyalty_query_latest(LoyaltyQuery *query, LoyaltyParams *params)
{
	LoyaltyScan *scan = loyalty_query_scan(query, params);

	if (scan != NULL)
		return collect_rows(query->table, scan);
	PushActiveSnapshot(GetLatestSnapshot());
	execute(query, params, true);
	PopActiveSnapshot();
	return loyalty_rows_of_result();
}

/* Runs a statement and counts. */
uint64
loyalty_execute(LoyaltyQuery *query, LoyaltyParams *params)
{
	LoyaltyRows *rows = loyalty_query(query, params);
	uint64 count = rows->count;

	loyalty_rows_free(rows);
	return count;
}

/* Opens a portal, which keeps the plan and a copy of the parameters. */
Portal
loyalty_query_portal(LoyaltyQuery *query, const LoyaltyParams *params)
{
	MemoryContext caller = CurrentMemoryContext;
	SPIPlanPtr plan = prepared(query);
	ParamListInfo list = param_list(query, params);
	int level = begin_planning(query, plan);
	Portal portal = SPI_cursor_open_with_paramlist(NULL, plan, list, query->seen);

	end_planning(level);
	MemoryContextSwitchTo(caller);
	if (list != NULL)
		pfree(list); /* the portal has its own */
	if (portal == NULL)
		elog(ERROR, "SPI_cursor_open failed: %s", SPI_result_code_string(SPI_result));
	return portal;
}

/* ---------------------------------------------------------------- writing */

/* Makes a row of a struct; the layout was compared with the table. */
HeapTuple
loyalty_row_of(LoyaltyQuery *query, const void *row)
{
	return loyalty_table_row(table_of(query), row);
}

/* Writes one row by the statement: its columns are the parameters. */
static uint64
write_row(LoyaltyQuery *query, HeapTuple row)
{
	TupleDesc desc = loyalty_table_desc(query->table);
	Datum *values = palloc(sizeof(Datum) * desc->natts);
	bool *nulls = palloc(sizeof(bool) * desc->natts);
	LoyaltyParams params = { 0 };
	uint64 written;
	int i;

	heap_deform_tuple(row, desc, values, nulls);
	for (i = 0; i < desc->natts && params.n < query->layout->count; i++)
		if (!TupleDescAttr(desc, i)->attisdropped)
			loyalty_param(&params, loyalty_datum(values[i], nulls[i]));
	execute(query, &params, false);
	written = SPI_processed;
	pfree(values);
	pfree(nulls);
	return written;
}

/* Writes rows all together where that is possible, else each by the statement. */
uint64
loyalty_write_rows(LoyaltyQuery *query, HeapTuple *rows, int count)
{
	uint64 written = 0;
	int changed = -1;
	int i;

	if (query->access == LOYALTY_INSERT_ROWS && loyalty_table_insert(table_of(query), rows, count))
		return count;
	if (query->access == LOYALTY_UPDATE_ROWS)
		changed = loyalty_table_update(table_of(query), &query->index, rows, count);
	if (query->access == LOYALTY_DELETE_ROWS)
		changed = loyalty_table_delete(table_of(query), &query->index, rows, count);
	if (changed >= 0)
		return changed;
	for (i = 0; i < count; i++)
		written += write_row(query, rows[i]);
	return written;
}

/* Makes rows of structs, writes them, and frees them: thousands go through one call. */
uint64
loyalty_write(LoyaltyQuery *query, const void *rows, int count)
{
	HeapTuple *tuples = palloc(sizeof(HeapTuple) * Max(count, 1));
	uint64 written;
	int i;

	for (i = 0; i < count; i++)
		tuples[i] = loyalty_row_of(query, (const char *) rows + query->layout->size * i);
	written = loyalty_write_rows(query, tuples, count);
	for (i = 0; i < count; i++)
		heap_freetuple(tuples[i]);
	pfree(tuples);
	return written;
}
