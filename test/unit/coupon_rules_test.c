/*
 * coupon_rules_test.c: statuses and filters of coupons, and the order in which a redemption is refused. Examples 40 and 41 of the
 * design are among them.
 */
#include <string.h>

#include "incentive/coupon/coupon_rules.h"
#include "tap.h"

#define DAY 86400000000LL
#define AUGUST_1 (212 * DAY)

/* Every status that a word chooses. */
static unsigned
chosen(const char *word)
{
	int i;

	for (i = 0; i < COUPON_FILTER_COUNT; i++)
		if (strcmp(loyalty_coupon_filters[i], word) == 0)
			return loyalty_coupon_filter(i);
	return 0;
}

static void
test_filters(void)
{
	unsigned all = 0;
	int status;

	for (status = 0; status < COUPON_STATUS_COUNT; status++)
	{
		ok((all & loyalty_coupon_filter(status)) == 0, "a status is chosen by one of the five");
		all |= loyalty_coupon_filter(status);
	}
	ok(all == (1U << COUPON_STATUS_COUNT) - 1, "the five choose everything");
	ok(chosen("active") == (chosen("active_redeemed") | chosen("active_unredeemed")), "active unites two");
	ok(chosen("redeemed") == (chosen("active_redeemed") | chosen("expired_redeemed")), "redeemed unites two");
	ok(chosen("expired") == (chosen("expired_redeemed") | chosen("expired_unredeemed")),
	   "expired unites two");
	ok(chosen("revoked") == 1U << COUPON_REVOKED, "revoked is one");
}

static void
test_status(void)
{
	CouponDates coupon = { .valid_from = 0, .expires_at = AUGUST_1 };

	ok(loyalty_coupon_status(&coupon, AUGUST_1 - 1) == COUPON_ACTIVE_UNREDEEMED, "the last moment");
	ok(loyalty_coupon_status(&coupon, AUGUST_1) == COUPON_EXPIRED_UNREDEEMED,
	   "the moment that ends it is not its own");
	ok(loyalty_coupon_status(&coupon, -1) == COUPON_ACTIVE_UNREDEEMED, "one that has not begun is active");
	coupon.redemptions = 1;
	ok(loyalty_coupon_status(&coupon, AUGUST_1 - 2 * DAY) == COUPON_ACTIVE_REDEEMED, "used on 30 July");
	ok(loyalty_coupon_status(&coupon, AUGUST_1 + DAY) == COUPON_EXPIRED_REDEEMED, "used, and over");
	coupon.redemptions = 0;
	ok(loyalty_coupon_status(&coupon, AUGUST_1 + DAY) == COUPON_EXPIRED_UNREDEEMED,
	   "example 40: given back on 2 August");
	ok(loyalty_coupon_status(&coupon, AUGUST_1 - DAY) == COUPON_ACTIVE_UNREDEEMED,
	   "example 40: given back on 31 July");
	coupon.is_revoked = true;
	ok(loyalty_coupon_status(&coupon, 0) == COUPON_REVOKED, "revoked, whatever its dates");
	coupon.redemptions = 2;
	ok(loyalty_coupon_status(&coupon, AUGUST_1) == COUPON_REVOKED, "revoked, whatever its uses");
}

static void
test_left(void)
{
	ok(loyalty_coupon_left(1, 3) == 2, "example 41: two of three are left");
	ok(loyalty_coupon_left(3, 3) == 0, "none is left");
	ok(loyalty_coupon_left(5, 3) == 0, "a rule that was lowered leaves none");
	ok(loyalty_coupon_left(5, COUPON_UNLIMITED) == COUPON_UNLIMITED, "without a rule there are always some");
}

static void
test_narrow(void)
{
	CouponDates coupon = { .valid_from = 10, .expires_at = 20 };

	loyalty_coupon_narrow(&coupon, 5, 25);
	ok(coupon.valid_from == 10 && coupon.expires_at == 20, "what lies around it changes nothing");
	loyalty_coupon_narrow(&coupon, 12, 18);
	ok(coupon.valid_from == 12 && coupon.expires_at == 18, "the later beginning and the earlier end count");
	loyalty_coupon_narrow(&coupon, INT64_MIN, INT64_MAX);
	ok(coupon.valid_from == 12 && coupon.expires_at == 18, "infinities narrow nothing");
}

/* A redemption that everything stands against; one thing after the other is put right, in the order of judging. */
static void
test_order(void)
{
	CouponUse use = {
		.coupon = { .valid_from = 100, .expires_at = 200, .is_revoked = true, .redemptions = 1 },
		.is_of_other = true,
		.has_customer = true,
		.needs_customer = true,
		.per_coupon = 1,
		.at = 99,
		.days_between = 7,
		.has_nearest = true,
		.days_to_other = 6,
	};

	ok(loyalty_coupon_judge(&use) == COUPON_OF_ANOTHER, "another one's coupon comes first");
	use.is_of_other = false;
	ok(loyalty_coupon_judge(&use) == COUPON_TAKEN_BACK, "then one that was revoked");
	use.coupon.is_revoked = false;
	ok(loyalty_coupon_judge(&use) == COUPON_NOT_BEGUN, "then one that has not begun");
	use.at = 200;
	ok(loyalty_coupon_judge(&use) == COUPON_HAS_EXPIRED, "or has expired");
	use.at = 199;
	ok(loyalty_coupon_judge(&use) == COUPON_USED_UP, "then one without uses left");
	use.at = 100;
	ok(loyalty_coupon_judge(&use) == COUPON_USED_UP, "also at its first moment");
	use.per_coupon = 2;
	use.has_customer = false;
	ok(loyalty_coupon_judge(&use) == COUPON_NEEDS_CUSTOMER, "then nobody, where somebody is needed");
	use.needs_customer = false;
	use.is_of_other = true;
	ok(loyalty_coupon_judge(&use) == COUPON_NEEDS_CUSTOMER, "nobody is not its holder");
	use.is_of_other = false;
	use.has_customer = true;
	ok(loyalty_coupon_judge(&use) == COUPON_TOO_SOON, "then days between redemptions");
	use.days_to_other = 7;
	ok(loyalty_coupon_judge(&use) == COUPON_FINE, "the seventh day is another one");
	use.days_to_other = 0;
	use.has_nearest = false;
	ok(loyalty_coupon_judge(&use) == COUPON_FINE, "without another redemption no days are asked for");
	use.has_nearest = true;
	use.days_between = 0;
	ok(loyalty_coupon_judge(&use) == COUPON_FINE, "nor without the rule");
}

int
main(void)
{
	plan(38);
	test_filters();
	test_status();
	test_left();
	test_narrow();
	test_order();
	return tap_exit();
}
