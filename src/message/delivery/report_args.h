/* report_args.h: arguments that several reports have: a range of days, a campaign, a channel. */
#ifndef LOYALTY_REPORT_ARGS_H
#define LOYALTY_REPORT_ARGS_H

#include "postgres.h"

#include "fmgr.h"

#include "message/delivery/report_store.h"

/* The channel that a read filters by, by its constant name; NULL: any. LY120. */
extern const char *loyalty_channel_given(FunctionCallInfo fcinfo, int n);

/* The filter of a report: from_date, to_date, campaign and channel, in this order, from the n-th argument on. */
extern ReportFilter loyalty_report_filter_given(FunctionCallInfo fcinfo, int n);

#endif
