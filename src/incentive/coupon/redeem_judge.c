/*
 * redeem_judge.c: what stands against redeeming a coupon.
 *
 * The order, which docs/coupon.md shows: the code is unknown; the coupon is another customer's, was revoked, has not begun, has
 * expired, or is used up; a customer is needed; days between redemptions; what its promotion asks of the bill (day, hours, store,
 * amount); the limit of a customer; the limit of all. The first thing that stands against it is told, by a call as an error, by a dry
 * run as a row. What comes behind another customer's coupon tells nothing of it to whoever tries codes.
 *
 * The customer is locked before, and the coupon here; a dry run locks nobody, so that its answer may be late.
 *
 * Rules decide (coupon_rules.c, and those of promotions); this frame gathers what they ask: rows, the calendar of the org, the limits
 * that are in force. A verdict is a word with two texts, made where somebody reads it. The limit of a customer is read early, since a
 * redemption that is counted by customer needs one; it is taken late, with those of all together.
 *
 * Of a generic code the customer may hold several coupons. Which one is redeemed is decided under the customer's lock, when the time of
 * the event is known: the first to expire of those that may be, so that nobody loses a coupon that could have been used.
 */
#include "postgres.h"

#include "utils/timestamp.h"

#include "common/clock.h"
#include "common/errors.h"
#include "common/points.h"
#include "incentive/coupon/redeem.h"
#include "incentive/limit/use_store.h"

/* A verdict without numbers, and one with them. */
#define AGAINST(code, word) \
	(CouponVerdict) \
	{ \
		.sqlstate = ERRCODE_LOYALTY_##code, .condition = word \
	}
#define UNMET(word, asked, found) \
	(CouponVerdict) \
	{ \
		.sqlstate = ERRCODE_LOYALTY_INCENTIVE_CONDITION, .condition = word, .required = asked, \
		.actual = found \
	}

/* ---- finding it */

/* Tells whether a coupon of a generic code may be redeemed by its own dates and uses. */
static bool
is_usable(const CouponRedemption *redemption, const Coupon *coupon)
{
	TimestampTz at = redemption->event_time;

	return coupon->revoked_at == DT_NOEND && coupon->valid_from <= at && coupon->expires_at > at &&
		   loyalty_coupon_left(coupon->redemptions, redemption->series.per_coupon) > 0;
}

/*
 * Tells whether one of a customer's generic coupons is to be redeemed rather than another one: the first to expire of those that may
 * be. Where none may, the last that was good says why.
 */
static bool
comes_before(const CouponRedemption *redemption, const Coupon *coupon, const Coupon *other)
{
	bool usable = is_usable(redemption, coupon);
	bool revoked = coupon->revoked_at != DT_NOEND;

	if (usable != is_usable(redemption, other))
		return usable;
	if (usable)
		return coupon->expires_at < other->expires_at;
	if (revoked != (other->revoked_at != DT_NOEND))
		return !revoked;
	return coupon->expires_at > other->expires_at;
}

/*
 * Locks the coupon after its customer. A generic code is a row of many, which nobody locks: it never changes. Read without a lock first,
 * since only what there is can be waited for; what was read then says nothing but whose code it is.
 */
void
loyalty_coupon_find(CouponRedemption *redemption)
{
	int32 org_id = redemption->operation.call->org->org_id;
	Coupon *coupon = &redemption->coupon;

	redemption->is_found = redemption->code[0] != '\0' &&
						   loyalty_coupon_read(org_id, redemption->code, coupon) &&
						   (redemption->is_dry || coupon->customer_id == 0 ||
							loyalty_coupon_lock(org_id, redemption->code, coupon));
	if (!redemption->is_found)
		return;
	loyalty_series_read(org_id, coupon->series_id, &redemption->series);
	loyalty_promotion_read(redemption->operation.call, redemption->series.promotion_id,
						   &redemption->promotion);
}

/*
 * Puts the customer's coupon in the place of the row of the generic code. Who has none finds the row itself, which is nobody's. The
 * customer's lock guards it.
 */
static void
find_held(CouponRedemption *redemption)
{
	const LoyaltyOrg *org = redemption->operation.call->org;
	Coupon *held;
	int count;
	int best = 0;
	int i;

	if (!redemption->has_customer)
		return;
	count = loyalty_generic_coupons(org->org_id, &redemption->customer, redemption->series.series_id, &held);
	for (i = 1; i < count; i++)
		if (comes_before(redemption, &held[i], &held[best]))
			best = i;
	if (count > 0)
		redemption->coupon = held[best];
}

/* Puts the limits in the order of their ids, in which they are taken. */
void
loyalty_coupon_limits(const Coupon *coupon, int32 promotion_id, LimitKind kind, CouponLimits *limits)
{
	limits->count = 0;
	if (loyalty_limit_find(coupon->org_id, coupon->series_id, kind, &limits->items[limits->count]))
		limits->count++;
	if (loyalty_limit_find(coupon->org_id, promotion_id, kind, &limits->items[limits->count]))
		limits->count++;
	if (limits->count == 2 && limits->items[0].limit_id > limits->items[1].limit_id)
	{
		LoyaltyLimit first = limits->items[0];

		limits->items[0] = limits->items[1];
		limits->items[1] = first;
	}
}

/* ---- judging it */

/* Finds the redemption of the series that lies nearest, in days of the org's calendar: late events come in front of others. */
static void
find_nearest(const CouponRedemption *redemption, CouponUse *use)
{
	const LoyaltyOrg *org = redemption->operation.call->org;
	DateADT day = loyalty_local_date(redemption->event_time, org->zone);
	TimestampTz before;
	TimestampTz behind;

	use->days_between = redemption->series.days_between_redemptions;
	if (use->days_between == 0 || !redemption->has_customer)
		return;
	loyalty_uses_around(org->org_id, &redemption->customer, redemption->series.series_id,
						redemption->event_time, &before, &behind);
	use->has_nearest = before != DT_NOBEGIN || behind != DT_NOEND;
	use->days_to_other = PG_INT32_MAX;
	if (before != DT_NOBEGIN)
		use->days_to_other = day - loyalty_local_date(before, org->zone);
	if (behind != DT_NOEND)
	{
		int32 days = loyalty_local_date(behind, org->zone) - day;

		use->days_to_other = Min(use->days_to_other, days);
	}
}

/* Looks through the group, which the customer's row knows. */
bool
loyalty_coupon_is_held(const Coupon *coupon, const LoyaltyCustomer *customer)
{
	int64 *ids;
	int count = loyalty_customer_group(customer, &ids);
	int i;

	for (i = 0; i < count; i++)
		if (ids[i] == coupon->customer_id)
			return true;
	return false;
}

/* Tells whether a coupon was issued to somebody else and is good for that one alone. A generic code is good for its holders. */
static bool
is_of_other(const CouponRedemption *redemption)
{
	if (redemption->series.any_user && !redemption->series.is_generic)
		return false;
	return !redemption->has_customer || !loyalty_coupon_is_held(&redemption->coupon, &redemption->customer);
}

/* Gathers what the rules of coupons ask. A limit of a customer, or days between, need one to count for. */
static CouponUse
use_of(const CouponRedemption *redemption)
{
	const PromotionDefinition *promotion = &redemption->promotion.definition;
	const Coupon *coupon = &redemption->coupon;
	CouponUse use = {
		.coupon = { .valid_from = coupon->valid_from,
					.expires_at = coupon->expires_at,
					.is_revoked = coupon->revoked_at != DT_NOEND,
					.redemptions = coupon->redemptions },
		.is_of_other = is_of_other(redemption),
		.has_customer = redemption->has_customer,
		.needs_customer = !promotion->anonymous || redemption->own.count > 0 ||
						  redemption->series.days_between_redemptions > 0,
		.per_coupon = redemption->series.per_coupon,
		.at = redemption->event_time,
	};

	loyalty_coupon_narrow(&use.coupon, redemption->series.starts_at, redemption->series.ends_at);
	loyalty_coupon_narrow(&use.coupon, promotion->starts_at, promotion->ends_at);
	find_nearest(redemption, &use);
	return use;
}

/* Says what the rules of coupons have against it. */
static CouponVerdict
judge_coupon(const CouponUse *use)
{
	switch (loyalty_coupon_judge(use))
	{
		case COUPON_FINE:
			break;
		case COUPON_OF_ANOTHER:
			return AGAINST(COUPON_OF_OTHER, "other_customer");
		case COUPON_TAKEN_BACK:
			return AGAINST(INCENTIVE_REVOKED, "revoked");
		case COUPON_NOT_BEGUN:
			return AGAINST(INCENTIVE_EXPIRED, "not_begun");
		case COUPON_HAS_EXPIRED:
			return AGAINST(INCENTIVE_EXPIRED, "expired");
		case COUPON_USED_UP:
			return AGAINST(INCENTIVE_USED_UP, "used_up");
		case COUPON_NEEDS_CUSTOMER:
			return AGAINST(INCENTIVE_NEEDS_CUSTOMER, "customer");
		case COUPON_TOO_SOON:
			return UNMET("days_between", psprintf(">= %d", use->days_between),
						 psprintf("%d", use->days_to_other));
	}
	return (CouponVerdict){ 0 };
}

/* Lists the days of a promotion. */
static const char *
weekdays_of(const PromotionDefinition *promotion)
{
	StringInfoData text;
	int day;

	initStringInfo(&text);
	for (day = 0; day < PROMOTION_WEEKDAYS; day++)
		if ((promotion->weekdays >> day & 1) != 0)
			appendStringInfo(&text, "%s%s", text.len > 0 ? ", " : "", loyalty_weekday_names[day]);
	return text.data;
}

/* Returns the code of a store of the org. */
static const char *
store_of(const LoyaltyOrg *org, int32 store_id)
{
	int i;

	for (i = 0; i < org->store_count; i++)
		if (org->stores[i].store_id == store_id)
			return org->stores[i].store;
	return "none";
}

/* Lists the stores of a promotion. */
static const char *
stores_of(const LoyaltyOrg *org, const PromotionDefinition *promotion)
{
	StringInfoData text;
	int i;

	initStringInfo(&text);
	for (i = 0; i < promotion->store_count; i++)
		appendStringInfo(&text, "%s%s", i > 0 ? ", " : "", store_of(org, promotion->store_ids[i]));
	return text.data;
}

/* Writes a minute of the day as clocks do. */
static const char *
clock_text(int minute)
{
	return psprintf("%02d:%02d", minute / 60, minute % 60);
}

/* Says what the promotion has against the bill. Its dates were judged with the coupon's. */
static CouponVerdict
judge_bill(const CouponRedemption *redemption, const PromotionBill *bill)
{
	const LoyaltyOrg *org = redemption->operation.call->org;
	const PromotionDefinition *promotion = &redemption->promotion.definition;

	switch (loyalty_promotion_judge(promotion, bill))
	{
		case OBSTACLE_NONE:
			break;
		case OBSTACLE_NOT_BEGUN:
			return AGAINST(INCENTIVE_EXPIRED, "not_begun");
		case OBSTACLE_EXPIRED:
			return AGAINST(INCENTIVE_EXPIRED, "expired");
		case OBSTACLE_WEEKDAY:
			return UNMET("weekday", weekdays_of(promotion), loyalty_weekday_names[bill->weekday]);
		case OBSTACLE_HOURS:
			return UNMET("hours",
						 psprintf("%s to %s", clock_text(promotion->from_minute),
								  clock_text(promotion->to_minute)),
						 clock_text(bill->minute));
		case OBSTACLE_STORE:
			return UNMET("store", stores_of(org, promotion), store_of(org, bill->store_id));
		case OBSTACLE_NEEDS_CUSTOMER:
			return AGAINST(INCENTIVE_NEEDS_CUSTOMER, "customer");
		case OBSTACLE_MINIMUM_BILL:
			return UNMET("minimum_bill",
						 psprintf("%s %s", promotion->more_than ? ">" : ">=",
								  loyalty_points_text(promotion->minimum_bill)),
						 loyalty_points_text(bill->amount));
	}
	return (CouponVerdict){ 0 };
}

/* Reads the limit of a customer before it judges whether one is needed; the discount of no amount is none. */
CouponVerdict
loyalty_coupon_weigh(CouponRedemption *redemption)
{
	CouponVerdict verdict;
	PromotionBill bill;
	CouponUse use;

	if (!redemption->is_found)
		return AGAINST(INCENTIVE_CODE_UNKNOWN, "unknown");
	if (redemption->series.is_generic)
		find_held(redemption);
	loyalty_coupon_limits(&redemption->coupon, redemption->series.promotion_id, LIMIT_CUSTOMER,
						  &redemption->own);
	use = use_of(redemption);
	verdict = judge_coupon(&use);
	if (verdict.sqlstate != 0)
		return verdict;
	bill = loyalty_promotion_bill(redemption->operation.call->org,
								  redemption->has_amount ? redemption->amount : PG_INT64_MAX,
								  redemption->operation.origin.store_id, redemption->event_time,
								  redemption->has_customer);
	verdict = judge_bill(redemption, &bill);
	if (verdict.sqlstate == 0 && redemption->has_amount)
		redemption->discount =
			loyalty_promotion_discount(&redemption->promotion.definition, bill.amount, bill.step);
	return verdict;
}

/* Says that a limit is reached. */
static CouponVerdict
reached(const LoyaltyLimit *limit, const char *condition, int64 used)
{
	CouponVerdict verdict = AGAINST(USE_LIMIT_REACHED, condition);

	verdict.required = psprintf("<= " INT64_FORMAT, limit->maximum);
	verdict.actual = psprintf(INT64_FORMAT, used + 1);
	return verdict;
}

/* Asks in the order in which they are taken. */
CouponVerdict
loyalty_coupon_weigh_limits(CouponRedemption *redemption)
{
	int i;

	for (i = 0; i < redemption->own.count; i++)
	{
		const LoyaltyLimit *limit = &redemption->own.items[i];
		int64 used = loyalty_limit_used(limit, &redemption->customer);

		if (used >= limit->maximum)
			return reached(limit, "customer_limit", used);
	}
	loyalty_coupon_limits(&redemption->coupon, redemption->series.promotion_id, LIMIT_TOTAL,
						  &redemption->total);
	for (i = 0; i < redemption->total.count; i++)
	{
		const LoyaltyLimit *limit = &redemption->total.items[i];
		int64 left = loyalty_limit_left(limit);

		if (left <= 0)
			return reached(limit, "total_limit", limit->maximum - left);
	}
	return (CouponVerdict){ 0 };
}

/* Says it with the numbers, where there are any. Neither the code nor whose the coupon is stands in it. */
bool
loyalty_coupon_refuse(const CouponVerdict *verdict, LoyaltyRefusal *refusal)
{
	if (verdict->sqlstate == 0)
		return true;
	LOYALTY_REFUSE(refusal, verdict->sqlstate,
				   errmsg("the coupon cannot be redeemed: %s", loyalty_error_meaning(verdict->sqlstate)),
				   verdict->required != NULL
					   ? errdetail("Condition %s: required %s, actual %s.", verdict->condition,
								   verdict->required, verdict->actual)
					   : errdetail("Condition %s.", verdict->condition));
}
