/*
 * search_api.c: search_incentive: one search over coupons, promo codes and gift vouchers, for people.
 *
 * The kind is chosen, and the code is read as each kind reads codes. A row comes in any case: of a code that nobody has it says so, and of
 * all others whether it is good at this time, by the rules that redemptions are judged by, as far as these hang on the code alone. What a
 * bill or a customer would have to be is not asked. It reads under no lock, and writes nothing: a million wrong codes leave nothing behind.
 *
 * A coupon that waits in the stock of its series is no coupon yet, and its code is unknown. A promo code may have no row at all: what it is
 * follows from its shape. The code of a voucher is known by its digest alone, so its last symbols are all that is shown of it. Whose a coupon
 * is, or a voucher, is told: staff asks, and has the customer before it. What is found may be out of date the moment it is shown.
 */
#include "postgres.h"

#include "utils/builtins.h"
#include "utils/timestamp.h"

#include "common/args.h"
#include "common/clock.h"
#include "common/pg_compat.h"
#include "common/points.h"
#include "incentive/coupon/coupon_rules.h"
#include "incentive/coupon/coupon_store.h"
#include "incentive/promotion/code_shape_rules.h"
#include "incentive/promotion/promo_code.h"
#include "incentive/voucher/voucher.h"
#include "incentive/voucher/voucher_code.h"

LOYALTY_FUNCTION(loyalty_search_incentive);

/* Kinds of codes, in the order of their words. */
enum IncentiveKind
{
	KIND_COUPON,
	KIND_PROMO_CODE,
	KIND_GIFT_VOUCHER,
};

/* Facts about a code that was found; texts that are NULL, ids that are 0 and numbers that are -1 are not known of its kind. */
typedef struct FoundIncentive
{
	const char *reason; /* why it is of no use; NULL: it is good */
	int64 incentive_id;
	const char *code; /* as it is shown */
	const char *offer;
	const char *name;
	const char *status;
	int64 customer_id;
	TimestampTz issued_at;
	TimestampTz expires_at;
	int64 redemptions;
	int64 left;
	int64 balance;
} FoundIncentive;

/*
 * Says why a coupon or a code of these dates and uses is of no use: by the rule that redemptions go by, as if its holder asked and had never
 * redeemed another one.
 */
static const char *
reason_of(const CouponDates *dates, int64 per_coupon, TimestampTz at)
{
	CouponUse use = { .coupon = *dates, .has_customer = true, .per_coupon = per_coupon, .at = at };

	switch (loyalty_coupon_judge(&use))
	{
		case COUPON_TAKEN_BACK:
			return "revoked";
		case COUPON_NOT_BEGUN:
			return "not_begun";
		case COUPON_HAS_EXPIRED:
			return "expired";
		case COUPON_USED_UP:
			return "used_up";
		default:
			return NULL;
	}
}

/*
 * Finds a coupon; of a generic code, which is nobody's, the code and its series. Its holders have coupons of their own, which
 * customer_coupons lists.
 */
static bool
find_coupon(LoyaltyCall *call, const char *text, FoundIncentive *found)
{
	char code[CODE_BYTES];
	Coupon coupon;
	CouponSeries series;
	LoyaltyPromotion promotion;
	CouponDates dates;

	if (!loyalty_code_normal(text, code) || !loyalty_coupon_read(call->org->org_id, code, &coupon))
		return false;
	loyalty_series_read(call->org->org_id, coupon.series_id, &series);
	loyalty_promotion_read(call, series.promotion_id, &promotion);
	dates = (CouponDates){ coupon.valid_from, coupon.expires_at, coupon.revoked_at != DT_NOEND,
						   coupon.redemptions };
	loyalty_coupon_narrow(&dates, series.starts_at, series.ends_at);
	loyalty_coupon_narrow(&dates, promotion.definition.starts_at, promotion.definition.ends_at);
	*found = (FoundIncentive){
		.reason = reason_of(&dates, series.per_coupon, call->now),
		.incentive_id = coupon.coupon_id,
		.code = coupon.display_code,
		.offer = series.series,
		.name = promotion.row.name,
		.status = loyalty_coupon_filters[loyalty_coupon_status(&dates, call->now)],
		.customer_id = coupon.customer_id,
		.issued_at = coupon.issued_at,
		.expires_at = dates.expires_at,
		.redemptions = coupon.redemptions,
		.left = loyalty_coupon_left(coupon.redemptions, series.per_coupon),
		.balance = -1,
	};
	return true;
}

/*
 * Finds a promo code, whether it has a row or not. Of one that may be used as often as anybody likes the uses are those of its row, where it
 * has one; it is never used up.
 */
static bool
find_promo_code(LoyaltyCall *call, const char *text, FoundIncentive *found)
{
	PromoCode code;
	LoyaltyPromotion promotion;
	CouponDates dates;
	int64 maximum;
	int64 left;

	if (!loyalty_promo_code_find(call, text, &code))
		return false;
	loyalty_promotion_read(call, code.promotion_id, &promotion);
	maximum = loyalty_promo_code_maximum(&code, &promotion);
	left = loyalty_promo_code_left(&code, &promotion);
	dates = (CouponDates){ promotion.definition.starts_at, promotion.definition.ends_at,
						   code.revoked_at != DT_NOEND, maximum == PROMOTION_UNBOUNDED ? 0 : maximum - left };
	loyalty_coupon_narrow(&dates, DT_NOBEGIN, code.expires_at);
	*found = (FoundIncentive){
		.reason = reason_of(&dates, maximum, call->now),
		.code = code.display_code,
		.offer = promotion.row.promotion,
		.name = promotion.row.name,
		.customer_id = code.customer_id,
		.issued_at = code.created_at,
		.expires_at = dates.expires_at,
		.redemptions = maximum == PROMOTION_UNBOUNDED ? code.used : dates.redemptions,
		.left = left,
		.balance = -1,
	};
	found->status = found->reason != NULL ? found->reason : "active";
	return true;
}

/* Finds a gift voucher, of whose code its last symbols are shown. One that has expired has no money any more, whether a job wrote that or not. */
static bool
find_voucher(LoyaltyCall *call, const char *text, FoundIncentive *found)
{
	int64 voucher_id = loyalty_voucher_of_code(call->org->org_id, text, true);
	VoucherRow voucher;
	VoucherFacts facts;
	VoucherStatus status;

	if (voucher_id == 0 || !loyalty_voucher_read(call->org->org_id, voucher_id, true, &voucher))
		return false;
	facts = loyalty_voucher_facts(&voucher);
	status = loyalty_voucher_status(&facts, call->now);
	*found = (FoundIncentive){
		.reason = status == VOUCHER_IS_ACTIVE ? NULL : loyalty_voucher_status_names[status],
		.incentive_id = voucher_id,
		.code = psprintf("*%s", voucher.last_four),
		.status = loyalty_voucher_status_names[status],
		.customer_id = voucher.customer_id,
		.issued_at = voucher.issued_at,
		.expires_at = voucher.expires_at,
		.redemptions = -1,
		.left = -1,
		.balance = loyalty_voucher_balance(&facts, call->now),
	};
	return true;
}

/* Fills a text, if there is one. */
static void
say_text(const char *text, Datum *value, bool *is_null)
{
	*is_null = text == NULL;
	if (text != NULL)
		*value = CStringGetTextDatum(text);
}

/* Fills a number, if it is known and not without end. */
static void
say_number(int64 number, int64 unknown, Datum *value, bool *is_null)
{
	*is_null = number == unknown || number == PG_INT64_MAX;
	*value = Int64GetDatum(number);
}

/* Makes the row of what was found. */
static void
say(const FoundIncentive *found, pg_tz *zone, Datum *values, bool *nulls)
{
	values[0] = BoolGetDatum(found->reason == NULL);
	nulls[0] = false;
	say_text(found->reason, &values[1], &nulls[1]);
	say_number(found->incentive_id, 0, &values[2], &nulls[2]);
	say_text(found->code, &values[3], &nulls[3]);
	say_text(found->offer, &values[4], &nulls[4]);
	say_text(found->name, &values[5], &nulls[5]);
	say_text(found->status, &values[6], &nulls[6]);
	say_number(found->customer_id, 0, &values[7], &nulls[7]);
	values[8] = TimestampTzGetDatum(found->issued_at);
	nulls[8] = false;
	loyalty_end_columns(found->expires_at, zone, &values[9], &nulls[9]);
	say_number(found->redemptions, -1, &values[11], &nulls[11]);
	say_number(found->left, -1, &values[12], &nulls[12]);
	values[13] = loyalty_numeric(found->balance);
	nulls[13] = found->balance < 0;
}

/* Returns one row, of an unknown code as well. */
Datum
loyalty_search_incentive(PG_FUNCTION_ARGS)
{
	static const char *const kinds[] = { "coupon", "promo_code", "gift_voucher" };
	static bool (*const finders[])(LoyaltyCall *, const char *, FoundIncentive *) = {
		[KIND_COUPON] = find_coupon, [KIND_PROMO_CODE] = find_promo_code, [KIND_GIFT_VOUCHER] = find_voucher
	};
	LoyaltyCall call;
	FoundIncentive found;
	Datum values[14] = { 0 };
	bool nulls[14];
	int kind;

	loyalty_call_begin(&call, fcinfo);
	kind = loyalty_arg_word(fcinfo, 1, "incentive_type", kinds, lengthof(kinds));
	memset(nulls, true, sizeof(nulls));
	if (finders[kind](&call, loyalty_arg_text(fcinfo, 2, "code", LOYALTY_MAX_TEXT), &found))
		say(&found, call.org->zone, values, nulls);
	else
	{
		values[0] = BoolGetDatum(false);
		values[1] = CStringGetTextDatum("unknown");
		nulls[0] = nulls[1] = false;
	}
	return loyalty_call_result(&call, fcinfo, values, nulls);
}
