/*
 * list_api.c: change_requests, change_requests_csv: which requests there are, for people.
 *
 * Both read under the caller's snapshot and lock nothing. They take the same filter: types, states, days on the org's calendar,
 * both ends of a range among them, and a customer. A list comes in pages, a file as a whole.
 *
 * A file is made line by line from a cursor, so that its memory is that of one line; the set of lines itself is kept by the server
 * and spills to disk. Its columns never change: whoever reads it by their places can go on doing so, and what is new of requests
 * is for the list to show. Cells are the business of common/csv_rules.c, which also keeps a spreadsheet from running them.
 *
 * A day begins and ends at the org's midnights, whatever zone the session or the server is in; a day that clocks begin late is as
 * short as it was. A range whose end lies before its beginning is empty, and no error: a screen may ask so.
 */
#include "postgres.h"

#include "utils/builtins.h"
#include "utils/date.h"

#include "common/args.h"
#include "common/csv_rules.h"
#include "common/pg_compat.h"
#include "common/srf.h"
#include "customer/find.h"
#include "request/list_store.h"
#include "request/request_rules.h"

LOYALTY_FUNCTION(loyalty_change_requests);
LOYALTY_FUNCTION(loyalty_change_requests_csv);

#define LARGEST_PAGE 100

/* Positions of the arguments of both, from 0; the last ones are a list's, and a file's. */
enum ListArgument
{
	ARG_TYPES = 1,
	ARG_FROM,
	ARG_TO,
	ARG_STATUSES,
	ARG_CUSTOMER,
	ARG_PAGE_SIZE,
	ARG_PAGE_KEY,
	ARG_IDENTIFIER_OF_LIST,
	ARG_RAW = ARG_PAGE_SIZE,
	ARG_IDENTIFIER_OF_FILE,
};

/* The head of a file: these columns, for ever. */
static const char *const csv_head =
	"request_id,request_type,status,requested_on,requested_by,source,till,customer_id,customer_name,existing_value,"
	"requested_value,target_id,reason,decided_on,decided_by,decision_reason,one_step,auto_approved";

/* Returns the letters of the types that a list names; NULL: it names none. */
static const char *
arg_types(FunctionCallInfo fcinfo)
{
	const char *words[REQUEST_TYPE_COUNT];
	bool chosen[REQUEST_TYPE_COUNT];
	char *letters = palloc0(REQUEST_TYPE_COUNT + 1);
	int count = 0;
	int i;

	for (i = 0; i < REQUEST_TYPE_COUNT; i++)
		words[i] = loyalty_request_type_name(loyalty_request_type_at(i));
	if (!loyalty_arg_words(fcinfo, ARG_TYPES, "request_types", words, REQUEST_TYPE_COUNT, chosen))
		return NULL;
	for (i = 0; i < REQUEST_TYPE_COUNT; i++)
		if (chosen[i])
			letters[count++] = (char) loyalty_request_type_at(i);
	return letters;
}

/* Returns the letters of the states that a list names: LY001 where it names none. */
static const char *
arg_statuses(FunctionCallInfo fcinfo)
{
	static const RequestState states[] = { REQUEST_PENDING, REQUEST_APPROVED, REQUEST_DECLINED };
	const char *words[lengthof(states)];
	bool chosen[lengthof(states)];
	char *letters = palloc0(lengthof(states) + 1);
	int count = 0;
	int i;

	for (i = 0; i < lengthof(states); i++)
		words[i] = loyalty_request_state_name(states[i]);
	if (!loyalty_arg_words(fcinfo, ARG_STATUSES, "statuses", words, lengthof(states), chosen))
		loyalty_raise_missing("statuses");
	for (i = 0; i < lengthof(states); i++)
		if (chosen[i])
			letters[count++] = (char) states[i];
	return letters;
}

/* Reads the filter that both have. A customer may be one who was merged: its own requests are meant then. */
static void
arg_filter(FunctionCallInfo fcinfo, LoyaltyCall *call, int identifier_arg, LoyaltyCustomer *customer,
		   RequestFilter *filter)
{
	NullableDatum from = loyalty_arg_day(fcinfo, ARG_FROM, "from_date");
	NullableDatum to = loyalty_arg_day(fcinfo, ARG_TO, "to_date");

	memset(filter, 0, sizeof(RequestFilter));
	filter->types = arg_types(fcinfo);
	filter->statuses = arg_statuses(fcinfo);
	filter->from =
		from.isnull ? DT_NOBEGIN : loyalty_start_of_day(DatumGetDateADT(from.value), call->org->zone);
	filter->before =
		to.isnull ? DT_NOEND : loyalty_start_of_day(DatumGetDateADT(to.value) + 1, call->org->zone);
	filter->after.at = DT_NOEND;
	if (loyalty_customer_named_or_any(call, fcinfo, ARG_CUSTOMER, identifier_arg, customer))
		filter->customer = customer;
}

/* Lists a page. */
Datum
loyalty_change_requests(PG_FUNCTION_ARGS)
{
	LoyaltyCall call;
	LoyaltyCustomer customer;
	RequestFilter filter;

	loyalty_set_begin(fcinfo);
	loyalty_call_begin(&call, fcinfo);
	arg_filter(fcinfo, &call, ARG_IDENTIFIER_OF_LIST, &customer, &filter);
	filter.page_size = loyalty_arg_page_size(fcinfo, ARG_PAGE_SIZE, LARGEST_PAGE);
	loyalty_arg_page_key(fcinfo, ARG_PAGE_KEY, &filter.after);
	loyalty_set_add_rows(fcinfo, loyalty_requests_list(call.org, &filter));
	loyalty_call_end(&call);
	return (Datum) 0;
}

/* Adds a line of one text. */
static void
add_line(FunctionCallInfo fcinfo, const char *line)
{
	Datum value = CStringGetTextDatum(line);
	bool isnull = false;

	loyalty_set_add(fcinfo, &value, &isnull);
	pfree(DatumGetPointer(value));
}

/* Writes the row at hand as a line. Each cell is measured before it is written, since quotes in it are doubled. */
static void
add_row(FunctionCallInfo fcinfo, LoyaltyCursor *requests, bool is_raw)
{
	StringInfoData line;
	int column;

	initStringInfo(&line);
	for (column = 1; column <= LOYALTY_REQUEST_CSV_COLUMNS; column++)
	{
		char *text = loyalty_row_text_or_null(requests->rows, requests->row, column);
		size_t length = loyalty_csv_cell(text, is_raw, NULL);

		if (column > 1)
			appendStringInfoChar(&line, ',');
		enlargeStringInfo(&line, (int) length + 1);
		line.len += (int) loyalty_csv_cell(text, is_raw, line.data + line.len);
		if (text != NULL)
			pfree(text);
	}
	add_line(fcinfo, line.data);
	pfree(line.data);
}

/* Writes the head and a line for each request. */
Datum
loyalty_change_requests_csv(PG_FUNCTION_ARGS)
{
	LoyaltyCall call;
	LoyaltyCustomer customer;
	RequestFilter filter;
	LoyaltyCursor *requests;
	bool is_raw;

	loyalty_set_begin_scalars(fcinfo);
	loyalty_call_begin(&call, fcinfo);
	arg_filter(fcinfo, &call, ARG_IDENTIFIER_OF_FILE, &customer, &filter);
	is_raw = loyalty_arg_bool(fcinfo, ARG_RAW, "raw");
	add_line(fcinfo, csv_head);
	requests = loyalty_requests_open(call.org, &filter);
	while (loyalty_cursor_next(requests))
		add_row(fcinfo, requests, is_raw);
	loyalty_cursor_close(requests);
	loyalty_call_end(&call);
	return (Datum) 0;
}
