/*
 * series_args_api.c: the arguments of create_coupon_series, read in their order, and what cannot go together among them; and the
 * codes of upload_coupons.
 *
 * All arguments are read before any lock is taken: a call that is refused for one waits for nobody. Each is judged by itself first, in
 * the order of the signature as far as they hang together; then what contradicts itself is refused with LY909, and DETAIL says what.
 * Limits that are not given are none, and stand as LIMIT_UNBOUNDED from here on.
 *
 * What a coupon is worth is read by the room of promotions (promotion_terms.c), which says what it may be; here the names of the
 * arguments are given to it. Nothing is read from tables or written.
 */
#include "postgres.h"

#include "catalog/pg_collation.h"
#include "catalog/pg_type.h"
#include "utils/array.h"
#include "utils/builtins.h"
#include "utils/formatting.h"
#include "utils/timestamp.h"

#include "common/args.h"
#include "common/errors.h"
#include "incentive/coupon/series.h"
#include "incentive/limit/limit.h"
#include "incentive/promotion/code_space.h"

#define MOST_DAYS 36500 /* a hundred years */
#define MOST_UPLOADED 100000

/* Arguments of create_coupon_series behind the org. */
enum SeriesArgument
{
	ARG_SERIES = 1,
	ARG_NAME,
	ARG_PROMOTION,
	ARG_CODE_TYPE,
	ARG_ISSUE_LIMIT,
	ARG_NOTIFY_AT,
	ARG_REDEMPTIONS_TOTAL,
	ARG_REDEMPTIONS_PER_COUPON,
	ARG_REDEMPTIONS_PER_CUSTOMER,
	ARG_COUPONS_PER_CUSTOMER,
	ARG_VALIDITY,
	ARG_STARTS_AT,
	ARG_ENDS_AT,
	ARG_ANY_USER,
	ARG_DISCOUNT_TYPE,
	ARG_DISCOUNT_VALUE,
	ARG_MAXIMUM_DISCOUNT,
	ARG_MINIMUM_BILL,
	ARG_STORES,
	ARG_DAYS,
	ARG_HOURS,
	ARG_VALID_FROM_DAYS,
	ARG_DAYS_BETWEEN_ISSUES,
	ARG_DAYS_BETWEEN_REDEMPTIONS,
	ARG_GENERIC_CODE,
	ARG_CODE_PREFIX,
	ARG_CODE_LENGTH,
	ARG_DESCRIPTION,
};

/* Refuses a series that cannot be: why, in a sentence. */
static void
raise_impossible(const char *why)
{
	ereport(ERROR, (errcode(ERRCODE_LOYALTY_INCENTIVE_IMPOSSIBLE),
					errmsg("a series of coupons cannot be as it is given"), errdetail("%s", why)));
}

/* Reads a number within bounds; NULL stands for the fallback. */
static int64
bounded(const NullableDatum *given, const char *name, int64 value, int64 least, int64 most, int64 fallback)
{
	if (given->isnull)
		return fallback;
	if (value < least || value > most)
		loyalty_raise_not_allowed(name, psprintf(INT64_FORMAT " to " INT64_FORMAT, least, most));
	return value;
}

/* Reads a bigint; more than a limit can be is not told from none. */
int64
loyalty_series_arg_limit(const NullableDatum *given, const char *name, int64 fallback)
{
	return bounded(given, name, given->isnull ? 0 : DatumGetInt64(given->value), 1, LIMIT_UNBOUNDED - 1,
				   fallback);
}

/* Reads the number of which contacts are told; none is a number. */
int64
loyalty_series_arg_threshold(const NullableDatum *given)
{
	return bounded(given, "notify_at", given->isnull ? 0 : DatumGetInt64(given->value), 0,
				   LIMIT_UNBOUNDED - 1, -1);
}

/* Reads an integer of days, 0 where it is NULL. */
static int32
arg_days(FunctionCallInfo fcinfo, int n, const char *name)
{
	const NullableDatum *given = &fcinfo->args[n];

	return (int32) bounded(given, name, given->isnull ? 0 : DatumGetInt32(given->value), 0, MOST_DAYS, 0);
}

/*
 * Reads how long coupons are good. An interval of PostgreSQL has three parts that do not add up to each other; which of them may stand
 * together is a rule (issue_rules.c), and how large they may be is judged here.
 */
static void
read_validity(FunctionCallInfo fcinfo, IssueSeries *series)
{
	CouponValidity validity;

	series->has_validity = !PG_ARGISNULL(ARG_VALIDITY);
	if (!series->has_validity)
		return;
	series->validity = *PG_GETARG_INTERVAL_P(ARG_VALIDITY);
	validity = (CouponValidity){ series->validity.month, series->validity.day, series->validity.time };
	if (!loyalty_coupon_validity_is_possible(&validity) || validity.months > MOST_DAYS / 30 ||
		validity.days > MOST_DAYS || validity.microseconds > MOST_DAYS * USECS_PER_DAY)
		loyalty_raise_not_allowed("validity",
								  "days, months and years, or hours and minutes, up to a hundred years");
}

/* Reads from when to when a series runs. */
static void
read_times(FunctionCallInfo fcinfo, IssueSeries *series)
{
	series->starts_at = loyalty_arg_time_or(fcinfo, ARG_STARTS_AT, "starts_at", DT_NOBEGIN);
	series->ends_at = loyalty_arg_time_or(fcinfo, ARG_ENDS_AT, "ends_at", DT_NOEND);
	if (series->starts_at >= series->ends_at)
		raise_impossible("It ends before it begins.");
}

/*
 * Reads the generic code, which generic series alone have. It is kept twice: in its normal form, by which it is found, and as it was
 * given, which is how it is shown.
 */
static void
read_generic_code(FunctionCallInfo fcinfo, SeriesGiven *given)
{
	const char *text = loyalty_arg_key_or_null(fcinfo, ARG_GENERIC_CODE, "generic_code", CODE_MAX_LENGTH);

	if ((text != NULL) != (given->series.code_type == COUPON_CODE_GENERIC))
		raise_impossible("A series of code_type generic has a generic_code, and no other one has.");
	if (text == NULL)
		return;
	given->series.generic_code = loyalty_code_checked(text, "generic_code");
	given->generic_display = text;
}

/*
 * Reads what kind of codes it has, and their shape where they are generated. Small letters of a prefix become capitals; what else is
 * wrong with a shape is said where spaces are made.
 */
static void
read_codes(FunctionCallInfo fcinfo, SeriesGiven *given)
{
	const char *prefix;

	given->series.code_type =
		(CouponCodeType) loyalty_arg_word(fcinfo, ARG_CODE_TYPE, "code_type", loyalty_coupon_code_types,
										  COUPON_CODE_TYPE_COUNT);
	read_generic_code(fcinfo, given);
	prefix = loyalty_arg_text(fcinfo, ARG_CODE_PREFIX, "code_prefix", CODE_MAX_PREFIX);
	given->code_prefix = str_toupper(prefix, strlen(prefix), C_COLLATION_OID);
	given->code_length = loyalty_arg_int4(fcinfo, ARG_CODE_LENGTH, "code_length");
}

/* Reads the limits; 0 redemptions of a coupon stand for as many as may be. */
static void
read_limits(FunctionCallInfo fcinfo, SeriesGiven *given)
{
	const NullableDatum *per_coupon = &fcinfo->args[ARG_REDEMPTIONS_PER_COUPON];

	given->issue_limit =
		loyalty_series_arg_limit(&fcinfo->args[ARG_ISSUE_LIMIT], "issue_limit", LIMIT_UNBOUNDED);
	given->notify_at = loyalty_series_arg_threshold(&fcinfo->args[ARG_NOTIFY_AT]);
	given->redemptions_total =
		loyalty_series_arg_limit(&fcinfo->args[ARG_REDEMPTIONS_TOTAL], "redemptions_total", LIMIT_UNBOUNDED);
	given->series.redemptions_per_coupon =
		(int32) bounded(per_coupon, "redemptions_per_coupon",
						per_coupon->isnull ? 0 : DatumGetInt32(per_coupon->value), 0, PG_INT32_MAX, 1);
	given->redemptions_per_customer = loyalty_series_arg_limit(&fcinfo->args[ARG_REDEMPTIONS_PER_CUSTOMER],
															   "redemptions_per_customer", LIMIT_UNBOUNDED);
	given->coupons_per_customer = loyalty_series_arg_limit(&fcinfo->args[ARG_COUPONS_PER_CUSTOMER],
														   "coupons_per_customer", LIMIT_UNBOUNDED);
}

/* Tells whether any of what a promotion says is given. */
static bool
has_terms(FunctionCallInfo fcinfo)
{
	int n;

	for (n = ARG_DISCOUNT_TYPE; n <= ARG_HOURS; n++)
		if (!PG_ARGISNULL(n))
			return true;
	return false;
}

/* Reads what coupons are worth: by a promotion that is there, or by terms. */
static void
read_worth(FunctionCallInfo fcinfo, SeriesGiven *given)
{
	given->promotion = loyalty_arg_text_or_null(fcinfo, ARG_PROMOTION, "promotion", LOYALTY_MAX_CODE);
	if ((given->promotion != NULL) == has_terms(fcinfo))
		raise_impossible(
			"What its coupons are worth is said by promotion, or by discount_type and what goes with "
			"it.");
	given->terms = (PromotionGiven){
		.type = fcinfo->args[ARG_DISCOUNT_TYPE],
		.value = fcinfo->args[ARG_DISCOUNT_VALUE],
		.maximum_discount = fcinfo->args[ARG_MAXIMUM_DISCOUNT],
		.minimum_bill = fcinfo->args[ARG_MINIMUM_BILL],
		.more_than = { .isnull = true },
		.stores = fcinfo->args[ARG_STORES],
		.days = fcinfo->args[ARG_DAYS],
		.hours = fcinfo->args[ARG_HOURS],
	};
}

/* Looks at the stock as well: a series of uploaded codes is used up with them. */
void
loyalty_series_check_threshold(CouponCodeType code_type, int64 issue_limit, int64 notify_at)
{
	if (notify_at >= 0 && issue_limit == LIMIT_UNBOUNDED && code_type != COUPON_CODE_UPLOADED)
		raise_impossible("There is a notify_at and no issue_limit.");
	if (notify_at >= issue_limit)
		raise_impossible("The notify_at is not below the issue_limit.");
}

/* Reads all of them before anything is looked up. */
void
loyalty_series_read_arguments(FunctionCallInfo fcinfo, const LoyaltyCall *call, SeriesGiven *given)
{
	IssueSeries *series = &given->series;

	series->org_id = call->org->org_id;
	series->created_at = call->now;
	series->stopped_at = DT_NOEND;
	series->series = loyalty_arg_key(fcinfo, ARG_SERIES, "series");
	series->name = loyalty_arg_text(fcinfo, ARG_NAME, "name", LOYALTY_MAX_NAME);
	series->description = loyalty_arg_text_or_null(fcinfo, ARG_DESCRIPTION, "description", LOYALTY_MAX_TEXT);
	series->any_user = loyalty_arg_bool(fcinfo, ARG_ANY_USER, "any_user");
	series->valid_from_days = arg_days(fcinfo, ARG_VALID_FROM_DAYS, "valid_from_days");
	series->days_between_issues = arg_days(fcinfo, ARG_DAYS_BETWEEN_ISSUES, "days_between_issues");
	series->days_between_redemptions =
		arg_days(fcinfo, ARG_DAYS_BETWEEN_REDEMPTIONS, "days_between_redemptions");
	read_validity(fcinfo, series);
	read_times(fcinfo, series);
	read_codes(fcinfo, given);
	read_limits(fcinfo, given);
	loyalty_series_check_threshold(series->code_type, given->issue_limit, given->notify_at);
	read_worth(fcinfo, given);
}

/* Reads one of them. */
static void
read_code(Datum value, bool isnull, StockCode *code)
{
	NullableDatum given = { .value = value, .isnull = isnull };

	(void) loyalty_read_key(&given, "codes", &code->display_code, LOYALTY_RAISES);
	code->code = loyalty_code_checked(code->display_code, "codes");
}

/* Numbers them in the order in which they were given: the first are issued first. */
int
loyalty_stock_read_codes(FunctionCallInfo fcinfo, int n, StockCode **codes)
{
	Datum *texts;
	bool *nulls;
	int count;
	int i;

	if (PG_ARGISNULL(n))
		loyalty_raise_missing("codes");
	deconstruct_array(PG_GETARG_ARRAYTYPE_P(n), TEXTOID, -1, false, TYPALIGN_INT, &texts, &nulls, &count);
	if (count == 0 || count > MOST_UPLOADED)
		loyalty_raise_not_allowed("codes", psprintf("1 to %d codes", MOST_UPLOADED));
	*codes = palloc0(sizeof(StockCode) * count);
	for (i = 0; i < count; i++)
	{
		read_code(texts[i], nulls[i], &(*codes)[i]);
		(*codes)[i].stock_no = i;
	}
	return count;
}
