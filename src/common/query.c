/*
 * query.c: running the statements of the registries, and reading their rows.
 */
#include "postgres.h"

#include "access/htup_details.h"
#include "catalog/namespace.h"
#include "catalog/pg_type.h"
#include "funcapi.h"
#include "nodes/makefuncs.h"
#include "parser/parse_node.h"
#include "utils/array.h"
#include "utils/builtins.h"
#include "utils/guc.h"
#include "utils/lsyscache.h"
#include "utils/memutils.h"
#include "utils/snapmgr.h"
#include "utils/timestamp.h"
#include "utils/typcache.h"

#include "common/points.h"
#include "common/query.h"

/* numeric(18,3), as the catalogue says it. */
#define POINTS_TYPMOD (((18 << 16) | 3) + VARHDRSZ)

/* The oid of the array type of a table's rows. */
static Oid
row_array_type(const char *table)
{
	Oid relid = get_relname_relid(table, get_namespace_oid("loyalty", false));

	return get_array_type(get_rel_type_id(relid));
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

/*
 * A plan is kept for good and made when tables may be small: a list of keys would then be joined by reading the
 * whole table, for as long as the backend lives. Answers what gives the settings back.
 */
static int
plan_by_key(void)
{
	static const char *const settings[] = { "enable_seqscan", "enable_hashjoin", "enable_mergejoin",
											"enable_material" };
	int level = NewGUCNestLevel();
	int i;

	for (i = 0; i < (int) lengthof(settings); i++)
		(void) set_config_option(settings[i], "off", PGC_USERSET, PGC_S_SESSION, GUC_ACTION_SAVE, true, 0,
								 false);
	return level;
}

/* SPI leaves its procedure's memory context behind; the caller goes on in its own. */
static uint64
execute(const LoyaltyQuery *query, LoyaltyPlan *plan, LoyaltyParams *params, bool read_only)
{
	MemoryContext caller = CurrentMemoryContext;
	int settings = query->by_key ? plan_by_key() : 0;
	int result;

	result = SPI_execute_plan_with_paramlist(prepared(query, plan), param_list(query, params), read_only,
											 query->limit);
	if (query->by_key)
		AtEOXact_GUC(true, settings);
	MemoryContextSwitchTo(caller);
	if (result != query->expect)
		elog(ERROR, "statement answered %s: %s", SPI_result_code_string(result), query->sql);
	return SPI_processed;
}

uint64
loyalty_query(const LoyaltyQuery *query, LoyaltyPlan *plan, LoyaltyParams *params)
{
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

/* A table's row as a value. */
static Datum
row_as_value(TupleDesc desc, const LoyaltyParams *row)
{
	LoyaltyParams *columns = unconstify(LoyaltyParams *, row);

	if (columns->n != desc->natts)
		elog(ERROR, "a row has %d columns where the table has %d", columns->n, desc->natts);
	return HeapTupleGetDatum(heap_form_tuple(desc, columns->values, columns->nulls));
}

Datum
loyalty_query_row(const LoyaltyQuery *query, LoyaltyPlan *plan, const LoyaltyParams *row)
{
	TupleDesc desc;
	Datum value;

	(void) prepared(query, plan);
	desc = lookup_rowtype_tupdesc(get_element_type(plan->rows_type), -1);
	value = row_as_value(desc, row);
	ReleaseTupleDesc(desc);
	return value;
}

uint64
loyalty_query_row_values(const LoyaltyQuery *query, LoyaltyPlan *plan, Datum *values, int count)
{
	LoyaltyParams params = { 0 };
	Oid row_type;
	ArrayType *array;
	uint64 rows;

	(void) prepared(query, plan);
	row_type = get_element_type(plan->rows_type);
	array = construct_array(values, count, row_type, -1, false, TYPALIGN_DOUBLE);
	loyalty_param(&params, PointerGetDatum(array), false);
	rows = loyalty_query(query, plan, &params);
	pfree(array);
	return rows;
}

uint64
loyalty_query_rows(const LoyaltyQuery *query, LoyaltyPlan *plan, const LoyaltyParams *rows, int count)
{
	Datum *values = palloc(sizeof(Datum) * count);
	TupleDesc desc;
	int i;

	(void) prepared(query, plan);
	desc = lookup_rowtype_tupdesc(get_element_type(plan->rows_type), -1);
	for (i = 0; i < count; i++)
		values[i] = row_as_value(desc, &rows[i]);
	ReleaseTupleDesc(desc);
	return loyalty_query_row_values(query, plan, values, count);
}

Portal
loyalty_query_open(const LoyaltyQuery *query, LoyaltyPlan *plan, LoyaltyParams *params)
{
	MemoryContext caller = CurrentMemoryContext;
	Portal portal = SPI_cursor_open_with_paramlist(NULL, prepared(query, plan), param_list(query, params),
												   query->read_only);

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

void
loyalty_row_open(SPITupleTable *result, uint64 row, int column)
{
	bool isnull;
	HeapTupleHeader whole =
		DatumGetHeapTupleHeader(SPI_getbinval(result->vals[row], result->tupdesc, column, &isnull));
	SPITupleTable *opened = palloc0(sizeof(SPITupleTable));
	HeapTuple tuple = palloc0(HEAPTUPLESIZE);

	tuple->t_len = HeapTupleHeaderGetDatumLength(whole);
	tuple->t_data = whole;
	opened->tupdesc = lookup_type_cache(HeapTupleHeaderGetTypeId(whole), TYPECACHE_TUPDESC)->tupDesc;
	opened->vals = palloc(sizeof(HeapTuple));
	opened->vals[0] = tuple;
	opened->numvals = 1;
	SPI_tuptable = opened;
}

Datum
loyalty_row_datum(uint64 row, int column, bool *isnull)
{
	Assert(row < SPI_tuptable->numvals);
	return SPI_getbinval(SPI_tuptable->vals[row], SPI_tuptable->tupdesc, column, isnull);
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
