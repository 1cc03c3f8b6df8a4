/*
 * srf.c: results of functions: sets that are built as a whole, and composite rows. Sets are kept in a tuplestore,
 * which spills to disk beyond work_mem; a function that returns one is done before its first row is read.
 */
#include "postgres.h"

#include "funcapi.h"
#include "utils/builtins.h"

#include "common/srf.h"

/* Begins a set of rows of the function's own type. */
void
loyalty_set_begin(FunctionCallInfo fcinfo)
{
	InitMaterializedSRF(fcinfo, 0);
}

/* Begins a set whose rows are as the caller expects them. */
void
loyalty_set_begin_scalars(FunctionCallInfo fcinfo)
{
	InitMaterializedSRF(fcinfo, MAT_SRF_USE_EXPECTED_DESC);
}

/* Adds a row; it is copied. */
void
loyalty_set_add(FunctionCallInfo fcinfo, Datum *values, bool *nulls)
{
	ReturnSetInfo *rsinfo = (ReturnSetInfo *) fcinfo->resultinfo;

	tuplestore_putvalues(rsinfo->setResult, rsinfo->setDesc, values, nulls);
}

/* Adds the rows of a statement as they are. */
void
loyalty_set_add_rows(FunctionCallInfo fcinfo, LoyaltyRows *rows)
{
	ReturnSetInfo *rsinfo = (ReturnSetInfo *) fcinfo->resultinfo;
	uint64 i;

	for (i = 0; i < rows->count; i++)
		tuplestore_puttuple(rsinfo->setResult, rows->tuples[i]);
}

/* Adds a row of at most eight texts. */
void
loyalty_set_add_texts(FunctionCallInfo fcinfo, int n, const char *const *texts)
{
	Datum values[8] = { 0 };
	bool nulls[8];
	int i;

	Assert(n <= (int) lengthof(values));
	for (i = 0; i < n; i++)
	{
		nulls[i] = texts[i] == NULL;
		if (!nulls[i])
			values[i] = CStringGetTextDatum(texts[i]);
	}
	loyalty_set_add(fcinfo, values, nulls);
}

/*
 * Makes the row that a function returns. In FROM the executor brings the row's description along; elsewhere it is
 * looked up.
 */
Datum
loyalty_row_result(FunctionCallInfo fcinfo, Datum *values, bool *nulls)
{
	ReturnSetInfo *rsinfo = (ReturnSetInfo *) fcinfo->resultinfo;
	TupleDesc desc;

	if (rsinfo != NULL && IsA(rsinfo, ReturnSetInfo) && rsinfo->expectedDesc != NULL)
		desc = rsinfo->expectedDesc;
	else if (get_call_result_type(fcinfo, NULL, &desc) != TYPEFUNC_COMPOSITE)
		elog(ERROR, "function must answer a row");
	return HeapTupleGetDatum(heap_form_tuple(BlessTupleDesc(desc), values, nulls));
}
