/*
 * cart_condition_rules_test.c: amounts and quantities that are asked for, all or any of them, steps, and what is missing.
 */
#include "cart_text.h"
#include "tap.h"

static CartText text;
static CartVerdict verdict;

static bool
holds(const char *cart)
{
	CartWork work;
	CartUnits units;
	bool held;

	text_free(&text);
	text_work(&text, &work, cart);
	verdict = (CartVerdict){ 0 };
	held = loyalty_cart_is_earned(&work, &text.promotions[0], &verdict, &units);
	free(work.lines);
	return held;
}

/* The condition of a cart does not hold, with these numbers. */
static bool
fails(const char *cart, int64_t required, int64_t actual, int64_t missing)
{
	bool held = holds(cart);

	if (!held && verdict.obstacle == CART_CONDITION && verdict.required == required &&
		verdict.actual == actual && verdict.missing_step == missing)
		return true;
	printf("# %s: required %" PRId64 ", actual %" PRId64 ", missing %" PRId64 "\n", held ? "holds" : "fails",
		   verdict.required, verdict.actual, verdict.missing_step);
	return false;
}

#define LINES \
	"line item=1 in=7 quantity=2 amount=60;line item=2 in=7 amount=40;line item=3 quantity=1.5 amount=-5"
#define GOODS \
	"line item=1 in=7 quantity=2 amount=60;line item=2 in=7 amount=40;line item=3 quantity=1.5 amount=5"
#define PERCENT ";promotion benefit=percent value=10"

static void
test_measures(void)
{
	ok(holds(LINES PERCENT " minimum=95") && fails(LINES PERCENT " minimum=95.01", 95010, 95000, 10),
	   "a bill, less what takes off");
	ok(fails(LINES PERCENT " minimum=95 more_than", 95000, 95000, 10) && verdict.more_than &&
		   verdict.failed == NULL,
	   "more than that: a cent is missing");
	ok(holds("line amount=0.01" PERCENT " more_than") &&
		   fails("line amount=0" PERCENT " more_than", 0, 0, 10),
	   "more than nothing");
	ok(holds(LINES PERCENT ";condition type=amount items=7 required=100") &&
		   fails(LINES PERCENT ";condition type=amount items=7 required=100.01", 100010, 100000, 10) &&
		   verdict.failed == text.promotions[0].condition,
	   "an amount of a category");
	ok(holds(GOODS PERCENT ";condition type=quantity required=4.5") &&
		   fails(GOODS PERCENT ";condition type=quantity required=5", 5000000, 4500000, 500000),
	   "a quantity of all");
	ok(fails(LINES PERCENT ";condition type=quantity required=4", 4000000, 3000000, 1000000),
	   "what takes off is no quantity");
	ok(fails(LINES PERCENT ";condition type=quantity items=1 required=2 more_than", 2000000, 2000000,
			 1000000) &&
		   fails(GOODS PERCENT ";condition type=quantity items=3 required=1.5 more_than", 1500000, 1500000,
				 500000),
	   "more than two pieces: a piece is missing; more than 1.5: half a piece");
	ok(fails(LINES PERCENT ";condition type=amount items=9 required=1", 1000, 0, 1000),
	   "an item that is not there");
}

static void
test_trees(void)
{
#define ALL ";condition type=all parts=2"
#define ANY ";condition type=any parts=2"
#define YES ";condition type=amount required=1"
#define NO(n) ";condition type=amount required=" n
	ok(holds(LINES PERCENT ALL YES YES) && fails(LINES PERCENT ALL YES NO("200"), 200000, 95000, 105000) &&
		   fails(LINES PERCENT ALL NO("300") NO("200"), 300000, 95000, 205000),
	   "all: the first that fails");
	ok(holds(LINES PERCENT ANY NO("200") YES) && holds(LINES PERCENT ANY YES NO("200")) &&
		   fails(LINES PERCENT ANY NO("300") NO("200"), 300000, 95000, 205000),
	   "any: the first");
	ok(fails(LINES PERCENT ALL ANY NO("300") YES ANY NO("400") NO("200"), 400000, 95000, 305000) &&
		   verdict.failed->required == 400000,
	   "one in another");
	ok(fails(LINES PERCENT " minimum=96" NO("300"), 96000, 95000, 1000), "the bill is judged first");
#undef ALL
#undef ANY
#undef YES
#undef NO
}

static void
test_steps(void)
{
#define STEPS ";measure type=quantity items=7;step from=3 value=10;step from=5 value=20;step from=6 value=30"
	ok(holds(LINES PERCENT STEPS) && verdict.value == 10000 && verdict.missing_step == 2 * CART_PIECE &&
		   verdict.next_value == 20000,
	   "a step, and two pieces up to the next");
	ok(fails("line item=1 in=7 quantity=2 amount=1" PERCENT STEPS, 3000000, 2000000, 1000000) &&
		   verdict.next_value == 10000 && verdict.failed == text.promotions[0].measure,
	   "none: one piece is missing for the first");
	ok(holds("line item=1 in=7 quantity=9 amount=1" PERCENT STEPS) && verdict.value == 30000 &&
		   verdict.missing_step == 0 && verdict.next_value == 0,
	   "the last one");
	ok(fails("line item=1 in=7 quantity=9 amount=1" PERCENT STEPS ";condition type=amount required=7", 7000,
			 1000, 6000) &&
		   verdict.next_value == 0,
	   "a condition beside them is judged first");
#undef STEPS
}

static void
test_gifts(void)
{
#define GIFTS "line item=9 quantity=3 amount=10;line item=1 amount=20;promotion items=9 benefit="
	ok(holds(GIFTS "free_product value=1 minimum=26.67") &&
		   fails(GIFTS "free_product value=1 minimum=26.68", 26680, 26670, 10),
	   "the given one is left out, the others are not");
	ok(holds(GIFTS "free_product value=1 favour_customer minimum=26.66") &&
		   fails(GIFTS "free_product value=1 favour_customer minimum=26.67", 26670, 26660, 10),
	   "the dearest is given");
	ok(fails(GIFTS "free_product value=2;condition type=quantity items=9 required=2", 2000000, 1000000,
			 1000000),
	   "quantities, too");
	ok(fails(GIFTS "free_product value=1;condition type=quantity required=4", 4000000, 3000000, 1000000),
	   "of the whole bill as well");
	ok(holds(GIFTS "free_product value=3 gross minimum=20") &&
		   fails(GIFTS "free_product value=3 gross minimum=20.01", 20010, 20000, 10) &&
		   fails(GIFTS "free_product value=2 gross;condition type=amount items=9 required=4", 4000, 3340,
				 660),
	   "by price");
	ok(fails("line quantity=3 amount=30;promotion benefit=buy_x_get_y value=100 minimum=25"
			 ";component pieces=2;component pieces=1",
			 25000, 20000, 5000),
	   "what is got does not help");
	ok(holds("line item=9 quantity=4 amount=40;line item=1 amount=20;promotion benefit=free_product items=9"
			 ";measure type=amount;step from=45 value=1;step from=46 value=2") &&
		   verdict.value == 1 && verdict.missing_step == 6000 && verdict.next_value == 2,
	   "each step is measured without its own gifts");
#undef GIFTS
}

int
main(void)
{
	plan(23);
	test_measures();
	test_trees();
	test_steps();
	test_gifts();
	return tap_exit();
}
