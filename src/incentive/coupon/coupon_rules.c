/*
 * coupon_rules.c: what a coupon is at a time, and what stands against redeeming it.
 *
 * Nothing of that is ever stored: it follows from dates and uses, so that a use that is given back, or a day that passes, needs nobody
 * who notes it. A coupon has its own dates, its series has some, and so has the promotion that says what it is worth; the narrowest
 * span counts, whichever of them is changed later.
 *
 * The bill is judged behind this (promotion/promotion_rules.h), and limits last of all, since they are taken as they are judged.
 */
#include "incentive/coupon/coupon_rules.h"

const char *const loyalty_coupon_filters[COUPON_FILTER_COUNT] = {
	"active_unredeemed", "active_redeemed", "expired_unredeemed", "expired_redeemed",
	"revoked",			 "active",			"redeemed",			  "expired",
};

/* A bit of a status. */
#define BIT(status) (1U << (status))

/* Unites statuses: a coupon that was used in part is redeemed, and active as long as its dates let it be used again. */
unsigned
loyalty_coupon_filter(int place)
{
	switch (place)
	{
		case COUPON_STATUS_COUNT:
			return BIT(COUPON_ACTIVE_UNREDEEMED) | BIT(COUPON_ACTIVE_REDEEMED);
		case COUPON_STATUS_COUNT + 1:
			return BIT(COUPON_ACTIVE_REDEEMED) | BIT(COUPON_EXPIRED_REDEEMED);
		case COUPON_STATUS_COUNT + 2:
			return BIT(COUPON_EXPIRED_UNREDEEMED) | BIT(COUPON_EXPIRED_REDEEMED);
		default:
			return BIT(place);
	}
}

/* Takes the later beginning and the earlier end. */
void
loyalty_coupon_narrow(CouponDates *coupon, int64_t begins_at, int64_t ends_at)
{
	if (begins_at > coupon->valid_from)
		coupon->valid_from = begins_at;
	if (ends_at < coupon->expires_at)
		coupon->expires_at = ends_at;
}

/* Counts one that has not begun as active: it has not expired, and its holder has it. */
CouponStatus
loyalty_coupon_status(const CouponDates *coupon, int64_t at)
{
	bool is_redeemed = coupon->redemptions > 0;

	if (coupon->is_revoked)
		return COUPON_REVOKED;
	if (coupon->expires_at <= at)
		return is_redeemed ? COUPON_EXPIRED_REDEEMED : COUPON_EXPIRED_UNREDEEMED;
	return is_redeemed ? COUPON_ACTIVE_REDEEMED : COUPON_ACTIVE_UNREDEEMED;
}

/* Returns none for a coupon that was used more often than a rule which was lowered since. */
int64_t
loyalty_coupon_left(int64_t redemptions, int64_t per_coupon)
{
	if (per_coupon == COUPON_UNLIMITED)
		return COUPON_UNLIMITED;
	return redemptions < per_coupon ? per_coupon - redemptions : 0;
}

/*
 * Asks first whose it is: nobody learns of another one's coupon more than that. Then what the coupon is, then what the customer did
 * before.
 */
CouponObstacle
loyalty_coupon_judge(const CouponUse *use)
{
	const CouponDates *coupon = &use->coupon;

	if (use->has_customer && use->is_of_other)
		return COUPON_OF_ANOTHER;
	if (coupon->is_revoked)
		return COUPON_TAKEN_BACK;
	if (use->at < coupon->valid_from)
		return COUPON_NOT_BEGUN;
	if (coupon->expires_at <= use->at)
		return COUPON_HAS_EXPIRED;
	if (loyalty_coupon_left(coupon->redemptions, use->per_coupon) == 0)
		return COUPON_USED_UP;
	if (!use->has_customer && (use->is_of_other || use->needs_customer))
		return COUPON_NEEDS_CUSTOMER;
	if (use->has_nearest && use->days_to_other < use->days_between)
		return COUPON_TOO_SOON;
	return COUPON_FINE;
}
