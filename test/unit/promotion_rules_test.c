/*
 * promotion_rules_test.c: who gets a promotion, at every boundary, and how much it is: the worked examples among them.
 */
#include "incentive/promotion/promotion_rules.h"
#include "tap.h"

#define EUR 1000

static const int32_t stores[] = { 3, 7 };

/* A promotion that everybody gets at any time. */
static PromotionDefinition
open_to_all(void)
{
	PromotionDefinition promotion = { .value = 10000,
									  .maximum_discount = PROMOTION_UNBOUNDED,
									  .anonymous = true,
									  .from_minute = -1,
									  .starts_at = INT64_MIN,
									  .ends_at = INT64_MAX };

	return promotion;
}

/* A bill of 100.00 on a Wednesday noon. */
static PromotionBill
noon(void)
{
	PromotionBill bill = { .amount = 100 * EUR, .step = 10, .at = 1000, .weekday = 2, .minute = 720 };

	return bill;
}

static void
test_windows(void)
{
	PromotionDefinition promotion = open_to_all();
	PromotionBill bill = noon();

	ok(loyalty_promotion_judge(&promotion, &bill) == OBSTACLE_NONE, "nothing is asked");
	bill.at = INT64_MAX;
	ok(loyalty_promotion_judge(&promotion, &bill) == OBSTACLE_NONE,
	   "never ends: not even at the end of time");
	promotion.starts_at = 1000;
	promotion.ends_at = 2000;
	bill.at = 999;
	ok(loyalty_promotion_judge(&promotion, &bill) == OBSTACLE_NOT_BEGUN, "a moment before it");
	bill.at = 1000;
	ok(loyalty_promotion_judge(&promotion, &bill) == OBSTACLE_NONE, "its first moment");
	bill.at = 1999;
	ok(loyalty_promotion_judge(&promotion, &bill) == OBSTACLE_NONE, "its last moment");
	bill.at = 2000;
	ok(loyalty_promotion_judge(&promotion, &bill) == OBSTACLE_EXPIRED, "its end is not in it");
}

static PromotionObstacle
at_time(const PromotionDefinition *promotion, int weekday, int minute)
{
	PromotionBill bill = noon();

	bill.weekday = weekday;
	bill.minute = minute;
	return loyalty_promotion_judge(promotion, &bill);
}

static void
test_hours(void)
{
	PromotionDefinition promotion = open_to_all();

	promotion.weekdays = 1u << 4;
	ok(at_time(&promotion, 4, 0) == OBSTACLE_NONE && at_time(&promotion, 4, 1439) == OBSTACLE_NONE &&
		   at_time(&promotion, 3, 1439) == OBSTACLE_WEEKDAY && at_time(&promotion, 5, 0) == OBSTACLE_WEEKDAY,
	   "on Fridays");
	promotion.from_minute = 600;
	promotion.to_minute = 1080;
	ok(at_time(&promotion, 4, 599) == OBSTACLE_HOURS && at_time(&promotion, 4, 600) == OBSTACLE_NONE &&
		   at_time(&promotion, 4, 1079) == OBSTACLE_NONE && at_time(&promotion, 4, 1080) == OBSTACLE_HOURS,
	   "on Fridays from 10:00 to 18:00");
	promotion.from_minute = 1320;
	promotion.to_minute = 120;
	ok(at_time(&promotion, 4, 1319) == OBSTACLE_HOURS && at_time(&promotion, 4, 1320) == OBSTACLE_NONE &&
		   at_time(&promotion, 5, 0) == OBSTACLE_NONE && at_time(&promotion, 5, 119) == OBSTACLE_NONE &&
		   at_time(&promotion, 5, 120) == OBSTACLE_WEEKDAY,
	   "on Fridays from 22:00, past midnight to 02:00");
	ok(at_time(&promotion, 4, 60) == OBSTACLE_WEEKDAY && at_time(&promotion, 3, 1330) == OBSTACLE_WEEKDAY,
	   "and not in the night before");
	promotion.weekdays = 1u << 6;
	ok(at_time(&promotion, 0, 60) == OBSTACLE_NONE, "the night to Monday is Sunday's");
	promotion.weekdays = 0;
	promotion.to_minute = PROMOTION_DAY_MINUTES;
	ok(at_time(&promotion, 0, 1439) == OBSTACLE_NONE && at_time(&promotion, 0, 0) == OBSTACLE_HOURS,
	   "from 22:00 to 24:00");
}

static void
test_minutes(void)
{
	static const char *const none[] = { "",		  "1:00",	"24:01",  "25:00", "10:60", "10-00", "10:0",
										"10:000", "10:00 ", " 10:00", "-1:00", "1a:00", "10:0a", "99:99" };
	int minute = -1;
	int read = 0;

	ok(loyalty_promotion_minute("00:00", &minute) && minute == 0, "midnight");
	ok(loyalty_promotion_minute("23:59", &minute) && minute == 1439, "the last minute");
	ok(loyalty_promotion_minute("24:00", &minute) && minute == 1440, "the end of the day");
	for (int i = 0; i < (int) (sizeof(none) / sizeof(none[0])); i++)
		read += loyalty_promotion_minute(none[i], &minute);
	ok(read == 0, "other texts are no times");
}

static void
test_conditions(void)
{
	PromotionDefinition promotion = open_to_all();
	PromotionBill bill = noon();

	promotion.store_count = 2;
	promotion.store_ids = stores;
	bill.store_id = 7;
	ok(loyalty_promotion_judge(&promotion, &bill) == OBSTACLE_NONE, "in one of its stores");
	bill.store_id = 5;
	ok(loyalty_promotion_judge(&promotion, &bill) == OBSTACLE_STORE, "in another one");
	bill.store_id = 0;
	ok(loyalty_promotion_judge(&promotion, &bill) == OBSTACLE_STORE, "in an unknown one");
	promotion.store_count = 0;
	promotion.anonymous = false;
	ok(loyalty_promotion_judge(&promotion, &bill) == OBSTACLE_NEEDS_CUSTOMER,
	   "nobody, where it is for customers");
	bill.has_customer = true;
	ok(loyalty_promotion_judge(&promotion, &bill) == OBSTACLE_NONE, "a customer");
	promotion.minimum_bill = 100 * EUR;
	ok(loyalty_promotion_judge(&promotion, &bill) == OBSTACLE_NONE, "at least 100, a bill of 100");
	promotion.more_than = true;
	ok(loyalty_promotion_judge(&promotion, &bill) == OBSTACLE_MINIMUM_BILL, "more than 100, a bill of 100");
	bill.amount = 100 * EUR + 10;
	ok(loyalty_promotion_judge(&promotion, &bill) == OBSTACLE_NONE, "more than 100, a bill of 100.01");
	promotion.more_than = false;
	bill.amount = 100 * EUR - 10;
	ok(loyalty_promotion_judge(&promotion, &bill) == OBSTACLE_MINIMUM_BILL, "at least 100, a bill of 99.99");
}

/* Each obstacle hides those behind it. */
static void
test_order(void)
{
	PromotionDefinition promotion = { .maximum_discount = PROMOTION_UNBOUNDED,
									  .minimum_bill = 200 * EUR,
									  .weekdays = 1,
									  .from_minute = 0,
									  .to_minute = 60,
									  .store_count = 2,
									  .store_ids = stores,
									  .starts_at = 2000,
									  .ends_at = 3000 };
	PromotionBill bill = noon();
	bool in_order = loyalty_promotion_judge(&promotion, &bill) == OBSTACLE_NOT_BEGUN;

	bill.at = 3000;
	in_order = in_order && loyalty_promotion_judge(&promotion, &bill) == OBSTACLE_EXPIRED;
	bill.at = 2500;
	in_order = in_order && loyalty_promotion_judge(&promotion, &bill) == OBSTACLE_WEEKDAY;
	bill.weekday = 0;
	in_order = in_order && loyalty_promotion_judge(&promotion, &bill) == OBSTACLE_HOURS;
	bill.minute = 0;
	in_order = in_order && loyalty_promotion_judge(&promotion, &bill) == OBSTACLE_STORE;
	bill.store_id = 3;
	in_order = in_order && loyalty_promotion_judge(&promotion, &bill) == OBSTACLE_NEEDS_CUSTOMER;
	bill.has_customer = true;
	in_order = in_order && loyalty_promotion_judge(&promotion, &bill) == OBSTACLE_MINIMUM_BILL;
	bill.amount = 200 * EUR;
	in_order = in_order && loyalty_promotion_judge(&promotion, &bill) == OBSTACLE_NONE;
	ok(in_order, "time, weekday, hours, store, customer, bill");
}

static int64_t
percent_of(int64_t percent, int64_t amount, int64_t step)
{
	PromotionDefinition promotion = open_to_all();

	promotion.value = percent;
	return loyalty_promotion_discount(&promotion, amount, step);
}

static int64_t
fixed_of(int64_t value, int64_t amount)
{
	PromotionDefinition promotion = open_to_all();

	promotion.benefit = BENEFIT_FIXED;
	promotion.value = value;
	return loyalty_promotion_discount(&promotion, amount, 10);
}

static void
test_discounts(void)
{
	PromotionDefinition capped = open_to_all();

	ok(percent_of(10000, 105 * EUR, 10) == 10500, "ZN34C: 10 % of 105.00");
	ok(percent_of(15000, 18900, 10) == 2840, "15 % of 18.90: 2.835 is rounded half up, to 2.84");
	ok(percent_of(100000, 2676690, 10) == 2676690, "100 % is all of it, to the cent");
	ok(percent_of(10000, 199990, 10) == 20000, "10 % of 199.99: 19.999 is 20.00");
	ok(percent_of(10000, 999 * EUR, 1000) == 100 * EUR, "10 % of 999 yen: 99.9 is 100");
	ok(percent_of(10000, 4440, 1) == 444 && percent_of(33333, 1000, 1) == 333, "dinars have thousandths");
	ok(percent_of(1, 10, 10) == 0, "a thousandth of a percent of a cent is nothing");
	ok(percent_of(99999, 10, 10) == 10 && percent_of(50000, 10, 10) == 10,
	   "never more than the bill, by rounding");
	ok(percent_of(100000, INT64_C(999999999999999999), 10) == INT64_C(999999999999999999) &&
		   percent_of(50000, INT64_C(999999999999999980), 10) == INT64_C(499999999999999990),
	   "the largest bills");
	ok(fixed_of(10 * EUR, 300 * EUR) == 10 * EUR, "fixed 10 of 300.00");
	ok(fixed_of(100 * EUR, 80 * EUR) == 80 * EUR, "HOLIMAN100: fixed 100 of 80.00 is 80.00");
	ok(fixed_of(10 * EUR, 0) == 0 && fixed_of(10 * EUR, -5 * EUR) == 0 &&
		   percent_of(10000, -5 * EUR, 10) == 0,
	   "a bill of nothing or less has no discount");
	capped.value = 20000;
	capped.maximum_discount = 15 * EUR;
	ok(loyalty_promotion_discount(&capped, 100 * EUR, 10) == 15 * EUR &&
		   loyalty_promotion_discount(&capped, 75 * EUR, 10) == 15 * EUR &&
		   loyalty_promotion_discount(&capped, 74 * EUR, 10) == 14800,
	   "20 %, at most 15.00");
}

static void
test_codes(void)
{
	PromoCodeUse use = { .is_of_other = true, .is_revoked = true, .expires_at = 100, .left = 0, .at = 100 };
	bool in_order = loyalty_promo_code_obstacle(&use) == CODE_OF_ANOTHER;

	use.is_of_other = false;
	in_order = in_order && loyalty_promo_code_obstacle(&use) == CODE_TAKEN_BACK;
	use.is_revoked = false;
	in_order = in_order && loyalty_promo_code_obstacle(&use) == CODE_HAS_EXPIRED;
	use.at = 99;
	in_order = in_order && loyalty_promo_code_obstacle(&use) == CODE_USED_UP;
	use.left = 1;
	ok(in_order && loyalty_promo_code_obstacle(&use) == CODE_FINE,
	   "a code: whose, revoked, expired, used up");
	use.at = use.expires_at = INT64_MAX;
	ok(loyalty_promo_code_obstacle(&use) == CODE_FINE, "never expires: not even at the end of time");
}

int
main(void)
{
	plan(41);
	test_windows();
	test_hours();
	test_minutes();
	test_conditions();
	test_order();
	test_discounts();
	test_codes();
	return tap_exit();
}
