/*
 * load_api.c: load_transactions, a procedure that commits.
 *
 * The source is read, and customers are registered, with the rights of the caller. The switch to the owner never spans
 * a commit: each step about the ledger opens a call frame of its own, as expire_points does.
 */
#include "postgres.h"

#include "catalog/pg_collation.h"
#include "miscadmin.h"
#include "nodes/parsenodes.h"
#include "tcop/pquery.h"
#include "utils/builtins.h"
#include "utils/memutils.h"
#include "utils/timestamp.h"

#include "common/args.h"
#include "common/errors.h"
#include "common/pg_compat.h"
#include "common/subtransaction.h"
#include "customer/identity.h"
#include "ledger/bill_batch.h"
#include "ledger/load_store.h"
#include "ledger/write_batch.h"

LOYALTY_FUNCTION(loyalty_load_transactions);

enum LoadArgument
{
	ARG_ORG,
	ARG_SOURCE,
	ARG_BATCH_SIZE,
};

/* A line of the source as it was read, and what became of it. */
typedef struct LoadLine
{
	Datum values[LOAD_COLUMNS];
	bool nulls[LOAD_COLUMNS];
	int64 customer_id; /* 0: not known yet */
	bool is_new;	   /* a customer whom the load registers */
	int sqlstate;	   /* 0: not refused */
	const char *error;
} LoadLine;

typedef struct Load
{
	FunctionCallInfo fcinfo;
	const char *org;
	const char *source; /* its qualified name */
	const char *reader; /* the statement that reads it */
	const char *zone;
	int batch_size;
	LoadState state;
	MemoryContext context; /* of the batch at hand */
	SPITupleTable *rows;   /* of the source, where the lines' values are */
	int count;
	LoadLine *lines;
} Load;

static void
refuse(LoadLine *line, int sqlstate, const char *error)
{
	line->sqlstate = sqlstate;
	line->error = error;
}

/* Locks the state of the load, which another run of it waits for, and learns where it stands. */
static void
begin_batch(Load *load)
{
	LoyaltyCall call;
	MemoryContext caller = CurrentMemoryContext;

	loyalty_call_begin(&call, load->fcinfo);
	loyalty_load_lock(call.org->org_id, load->source, call.now, &load->state);
	load->zone = MemoryContextStrdup(caller, pg_get_timezone_name(call.org->zone));
	loyalty_call_end(&call);
}

/* One row more than the batch takes tells whether its last line's number comes twice. */
static void
read_lines(Load *load)
{
	uint64 count;
	SPITupleTable *rows = loyalty_load_read(load->reader, load->state.last_line_no,
											(int64) load->batch_size + 1, load->zone, &count);
	uint64 i;
	int column;

	load->rows = rows;
	load->lines = palloc0(sizeof(LoadLine) * Max(count, 1));
	for (i = 0; i < count; i++)
	{
		LoadLine *line = &load->lines[i];

		for (column = 0; column < LOAD_COLUMNS; column++)
			line->values[column] =
				SPI_getbinval(rows->vals[i], rows->tupdesc, column + 1, &line->nulls[column]);
		if (i > 0 && line->values[LOAD_LINE_NO] == line[-1].values[LOAD_LINE_NO])
			ereport(ERROR, (errcode(ERRCODE_LOYALTY_ARGUMENT_INVALID),
							errmsg("line " INT64_FORMAT " of the source comes twice",
								   DatumGetInt64(line->values[LOAD_LINE_NO])),
							errhint("Give each line a number of its own.")));
	}
	load->count = Min((int) count, load->batch_size);
}

/* A NULL comes after every value. */
static int
compare_texts(const LoadLine *a, const LoadLine *b, LoadColumn column)
{
	if (a->nulls[column] || b->nulls[column])
		return (int) a->nulls[column] - (int) b->nulls[column];
	return DatumGetInt32(
		DirectFunctionCall2Coll(bttextcmp, C_COLLATION_OID, a->values[column], b->values[column]));
}

static int
compare_identity(const LoadLine *a, const LoadLine *b)
{
	static const LoadColumn columns[] = { LOAD_MOBILE, LOAD_EMAIL, LOAD_EXTERNAL_ID };
	int order = 0;
	int i;

	for (i = 0; i < (int) lengthof(columns) && order == 0; i++)
		order = compare_texts(a, b, columns[i]);
	return order;
}

static int
compare_datums(const LoadLine *a, const LoadLine *b, LoadColumn column)
{
	int64 left = a->nulls[column] ? PG_INT64_MAX : DatumGetInt64(a->values[column]);
	int64 right = b->nulls[column] ? PG_INT64_MAX : DatumGetInt64(b->values[column]);

	return left < right ? -1 : left > right;
}

/* By who the lines are about, and of each in the order of dates. */
static int
compare_lines(const void *left, const void *right)
{
	const LoadLine *a = left;
	const LoadLine *b = right;
	int order = compare_datums(a, b, LOAD_CUSTOMER_ID);

	if (order == 0)
		order = compare_identity(a, b);
	if (order == 0)
		order = compare_datums(a, b, LOAD_EVENT_TIME);
	return order != 0 ? order : compare_datums(a, b, LOAD_LINE_NO);
}

/* The customer who has the identifiers of a line, or 0: LY108 where they are of several. */
static int64
find_customer(const LoyaltyOrg *org, LoadLine *line)
{
	static const struct
	{
		LoadColumn column;
		IdentifierType type;
	} identifiers[] = {
		{ LOAD_MOBILE, IDENTIFIER_MOBILE },
		{ LOAD_EMAIL, IDENTIFIER_EMAIL },
		{ LOAD_EXTERNAL_ID, IDENTIFIER_EXTERNAL_ID },
	};
	int64 found = 0;
	int i;

	for (i = 0; i < (int) lengthof(identifiers); i++)
	{
		char key[IDENTIFIER_VALUE_BYTES];
		char shown[IDENTIFIER_VALUE_BYTES];
		const char *given;
		int64 owner;

		if (line->nulls[identifiers[i].column])
			continue;
		given = loyalty_text_within(line->values[identifiers[i].column], LOYALTY_MAX_NAME);
		if (given == NULL || !loyalty_identifier_normalise(org, identifiers[i].type, given, key, shown))
			continue; /* registering says what is wrong with it */
		owner = loyalty_identifier_find(org->org_id, identifiers[i].type, key);
		if (owner != 0 && found != 0 && owner != found)
			refuse(line, ERRCODE_LOYALTY_CUSTOMER_CONFLICT,
				   loyalty_error_meaning(ERRCODE_LOYALTY_CUSTOMER_CONFLICT));
		found = owner != 0 ? owner : found;
	}
	return found;
}

/* Lines of the same identifiers stand together: the first of them is asked for. */
static void
find_customers(Load *load)
{
	LoyaltyCall call;
	int i;

	loyalty_call_begin(&call, load->fcinfo);
	for (i = 0; i < load->count; i++)
	{
		LoadLine *line = &load->lines[i];

		if (!line->nulls[LOAD_CUSTOMER_ID])
			line->customer_id = DatumGetInt64(line->values[LOAD_CUSTOMER_ID]);
		else if (i > 0 && line[-1].nulls[LOAD_CUSTOMER_ID] && compare_identity(&line[-1], line) == 0)
		{
			line->customer_id = line[-1].customer_id;
			refuse(line, line[-1].sqlstate, line[-1].error);
		}
		else
			line->customer_id = find_customer(call.org, line);
	}
	loyalty_call_end(&call);
}

/* Customers to register: those of the lines from "first" to before "end". */
typedef struct Registration
{
	Load *load;
	int first;
	int end;
} Registration;

/* Registers at the first bill, unless the line says when it was. */
static bool
register_lines(void *arg)
{
	const Registration *registration = arg;
	Load *load = registration->load;
	int i;

	for (i = registration->first; i < registration->end; i++)
	{
		LoadLine *line = &load->lines[i];
		LoadColumn time = line->nulls[LOAD_REGISTERED_ON] ? LOAD_EVENT_TIME : LOAD_REGISTERED_ON;

		CHECK_FOR_INTERRUPTS();
		if (!line->is_new || line->customer_id != 0)
			continue;
		if (i > 0 && line[-1].customer_id != 0 && line[-1].nulls[LOAD_CUSTOMER_ID] &&
			compare_identity(&line[-1], line) == 0)
		{
			line->customer_id = line[-1].customer_id;
			continue;
		}
		line->customer_id =
			loyalty_load_register(load->org, line->values, line->nulls,
								  line->nulls[time] ? DT_NOEND : DatumGetTimestampTz(line->values[time]));
	}
	return true;
}

/* Why a registration failed; only errors of ours are the line's, and their messages hold no personal data. */
static bool
try_lines(Load *load, int first, int end, ErrorData **error)
{
	Registration registration = { .load = load, .first = first, .end = end };
	int i;

	if (loyalty_subtransaction_try(register_lines, &registration, error))
		return true;
	if (unpack_sql_state((*error)->sqlerrcode)[0] != 'L' || unpack_sql_state((*error)->sqlerrcode)[1] != 'Y')
		ReThrowError(*error);
	for (i = first; i < end; i++)
		if (load->lines[i].is_new)
			load->lines[i].customer_id = 0;
	return false;
}

/* All at once in one subtransaction; where one of them is refused, each by itself. */
static void
register_customers(Load *load)
{
	ErrorData *error;
	int i;

	for (i = 0; i < load->count; i++)
		load->lines[i].is_new = load->lines[i].nulls[LOAD_CUSTOMER_ID] && load->lines[i].customer_id == 0 &&
								load->lines[i].sqlstate == 0;
	if (try_lines(load, 0, load->count, &error))
		return;
	for (i = 0; i < load->count; i++)
	{
		LoadLine *line = &load->lines[i];

		if (line->is_new && !try_lines(load, i, i + 1, &error))
			refuse(line, error->sqlerrcode, error->message);
	}
}

/* A line as the item of a batch of bills. */
static void
set_item(Batch *batch, int i, const LoadLine *line)
{
	static const LoadColumn columns[BILL_COLUMNS] = {
		[BATCH_POINTS] = LOAD_POINTS,
		[BATCH_PROGRAM] = LOAD_PROGRAM,
		[BATCH_EVENT_TIME] = LOAD_EVENT_TIME,
		[BATCH_TILL] = LOAD_TILL,
		[BATCH_REASON] = LOAD_REASON,
		[BATCH_SOURCE] = LOAD_SOURCE,
		[BILL_NUMBER] = LOAD_TRANSACTION_NUMBER,
		[BILL_AMOUNT] = LOAD_AMOUNT,
		[BILL_DISCOUNT] = LOAD_DISCOUNT,
		[BILL_STORE] = LOAD_STORE,
	};
	Datum *values = palloc0(sizeof(Datum) * BILL_COLUMNS);
	bool *nulls = palloc0(sizeof(bool) * BILL_COLUMNS);
	int column;

	for (column = 0; column < BILL_COLUMNS; column++)
	{
		values[column] = line->values[columns[column]];
		nulls[column] = line->nulls[columns[column]];
	}
	values[BATCH_CUSTOMER_ID] = Int64GetDatum(line->customer_id);
	nulls[BATCH_CUSTOMER_ID] = line->customer_id == 0 && line->nulls[LOAD_CUSTOMER_ID];
	nulls[BATCH_IDEMPOTENCY_KEY] = true;
	loyalty_batch_set(batch, i, values, nulls);
}

/* Customers are known by now, so lines of one that named it in different ways come together, in the order of dates. */
static int
compare_posted(const void *left, const void *right)
{
	const LoadLine *a = *(LoadLine *const *) left;
	const LoadLine *b = *(LoadLine *const *) right;
	int order = compare_datums(a, b, LOAD_EVENT_TIME);

	if (a->customer_id != b->customer_id)
		return a->customer_id < b->customer_id ? -1 : 1;
	return order != 0 ? order : compare_datums(a, b, LOAD_LINE_NO);
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
	loyalty_batch_begin(&batch, call, &loyalty_bill_items, count);
	for (i = 0; i < count; i++)
		set_item(&batch, i, posted[i]);
	loyalty_batch_lock(&batch);
	loyalty_batch_post(&batch, loyalty_bill_item_judge, loyalty_bill_item_post);
	for (i = 0; i < count; i++)
		if (batch.items[i].sqlstate != 0)
			refuse(posted[i], batch.items[i].sqlstate, loyalty_error_meaning(batch.items[i].sqlstate));
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

		load->state.last_line_no = Max(load->state.last_line_no, line_no);
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

/* One batch in the transaction at hand; answers how many lines it had. */
static int
load_batch(Load *load)
{
	MemoryContext caller = MemoryContextSwitchTo(load->context);

	begin_batch(load);
	read_lines(load);
	qsort(load->lines, load->count, sizeof(LoadLine), compare_lines);
	find_customers(load);
	register_customers(load);
	end_batch(load);
	SPI_freetuptable(load->rows);
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
	load->org = loyalty_arg_text(fcinfo, ARG_ORG, "org", LOYALTY_MAX_CODE);
	if (PG_ARGISNULL(ARG_SOURCE))
		loyalty_raise_missing("source");
	load->batch_size = loyalty_arg_int4(fcinfo, ARG_BATCH_SIZE, "batch_size");
	if (load->batch_size < 1 || load->batch_size > LOYALTY_BATCH_MAX)
		loyalty_raise_not_allowed("batch_size", "1 to 10000");
	relation = PG_GETARG_OID(ARG_SOURCE);
	load->source = loyalty_load_source_name(relation);
	load->reader = loyalty_load_reader(relation, load->source);
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
