/*
 * cart_unit_rules_test.c: which pieces are counted and which are given, from the cheapest and from the dearest on.
 */
#include "cart_text.h"
#include "tap.h"

static CartText text;
static CartWork work;

/* Counted pieces and gifts of each line, "1/0 2/1". */
static bool
counts(const char *wanted)
{
	char got[256];
	char *to = got;
	int i;

	for (i = 0; i < text.cart.line_count; i++)
		to += sprintf(to, "%s%d/%d", i > 0 ? " " : "", (int) work.lines[i].pieces, (int) work.lines[i].gifts);
	if (strcmp(got, wanted) != 0)
		printf("# got: %s\n", got);
	free(work.lines);
	text_free(&text);
	return strcmp(got, wanted) == 0;
}

static CartUnits
get(const char *cart)
{
	text_work(&text, &work, cart);
	return loyalty_cart_units_get(&work, &text.promotions[0]);
}

#define SIX "line amount=10;line amount=60;line amount=20;line amount=30;line amount=90;line amount=30"
#define BUY_2_GET_1 ";promotion benefit=buy_x_get_y value=100"
#define OF_ALL ";component pieces=2;component pieces=1"

static void
test_get(void)
{
	CartUnits units = get(SIX BUY_2_GET_1 OF_ALL);

	ok(units.full == 2 && units.groups == 2 && units.gain == 30000 && units.free_pieces == 6,
	   "two groups of six pieces: 30.00 are given");
	ok(counts("1/1 1/0 1/1 1/0 1/0 1/0"), "the two cheapest");
	units = get(SIX BUY_2_GET_1 " times=1" OF_ALL);
	ok(units.full == 2 && units.groups == 1 && units.gain == 10000, "one of two");
	ok(counts("1/1 0/0 1/0 1/0 0/0 0/0"), "of equal ones the lower line is bought");
	units = get(SIX BUY_2_GET_1 " favour_customer" OF_ALL);
	ok(units.gain == 40000 && counts("1/1 1/0 1/0 1/1 1/0 1/0"), "from the dearest: the last of each three");
	units = get("line quantity=7 amount=70" BUY_2_GET_1 " favour_customer" OF_ALL);
	ok(units.groups == 2 && units.gain == 20000 && counts("6/2"), "groups of one line");
	units = get("line quantity=4 amount=40;line quantity=2 amount=18" BUY_2_GET_1 " favour_customer" OF_ALL);
	ok(units.groups == 2 && units.gain == 19000 && counts("4/1 2/1"), "10, 10 | 10, then 10, 9 | 9");
	units = get("line quantity=3 amount=10" BUY_2_GET_1 " favour_customer" OF_ALL);
	ok(units.gain == 3330 && counts("3/1"), "of 3.34, 3.33, 3.33 the last");
	units = get("line quantity=5 amount=50;line amount=11;line quantity=2 amount=18" BUY_2_GET_1
				" favour_customer;component pieces=3;component pieces=1");
	ok(units.groups == 2 && units.gain == 19000 && counts("5/1 1/0 2/1"),
	   "a group over several lines: 11, 10, 10 | 10, then 10, 10, 9 | 9");
}

static void
test_roles(void)
{
	CartUnits units =
		get("line item=1 amount=40;line item=2 amount=25;line item=2 amount=20;line item=3 amount=1"
			";promotion benefit=buy_x_get_y value=100;component items=1;component items=2");

	ok(units.full == 1 && units.gain == 20000 && counts("1/0 0/0 1/1 0/0"), "A and the cheapest B");
	units =
		get("line item=1 in=7 amount=100;line item=2 in=7 amount=50"
			";promotion benefit=buy_x_get_y value=100 favour_customer;component items=7;component items=1");
	ok(units.full == 1 && units.gain == 100000 && counts("1/1 1/0"),
	   "the only one that can be given is not bought");
	units = get("line item=1 amount=10;line item=2 amount=10;line item=1 amount=1"
				";promotion benefit=buy_x_get_y value=100 favour_customer;component;component items=1");
	ok(units.full == 1 && units.gain == 10000 && counts("1/1 1/0 0/0"),
	   "of equal ones the one that can only be bought is bought");
	units = get("line item=1 in=7 amount=10;line item=2 in=8 amount=50;line item=3 in=8 amount=60"
				";promotion benefit=buy_x_get_y value=100;component items=7 pieces=1;component items=7,8");
	ok(units.full == 1 && units.gain == 50000 && counts("1/0 1/1 0/0"),
	   "the only one that can be bought is not given");
	units = get("line item=1 in=7 quantity=3 amount=30;line item=2 in=8 quantity=1 amount=5"
				";promotion benefit=buy_x_get_y value=100;component items=7;component items=7,8");
	ok(units.full == 2 && units.gain == 15000 && counts("3/1 1/1"), "as many groups as there can be");
	units =
		get("line item=1 in=7 quantity=3 amount=30;line item=2 in=8 quantity=1 amount=5"
			";promotion benefit=buy_x_get_y value=100 favour_customer;component items=7;component items=7,8");
	ok(units.full == 2 && units.gain == 15000 && counts("3/1 1/1"), "from the dearest, too");
}

static void
test_missing(void)
{
	CartUnits units = get("line item=1 quantity=2 amount=20;promotion benefit=buy_x_get_y value=100"
						  ";component items=1;component items=2");

	ok(units.full == 0 && units.missing_gift == 1 && counts("0/0"), "B is missing");
	units =
		get("line item=1 quantity=2 amount=20;line item=2 amount=1;promotion benefit=buy_x_get_y value=100"
			";component items=1;component items=2 pieces=3");
	ok(units.full == 0 && units.missing_gift == 2 && counts("0/0 0/0"), "two of three B");
	units = get(
		"line item=2 amount=20;promotion benefit=buy_x_get_y value=100;component items=1;component items=2");
	ok(units.missing_gift == 0 && counts("0/0"), "without A no B is missing");
	units = get("line quantity=5 amount=50" BUY_2_GET_1 " times=1" OF_ALL);
	ok(units.missing_gift == 0 && counts("3/1"), "nor where no more is given");
	units = get("line quantity=4 amount=40" BUY_2_GET_1 OF_ALL);
	ok(units.missing_gift == 0 && counts("3/1"), "nor where one is to be bought first");
}

static void
test_gifts(void)
{
	CartUnits units;

	text_work(&text, &work,
			  "line item=9 quantity=3 amount=10;line item=9 amount=2;line item=1 amount=1"
			  ";promotion benefit=free_product items=9");
	units = loyalty_cart_units_gift(&work, &text.promotions[0], 2);
	ok(units.groups == 2 && units.gain == 5330 && units.missing_gift == 0 && work.gifts == 2 &&
		   work.gift_left == 5330,
	   "the cheapest are given: 2.00 and 3.33");
	text.promotions[0].favour_customer = true;
	units = loyalty_cart_units_gift(&work, &text.promotions[0], 2);
	ok(units.gain == 6670 && work.lines[0].gift_price == 6670, "in favour of the customer 3.34 and 3.33");
	units = loyalty_cart_units_gift(&work, &text.promotions[0], 7);
	ok(units.groups == 4 && units.missing_gift == 3, "seven: three are not in the cart");
	loyalty_cart_units_clear(&work);
	ok(work.gifts == 0 && work.gift_left == 0 && work.gift_price == 0 && counts("0/0 0/0 0/0"),
	   "the next promotion has its own");
}

static CartUnits
each(const char *cart)
{
	CartText *read = &text;

	text_work(read, &work, cart);
	return loyalty_cart_units_each(&work, &read->promotions[0], read->promotions[0].value);
}

static void
test_each(void)
{
	CartUnits units =
		each("line quantity=3 amount=10;line amount=2;promotion benefit=fixed_per_unit value=3");

	ok(units.groups == 4 && units.gain == 11000 && work.lines[1].weight == 2000 && counts("3/0 1/0"),
	   "3.00 off each, 2.00 off what costs 2.00");
	units = each("line quantity=3 amount=10;line amount=2;promotion benefit=price value=3.33");
	ok(units.groups == 1 && units.gain == 10 && counts("1/0 0/0"), "only the piece of 3.34 costs more");
	units = each("line quantity=3 amount=10;line amount=20;promotion benefit=price value=3 times=2");
	ok(units.groups == 2 && units.gain == 660 && counts("2/0 0/0"), "two of them, from the cheapest on");
	units = each(
		"line quantity=3 amount=10;line amount=20;promotion benefit=price value=3 times=2 favour_customer");
	ok(units.groups == 2 && units.gain == 17340 && counts("1/0 1/0"), "or from the dearest on");
	units = each("line quantity=3 amount=10;promotion benefit=price value=4");
	ok(units.groups == 0 && units.gain == 0 && units.full == 3 && counts("0/0"), "cheaper already");
	units = each("line quantity=1.5 amount=10;promotion benefit=price value=4");
	ok(units.has_items && units.has_fraction && units.free_pieces == 0 && counts("0/0"), "no pieces");
	units = each("line item=1 amount=10;promotion benefit=price value=4 items=2");
	ok(!units.has_items && counts("0/0"), "no such item");
}

int
main(void)
{
	plan(31);
	test_get();
	test_roles();
	test_missing();
	test_gifts();
	test_each();
	return tap_exit();
}
