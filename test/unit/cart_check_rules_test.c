/*
 * cart_check_rules_test.c: carts and promotions that cannot be evaluated.
 */
#include "cart_text.h"
#include "tap.h"

static CartText text;

static CartProblem
of_cart(const char *cart)
{
	text_read(&text, cart);
	return loyalty_cart_problem(&text.cart);
}

static CartProblem
of_promotion(const char *promotion)
{
	CartWork work;
	CartProblem problem;
	char all[512];

	text_free(&text);
	snprintf(all, sizeof(all), "promotion %s", promotion);
	text_work(&text, &work, all);
	problem = loyalty_cart_promotion_problem(&text.promotions[0], 10);
	free(work.lines);
	return problem;
}

static void
test_carts(void)
{
	static CartLine lines[CART_MOST_LINES + 1];
	Cart cart = { .bill = { .step = 10 }, .lines = lines, .line_count = CART_MOST_LINES };

	ok(of_cart("line amount=1.01;line amount=-1") == CART_POSSIBLE, "a cart");
	ok(of_cart("line amount=1.005") == CART_NOT_STEPS &&
		   of_cart("cart step=1;line amount=1.01") == CART_NOT_STEPS &&
		   of_cart("cart step=0.001;line amount=1.005") == CART_POSSIBLE,
	   "half a cent");
	ok(of_cart("line amount=999999999999999.99") == CART_POSSIBLE &&
		   of_cart("line amount=1000000000000000") == CART_TOO_LARGE &&
		   of_cart("line amount=999999999999999.99;line amount=-0.01") == CART_TOO_LARGE,
	   "amounts, whichever way they go");
	ok(of_cart("line quantity=999999999999.999999") == CART_POSSIBLE &&
		   of_cart("line quantity=999999999999.999999;line quantity=0.000001") == CART_TOO_LARGE,
	   "quantities");
	ok(loyalty_cart_problem(&cart) == CART_POSSIBLE, "10,000 lines");
	cart.line_count++;
	ok(loyalty_cart_problem(&cart) == CART_TOO_MANY, "one more");
}

static void
test_values(void)
{
	ok(of_promotion("benefit=percent value=100") == CART_POSSIBLE &&
		   of_promotion("benefit=percent value=0") == CART_VALUE &&
		   of_promotion("benefit=percent value=100.001") == CART_VALUE,
	   "up to 100 %");
	ok(of_promotion("benefit=fixed value=0.01") == CART_POSSIBLE &&
		   of_promotion("benefit=fixed value=0.005") == CART_VALUE &&
		   of_promotion("benefit=fixed value=0") == CART_VALUE &&
		   of_promotion("benefit=fixed_per_unit value=-1") == CART_VALUE,
	   "whole cents, and not nothing");
	ok(of_promotion("benefit=price value=0") == CART_POSSIBLE &&
		   of_promotion("benefit=price value=-0.01") == CART_VALUE &&
		   of_promotion("benefit=price value=0.005") == CART_VALUE,
	   "a price may be nothing");
	ok(of_promotion("benefit=free_product items=1 value=1") == CART_POSSIBLE &&
		   of_promotion("benefit=free_product items=1 value=0") == CART_VALUE &&
		   of_promotion("benefit=free_product items=1 value=1000001") == CART_VALUE &&
		   of_promotion("benefit=free_product value=1") == CART_COMPONENTS,
	   "pieces of something");
	ok(of_promotion("benefit=points_multiplier value=1.001") == CART_POSSIBLE &&
		   of_promotion("benefit=points_multiplier value=1") == CART_VALUE &&
		   of_promotion("benefit=bonus_points value=1") == CART_POSSIBLE &&
		   of_promotion("benefit=bonus_points value=0") == CART_VALUE,
	   "points");
	ok(of_promotion("benefit=percent value=1 maximum=0") == CART_VALUE &&
		   of_promotion("benefit=percent value=1 maximum=0.005") == CART_VALUE &&
		   of_promotion("benefit=percent value=1 times=0") == CART_VALUE,
	   "bounds that leave nothing, or half a cent");
}

static void
test_structure(void)
{
#define GET "benefit=buy_x_get_y value=100"
#define STEPS "benefit=percent;measure type=amount"
	ok(of_promotion(GET ";component;component") == CART_POSSIBLE &&
		   of_promotion(GET ";component") == CART_COMPONENTS &&
		   of_promotion(GET ";component;component;component") == CART_COMPONENTS &&
		   of_promotion(GET ";component;component pieces=0") == CART_COMPONENTS &&
		   of_promotion(GET ";component;component pieces=1000001") == CART_COMPONENTS,
	   "what is bought and what is got");
	ok(of_promotion("benefit=bundle_price value=1") == CART_COMPONENTS &&
		   of_promotion("benefit=bundle_price value=1;component") == CART_POSSIBLE &&
		   of_promotion("benefit=percent value=1;component") == CART_COMPONENTS,
	   "components where they are needed, and nowhere else");
	ok(of_promotion("benefit=percent value=1 phase=bill") == CART_POSSIBLE &&
		   of_promotion("benefit=price value=1 phase=bill") == CART_WRONG_PHASE &&
		   of_promotion("benefit=percent value=1 phase=points") == CART_WRONG_PHASE &&
		   of_promotion("benefit=bonus_points value=1 phase=item") == CART_WRONG_PHASE,
	   "phases");
	ok(of_promotion(STEPS ";step from=1 value=1;step from=2 value=3") == CART_POSSIBLE &&
		   of_promotion(STEPS ";step from=2 value=1;step from=2 value=3") == CART_STEPS &&
		   of_promotion(STEPS ";step from=-1 value=1") == CART_STEPS &&
		   of_promotion(STEPS ";step from=1 value=0") == CART_VALUE,
	   "steps go up");
	ok(of_promotion("benefit=percent;step from=1 value=1") == CART_STEPS &&
		   of_promotion("benefit=percent;measure type=all;step from=1 value=1") == CART_STEPS,
	   "and by something that is measured");
#define ONE ";condition"
#define FIVE ONE ONE ONE ONE ONE
#define TWENTY FIVE FIVE FIVE FIVE
#define IN_EACH_OTHER ";condition type=all parts=1"
	ok(of_promotion("benefit=percent value=1" IN_EACH_OTHER IN_EACH_OTHER IN_EACH_OTHER IN_EACH_OTHER
					";condition type=amount required=1") == CART_POSSIBLE &&
		   of_promotion(
			   "benefit=percent value=1" IN_EACH_OTHER IN_EACH_OTHER IN_EACH_OTHER IN_EACH_OTHER IN_EACH_OTHER
			   ";condition type=amount required=1") == CART_DEPTH,
	   "five levels of conditions");
	ok(of_promotion("benefit=percent value=1;condition type=all parts=20" TWENTY) == CART_POSSIBLE &&
		   of_promotion("benefit=percent value=1;condition type=all parts=21" TWENTY ONE) == CART_DEPTH,
	   "twenty side by side");
	ok(of_promotion("benefit=percent value=1;condition type=any") == CART_DEPTH &&
		   of_promotion("benefit=percent value=1;condition type=amount required=-1") == CART_DEPTH,
	   "of nothing, or of less than nothing");
}

int
main(void)
{
	plan(20);
	test_carts();
	test_values();
	test_structure();
	return tap_exit();
}
