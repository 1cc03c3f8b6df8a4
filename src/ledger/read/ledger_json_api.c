/*
 * ledger_json_api.c: points_ledger_json: a page of the ledger as the field's API answers it: who the customer is, where
 * the page stands, and the entries.
 *
 * The rows are those of points_ledger, by the same request; what differs is the size of a page, and that the id and the
 * number of a bill stand in the events of bills and returns alone. The key of the next page carries its number, so that
 * a caller who passes keys on is told which page each is. The total is counted where it is asked for, since with
 * filters that costs what the range holds.
 *
 * Nothing is locked or written, and all is read under the caller's snapshot, so that its parts agree. Nothing is late
 * but what no entry has: points that are due and not posted.
 */
#include "postgres.h"

#include "catalog/pg_type.h"
#include "lib/stringinfo.h"
#include "utils/builtins.h"
#include "utils/datetime.h"
#include "utils/fmgrprotos.h"
#include "utils/json.h"
#include "utils/jsonb.h"

#include "common/args.h"
#include "common/pg_compat.h"
#include "customer/single_view_store.h"
#include "ledger/read/ledger_request.h"
#include "ledger/tables/code_rules.h"

LOYALTY_FUNCTION(loyalty_points_ledger_json);

/* Entries of the largest page, as the field's API has it. */
#define MAX_PAGE 10

/* The argument that points_ledger does not have, behind all others. */
#define ARG_WITH_TOTAL 18

/* A field of an entry. */
typedef struct Field
{
	const char *name;
	PageColumn column;
	Oid type;				/* CHAROID: a code, told as its word; its name is that of the set of codes */
	bool of_bill_or_return; /* the event of anything else has no such field */
} Field;

/* The fields of an entry, by their names in points_ledger. The time of recording is the entry's own date and time. */
static const Field fields[] = {
	{ "customer_id", PAGE_CUSTOMER_ID, INT8OID, false },
	{ "event_id", PAGE_EVENT_ID, INT8OID, false },
	{ "event_name", PAGE_EVENT_NAME, TEXTOID, false },
	{ "recorded_at", PAGE_RECORDED_AT, TIMESTAMPTZOID, false },
	{ "event_time", PAGE_EVENT_TIME, TIMESTAMPTZOID, false },
	{ "effective_at", PAGE_EFFECTIVE_AT, TIMESTAMPTZOID, false },
	{ "entry_no", PAGE_ENTRY_NO, INT4OID, false },
	{ "entry_type", PAGE_ENTRY_TYPE, CHAROID, false },
	{ "program", PAGE_PROGRAM, TEXTOID, false },
	{ "category", PAGE_CATEGORY, CHAROID, false },
	{ "points", PAGE_POINTS, NUMERICOID, false },
	{ "balance_after", PAGE_BALANCE_AFTER, NUMERICOID, false },
	{ "points_on_event", PAGE_POINTS_ON_EVENT, NUMERICOID, false },
	{ "till", PAGE_TILL, TEXTOID, false },
	{ "store", PAGE_STORE, TEXTOID, false },
	{ "source", PAGE_SOURCE, TEXTOID, false },
	{ "transaction_id", PAGE_TRANSACTION_ID, INT8OID, true },
	{ "transaction_number", PAGE_TRANSACTION_NUMBER, TEXTOID, true },
	{ "redemption_id", PAGE_REDEMPTION_ID, TEXTOID, false },
	{ "reason", PAGE_REASON, TEXTOID, false },
};

/* Appends a text, or null. */
static void
put_text(StringInfo json, const char *text)
{
	if (text == NULL)
		appendStringInfoString(json, "null");
	else
		escape_json(json, text);
}

/* Appends a time in ISO 8601, in the time zone of the session, as to_jsonb does. */
static void
put_time(StringInfo json, Datum time)
{
	char buffer[MAXDATELEN + 1];

	appendStringInfo(json, "\"%s\"", JsonEncodeDateTime(buffer, time, TIMESTAMPTZOID, NULL));
}

/* Appends the value of a field, which is not null. */
static void
put_value(StringInfo json, const Field *field, Datum value)
{
	switch (field->type)
	{
		case INT8OID:
			appendStringInfo(json, INT64_FORMAT, DatumGetInt64(value));
			break;
		case INT4OID:
			appendStringInfo(json, "%d", DatumGetInt32(value));
			break;
		case NUMERICOID:
			appendStringInfoString(json, DatumGetCString(DirectFunctionCall1(numeric_out, value)));
			break;
		case TIMESTAMPTZOID:
			put_time(json, value);
			break;
		case CHAROID:
			put_text(json, loyalty_code_word(field->name, DatumGetChar(value)));
			break;
		default:
			put_text(json, TextDatumGetCString(value));
			break;
	}
}

/* Appends an entry with its fields, those that do not apply left out. */
static void
put_entry(StringInfo json, LoyaltyRows *rows, uint64 row, const char *bill_number)
{
	int16 code = loyalty_row_int2(rows, row, PAGE_EVENT_CODE);
	bool of_bill_or_return = code == EVENT_TRANSACTION_ADD || code == EVENT_TRANSACTION_RETURN;
	int i;

	for (i = 0; i < lengthof(fields); i++)
	{
		const Field *field = &fields[i];
		bool isnull;
		Datum value;

		if (field->of_bill_or_return && !of_bill_or_return)
			continue;
		appendStringInfo(json, "%s\"%s\":", i == 0 ? "{" : ",", field->name);
		value = loyalty_row_datum(rows, row, field->column, &isnull);
		if (field->column == PAGE_TRANSACTION_NUMBER)
			put_text(json, bill_number);
		else if (isnull)
			put_text(json, NULL);
		else
			put_value(json, field, value);
	}
	appendStringInfoChar(json, '}');
}

/* Returns the number of a page: it comes with the key, and is not known where that is a row's of points_ledger. */
static int32
page_number(const PageRequest *request)
{
	return request->after.given ? request->after.number : 1;
}

/* Appends where the page stands: its number, its size as asked for, what it has, and how to go on. */
static void
put_page(StringInfo json, FunctionCallInfo fcinfo, const PageRequest *request, LoyaltyRows *rows,
		 uint64 shown, bool has_more)
{
	int32 number = page_number(request);
	const char *key = has_more ? loyalty_ledger_key(rows, shown - 1) : NULL;

	appendStringInfo(json, "\"page\":{\"number\":%s,\"size\":%d,\"count\":" UINT64_FORMAT ",\"has_more\":%s",
					 number > 0 ? psprintf("%d", number) : "null", request->filter.limit, shown,
					 has_more ? "true" : "false");
	appendStringInfoString(json, ",\"next_key\":");
	put_text(json, key != NULL && number > 0 ? loyalty_ledger_numbered_key(number + 1, key) : key);
	if (loyalty_arg_bool(fcinfo, ARG_WITH_TOTAL, "with_total"))
		appendStringInfo(json, ",\"total\":" INT64_FORMAT, loyalty_page_total(request));
	appendStringInfoString(json, "},");
}

/*
 * Returns the document. Its text is put together in SPI's memory, which ends with the call, so the result is made, once,
 * in the caller's.
 */
Datum
loyalty_points_ledger_json(PG_FUNCTION_ARGS)
{
	PageRequest request = { 0 };
	StringInfoData json;
	LoyaltyRows *rows;
	const char **bill_numbers;
	MemoryContext spi_context;
	Jsonb *basics;
	Datum document;
	bool has_more;
	uint64 shown;
	uint64 i;

	loyalty_ledger_request(fcinfo, &request, MAX_PAGE);
	shown = loyalty_ledger_rows(&request, &rows, &has_more);
	bill_numbers = loyalty_ledger_bill_numbers(&request, rows);
	basics = DatumGetJsonbP(loyalty_customer_basics(request.call.org->org_id, request.customer.customer_id));
	initStringInfo(&json);
	appendStringInfo(&json, "{\"customer\":%s,", JsonbToCString(NULL, &basics->root, VARSIZE(basics)));
	put_page(&json, fcinfo, &request, rows, shown, has_more);
	appendStringInfoString(&json, "\"entries\":[");
	for (i = 0; i < shown; i++)
	{
		if (i > 0)
			appendStringInfoChar(&json, ',');
		put_entry(&json, rows, i, bill_numbers[i]);
	}
	appendStringInfoString(&json, "]}");
	spi_context = MemoryContextSwitchTo(request.call.result_context);
	document = DirectFunctionCall1(jsonb_in, CStringGetDatum(json.data));
	MemoryContextSwitchTo(spi_context);
	loyalty_call_end(&request.call);
	PG_RETURN_DATUM(document);
}
