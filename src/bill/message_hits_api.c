/*
 * message_hits_api.c: message_hits: what customers bought after they got a campaign, and how much more that is than the control
 * group bought. It stands here and not with the other reports of messages, since those know of no bills. It reads arguments and
 * calls the store; it only reads, under the caller's snapshot, locks nothing, and runs on a replica, too.
 */
#include "postgres.h"

#include "bill/message_hits_store.h"
#include "common/args.h"
#include "common/pg_compat.h"
#include "common/srf.h"
#include "message/delivery/report_args.h"

LOYALTY_FUNCTION(loyalty_message_hits);

#define MAX_DAYS 365

/* Positions of the arguments, from 0, which is the org. */
enum Argument
{
	ARG_DAYS = 1,
	ARG_FILTER,
};

/* Counts hits by campaign and channel. */
Datum
loyalty_message_hits(PG_FUNCTION_ARGS)
{
	LoyaltyCall call;
	ReportFilter filter;
	int days;

	loyalty_set_begin(fcinfo);
	loyalty_call_begin(&call, fcinfo);
	days = loyalty_arg_int4(fcinfo, ARG_DAYS, "days");
	if (days < 0 || days > MAX_DAYS)
		loyalty_raise_not_allowed("days", psprintf("0 to %d", MAX_DAYS));
	filter = loyalty_report_filter_given(fcinfo, ARG_FILTER);
	loyalty_set_add_rows(fcinfo, loyalty_message_hits_read(call.org, days, &filter));
	loyalty_call_end(&call);
	return (Datum) 0;
}
