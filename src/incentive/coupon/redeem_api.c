/*
 * redeem_api.c: redeem_coupon, and its dry run.
 *
 * Both go the way of redeem.h. The call locks the customer who redeems, if there is one, then the coupon. The dry run locks nobody and
 * writes nothing: it tells the first thing that stands against the redemption, and may be late the moment it is given.
 *
 * A customer who was merged is refused behind the look for a repeat, or followed to its survivor where the session asks for that. A
 * card stands for its owner, and is judged with the customer. The dry run raises what is wrong with its arguments, and tells all else
 * as a condition; of a coupon that is another customer's it shows nothing.
 */
#include "postgres.h"

#include "utils/builtins.h"
#include "utils/timestamp.h"

#include "common/clock.h"
#include "common/errors.h"
#include "common/pg_compat.h"
#include "common/points.h"
#include "customer/member.h"
#include "incentive/coupon/redeem.h"
#include "status/status_guard.h"

LOYALTY_FUNCTION(loyalty_redeem_coupon);
LOYALTY_FUNCTION(loyalty_is_coupon_redeemable);

/* Columns of the dry run's result. */
enum RedeemableColumn
{
	COLUMN_REDEEMABLE,
	COLUMN_COUPON_ID,
	COLUMN_SERIES,
	COLUMN_DISCOUNT,
	COLUMN_LEFT,
	COLUMN_EXPIRES_AT,
	COLUMN_LAST_DAY,
	COLUMN_CONDITION,
	COLUMN_REQUIRED,
	COLUMN_ACTUAL,
	COLUMN_COUNT
};

/* Locks the customer, or its survivor where calls follow merges; whether it was merged is judged behind the repeat. */
static void
lock_customer(CouponRedemption *redemption)
{
	const Operation *operation = &redemption->operation;
	int64 customer_id = operation->subject.customer_id;

	if (!redemption->has_customer)
		return;
	if (operation->subject.card == NULL)
		customer_id = loyalty_operation_followed(operation, customer_id);
	if (!loyalty_customer_lock(operation->call->org->org_id, customer_id, &redemption->customer))
		loyalty_raise_customer_unknown(operation->subject.customer_id);
	redemption->operation.call->org = loyalty_call_org_now(operation->call);
}

/* Redeems a coupon; anything refused is raised. */
Datum
loyalty_redeem_coupon(PG_FUNCTION_ARGS)
{
	LoyaltyCall call;
	CouponRequest request;
	CouponRedemption redemption;
	CouponResult result;
	Datum values[COUPON_RESULT_COLUMNS];
	bool nulls[COUPON_RESULT_COLUMNS];

	loyalty_operation_call(&call, fcinfo, &loyalty_coupon_kind, &request.operation);
	(void) loyalty_coupon_name(&redemption, &call, &request, LOYALTY_RAISES);
	lock_customer(&redemption);
	(void) loyalty_coupon_redeem(&redemption, &result, LOYALTY_RAISES);
	loyalty_coupon_values(&result, values, nulls);
	return loyalty_call_result(&call, fcinfo, values, nulls);
}

/* Reads the customer without a lock, and says what its card or its status has against it. */
static CouponVerdict
weigh_customer(CouponRedemption *redemption)
{
	const Operation *operation = &redemption->operation;
	int64 customer_id = operation->subject.customer_id;
	CouponVerdict verdict = { 0 };

	if (!redemption->has_customer)
		return verdict;
	if (operation->subject.card == NULL)
		customer_id = loyalty_operation_followed(operation, customer_id);
	if (!loyalty_customer_read(operation->call->org->org_id, customer_id, &redemption->customer))
		loyalty_raise_customer_unknown(customer_id);
	loyalty_customer_require_root(&redemption->customer);
	(void) loyalty_status_verdict(operation->call, &redemption->customer, GUARD_COUPON_REDEMPTION,
								  &verdict.sqlstate);
	if (operation->subject.card != NULL && !operation->subject.card_is_usable)
		verdict = (CouponVerdict){ .sqlstate = ERRCODE_LOYALTY_CARD_NOT_USABLE, .condition = "card" };
	else if (verdict.sqlstate != 0)
		verdict.condition = "status";
	return verdict;
}

/*
 * Returns the end of a coupon: the earliest of its own, its series' and its promotion's, of which a stopped one has ended when it was
 * stopped.
 */
static TimestampTz
end_of(const CouponRedemption *redemption)
{
	CouponDates dates = { .valid_from = redemption->coupon.valid_from,
						  .expires_at = redemption->coupon.expires_at };

	loyalty_coupon_narrow(&dates, redemption->series.starts_at, redemption->series.ends_at);
	loyalty_coupon_narrow(&dates, redemption->promotion.definition.starts_at,
						  redemption->promotion.definition.ends_at);
	return dates.expires_at;
}

/* Fills what is known of a coupon that is the customer's to redeem. */
static void
say_coupon(const CouponRedemption *redemption, Datum *values, bool *nulls)
{
	int64 left = loyalty_coupon_left(redemption->coupon.redemptions, redemption->series.per_coupon);

	values[COLUMN_COUPON_ID] = Int64GetDatum(redemption->coupon.coupon_id);
	values[COLUMN_SERIES] = CStringGetTextDatum(redemption->series.series);
	nulls[COLUMN_COUPON_ID] = nulls[COLUMN_SERIES] = false;
	values[COLUMN_LEFT] = Int64GetDatum(left);
	nulls[COLUMN_LEFT] = left == COUPON_UNLIMITED;
	loyalty_end_columns(end_of(redemption), redemption->operation.call->org->zone, &values[COLUMN_EXPIRES_AT],
						&nulls[COLUMN_EXPIRES_AT]);
}

/* Fills a word of a verdict, if it has one. */
static void
say_word(const char *word, Datum *value, bool *is_null)
{
	*is_null = word == NULL;
	if (word != NULL)
		*value = CStringGetTextDatum(word);
}

/* Makes the row. A code that is unknown or another one's says nothing of its coupon. */
static Datum
dry_result(const CouponRedemption *redemption, const CouponVerdict *verdict, FunctionCallInfo fcinfo)
{
	Datum values[COLUMN_COUNT] = { 0 };
	bool nulls[COLUMN_COUNT];
	bool is_fine = verdict->sqlstate == 0;

	memset(nulls, true, sizeof(nulls));
	values[COLUMN_REDEEMABLE] = BoolGetDatum(is_fine);
	nulls[COLUMN_REDEEMABLE] = false;
	if (redemption->is_found && verdict->sqlstate != ERRCODE_LOYALTY_COUPON_OF_OTHER)
		say_coupon(redemption, values, nulls);
	values[COLUMN_DISCOUNT] = loyalty_numeric(redemption->discount);
	nulls[COLUMN_DISCOUNT] = !is_fine || !redemption->has_amount;
	say_word(verdict->condition, &values[COLUMN_CONDITION], &nulls[COLUMN_CONDITION]);
	say_word(verdict->required, &values[COLUMN_REQUIRED], &nulls[COLUMN_REQUIRED]);
	say_word(verdict->actual, &values[COLUMN_ACTUAL], &nulls[COLUMN_ACTUAL]);
	return loyalty_call_result(redemption->operation.call, fcinfo, values, nulls);
}

/* Tells whether redeem_coupon would let a redemption through, else the first thing that stands against it. */
Datum
loyalty_is_coupon_redeemable(PG_FUNCTION_ARGS)
{
	LoyaltyCall call;
	CouponRequest request;
	CouponRedemption redemption;
	CouponVerdict verdict;

	loyalty_operation_call(&call, fcinfo, &loyalty_coupon_kind, &request.operation);
	(void) loyalty_coupon_name(&redemption, &call, &request, LOYALTY_RAISES);
	redemption.is_dry = true;
	verdict = weigh_customer(&redemption);
	(void) loyalty_coupon_read_request(&redemption, LOYALTY_RAISES);
	if (verdict.sqlstate == 0)
	{
		loyalty_coupon_find(&redemption);
		verdict = loyalty_coupon_weigh(&redemption);
	}
	if (verdict.sqlstate == 0)
		verdict = loyalty_coupon_weigh_limits(&redemption);
	return dry_result(&redemption, &verdict, fcinfo);
}
