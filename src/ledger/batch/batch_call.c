/*
 * batch_call.c: what the calls that take a batch share: reading the array of items, the order of the steps,
 * results.
 *
 * The row type of an item has the arguments of the single call, so an item is read by places alone; both are
 * made by the install script, and a difference is an error of the library's. All items are read before anybody
 * is locked, and all rows are written before the first result is made. Rows of the result come in the order of
 * items, whatever order they were performed in. Locks are taken by batch.c.
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
#include "ledger/batch/batch_call.h"

/* Arguments of every batch function behind the org. */
enum BatchArgument
{
	ARG_ITEMS = 1,
	ARG_ALL_OR_NOTHING,
	ARG_ACTOR,
};

/* Columns of a result at most, besides the number and the two of an error. */
#define MAX_ANSWER 8

/*
 * Reads an item as arguments of the single call, the org left empty; a site cannot add any. Values point into
 * the array, which lives as long as the call.
 */
static void
read_item(const LoyaltyItems *items, int i, Datum value, TupleDesc desc, NullableDatum *arguments)
{
	HeapTupleHeader header = DatumGetHeapTupleHeader(value);
	HeapTupleData tuple = { .t_len = HeapTupleHeaderGetDatumLength(header), .t_data = header };
	Datum values[MaxTupleAttributeNumber];
	bool nulls[MaxTupleAttributeNumber];
	int n;

	/* The last argument of a call may be a proof, which an item has none of. */
	if (desc->natts + 1 != items->function->count && desc->natts + 2 != items->function->count)
		elog(ERROR, "an item has %d columns instead of %d", desc->natts, items->function->count - 1);
	heap_deform_tuple(&tuple, desc, values, nulls);
	arguments[0].isnull = arguments[items->function->count - 1].isnull = true;
	for (n = 0; n < desc->natts; n++)
		arguments[n + 1] = (NullableDatum){ .value = values[n], .isnull = nulls[n] };
	items->set(items->batch, i, arguments);
}

/* Takes the array apart. An item that is NULL refuses itself and nothing else. */
void
loyalty_items_read(const LoyaltyItems *items)
{
	Oid type = ARR_ELEMTYPE(items->array);
	TupleDesc desc = lookup_rowtype_tupdesc(type, -1);
	NullableDatum *arguments = palloc(sizeof(NullableDatum) * items->function->count);
	Datum *elements;
	bool *nulls;
	int count;
	int i;

	deconstruct_array(items->array, type, -1, false, TYPALIGN_DOUBLE, &elements, &nulls, &count);
	for (i = 0; i < count; i++)
		if (nulls[i])
			items->set(items->batch, i, NULL);
		else
			read_item(items, i, elements[i], desc, arguments);
	ReleaseTupleDesc(desc);
}

/* Judges the size by the array's head, before anything of it is read: a batch that is too large costs nothing. */
int
loyalty_items_begin(LoyaltyCall *call, FunctionCallInfo fcinfo, ArrayType **array)
{
	int count;

	loyalty_set_begin(fcinfo);
	loyalty_call_begin(call, fcinfo);
	if (PG_ARGISNULL(ARG_ITEMS))
		loyalty_raise_missing("items");
	*array = PG_GETARG_ARRAYTYPE_P(ARG_ITEMS);
	count = ArrayGetNItems(ARR_NDIM(*array), ARR_DIMS(*array));
	if (count > LOYALTY_BATCH_MAX)
		ereport(ERROR, (errcode(ERRCODE_LOYALTY_ARGUMENT_INVALID), errmsg("there are too many items"),
						errdetail("There are %d; at most %d are allowed.", count, LOYALTY_BATCH_MAX)));
	return count;
}

/* Fills an item of the batch. */
static void
set_item(void *batch, int i, NullableDatum *arguments)
{
	loyalty_batch_set(batch, i, arguments);
}

/* Reads the arguments that all batches have. */
static void
begin(Batch *batch, LoyaltyCall *call, FunctionCallInfo fcinfo, const BatchKind *kind)
{
	LoyaltyItems items = { .batch = batch, .set = set_item };
	int count = loyalty_items_begin(call, fcinfo, &items.array);

	loyalty_batch_begin(batch, call, kind, count);
	batch->all_or_nothing = loyalty_arg_bool(fcinfo, ARG_ALL_OR_NOTHING, "all_or_nothing");
	call->actor = loyalty_arg_text_or_null(fcinfo, ARG_ACTOR, "actor", LOYALTY_MAX_NAME);
	items.function = batch->function;
	loyalty_items_read(&items);
}

/* Leaves NULL in the columns of a result where there is none. */
void
loyalty_items_add(FunctionCallInfo fcinfo, int i, int columns, Datum *row, bool *missing, int sqlstate)
{
	row[0] = Int32GetDatum(i + 1);
	missing[0] = false;
	missing[columns + 1] = missing[columns + 2] = sqlstate == 0;
	if (sqlstate != 0)
	{
		memset(&missing[1], true, sizeof(bool) * columns);
		row[columns + 1] = CStringGetTextDatum(unpack_sql_state(sqlstate));
		row[columns + 2] = CStringGetTextDatum(loyalty_error_meaning(sqlstate));
	}
	loyalty_set_add(fcinfo, row, missing);
}

/*
 * Locks and performs everything, then makes a row for each item. An item that was refused has its number and
 * the error, and NULL in all columns between.
 */
Datum
loyalty_batch_call(FunctionCallInfo fcinfo, const BatchKind *kind, int columns,
				   void (*values_of)(const LoyaltyCall *call, const PostingResult *result, Datum *values,
									 bool *nulls))
{
	LoyaltyCall call;
	Batch batch;
	int i;

	begin(&batch, &call, fcinfo, kind);
	loyalty_batch_lock(&batch);
	loyalty_batch_perform(&batch);
	for (i = 0; i < batch.count; i++)
	{
		const PostingResult *result = loyalty_batch_result(&batch, i);
		Datum row[MAX_ANSWER + 3] = { 0 };
		bool missing[MAX_ANSWER + 3];
		int sqlstate = batch.items[i].refusal.sqlstate;

		memset(missing, true, sizeof(missing));
		if (result != NULL)
			values_of(&call, result, &row[1], &missing[1]);
		loyalty_items_add(fcinfo, i, columns, row, missing, sqlstate);
	}
	loyalty_call_end(&call);
	return (Datum) 0;
}
