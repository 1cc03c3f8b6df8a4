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
read_item(Batch *batch, int i, Datum value, TupleDesc desc, NullableDatum *arguments)
{
	HeapTupleHeader header = DatumGetHeapTupleHeader(value);
	HeapTupleData tuple = { .t_len = HeapTupleHeaderGetDatumLength(header), .t_data = header };
	Datum values[MaxTupleAttributeNumber];
	bool nulls[MaxTupleAttributeNumber];
	int n;

	/* The last argument of a call may be a proof, which an item has none of. */
	if (desc->natts + 1 != batch->function->count && desc->natts + 2 != batch->function->count)
		elog(ERROR, "an item has %d columns instead of %d", desc->natts, batch->function->count - 1);
	heap_deform_tuple(&tuple, desc, values, nulls);
	arguments[0].isnull = arguments[batch->function->count - 1].isnull = true;
	for (n = 0; n < desc->natts; n++)
		arguments[n + 1] = (NullableDatum){ .value = values[n], .isnull = nulls[n] };
	loyalty_batch_set(batch, i, arguments);
}

/* Takes the array apart. An item that is NULL refuses itself and nothing else. */
static void
read_items(Batch *batch, ArrayType *items)
{
	Oid type = ARR_ELEMTYPE(items);
	TupleDesc desc = lookup_rowtype_tupdesc(type, -1);
	NullableDatum *arguments = palloc(sizeof(NullableDatum) * batch->function->count);
	Datum *elements;
	bool *nulls;
	int count;
	int i;

	deconstruct_array(items, type, -1, false, TYPALIGN_DOUBLE, &elements, &nulls, &count);
	for (i = 0; i < count; i++)
		if (nulls[i])
			loyalty_batch_set(batch, i, NULL);
		else
			read_item(batch, i, elements[i], desc, arguments);
	ReleaseTupleDesc(desc);
}

/*
 * Judges the size by the array's head, before anything of it is read: a batch that is too large costs nothing.
 */
static void
begin(Batch *batch, LoyaltyCall *call, FunctionCallInfo fcinfo, const BatchKind *kind)
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
	call->actor = loyalty_arg_text_or_null(fcinfo, ARG_ACTOR, "actor", LOYALTY_MAX_NAME);
	read_items(batch, items);
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
		row[0] = Int32GetDatum(i + 1);
		missing[0] = false;
		if (result != NULL)
			values_of(&call, result, &row[1], &missing[1]);
		else
		{
			row[columns + 1] = CStringGetTextDatum(unpack_sql_state(sqlstate));
			row[columns + 2] = CStringGetTextDatum(loyalty_error_meaning(sqlstate));
			missing[columns + 1] = missing[columns + 2] = false;
		}
		loyalty_set_add(fcinfo, row, missing);
	}
	loyalty_call_end(&call);
	return (Datum) 0;
}
