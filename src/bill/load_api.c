/*
 * load_api.c: load_transactions, a procedure that commits.
 *
 * Batch by batch, each in a transaction of its own: the state of the load is locked; the next lines of the
 * source are read; texts become values; customers are found and registered (load_customers.c); bills are posted
 * as a batch posts them; refused lines and the state are written; commit. So a load that ends by an error, or
 * by a crash, goes on behind the last line that was committed, and no line is loaded twice.
 *
 * The source is read, and customers are registered, with the rights of the caller. The switch to the owner
 * never spans a commit: each step about the ledger opens a call frame of its own, as expire_points does, which
 * checks access again.
 *
 * Locks: the state of the load, until the commit, which another run of the same source waits for; then
 * customers who are registered, in the order of load_customers.c; then all customers of the batch, ascending.
 * May be late: nothing but the commit; a bill of any age is posted as add_transaction posts it. Memory is that
 * of one batch.
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
	ARG_DATE_FORMAT,
};

/*
 * Locks the state of the load, which another run of it waits for, and learns where it stands: that run may have
 * gone on.
 */
static void
begin_batch(Load *load)
{
	LoyaltyCall call;

	loyalty_call_begin(&call, load->fcinfo);
	loyalty_load_lock(call.org->org_id, load->source, call.now, &load->state);
	load->zone = call.org->zone;
	loyalty_call_end(&call);
}

/*
 * Reads the lines of a batch. One row more than it takes tells whether its last line's number comes twice: the
 * next batch would begin behind that number and never see the second line.
 */
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

/*
 * Refuses a line for a text that is no value: LY015 for a time, LY003 for a number. The message has no part of the text.
 */
static void
refuse_text(const Reading *at)
{
	LoadLine *line = &at->load->lines[at->line];

	line->nulls[at->column] = true;
	loyalty_load_line_refuse(line,
							 loyalty_load_is_time(at->column) ? ERRCODE_LOYALTY_TIME_INVALID
															  : ERRCODE_LOYALTY_ARGUMENT_INVALID,
							 loyalty_load_fault(at->column));
}

/* Reads the text at which the reading stands. A value that was read is in its place; a number that is none raises. */
static void
read_text(const Reading *at)
{
	const Load *load = at->load;
	LoadLine *line = &load->lines[at->line];
	Datum *value = &line->values[at->column];
	bool *is_null = &line->nulls[at->column];

	if (!loyalty_load_is_time(at->column))
		*value = loyalty_load_number(at->column, *value, is_null);
	else if (!loyalty_load_time(load->date_format, load->zone, *value, value, is_null))
		refuse_text(at);
}

/* Reads texts as values until one of them raises; "arg" then says at which it was. */
static bool
read_texts(void *arg)
{
	Reading *at = arg;
	Load *load = at->load;

	for (; at->line < load->count; at->line++, at->column = 0)
		for (; at->column < LOAD_COLUMNS; at->column++)
			if (load->reader.is_text[at->column] && !load->lines[at->line].nulls[at->column])
				read_text(at);
	return true;
}

/*
 * Reads in a subtransaction that ends with the first text that is no number; the next one goes on behind it. A
 * source without bad numbers costs one. Errors of any class but data exceptions end the load. Times without a zone are the
 * org's, in texts too.
 */
static void
convert_lines(Load *load)
{
	Reading at = { .load = load };
	ErrorData *error;

	while (load->reader.has_texts && !loyalty_subtransaction_try(read_texts, &at, &error))
	{
		if (ERRCODE_TO_CATEGORY(error->sqlerrcode) != ERRCODE_DATA_EXCEPTION)
			ReThrowError(error);
		refuse_text(&at);
		at.column++;
	}
}

/* Columns of a line with the argument of a bill that each one says; the customer is found by the load. */
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

/*
 * Lines as items of a batch. They have no idempotency keys: the number of the bill keeps a line from being
 * loaded twice.
 */
static const BatchKind bill_items = {
	.request = &loyalty_bill_kind,
	.request_size = sizeof(BillRequest),
	.perform = loyalty_bill,
};

/* Puts a value in the place that an argument of add_transaction has, by its name. */
static void
set_argument(const Batch *batch, NullableDatum *arguments, const char *argument, Datum value, bool isnull)
{
	arguments[loyalty_function_place(batch->function, argument)] =
		(NullableDatum){ .value = value, .isnull = isnull };
}

/*
 * Makes an item of a line: the arguments of a bill that it has columns for. A bill of a load must have a time,
 * for a bill that is loaded was not made now.
 */
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

/*
 * Compares two lines by customer, then by date. Customers are known by now, so lines of one that named it in
 * different ways come together, and its bills are posted in the order in which they were made.
 */
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

/* Posts the bills of the lines whose customer is known, in their order; the refusal of an item becomes its line's. */
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

/*
 * Ends a batch in one frame of the owner: bills, refused lines, and the state. A batch without lines ends the
 * load. The state moves to the highest number, since lines stand in the order of customers here.
 */
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

/*
 * Refuses a source that has a line without a number: it has no place in the order and would never be loaded.
 * Asked once, and behind the first frame, of a caller who may act in the org.
 */
static void
require_numbers(Load *load)
{
	if (!load->is_numbered && loyalty_load_lacks_numbers(load->source))
		ereport(ERROR,
				(errcode(ERRCODE_LOYALTY_ARGUMENT_INVALID), errmsg("a line of the source has no number"),
				 errdetail("Its \"line_no\" is NULL."), errhint("Give each line a number of its own.")));
	load->is_numbered = true;
}

/*
 * Loads one batch in the transaction at hand; returns how many lines it had. All that it allocates goes with
 * its context.
 */
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

/*
 * Reads what the procedure is called with, and makes the statement for its source. Inside a caller's
 * transaction it could not commit, so it refuses that first.
 */
static void
read_arguments(FunctionCallInfo fcinfo, Load *load)
{
	CallContext *context = (CallContext *) fcinfo->context;
	Oid relation;

	if (context == NULL || !IsA(context, CallContext) || context->atomic)
		ereport(ERROR, (errcode(ERRCODE_LOYALTY_IN_TRANSACTION),
						errmsg("load_transactions commits as it goes and cannot run inside a transaction"),
						errhint("Call it on its own, not inside BEGIN, a function or an exception block.")));
	load->fcinfo = fcinfo;
	loyalty_function_defaults(fcinfo);
	load->org = loyalty_arg_text(fcinfo, ARG_ORG, "org", LOYALTY_MAX_CODE);
	if (PG_ARGISNULL(ARG_RELATION))
		loyalty_raise_missing("relation");
	load->batch_size = loyalty_arg_int4(fcinfo, ARG_BATCH_SIZE, "batch_size");
	if (load->batch_size < 1 || load->batch_size > LOYALTY_BATCH_MAX)
		loyalty_raise_not_allowed("batch_size", "1 to 10000");
	load->date_format = (LoyaltyDateFormat) loyalty_arg_word(fcinfo, ARG_DATE_FORMAT, "date_format",
															 loyalty_date_format_names, DATE_FORMAT_COUNT);
	relation = PG_GETARG_OID(ARG_RELATION);
	load->source = loyalty_load_source_name(relation);
	loyalty_load_reader(relation, load->source, &load->reader);
}

/*
 * Loads batch by batch until one has no lines. The connection to SPI survives commits; the snapshot does not,
 * and the statements of the next batch need one.
 */
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
