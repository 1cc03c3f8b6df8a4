/*
 * give_back.c: giving uses of coupons back.
 *
 * A use is given back once, which the key of use_return holds; who gives back looks under the locks of the customer and of the coupon.
 * The coupon has a use more, its customer's count and the limits have one less, as they are by now: a limit that was lowered since, a
 * promotion that has ended, a coupon that has expired or was revoked change nothing of that. What the coupon is then follows from its
 * dates.
 *
 * Locks: the customer, by the caller; the coupon; slots, last.
 *
 * A use that came before its bill knows the number alone: the till tells bills of one number apart, where both name one. It is asked
 * for with each return that takes the last part of a bill, by an index of numbers, and most bills have none. Nothing is late: what is
 * given back counts from this transaction on, whatever the time of the return is.
 */
#include "postgres.h"

#include "utils/json.h"

#include "common/points.h"
#include "event/notify.h"
#include "incentive/coupon/give_back.h"
#include "incentive/coupon/redeem.h"

/* Finds the coupon among those of its holder: a generic one stands there, and is used by its holder alone. */
static void
find_generic(const LoyaltyCustomer *customer, const IncentiveUse *use, Coupon *coupon)
{
	Coupon *held;
	int count = loyalty_generic_coupons(use->org_id, customer, use->series_id, &held);
	int i;

	for (i = 0; i < count; i++)
		if (held[i].coupon_id == use->coupon_id)
		{
			*coupon = held[i];
			return;
		}
	elog(ERROR, "coupon " INT64_FORMAT " is not there", use->coupon_id);
}

/* Locks the row of the code; a generic one, whose row is nobody's coupon, is guarded by its holder's lock. */
void
loyalty_used_coupon(const LoyaltyCustomer *customer, const IncentiveUse *use, Coupon *coupon)
{
	if (!loyalty_coupon_read(use->org_id, use->code, coupon))
		elog(ERROR, "coupon " INT64_FORMAT " is not there", use->coupon_id);
	if (coupon->customer_id == 0 && customer != NULL)
		find_generic(customer, use, coupon);
	else if (!loyalty_coupon_lock(use->org_id, use->code, coupon))
		elog(ERROR, "coupon " INT64_FORMAT " is not there", use->coupon_id);
}

/* Names the coupon by its id and its series. */
const char *
loyalty_coupon_details(int32 org_id, int32 series_id, int64 coupon_id)
{
	CouponSeries series;
	StringInfoData details;

	loyalty_series_read(org_id, series_id, &series);
	initStringInfo(&details);
	appendStringInfo(&details, "\"coupon_id\":" INT64_FORMAT ",\"series\":", coupon_id);
	escape_json(&details, series.series);
	return details.data;
}

/* Tells subscribers of it. */
static void
tell(LoyaltyCall *call, const LoyaltyCustomer *customer, const IncentiveUse *use, const UseReturn *back)
{
	LoyaltyNotice notice = { .event_name = "coupon_reversed", .event_time = back->event_time };

	if (customer == NULL || !loyalty_notice_wanted(call, notice.event_name))
		return;
	notice.customer_id = customer->customer_id;
	notice.details = psprintf("%s,\"use_id\":" INT64_FORMAT ",\"discount\":%s",
							  loyalty_coupon_details(use->org_id, use->series_id, use->coupon_id),
							  use->use_id, loyalty_points_text(use->discount));
	loyalty_notify(call, &notice);
}

/*
 * Writes the return and the coupon, then counts: slots come last. Limits are those that there are by now: one that was made after the
 * use was made with what was used until then.
 */
void
loyalty_coupon_give_back(LoyaltyCall *call, const LoyaltyCustomer *customer, const IncentiveUse *use,
						 Coupon *coupon, const UseReturn *back)
{
	CouponLimits limits;
	int i;

	loyalty_use_return_insert(back);
	coupon->redemptions--;
	loyalty_coupon_update(coupon);
	tell(call, customer, use, back);
	loyalty_coupon_limits(coupon, use->promotion_id, LIMIT_CUSTOMER, &limits);
	for (i = 0; i < limits.count && customer != NULL; i++)
		loyalty_limit_give_back_own(&limits.items[i], customer, 1);
	loyalty_coupon_limits(coupon, use->promotion_id, LIMIT_TOTAL, &limits);
	for (i = 0; i < limits.count; i++)
		loyalty_limit_give_back(call, &limits.items[i], 1);
}

/* Tells whether a use names this bill: by its id, or, where it came before its bill, by the number and a till that fits. */
static bool
is_of_bill(const IncentiveUse *use, const LoyaltyReturnedWhole *bill)
{
	if (use->transaction_id != 0)
		return use->transaction_id == bill->transaction_id;
	return use->till_id == 0 || bill->till_id == 0 || use->till_id == bill->till_id;
}

/* Tells whether the version of the promotion that was used lets uses come back with their bill. */
static bool
restores(const IncentiveUse *use)
{
	PromotionVersion version;

	loyalty_promotion_version_read(use->org_id, use->promotion_id, use->version, &version);
	return version.restore_on_return;
}

/* Gives each back one after the other; a use of a promotion that does not restore it stays. */
void
loyalty_coupons_of_bill_return(LoyaltyCall *call, const LoyaltyCustomer *customer,
							   const LoyaltyReturnedWhole *bill)
{
	IncentiveUse *uses;
	int count;
	int i;

	if (bill->number == NULL)
		return;
	count = loyalty_uses_of_number(call->org->org_id, customer, bill->number, &uses);
	for (i = 0; i < count; i++)
	{
		UseReturn back = { .customer_id = uses[i].customer_id,
						   .use_id = uses[i].use_id,
						   .return_id = bill->origin.event_id,
						   .event_time = bill->event_time,
						   .recorded_at = call->now,
						   .org_id = call->org->org_id,
						   .till_id = bill->origin.till_id,
						   .source_id = bill->origin.source_id };
		Coupon coupon;

		if (uses[i].kind != USE_COUPON || !is_of_bill(&uses[i], bill) || !restores(&uses[i]))
			continue;
		loyalty_used_coupon(customer, &uses[i], &coupon);
		loyalty_coupon_give_back(call, customer, &uses[i], &coupon, &back);
	}
}
