/*
 * load_api.c: load_transactions, a procedure that commits.
 *
 * The source is read, and customers are registered, with the rights of the caller. The switch to the owner never spans
 * a commit: each step about the ledger opens a call frame of its own, as expire_points does.
 */
#include "postgres.h"

#include "nodes/parsenodes.h"
#include "tcop/pquery.h"
#include "utils/builtins.h"
#include "utils/memutils.h"
#include "utils/timestamp.h"

#include "bill/bill.h"
#include "bill/load_customers.h"
#include "common/args.h"
#include "common/errors.h"
#include "common/function.h"
#include "common/pg_compat.h"
#include "common/subtransaction.h"
#include "ledger/batch/batch.h"

LOYALTY_FUNCTION(loyalty_load_transactions);

enum LoadArgument
{
	ARG_ORG,
	ARG_RELATION,
	ARG_BATCH_SIZE,
};

/* Locks the state of the load, which another run of it waits for, and learns where it stands. */
static void
begin_batch(Load *load)
{
	LoyaltyCall call;

	loyalty_call_begin(&call, load->fcinfo);
	loyalty_load_lock(call.org->org_id, load->source, call.now, &load->state);
	load->zone = call.org->zone;
	loyalty_call_end(&call);
}

/* One row more than the batch takes tells whether its last line's number comes twice. */
static void
read_lines(Load *load)
{
	LoyaltyRows *rows = loyalty_load_read(&load->reader, &load->state, (int64) load->batch_size + 1,
										  pg_get_timezone_name(load->zone));
	uint64 i;
	int column;

	load->rows = rows;
	load->lines = palloc0(sizeof(LoadLine) * Max(rows->count, 1));
	for (i = 0; i < rows->count; i++)
	{
		LoadLine *line = &load->lines[i];

		for (column = 0; column < LOAD_COLUMNS; column++)
			line->values[column] = loyalty_row_datum(rows, i, column + 1, &line->nulls[column]);
		if (i > 0 && line->values[LOAD_LINE_NO] == line[-1].values[LOAD_LINE_NO])
			ereport(ERROR, (errcode(ERRCODE_LOYALTY_ARGUMENT_INVALID),
							errmsg("line " INT64_FORMAT " of the source comes twice",
								   DatumGetInt64(line->values[LOAD_LINE_NO])),
							errhint("Give each line a number of its own.")));
	}
	load->count = Min((int) rows->count, load->batch_size);
}

/* Texts that are to be read as values: on from a column of a line. */
typedef struct Reading
{
	Load *load;
	int line;
	int column;
} Reading;

static bool
read_texts(void *arg)
{
	Reading *at = arg;
	Load *load = at->load;

	for (; at->line < load->count; at->line++, at->column = 0)
		for (; at->column < LOAD_COLUMNS; at->column++)
		{
			LoadLine *line = &load->lines[at->line];

			if (load->reader.is_text[at->column] && !line->nulls[at->column])
				line->values[at->column] =
					loyalty_load_value(at->column, line->values[at->column], &line->nulls[at->column]);
		}
	return true;
}

/* What is no value refuses its line: a time that cannot be is LY015, all else LY003. The message has no part of it. */
static void
refuse_text(const Reading *at, const ErrorData *error)
{
	LoadLine *line = &at->load->lines[at->line];
	bool is_time = error->sqlerrcode == ERRCODE_DATETIME_FIELD_OVERFLOW;

	line->nulls[at->column] = true;
	loyalty_load_line_refuse(line, is_time ? ERRCODE_LOYALTY_TIME_INVALID : ERRCODE_LOYALTY_ARGUMENT_INVALID,
							 loyalty_load_fault(at->column));
}

/* In a subtransaction that ends with the first text that is no value; the next one goes on behind it. */
static void
read_all_texts(Load *load)
{
	Reading at = { .load = load };
	ErrorData *error;

	while (!loyalty_subtransaction_try(read_texts, &at, &error))
	{
		if (ERRCODE_TO_CATEGORY(error->sqlerrcode) != ERRCODE_DATA_EXCEPTION)
			ReThrowError(error);
		refuse_text(&at, error);
		at.column++;
	}
}

/* Times without a zone are the org's, in texts too. */
static void
convert_lines(Load *load)
{
	pg_tz *of_session = session_timezone;

	if (!load->reader.has_texts)
		return;
	session_timezone = load->zone;
	PG_TRY();
	{
		read_all_texts(load);
	}
	PG_FINALLY();
	{
		session_timezone = of_session;
	}
	PG_END_TRY();
}

/* Which argument of a bill a column says; the line's customer is found by the load. */
static const struct
{
	LoadColumn column;
	const char *argument;
} bill_columns[] = {
	{ LOAD_TRANSACTION_NUMBER, "transaction_number" },
	{ LOAD_AMOUNT, "amount" },
	{ LOAD_DISCOUNT, "discount" },
	{ LOAD_POINTS, "points" },
	{ LOAD_PROGRAM, "program" },
	{ LOAD_EVENT_TIME, "event_time" },
	{ LOAD_TILL, "till" },
	{ LOAD_STORE, "store" },
	{ LOAD_SOURCE, "source" },
	{ LOAD_REASON, "reason" },
};

static const BatchKind bill_items = {
	.request = &loyalty_bill_kind,
	.request_size = sizeof(BillRequest),
	.perform = loyalty_bill,
};

static void
set_argument(const Batch *batch, NullableDatum *arguments, const char *argument, Datum value, bool isnull)
{
	arguments[loyalty_function_place(batch->function, argument)] =
		(NullableDatum){ .value = value, .isnull = isnull };
}

/* A line as an item: the arguments of a bill that it has columns for. A bill of a load has a time. */
static void
set_item(Batch *batch, int i, const LoadLine *line)
{
	NullableDatum *arguments = palloc(sizeof(NullableDatum) * batch->function->count);
	int n;

	for (n = 0; n < batch->function->count; n++)
		arguments[n].isnull = true;
	for (n = 0; n < (int) lengthof(bill_columns); n++)
		set_argument(batch, arguments, bill_columns[n].argument, line->values[bill_columns[n].column],
					 line->nulls[bill_columns[n].column]);
	set_argument(batch, arguments, "customer_id", Int64GetDatum(line->customer_id),
				 line->customer_id == 0 && line->nulls[LOAD_CUSTOMER_ID]);
	loyalty_batch_set(batch, i, arguments);
	if (line->nulls[LOAD_EVENT_TIME])
		(void) loyalty_refuse_missing("event_time", &batch->items[i].refusal);
	pfree(arguments);
}

/* Customers are known by now, so lines of one that named it in different ways come together, in the order of dates. */
static int
compare_posted(const void *left, const void *right)
{
	const LoadLine *a = *(LoadLine *const *) left;
	const LoadLine *b = *(LoadLine *const *) right;
	int order = loyalty_load_compare_numbers(a, b, LOAD_EVENT_TIME);

	if (a->customer_id != b->customer_id)
		return a->customer_id < b->customer_id ? -1 : 1;
	return order != 0 ? order : loyalty_load_compare_numbers(a, b, LOAD_LINE_NO);
}

/* Posts the bills of the lines whose customer is known, in their order. */
static void
post_lines(Load *load, LoyaltyCall *call)
{
	LoadLine **posted = palloc(sizeof(LoadLine *) * Max(load->count, 1));
	Batch batch;
	int count = 0;
	int i;

	for (i = 0; i < load->count; i++)
		if (load->lines[i].sqlstate == 0)
			posted[count++] = &load->lines[i];
	qsort(posted, count, sizeof(LoadLine *), compare_posted);
	loyalty_batch_begin(&batch, call, &bill_items, count);
	for (i = 0; i < count; i++)
		set_item(&batch, i, posted[i]);
	loyalty_batch_lock(&batch);
	loyalty_batch_perform(&batch);
	for (i = 0; i < count; i++)
	{
		int sqlstate = batch.items[i].refusal.sqlstate;

		if (sqlstate != 0)
			loyalty_load_line_refuse(posted[i], sqlstate, loyalty_error_meaning(sqlstate));
	}
}

static void
end_batch(Load *load)
{
	LoyaltyCall call;
	int i;

	loyalty_call_begin(&call, load->fcinfo);
	post_lines(load, &call);
	for (i = 0; i < load->count; i++)
	{
		const LoadLine *line = &load->lines[i];
		int64 line_no = DatumGetInt64(line->values[LOAD_LINE_NO]);

		if (!load->state.has_begun || line_no > load->state.last_line_no)
			load->state.last_line_no = line_no;
		load->state.has_begun = true;
		if (line->sqlstate == 0)
			load->state.bills++;
		else
		{
			loyalty_load_refuse(call.org->org_id, load->source, line_no, line->sqlstate, line->error,
								call.now);
			load->state.refused++;
		}
	}
	loyalty_load_save(call.org->org_id, load->source, call.now, &load->state, load->count == 0);
	loyalty_call_end(&call);
}

/* What has no place in the order would never be loaded: asked once, of a caller who may act in the org. */
static void
require_numbers(Load *load)
{
	if (!load->is_numbered && loyalty_load_lacks_numbers(load->source))
		ereport(ERROR,
				(errcode(ERRCODE_LOYALTY_ARGUMENT_INVALID), errmsg("a line of the source has no number"),
				 errdetail("Its \"line_no\" is NULL."), errhint("Give each line a number of its own.")));
	load->is_numbered = true;
}

/* One batch in the transaction at hand; returns how many lines it had. */
static int
load_batch(Load *load)
{
	MemoryContext caller = MemoryContextSwitchTo(load->context);

	begin_batch(load);
	require_numbers(load);
	read_lines(load);
	convert_lines(load);
	loyalty_load_customers(load);
	end_batch(load);
	loyalty_rows_free(load->rows);
	MemoryContextSwitchTo(caller);
	MemoryContextReset(load->context);
	return load->count;
}

static void
read_arguments(FunctionCallInfo fcinfo, Load *load)
{
	CallContext *context = (CallContext *) fcinfo->context;
	Oid relation;

	if (context == NULL || !IsA(context, CallContext) || context->atomic)
		ereport(ERROR,
				(errcode(ERRCODE_LOYALTY_IN_TRANSACTION),
				 errmsg("load_transactions commits batch by batch and cannot run inside a transaction"),
				 errhint("Use it on its own, outside BEGIN and outside functions.")));
	load->fcinfo = fcinfo;
	loyalty_function_defaults(fcinfo);
	load->org = loyalty_arg_text(fcinfo, ARG_ORG, "org", LOYALTY_MAX_CODE);
	if (PG_ARGISNULL(ARG_RELATION))
		loyalty_raise_missing("relation");
	load->batch_size = loyalty_arg_int4(fcinfo, ARG_BATCH_SIZE, "batch_size");
	if (load->batch_size < 1 || load->batch_size > LOYALTY_BATCH_MAX)
		loyalty_raise_not_allowed("batch_size", "1 to 10000");
	relation = PG_GETARG_OID(ARG_RELATION);
	load->source = loyalty_load_source_name(relation);
	loyalty_load_reader(relation, load->source, &load->reader);
}

Datum
loyalty_load_transactions(PG_FUNCTION_ARGS)
{
	Load load = { 0 };
	int count;

	read_arguments(fcinfo, &load);
	if (SPI_connect_ext(SPI_OPT_NONATOMIC) != SPI_OK_CONNECT)
		elog(ERROR, "SPI_connect failed");
	load.context = AllocSetContextCreate(CurrentMemoryContext, "loyalty load", ALLOCSET_DEFAULT_SIZES);
	do
	{
		EnsurePortalSnapshotExists();
		count = load_batch(&load);
		SPI_commit();
		ereport(NOTICE, (errmsg("loaded " INT64_FORMAT " bills, refused " INT64_FORMAT " lines",
								load.state.bills, load.state.refused)));
	} while (count > 0);
	SPI_finish();
	PG_RETURN_VOID();
}
