/* report_args_api.c: reads arguments that several reports have. */
#include "postgres.h"

#include "utils/date.h"
#include "utils/timestamp.h"

#include "common/args.h"
#include "common/clock.h"
#include "common/errors.h"
#include "customer/channels.h"
#include "message/delivery/report_args.h"

#define EARLIEST_DAY (EARLIEST_TIME / USECS_PER_DAY)

/* Refuses infinity, too. */
NullableDatum
loyalty_day_given(FunctionCallInfo fcinfo, int n, const char *name)
{
	NullableDatum day = fcinfo->args[n];

	if (!day.isnull && (DatumGetDateADT(day.value) < EARLIEST_DAY || DatumGetDateADT(day.value) > LATEST_DAY))
		ereport(ERROR, (errcode(ERRCODE_LOYALTY_TIME_INVALID),
						errmsg("argument \"%s\" is not a supported date", name),
						errdetail("Dates lie between the years 1900 and 9999.")));
	return day;
}

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
		.from_date = loyalty_day_given(fcinfo, n, "from_date"),
		.to_date = loyalty_day_given(fcinfo, n + 1, "to_date"),
		.campaign = loyalty_arg_text_or_null(fcinfo, n + 2, "campaign", LOYALTY_MAX_NAME),
		.channel = loyalty_channel_given(fcinfo, n + 3),
	};

	return filter;
}
