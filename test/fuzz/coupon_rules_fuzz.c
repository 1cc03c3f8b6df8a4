/*
 * coupon_rules_fuzz.c: any coupon at any time has one status, which the words for it choose, and what may be redeemed is active.
 */
// sources: coupon_rules.c
#include "fuzz_input.h"
#include "incentive/coupon/coupon_rules.h"

/* Counts the words of statuses that choose one. */
static int
chosen_by(CouponStatus status)
{
	int count = 0;
	int i;

	for (i = 0; i < COUPON_STATUS_COUNT; i++)
		count += (loyalty_coupon_filter(i) >> status) & 1;
	return count;
}

/* Redeeming and giving back leaves it what it was; a use more never makes it less redeemed. */
static void
check_uses(CouponDates coupon, int64_t at)
{
	CouponStatus before = loyalty_coupon_status(&coupon, at);

	coupon.redemptions++;
	REQUIRE(before == COUPON_REVOKED || loyalty_coupon_status(&coupon, at) == COUPON_ACTIVE_REDEEMED ||
			loyalty_coupon_status(&coupon, at) == COUPON_EXPIRED_REDEEMED);
	coupon.redemptions--;
	REQUIRE(loyalty_coupon_status(&coupon, at) == before);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	FuzzInput input = { data, size };
	CouponUse use = { 0 };
	CouponStatus status;

	use.coupon.valid_from = fuzz_number(&input, 0, 20);
	use.coupon.expires_at = fuzz_number(&input, 0, 20);
	use.coupon.is_revoked = fuzz_bool(&input);
	use.coupon.redemptions = fuzz_number(&input, 0, 3);
	use.is_of_other = fuzz_bool(&input);
	use.has_customer = fuzz_bool(&input);
	use.needs_customer = fuzz_bool(&input);
	use.per_coupon = fuzz_bool(&input) ? COUPON_UNLIMITED : fuzz_number(&input, 1, 3);
	use.at = fuzz_number(&input, 0, 20);
	use.days_between = (int32_t) fuzz_number(&input, 0, 3);
	use.has_nearest = fuzz_bool(&input);
	use.days_to_other = (int32_t) fuzz_number(&input, 0, 3);
	loyalty_coupon_narrow(&use.coupon, fuzz_number(&input, 0, 20), fuzz_number(&input, 0, 20));
	status = loyalty_coupon_status(&use.coupon, use.at);
	REQUIRE(chosen_by(status) == 1);
	REQUIRE(loyalty_coupon_judge(&use) != COUPON_FINE || status == COUPON_ACTIVE_UNREDEEMED ||
			status == COUPON_ACTIVE_REDEEMED);
	check_uses(use.coupon, use.at);
	return 0;
}
