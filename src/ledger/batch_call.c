/*
 * batch_call.c: what the calls that take a batch share: reading the array of items, the order of the steps, answers.
 */
#include "postgres.h"

#include "access/htup_details.h"
#include "funcapi.h"
#include "utils/array.h"
#include "utils/builtins.h"
#include "utils/lsyscache.h"
#include "utils/memutils.h"
#include "utils/typcache.h"

#include "common/args.h"
#include "common/errors.h"
#include "common/srf.h"
#include "ledger/batch_call.h"

enum BatchArgument
{
	ARG_ITEMS = 1,
	ARG_ALL_OR_NOTHING,
	ARG_ACTOR,
};

#define MAX_ANSWER 8

/* The columns of an item; a site cannot add any. */
static void
read_item(Batch *batch, int i, Datum value, TupleDesc desc)
{
	HeapTupleHeader header = DatumGetHeapTupleHeader(value);
	HeapTupleData tuple = { .t_len = HeapTupleHeaderGetDatumLength(header), .t_data = header };
	int count = batch->kind->column_count;
	Datum *given = palloc(sizeof(Datum) * desc->natts);
	bool *missing = palloc(sizeof(bool) * desc->natts);
	Datum *values = palloc(sizeof(Datum) * count);
	bool *nulls = palloc(sizeof(bool) * count);
	int n;

	if (desc->natts != count)
		elog(ERROR, "an item has %d columns instead of %d", desc->natts, count);
	heap_deform_tuple(&tuple, desc, given, missing);
	for (n = 0; n < count; n++)
	{
		values[batch->kind->order[n]] = given[n];
		nulls[batch->kind->order[n]] = missing[n];
	}
	pfree(given);
	pfree(missing);
	batch->kind->set_defaults(values, nulls);
	loyalty_batch_set(batch, i, values, nulls);
}

static void
read_items(Batch *batch, ArrayType *items)
{
	Oid type = ARR_ELEMTYPE(items);
	TupleDesc desc = lookup_rowtype_tupdesc(type, -1);
	Datum *elements;
	bool *nulls;
	int count;
	int i;

	deconstruct_array(items, type, -1, false, TYPALIGN_DOUBLE, &elements, &nulls, &count);
	for (i = 0; i < count; i++)
		if (nulls[i])
			loyalty_batch_set(batch, i, NULL, NULL);
		else
			read_item(batch, i, elements[i], desc);
	ReleaseTupleDesc(desc);
}

/* The size is judged by the array's head, before anything of it is read. */
void
loyalty_batch_call_begin(Batch *batch, LoyaltyCall *call, FunctionCallInfo fcinfo, const BatchKind *kind)
{
	ArrayType *items;
	int count;

	loyalty_set_begin(fcinfo);
	loyalty_call_begin(call, fcinfo);
	if (PG_ARGISNULL(ARG_ITEMS))
		loyalty_raise_missing("items");
	items = PG_GETARG_ARRAYTYPE_P(ARG_ITEMS);
	count = ArrayGetNItems(ARR_NDIM(items), ARR_DIMS(items));
	if (count > LOYALTY_BATCH_MAX)
		ereport(ERROR, (errcode(ERRCODE_LOYALTY_ARGUMENT_INVALID), errmsg("there are too many items"),
						errdetail("There are %d; at most %d are allowed.", count, LOYALTY_BATCH_MAX)));
	loyalty_batch_begin(batch, call, kind, count);
	batch->all_or_nothing = loyalty_arg_bool(fcinfo, ARG_ALL_OR_NOTHING, "all_or_nothing");
	batch->actor = loyalty_arg_text_or_null(fcinfo, ARG_ACTOR, "actor", LOYALTY_MAX_NAME);
	read_items(batch, items);
	loyalty_batch_lock(batch);
}

void
loyalty_batch_call_answer(Batch *batch, FunctionCallInfo fcinfo, int i, const Datum *values,
						  const bool *nulls, int count)
{
	int sqlstate = batch->items[i].sqlstate;
	Datum row[MAX_ANSWER + 3] = { 0 };
	bool missing[MAX_ANSWER + 3];
	int n;

	memset(missing, true, sizeof(missing));
	row[0] = Int32GetDatum(i + 1);
	missing[0] = false;
	for (n = 0; n < count && sqlstate == 0; n++)
	{
		row[n + 1] = values[n];
		missing[n + 1] = nulls[n];
	}
	if (sqlstate != 0)
	{
		row[count + 1] = CStringGetTextDatum(unpack_sql_state(sqlstate));
		row[count + 2] = CStringGetTextDatum(loyalty_error_meaning(sqlstate));
		missing[count + 1] = missing[count + 2] = false;
	}
	loyalty_set_add(fcinfo, row, missing);
}
