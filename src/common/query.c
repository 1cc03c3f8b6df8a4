/*
 * query.c: running the statements of the registries, and reading their rows.
 */
#include "postgres.h"

#include "access/htup_details.h"
#include "catalog/pg_type.h"
#include "funcapi.h"
#include "nodes/makefuncs.h"
#include "parser/parse_node.h"
#include "utils/array.h"
#include "utils/builtins.h"
#include "utils/guc.h"
#include "utils/lsyscache.h"
#include "utils/memutils.h"
#include "utils/plancache.h"
#include "utils/snapmgr.h"
#include "utils/timestamp.h"
#include "utils/typcache.h"

#include "common/array.h"
#include "common/names.h"
#include "common/points.h"
#include "common/query.h"

/* numeric(18,3), as the catalogue says it. */
#define POINTS_TYPMOD (((18 << 16) | 3) + VARHDRSZ)

/* More columns than any table of ours has whose rows are selected whole. */
#define MAX_COLUMNS 32

/* How many rows of a stream are fetched at a time from a cursor: most redemptions need one or two. */
#define ROWS_PER_FETCH 16

/* The row that was opened last, as SPI_tuptable and column by column. */
static SPITupleTable opened;
static uint64 opened_place;
static Datum opened_values[MAX_COLUMNS];
static bool opened_nulls[MAX_COLUMNS];

/* The oid of the array type of a table's rows. */
static Oid
row_array_type(const char *table)
{
	return get_array_type(get_rel_type_id(loyalty_table_oid(table)));
}

/* The type of a query's parameter: that of an array of rows is known by now. */
static Oid
parameter_type(const LoyaltyQuery *query, int i)
{
	return query->argtypes[i] == LOYALTY_ROWS_OID ? row_array_type(query->row_table) : query->argtypes[i];
}

/*
 * A numeric parameter is a numeric(18,3) already (loyalty_numeric makes no other), which spares the statement a
 * call of the length coercion per value.
 */
static Node *
parameter_reference(ParseState *pstate, ParamRef *reference)
{
	const LoyaltyQuery *query = pstate->p_ref_hook_state;
	Param *param;

	if (reference->number < 1 || reference->number > query->nargs)
		elog(ERROR, "there is no parameter $%d", reference->number);
	param = makeNode(Param);
	param->paramkind = PARAM_EXTERN;
	param->paramid = reference->number;
	param->paramtype = parameter_type(query, reference->number - 1);
	param->paramtypmod = param->paramtype == NUMERICOID ? POINTS_TYPMOD : -1;
	param->paramcollid = get_typcollation(param->paramtype);
	param->location = reference->location;
	return (Node *) param;
}

static void
set_up_parser(ParseState *pstate, void *query)
{
	pstate->p_paramref_hook = parameter_reference;
	pstate->p_ref_hook_state = query;
}

/*
 * Constant text needs no invalidation of ours: the plan cache analyses it again after DDL. Only the type of a
 * row array is fixed at preparation, so a plan is made anew when the table is another one. Plans are generic:
 * statements find their rows by keys whatever the values, and planning them anew would cost more than running them.
 */
static SPIPlanPtr
prepared(const LoyaltyQuery *query, LoyaltyPlan *kept)
{
	Oid rows_type = query->row_table ? row_array_type(query->row_table) : InvalidOid;
	SPIPlanPtr plan;

	if (kept->plan != NULL && kept->rows_type == rows_type)
		return kept->plan;
	plan = SPI_prepare_params(query->sql, set_up_parser, unconstify(LoyaltyQuery *, query),
							  CURSOR_OPT_GENERIC_PLAN);
	if (plan == NULL)
		elog(ERROR, "SPI_prepare failed: %s", SPI_result_code_string(SPI_result));
	if (SPI_keepplan(plan) != 0)
		elog(ERROR, "SPI_keepplan failed");
	if (kept->plan != NULL)
		SPI_freeplan(kept->plan);
	kept->plan = plan;
	kept->rows_type = rows_type;
	return plan;
}

/* The parameters in the form that plans with a parser hook take; NULL where there are none. */
static ParamListInfo
param_list(const LoyaltyQuery *query, const LoyaltyParams *params)
{
	ParamListInfo list;
	int i;

	if (params == NULL)
		return NULL;
	Assert(params->n == query->nargs);
	list = makeParamList(params->n);
	for (i = 0; i < params->n; i++)
		list->params[i] = (ParamExternData){
			.value = params->values[i],
			.isnull = params->nulls[i],
			.pflags = PARAM_FLAG_CONST,
			.ptype = parameter_type(query, i),
		};
	return list;
}

/* Whether a plan is yet to be made, or to be made anew since something changed. */
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
 * A plan is kept as long as the backend lives, and made when tables may be small: it would read them whole for good. No
 * statement is worth compiling, which takes more memory than any job does otherwise.
 */
static const char *const by_key[] = {
	"enable_seqscan", "enable_hashjoin", "enable_mergejoin", "enable_material", "jit", NULL
};
static const char *const any_way[] = { "jit", NULL };

/* Leaves the planner what a statement may do; answers the level of settings to go back to, 0: the plan is there. */
static int
begin_planning(const LoyaltyQuery *query, SPIPlanPtr plan)
{
	const char *const *setting;
	int level;

	if (!needs_planning(plan))
		return 0;
	level = NewGUCNestLevel();
	for (setting = query->whole ? any_way : by_key; *setting != NULL; setting++)
		(void) set_config_option(*setting, "off", PGC_USERSET, PGC_S_SESSION, GUC_ACTION_SAVE, true, 0,
								 false);
	return level;
}

static void
end_planning(int level)
{
	if (level != 0)
		AtEOXact_GUC(true, level);
}

/* SPI leaves its procedure's memory context behind; the caller goes on in its own. */
static uint64
execute(const LoyaltyQuery *query, LoyaltyPlan *kept, LoyaltyParams *params, bool read_only)
{
	MemoryContext caller = CurrentMemoryContext;
	SPIPlanPtr plan = prepared(query, kept);
	int level = begin_planning(query, plan);
	int result;

	result = SPI_execute_plan_with_paramlist(plan, param_list(query, params), read_only, query->limit);
	end_planning(level);
	MemoryContextSwitchTo(caller);
	if (result != query->expect)
		elog(ERROR, "statement answered %s: %s", SPI_result_code_string(result), query->sql);
	return SPI_processed;
}

static LoyaltyTable *
table_of(const LoyaltyQuery *query, LoyaltyPlan *plan)
{
	if (plan->table == NULL)
		plan->table = loyalty_table(query->row_table);
	return plan->table;
}

/* A scan for the rows of a query that finds some; NULL: its statement must run. */
static LoyaltyScan *
begin_scan(const LoyaltyQuery *query, LoyaltyPlan *plan, const LoyaltyParams *params)
{
	LoyaltyKey key = {
		.index = query->row_index,
		.count = params->n,
		.types = query->argtypes,
		.values = params->values,
		.locked = query->access == LOYALTY_LOCK_ROWS,
		.seen = query->read_only,
		.to_write = query->access == LOYALTY_FIND_ROWS_TO_WRITE,
	};

	Assert(params->n == query->nargs);
	if (query->access < LOYALTY_FIND_ROWS || query->access > LOYALTY_LOCK_ROWS)
		return NULL;
	return loyalty_scan_begin(table_of(query, plan), &key);
}

/* The rows of a scan as a result of whole rows. */
static uint64
collect_rows(LoyaltyTable *table, LoyaltyScan *scan)
{
	LOYALTY_ARRAY(HeapTuple) rows = { 0 };
	SPITupleTable *result = palloc0(sizeof(SPITupleTable));
	HeapTuple row;

	while ((row = loyalty_scan_next(scan)) != NULL)
		LOYALTY_APPEND(rows, row);
	loyalty_scan_end(scan);
	result->tupdesc = loyalty_table_desc(table);
	result->vals = rows.items;
	result->numvals = rows.n;
	SPI_tuptable = result;
	return rows.n;
}

uint64
loyalty_query(const LoyaltyQuery *query, LoyaltyPlan *plan, LoyaltyParams *params)
{
	LoyaltyScan *scan = query->access == LOYALTY_BY_STATEMENT ? NULL : begin_scan(query, plan, params);

	if (scan != NULL)
		return collect_rows(plan->table, scan);
	return execute(query, plan, params, query->read_only);
}

uint64
loyalty_query_seen(const LoyaltyQuery *query, LoyaltyPlan *plan, LoyaltyParams *params)
{
	return execute(query, plan, params, true);
}

uint64
loyalty_query_latest(const LoyaltyQuery *query, LoyaltyPlan *plan, LoyaltyParams *params)
{
	uint64 rows;

	PushActiveSnapshot(GetLatestSnapshot());
	rows = execute(query, plan, params, true);
	PopActiveSnapshot();
	return rows;
}

HeapTuple
loyalty_query_row(const LoyaltyQuery *query, LoyaltyPlan *plan, const LoyaltyParams *row)
{
	LoyaltyParams *columns = unconstify(LoyaltyParams *, row);
	HeapTuple tuple = loyalty_table_row(table_of(query, plan), columns->n, columns->values, columns->nulls);

	loyalty_table_put_place(tuple, row->place);
	return tuple;
}

/* By the statement, as an array of rows. */
static uint64
write_by_statement(const LoyaltyQuery *query, LoyaltyPlan *plan, HeapTuple *rows, int count)
{
	Datum *values = palloc(sizeof(Datum) * count);
	LoyaltyParams params = { 0 };
	ArrayType *array;
	uint64 written;
	int i;

	(void) prepared(query, plan);
	for (i = 0; i < count; i++)
		values[i] = HeapTupleGetDatum(rows[i]);
	array = construct_array(values, count, get_element_type(plan->rows_type), -1, false, TYPALIGN_DOUBLE);
	loyalty_param(&params, PointerGetDatum(array), false);
	written = execute(query, plan, &params, false);
	pfree(array);
	pfree(values);
	return written;
}

uint64
loyalty_query_write(const LoyaltyQuery *query, LoyaltyPlan *plan, HeapTuple *rows, int count)
{
	LoyaltyTable *table = table_of(query, plan);
	int updated;

	if (query->access == LOYALTY_INSERT_ROWS && loyalty_table_insert(table, rows, count))
		return count;
	if (query->access == LOYALTY_UPDATE_ROWS)
	{
		updated = loyalty_table_update(table, query->row_index, rows, count);
		if (updated >= 0)
			return updated;
	}
	return write_by_statement(query, plan, rows, count);
}

uint64
loyalty_query_rows(const LoyaltyQuery *query, LoyaltyPlan *plan, const LoyaltyParams *rows, int count)
{
	HeapTuple *tuples = palloc(sizeof(HeapTuple) * count);
	uint64 written;
	int i;

	for (i = 0; i < count; i++)
		tuples[i] = loyalty_query_row(query, plan, &rows[i]);
	written = loyalty_query_write(query, plan, tuples, count);
	for (i = 0; i < count; i++)
		heap_freetuple(tuples[i]);
	pfree(tuples);
	return written;
}

Portal
loyalty_query_open(const LoyaltyQuery *query, LoyaltyPlan *kept, LoyaltyParams *params)
{
	MemoryContext caller = CurrentMemoryContext;
	SPIPlanPtr plan = prepared(query, kept);
	int level = begin_planning(query, plan);
	Portal portal = SPI_cursor_open_with_paramlist(NULL, plan, param_list(query, params), query->read_only);

	end_planning(level);
	MemoryContextSwitchTo(caller);
	if (portal == NULL)
		elog(ERROR, "SPI_cursor_open failed: %s", SPI_result_code_string(SPI_result));
	return portal;
}

void
loyalty_query_fetch(Portal portal, long count)
{
	MemoryContext caller = CurrentMemoryContext;

	SPI_cursor_fetch(portal, true, count);
	MemoryContextSwitchTo(caller);
}

void
loyalty_param_int8(LoyaltyParams *params, int64 value)
{
	loyalty_param(params, Int64GetDatum(value), false);
}

void
loyalty_param_int8_or_null(LoyaltyParams *params, int64 value)
{
	loyalty_param(params, Int64GetDatum(value), value == 0);
}

void
loyalty_param_int4(LoyaltyParams *params, int32 value)
{
	loyalty_param(params, Int32GetDatum(value), false);
}

void
loyalty_param_int4_or_null(LoyaltyParams *params, int32 value)
{
	loyalty_param(params, Int32GetDatum(value), value == 0);
}

void
loyalty_param_int2(LoyaltyParams *params, int16 value)
{
	loyalty_param(params, Int16GetDatum(value), false);
}

void
loyalty_param_bool(LoyaltyParams *params, bool value)
{
	loyalty_param(params, BoolGetDatum(value), false);
}

void
loyalty_param_char(LoyaltyParams *params, char value)
{
	loyalty_param(params, CharGetDatum(value), false);
}

void
loyalty_param_text(LoyaltyParams *params, const char *value)
{
	loyalty_param(params, value ? CStringGetTextDatum(value) : (Datum) 0, value == NULL);
}

void
loyalty_param_time(LoyaltyParams *params, TimestampTz value)
{
	loyalty_param(params, TimestampTzGetDatum(value), TIMESTAMP_NOT_FINITE(value));
}

void
loyalty_param_int8_array(LoyaltyParams *params, const int64 *items, int count)
{
	Datum *elements = palloc(sizeof(Datum) * Max(count, 1));
	int i;

	for (i = 0; i < count; i++)
		elements[i] = Int64GetDatum(items[i]);
	loyalty_param(params,
				  PointerGetDatum(construct_array(elements, count, INT8OID, sizeof(int64), FLOAT8PASSBYVAL,
												  TYPALIGN_DOUBLE)),
				  false);
}

void
loyalty_param_points(LoyaltyParams *params, int64 thousandths)
{
	loyalty_param(params, loyalty_numeric(thousandths), false);
}

/* Whether a row's columns are ours, and perhaps a few that somebody added. */
static bool
is_plain(TupleDesc desc)
{
	int i;

	for (i = 0; i < desc->natts; i++)
		if (TupleDescAttr(desc, i)->attisdropped)
			return false;
	return desc->natts <= MAX_COLUMNS;
}

/* Our columns are the first of those that were not dropped. */
static void
take_apart(HeapTuple row, TupleDesc desc)
{
	Datum *values = palloc(sizeof(Datum) * desc->natts);
	bool *nulls = palloc(sizeof(bool) * desc->natts);
	int count = 0;
	int i;

	heap_deform_tuple(row, desc, values, nulls);
	for (i = 0; i < desc->natts && count < MAX_COLUMNS; i++)
	{
		if (TupleDescAttr(desc, i)->attisdropped)
			continue;
		opened_values[count] = values[i];
		opened_nulls[count++] = nulls[i];
	}
	pfree(values);
	pfree(nulls);
}

/* The row becomes row 0 of SPI_tuptable. */
static void
open_row(HeapTuple row, TupleDesc desc)
{
	if (is_plain(desc))
		heap_deform_tuple(row, desc, opened_values, opened_nulls);
	else
		take_apart(row, desc);
	opened_place = loyalty_table_place(row);
	opened.tupdesc = desc;
	opened.numvals = 1;
	SPI_tuptable = &opened;
}

/* A result found without a statement has the rows themselves, a statement's has them as values of its column. */
void
loyalty_row_open(SPITupleTable *result, uint64 row, int column)
{
	HeapTupleData tuple;
	bool isnull;

	if (result->tupdesc->tdtypeid != RECORDOID)
	{
		open_row(result->vals[row], result->tupdesc);
		return;
	}
	tuple.t_data =
		DatumGetHeapTupleHeader(SPI_getbinval(result->vals[row], result->tupdesc, column, &isnull));
	tuple.t_len = HeapTupleHeaderGetDatumLength(tuple.t_data);
	ItemPointerSetInvalid(&tuple.t_self);
	open_row(&tuple, lookup_type_cache(HeapTupleHeaderGetTypeId(tuple.t_data), TYPECACHE_TUPDESC)->tupDesc);
}

uint64
loyalty_row_place(void)
{
	return opened_place;
}

struct LoyaltyStream
{
	LoyaltyTable *table;
	LoyaltyScan *scan; /* with the row at hand; NULL: there is a cursor */
	HeapTuple row;
	Portal portal; /* with those fetched last, */
	SPITupleTable *rows;
	uint64 count;
	uint64 next; /* and the one to be opened next */
};

LoyaltyStream *
loyalty_stream_begin(const LoyaltyQuery *query, LoyaltyPlan *plan, LoyaltyParams *params)
{
	LoyaltyStream *stream = palloc0(sizeof(LoyaltyStream));

	stream->scan = begin_scan(query, plan, params);
	stream->table = plan->table;
	if (stream->scan == NULL)
		stream->portal = loyalty_query_open(query, plan, params);
	return stream;
}

static bool
next_of_scan(LoyaltyStream *stream)
{
	if (stream->row != NULL)
		heap_freetuple(stream->row);
	stream->row = loyalty_scan_next(stream->scan);
	if (stream->row == NULL)
		return false;
	open_row(stream->row, loyalty_table_desc(stream->table));
	return true;
}

bool
loyalty_stream_next(LoyaltyStream *stream)
{
	if (stream->scan != NULL)
		return next_of_scan(stream);
	if (stream->next == stream->count)
	{
		if (stream->rows)
			SPI_freetuptable(stream->rows);
		loyalty_query_fetch(stream->portal, ROWS_PER_FETCH);
		stream->rows = SPI_tuptable;
		stream->count = SPI_processed;
		stream->next = 0;
		if (stream->count == 0)
			return false;
	}
	loyalty_row_open(stream->rows, stream->next++, 1);
	return true;
}

void
loyalty_stream_end(LoyaltyStream *stream)
{
	if (stream->scan != NULL)
	{
		if (stream->row != NULL)
			heap_freetuple(stream->row);
		loyalty_scan_end(stream->scan);
		pfree(stream);
		return;
	}
	if (stream->rows)
		SPI_freetuptable(stream->rows);
	SPI_cursor_close(stream->portal);
	pfree(stream);
}

void
loyalty_rows_free(SPITupleTable *result)
{
	uint64 i;

	if (result->tupdesc->tdtypeid == RECORDOID)
	{
		SPI_freetuptable(result);
		return;
	}
	for (i = 0; i < result->numvals; i++)
		heap_freetuple(result->vals[i]);
	if (result->vals != NULL)
		pfree(result->vals);
	pfree(result);
}

Datum
loyalty_row_datum(uint64 row, int column, bool *isnull)
{
	Assert(row < SPI_tuptable->numvals);
	if (SPI_tuptable != &opened)
		return SPI_getbinval(SPI_tuptable->vals[row], SPI_tuptable->tupdesc, column, isnull);
	*isnull = opened_nulls[column - 1];
	return opened_values[column - 1];
}

bool
loyalty_row_isnull(uint64 row, int column)
{
	bool isnull;

	(void) loyalty_row_datum(row, column, &isnull);
	return isnull;
}

/* The value of a column that is never null. */
static Datum
row_value(uint64 row, int column)
{
	bool isnull;
	Datum value = loyalty_row_datum(row, column, &isnull);

	if (isnull)
		elog(ERROR, "unexpected null in column \"%s\"", SPI_fname(SPI_tuptable->tupdesc, column));
	return value;
}

int64
loyalty_row_int8(uint64 row, int column)
{
	return DatumGetInt64(row_value(row, column));
}

int64
loyalty_row_int8_or(uint64 row, int column, int64 fallback)
{
	bool isnull;
	Datum value = loyalty_row_datum(row, column, &isnull);

	return isnull ? fallback : DatumGetInt64(value);
}

int
loyalty_row_int8_array(uint64 row, int column, int64 **items)
{
	bool isnull;
	Datum value = loyalty_row_datum(row, column, &isnull);
	Datum *elements;
	int count;
	int i;

	*items = NULL;
	if (isnull)
		return 0;
	deconstruct_array(DatumGetArrayTypeP(value), INT8OID, sizeof(int64), FLOAT8PASSBYVAL, TYPALIGN_DOUBLE,
					  &elements, NULL, &count);
	*items = palloc(sizeof(int64) * Max(count, 1));
	for (i = 0; i < count; i++)
		(*items)[i] = DatumGetInt64(elements[i]);
	return count;
}

int32
loyalty_row_int4(uint64 row, int column)
{
	return DatumGetInt32(row_value(row, column));
}

int32
loyalty_row_int4_or(uint64 row, int column, int32 fallback)
{
	bool isnull;
	Datum value = loyalty_row_datum(row, column, &isnull);

	return isnull ? fallback : DatumGetInt32(value);
}

int16
loyalty_row_int2(uint64 row, int column)
{
	return DatumGetInt16(row_value(row, column));
}

bool
loyalty_row_bool(uint64 row, int column)
{
	return DatumGetBool(row_value(row, column));
}

char
loyalty_row_char(uint64 row, int column)
{
	return DatumGetChar(row_value(row, column));
}

char *
loyalty_row_text(uint64 row, int column)
{
	return TextDatumGetCString(row_value(row, column));
}

char *
loyalty_row_text_or_null(uint64 row, int column)
{
	bool isnull;
	Datum value = loyalty_row_datum(row, column, &isnull);

	return isnull ? NULL : TextDatumGetCString(value);
}

const bytea *
loyalty_row_bytes(uint64 row, int column)
{
	return DatumGetByteaPP(row_value(row, column));
}

int64
loyalty_row_points(uint64 row, int column)
{
	return loyalty_stored_thousandths(row_value(row, column));
}
