/*
 * report_api.c: message_report, customer_interactions, dnd_consents_csv: what became of messages, for people.
 *
 * They only read, under the caller's snapshot, and run on a replica, too. Days are those of the org's time zone, both ends of
 * a range of days belonging to it. Pages of interactions go on behind a key, so that what is sent meanwhile moves none.
 */
#include "postgres.h"

#include "utils/builtins.h"
#include "utils/date.h"
#include "utils/timestamp.h"

#include "common/args.h"
#include "common/clock.h"
#include "common/errors.h"
#include "common/pg_compat.h"
#include "common/srf.h"
#include "customer/find.h"
#include "message/delivery/report_args.h"

LOYALTY_FUNCTION(loyalty_message_report);
LOYALTY_FUNCTION(loyalty_customer_interactions);
LOYALTY_FUNCTION(loyalty_dnd_consents_csv);

#define LARGEST_PAGE 100

static const char *const csv_head = "mobile,consented_at,valid_until,source,consent_source";

/* Counts messages by campaign, channel and day. */
Datum
loyalty_message_report(PG_FUNCTION_ARGS)
{
	LoyaltyCall call;
	ReportFilter filter;

	loyalty_set_begin(fcinfo);
	loyalty_call_begin(&call, fcinfo);
	filter = loyalty_report_filter_given(fcinfo, 1);
	loyalty_set_add_rows(fcinfo, loyalty_message_report_read(call.org, &filter));
	loyalty_call_end(&call);
	return (Datum) 0;
}

/* Reads the key of a page, which is the id that it ended with; it must be what we wrote ourselves, sign by sign. */
static int64
arg_page_key(FunctionCallInfo fcinfo, int n)
{
	const char *text = loyalty_arg_text_or_null(fcinfo, n, "page_key", LOYALTY_MAX_CODE);
	int64 message_id;

	if (text == NULL)
		return PG_INT64_MAX;
	if (sscanf(text, INT64_FORMAT, &message_id) != 1 || strcmp(psprintf(INT64_FORMAT, message_id), text) != 0)
		ereport(ERROR,
				(errcode(ERRCODE_LOYALTY_PAGE_INVALID), errmsg("argument \"page_key\" is not a page key"),
				 errhint("Pass the page_key of the last row of the page before.")));
	return message_id;
}

/* Reads a page of what was sent to a customer. */
Datum
loyalty_customer_interactions(PG_FUNCTION_ARGS)
{
	LoyaltyCall call;
	LoyaltyCustomer customer;
	InteractionFilter filter = { .from = DT_NOBEGIN, .before = DT_NOEND };
	NullableDatum from;
	NullableDatum to;

	loyalty_set_begin(fcinfo);
	loyalty_call_begin(&call, fcinfo);
	loyalty_customer_named(&call, fcinfo, 7, &customer);
	filter.channel = loyalty_channel_given(fcinfo, 2);
	from = loyalty_arg_day(fcinfo, 3, "from_date");
	to = loyalty_arg_day(fcinfo, 4, "to_date");
	if (!from.isnull)
		filter.from = loyalty_start_of_day(DatumGetDateADT(from.value), call.org->zone);
	if (!to.isnull)
		filter.before = loyalty_start_of_day(DatumGetDateADT(to.value) + 1, call.org->zone);
	filter.page_size = loyalty_arg_int4(fcinfo, 5, "page_size");
	if (filter.page_size < 1 || filter.page_size > LARGEST_PAGE)
		ereport(ERROR, (errcode(ERRCODE_LOYALTY_PAGE_INVALID), errmsg("page size is not valid"),
						errdetail("It is %d; pages have 1 to %d messages.", filter.page_size, LARGEST_PAGE)));
	filter.below = arg_page_key(fcinfo, 6);
	loyalty_set_add_rows(fcinfo, loyalty_interactions_read(call.org, customer.customer_id, &filter));
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
}

/* Returns the head and a line for each consent. */
Datum
loyalty_dnd_consents_csv(PG_FUNCTION_ARGS)
{
	LoyaltyCall call;
	LoyaltyCursor *consents;

	loyalty_set_begin_scalars(fcinfo);
	loyalty_call_begin(&call, fcinfo);
	add_line(fcinfo, csv_head);
	consents = loyalty_dnd_consents_open(call.org->org_id);
	while (loyalty_cursor_next(consents))
	{
		char *line = loyalty_row_text(consents->rows, consents->row, 1);

		add_line(fcinfo, line);
		pfree(line);
	}
	loyalty_cursor_close(consents);
	loyalty_call_end(&call);
	return (Datum) 0;
}
