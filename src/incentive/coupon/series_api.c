/*
 * series_api.c: create_coupon_series, stop_coupon_series, set_issue_limit, upload_coupons, check_limits.
 *
 * A series comes into being with its limits, and with the promotion that says what its coupons are worth, or takes one that is
 * there. Whoever changes a series, or uploads codes, holds the org, so that limits change one after the other and no two uploads
 * meet; issues go on meanwhile and are exact against all of it by the slots (limit.c).
 *
 * check_limits is for a scheduler. It takes no lock but those of the notices: what it finds is what is committed, and an issue that is in
 * flight beside it tells by itself, or leaves it to the next run.
 */
#include "postgres.h"

#include "catalog/pg_type.h"
#include "utils/array.h"
#include "utils/builtins.h"
#include "utils/timestamp.h"

#include "common/args.h"
#include "common/errors.h"
#include "common/ids.h"
#include "common/pg_compat.h"
#include "incentive/coupon/issue.h"
#include "incentive/coupon/series.h"

LOYALTY_FUNCTION(loyalty_create_coupon_series);
LOYALTY_FUNCTION(loyalty_stop_coupon_series);
LOYALTY_FUNCTION(loyalty_set_issue_limit);
LOYALTY_FUNCTION(loyalty_upload_coupons);
LOYALTY_FUNCTION(loyalty_check_limits);

/* Makes a series, and returns its id. */
Datum
loyalty_create_coupon_series(PG_FUNCTION_ARGS)
{
	LoyaltyCall call;
	SeriesGiven given = { 0 };
	int32 series_id;

	loyalty_call_begin(&call, fcinfo);
	loyalty_series_read_arguments(fcinfo, &call, &given);
	loyalty_call_lock_org(&call);
	series_id = loyalty_series_create(&call, &given);
	loyalty_call_end(&call);
	PG_RETURN_INT32(series_id);
}

/* Finds the series that an argument names, behind the org's lock: LY908. */
static void
arg_series(LoyaltyCall *call, FunctionCallInfo fcinfo, IssueSeries *series)
{
	const char *code = loyalty_arg_text(fcinfo, 1, "series", LOYALTY_MAX_CODE);

	loyalty_call_lock_org(call);
	if (!loyalty_issue_series_find(call->org->org_id, code, series))
		ereport(ERROR, (errcode(ERRCODE_LOYALTY_INCENTIVE_UNKNOWN),
						errmsg("the org has no series of coupons \"%s\"", code)));
}

/* Reads the limit of issues, which every series has. */
static void
limit_of(const IssueSeries *series, LoyaltyLimit *limit)
{
	if (!loyalty_limit_find(series->org_id, series->series_id, LIMIT_ISSUES, limit))
		elog(ERROR, "series %d has no limit of issues", series->series_id);
}

/* Refuses with LY903 what a series that was stopped can not have any more. */
static void
require_running(const IssueSeries *series)
{
	if (!TIMESTAMP_IS_NOEND(series->stopped_at))
		ereport(ERROR, (errcode(ERRCODE_LOYALTY_INCENTIVE_EXPIRED),
						errmsg("the series \"%s\" was stopped", series->series)));
}

/* Stops the issuing, exact against issues in flight; coupons that are out stay good. A second time does nothing. */
Datum
loyalty_stop_coupon_series(PG_FUNCTION_ARGS)
{
	LoyaltyCall call;
	IssueSeries series;
	LoyaltyLimit limit;

	loyalty_call_begin(&call, fcinfo);
	arg_series(&call, fcinfo, &series);
	if (TIMESTAMP_IS_NOEND(series.stopped_at))
	{
		limit_of(&series, &limit);
		loyalty_series_stop(call.org->org_id, series.series_id, call.now);
		loyalty_limit_close(&limit);
	}
	loyalty_call_end(&call);
	PG_RETURN_VOID();
}

/* Writes the limit of issues of a series, and its threshold, whole. */
Datum
loyalty_set_issue_limit(PG_FUNCTION_ARGS)
{
	LoyaltyCall call;
	IssueSeries series;
	LoyaltyLimit limit;
	int64 maximum;
	int64 notify_at;

	loyalty_call_begin(&call, fcinfo);
	maximum = loyalty_series_arg_limit(&fcinfo->args[2], "issue_limit", LIMIT_UNBOUNDED);
	notify_at = loyalty_series_arg_threshold(&fcinfo->args[3]);
	arg_series(&call, fcinfo, &series);
	require_running(&series);
	limit_of(&series, &limit);
	loyalty_series_check_threshold(series.code_type, maximum, notify_at);
	loyalty_limit_change(&limit, maximum, notify_at);
	(void) loyalty_limit_watch(&call, &limit, series.series, loyalty_series_left(&series, &limit));
	loyalty_call_end(&call);
	PG_RETURN_VOID();
}

/* Adds codes to the stock of a series; returns how many. All of them, or none. */
Datum
loyalty_upload_coupons(PG_FUNCTION_ARGS)
{
	LoyaltyCall call;
	IssueSeries series;
	LoyaltyLimit limit;
	StockCode *codes;
	int count;

	loyalty_call_begin(&call, fcinfo);
	count = loyalty_stock_read_codes(fcinfo, 2, &codes);
	arg_series(&call, fcinfo, &series);
	require_running(&series);
	if (series.code_type != COUPON_CODE_UPLOADED)
		ereport(ERROR, (errcode(ERRCODE_LOYALTY_INCENTIVE_IMPOSSIBLE),
						errmsg("the codes of the series \"%s\" are not uploaded", series.series)));
	loyalty_stock_add(&call, &series, codes, count);
	limit_of(&series, &limit);
	loyalty_limit_renew(&limit);
	loyalty_call_end(&call);
	PG_RETURN_INT32(count);
}

/*
 * Tells contacts what no issue could tell them, since others were in flight or since nobody could be told then. Returns how many
 * messages went out.
 */
Datum
loyalty_check_limits(PG_FUNCTION_ARGS)
{
	LoyaltyCall call;
	LoyaltyRows *watched;
	int sent = 0;
	uint64 i;

	loyalty_call_begin(&call, fcinfo);
	watched = loyalty_series_watched(call.org->org_id);
	for (i = 0; i < watched->count; i++)
	{
		IssueSeries series;
		LoyaltyLimit limit;

		if (!loyalty_issue_series_find(call.org->org_id, loyalty_row_text(watched, i, 1), &series) ||
			!TIMESTAMP_IS_NOEND(series.stopped_at))
			continue;
		limit_of(&series, &limit);
		sent += loyalty_limit_watch(&call, &limit, series.series, loyalty_series_left(&series, &limit));
	}
	loyalty_call_end(&call);
	PG_RETURN_INT32(sent);
}
