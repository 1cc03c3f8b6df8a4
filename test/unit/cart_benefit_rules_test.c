/*
 * cart_benefit_rules_test.c: what each benefit gives, how it is capped, and over which lines it is spread.
 */
#include "cart_text.h"
#include "tap.h"

static CartText text;

/* Evaluates a cart and compares pieces and shares of its last promotion, "1:5.00 0:2.50" in thousandths. */
static bool
gives(const char *cart, int64_t offered, const char *wanted)
{
	const CartVerdict *verdict;
	char got[512] = "";
	char *to = got;
	int i;

	text_free(&text);
	text_read(&text, cart);
	text_evaluate(&text);
	verdict = &text.verdicts[text.promotion_count - 1];
	for (i = 0; i < text.share_count; i++)
		if (text.shares[i].promotion == text.promotion_count - 1)
			to +=
				sprintf(to, "%s%d=%d:%d", to == got ? "" : " ", text.shares[i].line,
						(int) text.shares[i].pieces, (int) (text.shares[i].discount + text.shares[i].points));
	if (verdict->offered == offered && strcmp(got, wanted) == 0)
		return true;
	printf("# got: offered %d, %s, %s\n", (int) verdict->offered, got,
		   loyalty_cart_obstacle_names[verdict->obstacle]);
	return false;
}

#define TWO "line item=1 amount=60;line item=2 amount=40"

static void
test_amounts(void)
{
	ok(gives(TWO ";promotion benefit=percent value=10 items=2", 4000, "1=0:4000"), "a percentage of an item");
	ok(gives(TWO ";promotion benefit=percent value=10 maximum=5", 10000, "0=0:3000 1=0:2000"), "capped");
	ok(gives(TWO ";promotion benefit=fixed value=50 items=2", 50000, "1=0:40000"), "no more than the line");
	ok(gives(TWO ";promotion benefit=fixed value=50;promotion benefit=percent value=50 gross items=1", 30000,
			 "0=0:30000"),
	   "half of the price, which is left");
	ok(gives(TWO ";promotion benefit=fixed value=90;promotion benefit=percent value=50 gross items=1", 30000,
			 "0=0:6000"),
	   "or what is left of it");
	ok(gives(TWO ";promotion benefit=fixed value=90;promotion benefit=percent value=50 gross", 50000,
			 "0=0:6000 1=0:4000"),
	   "of the bill as well");
	ok(gives("line amount=10;line quantity=-1 amount=30;promotion benefit=percent value=100", 40000,
			 "0=0:10000"),
	   "nothing comes off what was taken back");
	ok(gives("line amount=0.04;promotion benefit=percent value=10", 0, "") &&
		   text.verdicts[0].obstacle == CART_NOTHING_TO_TAKE,
	   "less than half a cent is nothing");
}

static void
test_pieces(void)
{
	ok(gives(TWO ";promotion benefit=fixed_per_unit value=2", 4000, "0=1:2000 1=1:2000"),
	   "each piece bears its own discount");
	ok(gives(TWO ";promotion benefit=price value=5", 90000, "0=1:55000 1=1:35000"), "and its own price");
	ok(gives(TWO ";promotion benefit=price value=5 maximum=9", 90000, "0=1:5500 1=1:3500"),
	   "capped: in proportion to these");
	ok(gives(TWO ";promotion benefit=bundle_price value=90;component items=1;component items=2", 10000,
			 "0=1:6000 1=1:4000"),
	   "a bundle");
	ok(gives(TWO ";promotion benefit=combo_percent value=12.5;component items=1;component items=2", 12500,
			 "0=1:7500 1=1:5000"),
	   "a combo");
	ok(gives(TWO ";promotion benefit=buy_x_get_y value=50;component;component", 20000, "0=1:12000 1=1:8000"),
	   "half of the cheaper one, spread");
	ok(gives(TWO ";promotion benefit=buy_x_get_y value=50 no_spread;component;component", 20000,
			 "0=1:0 1=1:20000"),
	   "and not spread: the other one is counted");
	ok(gives(TWO ";promotion benefit=fixed_per_unit value=2 items=1;promotion benefit=price value=1", 39000,
			 "1=1:39000"),
	   "a piece serves one promotion that counts pieces");
	ok(gives(TWO ";promotion benefit=fixed_per_unit value=2;promotion benefit=price value=1", 0, "") &&
		   text.verdicts[1].obstacle == CART_PIECES && text.verdicts[1].required == CART_PIECE &&
		   text.verdicts[1].actual == 0,
	   "none is left");
	ok(gives("line quantity=5 amount=50;promotion benefit=buy_x_get_y value=100;component pieces=2;component"
			 ";promotion benefit=price value=9",
			 2000, "0=2:2000"),
	   "the other two cost what they cost");
	ok(gives("line quantity=4 amount=40;promotion benefit=percent value=10;promotion benefit=price value=8",
			 4000, "0=4:4000"),
	   "a piece costs what is left of it");
}

static void
test_gifts(void)
{
#define MUG ";promotion benefit=free_product value=1 items=9"
	ok(gives("line item=1 amount=55;line item=9 amount=12" MUG, 12000, "1=1:12000"),
	   "a gift that nothing was asked for bears its own discount");
	ok(gives("line item=1 amount=30;line item=2 amount=30;line item=9 amount=10" MUG
			 ";condition type=amount items=2 required=1",
			 10000, "1=0:7500 2=1:2500"),
	   "it is spread over what helped to earn it");
	ok(gives(
		   "line item=1 amount=30;line item=2 amount=30;line item=9 amount=10" MUG
		   ";condition type=any parts=2;condition type=amount items=2 required=1;condition type=quantity items=1 required=1",
		   10000, "0=0:4290 1=0:4280 2=1:1430"),
	   "over all of it");
	ok(gives("line item=1 amount=55;line item=9 amount=12" MUG " more_than", 12000, "0=0:9850 1=1:2150") &&
		   gives("line item=1 amount=55;line item=9 amount=12;promotion benefit=free_product items=9"
				 ";measure type=amount;step from=50 value=1",
				 12000, "0=0:9850 1=1:2150"),
	   "also where it has to be more than nothing, or a step");
	ok(gives("line item=1 amount=30;line item=9 amount=10" MUG " no_spread minimum=20", 10000, "1=1:10000"),
	   "or not at all");
	ok(gives("line item=1 amount=60;line item=9 quantity=2 amount=20" MUG " minimum=50"
			 ";promotion benefit=price value=1 items=9",
			 7750, "1=1:7750"),
	   "the second mug has borne its part");
#undef MUG
}

static void
test_points(void)
{
#define PROGRAM "cart rate=1 decimals=0;" TWO
	ok(gives(PROGRAM ";promotion benefit=points_multiplier value=3", 0, "0=0:120000 1=0:80000"),
	   "twice the points in addition");
	ok(gives(PROGRAM ";promotion benefit=points_multiplier value=3 items=2", 0, "1=0:80000"), "of an item");
	ok(gives(PROGRAM ";promotion benefit=bonus_points value=7.5", 0, "0=0:4000 1=0:3000") &&
		   text.verdicts[0].points == 7000,
	   "whole points, as the program keeps them");
	ok(gives(PROGRAM ";line quantity=-1 amount=50;promotion benefit=points_multiplier value=2", 0,
			 "0=0:60000 1=0:40000"),
	   "not of what was taken back");
#undef PROGRAM
}

int
main(void)
{
	plan(29);
	test_amounts();
	test_pieces();
	test_gifts();
	test_points();
	return tap_exit();
}
