/*
 * list_api.c: customer_coupons, customer_redemptions: what a customer has and what it redeemed, for people and tills; and the word for
 * what a coupon is, which serves views and these lists.
 *
 * They read under the caller's snapshot and lock nothing. Reads cover the merge group: of a customer who was merged, that of its
 * survivor. Pages go on behind a key, so that what is written meanwhile moves none.
 *
 * Statuses are chosen by words that may overlap (active, redeemed); what they unite is the business of coupon_rules.c, and the
 * statement sees the five alone. Bounds of the ids of coupons leave points out: a bound on what points do not have would choose none.
 */
#include "postgres.h"

#include "utils/builtins.h"
#include "utils/timestamp.h"

#include "common/args.h"
#include "common/pg_compat.h"
#include "common/srf.h"
#include "customer/find.h"
#include "incentive/coupon/coupon_rules.h"
#include "incentive/coupon/list_store.h"

LOYALTY_FUNCTION(loyalty_coupon_status_word);
LOYALTY_FUNCTION(loyalty_customer_coupons);
LOYALTY_FUNCTION(loyalty_customer_redemptions);

#define LARGEST_PAGE 100

/* Columns of the lists; in their rows two stand in front, by which pages are put together. */
#define COUPON_COLUMNS 18
#define REDEMPTION_COLUMNS 19

/* Returns the word for what a coupon is at a time: by its end, whether it was revoked, and its uses. STRICT: no NULL comes here. */
Datum
loyalty_coupon_status_word(PG_FUNCTION_ARGS)
{
	CouponDates coupon = { .valid_from = DT_NOBEGIN,
						   .expires_at = PG_GETARG_TIMESTAMPTZ(0),
						   .is_revoked = PG_GETARG_BOOL(1),
						   .redemptions = PG_GETARG_INT32(2) };

	PG_RETURN_TEXT_P(
		cstring_to_text(loyalty_coupon_filters[loyalty_coupon_status(&coupon, PG_GETARG_TIMESTAMPTZ(3))]));
}

/*
 * Adds the rows of a page, without the two columns in front. Values stay in the rows of the statements that found them, which live as
 * long as the call.
 */
static void
add_page(FunctionCallInfo fcinfo, const ListedRow *listed, int count, int columns)
{
	Datum values[REDEMPTION_COLUMNS + COUPON_COLUMNS];
	bool nulls[REDEMPTION_COLUMNS + COUPON_COLUMNS];
	int i;
	int column;

	for (i = 0; i < count; i++)
	{
		for (column = 0; column < columns; column++)
			values[column] = loyalty_row_datum(listed[i].rows, listed[i].row, column + 3, &nulls[column]);
		loyalty_set_add(fcinfo, values, nulls);
	}
}

/* Reads the customer, by id or identifier; of one who was merged the survivor, whose group has both. */
static void
arg_customer(LoyaltyCall *call, FunctionCallInfo fcinfo, int identifier_arg, LoyaltyCustomer *customer)
{
	loyalty_customer_named(call, fcinfo, identifier_arg, customer);
	loyalty_customer_survivor(call, customer);
}

/* Reads the words of statuses as the statuses that they choose. */
static void
arg_statuses(FunctionCallInfo fcinfo, CouponFilter *filter)
{
	bool chosen[COUPON_FILTER_COUNT];
	unsigned statuses = 0;
	int i;

	filter->statuses = NULL;
	if (!loyalty_arg_words(fcinfo, 2, "statuses", loyalty_coupon_filters, COUPON_FILTER_COUNT, chosen))
		return;
	for (i = 0; i < COUPON_FILTER_COUNT; i++)
		if (chosen[i])
			statuses |= loyalty_coupon_filter(i);
	filter->statuses = palloc(sizeof(char *) * COUPON_STATUS_COUNT);
	for (i = 0; i < COUPON_STATUS_COUNT; i++)
		if ((statuses >> i & 1) != 0)
			filter->statuses[filter->status_count++] = loyalty_coupon_filters[i];
}

/* Lists a page of the coupons of a customer. */
Datum
loyalty_customer_coupons(PG_FUNCTION_ARGS)
{
	LoyaltyCall call;
	LoyaltyCustomer customer;
	CouponFilter filter = { .customer = &customer };
	ListedRow *listed;
	int count;

	loyalty_set_begin(fcinfo);
	loyalty_call_begin(&call, fcinfo);
	arg_customer(&call, fcinfo, 7, &customer);
	arg_statuses(fcinfo, &filter);
	filter.series = loyalty_arg_text_or_null(fcinfo, 3, "series", LOYALTY_MAX_CODE);
	filter.as_of = loyalty_arg_time_or(fcinfo, 4, "as_of", call.now);
	filter.page_size = loyalty_arg_page_size(fcinfo, 5, LARGEST_PAGE);
	loyalty_arg_page_key(fcinfo, 6, &filter.after);
	count = loyalty_coupons_list(call.org, &filter, &listed);
	add_page(fcinfo, listed, count, COUPON_COLUMNS);
	loyalty_call_end(&call);
	return (Datum) 0;
}

/*
 * Reads which kinds of redemptions are listed. Bounds of a coupon's id choose coupons alone, whatever the list of kinds says; a list that
 * is empty is none.
 */
static void
arg_kinds(FunctionCallInfo fcinfo, RedemptionFilter *filter)
{
	static const char *const types[] = { "points", "coupon" };
	bool chosen[lengthof(types)] = { true, true };

	filter->coupon_id_from = PG_ARGISNULL(6) ? 0 : PG_GETARG_INT64(6);
	filter->coupon_id_to = PG_ARGISNULL(7) ? PG_INT64_MAX : PG_GETARG_INT64(7);
	if (!loyalty_arg_words(fcinfo, 2, "redemption_types", types, lengthof(types), chosen))
		chosen[0] = chosen[1] = true;
	filter->points = chosen[0] && PG_ARGISNULL(6) && PG_ARGISNULL(7);
	filter->coupons = chosen[1];
}

/* Lists a page of what a customer redeemed, points and coupons in one order. */
Datum
loyalty_customer_redemptions(PG_FUNCTION_ARGS)
{
	LoyaltyCall call;
	LoyaltyCustomer customer;
	RedemptionFilter filter = { .customer = &customer };
	ListedRow *listed;
	const char *store;
	int count;

	loyalty_set_begin(fcinfo);
	loyalty_call_begin(&call, fcinfo);
	arg_customer(&call, fcinfo, 10, &customer);
	arg_kinds(fcinfo, &filter);
	filter.from = loyalty_arg_time_or(fcinfo, 3, "from_time", DT_NOBEGIN);
	filter.to = loyalty_arg_time_or(fcinfo, 4, "to_time", DT_NOEND);
	store = loyalty_arg_text_or_null(fcinfo, 5, "merchant_store_id", LOYALTY_MAX_CODE);
	if (store != NULL)
		filter.store_id = loyalty_org_store(call.org, store)->store_id;
	filter.page_size = loyalty_arg_page_size(fcinfo, 8, LARGEST_PAGE);
	loyalty_arg_page_key(fcinfo, 9, &filter.after);
	count = loyalty_redemptions_list(call.org, &filter, &listed);
	add_page(fcinfo, listed, count, REDEMPTION_COLUMNS);
	loyalty_call_end(&call);
	return (Datum) 0;
}
