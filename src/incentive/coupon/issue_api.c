/*
 * issue_api.c: issue_coupon, issue_coupons_batch and issue_coupons: three ways to the same judgement and the same writing
 * (issue.c). A single call raises what refuses it; a batch answers it beside the item, or is refused as a whole.
 *
 * A list of customers is made into items: what is said of the issue is said of each of them, its key included, so that the same list
 * sent again, or a longer one, issues to those alone who have none yet under that key.
 */
#include "postgres.h"

#include "catalog/pg_type.h"
#include "utils/array.h"
#include "utils/timestamp.h"

#include "common/args.h"
#include "common/errors.h"
#include "common/pg_compat.h"
#include "common/srf.h"
#include "incentive/coupon/issue.h"
#include "ledger/batch/batch_call.h"

LOYALTY_FUNCTION(loyalty_issue_coupon);
LOYALTY_FUNCTION(loyalty_issue_coupons_batch);
LOYALTY_FUNCTION(loyalty_issue_coupons);

/* Issues one coupon. */
Datum
loyalty_issue_coupon(PG_FUNCTION_ARGS)
{
	LoyaltyCall call;
	IssueRun run;
	Datum values[ISSUE_COLUMNS];
	bool nulls[ISSUE_COLUMNS];

	loyalty_call_begin(&call, fcinfo);
	loyalty_issue_begin(&run, &call, 1);
	run.raises = true;
	loyalty_issue_set_call(&run, fcinfo);
	loyalty_issue_perform(&run);
	loyalty_issue_values(&run, 0, values, nulls);
	return loyalty_call_result(&call, fcinfo, values, nulls);
}

/* Adds the rows of the answer and ends the call. */
static Datum
answer(FunctionCallInfo fcinfo, LoyaltyCall *call, const IssueRun *run)
{
	int i;

	for (i = 0; i < run->count; i++)
	{
		Datum row[ISSUE_COLUMNS + 3] = { 0 };
		bool missing[ISSUE_COLUMNS + 3];
		int sqlstate = loyalty_issue_refused(run, i);

		memset(missing, true, sizeof(missing));
		if (sqlstate == 0)
			loyalty_issue_values(run, i, &row[1], &missing[1]);
		loyalty_items_add(fcinfo, i, ISSUE_COLUMNS, row, missing, sqlstate);
	}
	loyalty_call_end(call);
	return (Datum) 0;
}

/* Fills an item of the batch. */
static void
set_item(void *batch, int i, NullableDatum *arguments)
{
	loyalty_issue_set(batch, i, arguments);
}

/* Issues coupons of any series to any customers. */
Datum
loyalty_issue_coupons_batch(PG_FUNCTION_ARGS)
{
	LoyaltyCall call;
	IssueRun run;
	LoyaltyItems items = { .batch = &run, .set = set_item };
	int count = loyalty_items_begin(&call, fcinfo, &items.array);

	loyalty_issue_begin(&run, &call, count);
	run.all_or_nothing = loyalty_arg_bool(fcinfo, 2, "all_or_nothing");
	call.actor = loyalty_arg_text_or_null(fcinfo, 3, "actor", LOYALTY_MAX_NAME);
	items.function = run.function;
	loyalty_items_read(&items);
	loyalty_issue_perform(&run);
	return answer(fcinfo, &call, &run);
}

/* Arguments of issue_coupons, behind the org, the series, the customers and all_or_nothing, that each customer's issue has. */
static const char *const shared_arguments[] = { "campaign", "program", "event_time",
												"till",		"store",   "reason",
												"source",	"actor",   "idempotency_key" };

/* Takes a list of customers apart: LY001, LY003 for one that is too long. */
static int
arg_customers(FunctionCallInfo fcinfo, int n, Datum **ids, bool **nulls)
{
	ArrayType *array;
	int count;

	if (PG_ARGISNULL(n))
		loyalty_raise_missing("customer_ids");
	array = PG_GETARG_ARRAYTYPE_P(n);
	count = ArrayGetNItems(ARR_NDIM(array), ARR_DIMS(array));
	if (count > LOYALTY_BATCH_MAX)
		ereport(ERROR, (errcode(ERRCODE_LOYALTY_ARGUMENT_INVALID), errmsg("there are too many customers"),
						errdetail("There are %d; at most %d are allowed.", count, LOYALTY_BATCH_MAX)));
	deconstruct_array(array, INT8OID, sizeof(int64), FLOAT8PASSBYVAL, TYPALIGN_DOUBLE, ids, nulls, &count);
	return count;
}

/* Issues coupons of one series to a list of customers: what is said of the issue is said of each. */
Datum
loyalty_issue_coupons(PG_FUNCTION_ARGS)
{
	LoyaltyCall call;
	IssueRun run;
	NullableDatum *arguments;
	Datum *ids;
	bool *nulls;
	int count;
	int i;

	loyalty_set_begin(fcinfo);
	loyalty_call_begin(&call, fcinfo);
	count = arg_customers(fcinfo, 2, &ids, &nulls);
	loyalty_issue_begin(&run, &call, count);
	run.all_or_nothing = loyalty_arg_bool(fcinfo, 4, "all_or_nothing");
	arguments = palloc(sizeof(NullableDatum) * run.function->count);
	for (i = 0; i < count; i++)
	{
		int n;

		for (n = 0; n < run.function->count; n++)
			arguments[n] = (NullableDatum){ .isnull = true };
		arguments[loyalty_function_place(run.function, "customer_id")] =
			(NullableDatum){ .value = ids[i], .isnull = nulls[i] };
		arguments[loyalty_function_place(run.function, "series")] = fcinfo->args[1];
		for (n = 0; n < lengthof(shared_arguments); n++)
			arguments[loyalty_function_place(run.function, shared_arguments[n])] =
				fcinfo->args[loyalty_function_place(loyalty_function(fcinfo), shared_arguments[n])];
		loyalty_issue_set(&run, i, arguments);
	}
	loyalty_issue_perform(&run);
	return answer(fcinfo, &call, &run);
}
