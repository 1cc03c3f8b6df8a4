/* report_args_api.c: reads arguments that several reports have. */
#include "postgres.h"

#include "common/args.h"
#include "customer/channels.h"
#include "message/delivery/report_args.h"

/* Takes any spelling of it. */
const char *
loyalty_channel_given(FunctionCallInfo fcinfo, int n)
{
	const char *channel = loyalty_arg_text_or_null(fcinfo, n, "channel", LOYALTY_MAX_CODE);

	return channel ? loyalty_consent_channel_checked(channel, NULL, "channel") : NULL;
}

/* Reads one after the other. */
ReportFilter
loyalty_report_filter_given(FunctionCallInfo fcinfo, int n)
{
	ReportFilter filter = {
		.from_date = loyalty_arg_day(fcinfo, n, "from_date"),
		.to_date = loyalty_arg_day(fcinfo, n + 1, "to_date"),
		.campaign = loyalty_arg_text_or_null(fcinfo, n + 2, "campaign", LOYALTY_MAX_NAME),
		.channel = loyalty_channel_given(fcinfo, n + 3),
	};

	return filter;
}
