/*
 * cart_bundle_rules_test.c: groups of components, those that take nothing off, and how many there may be.
 */
#include "cart_text.h"
#include "tap.h"

static CartText text;
static CartWork work;

/* Makes the groups of a bundle; counted pieces of each line are compared, as "1 0 2". */
static bool
makes(const char *cart, int64_t full, int64_t groups, int64_t gain, const char *wanted)
{
	CartUnits units;
	char got[256];
	char *to = got;
	int i;

	text_work(&text, &work, cart);
	units = loyalty_cart_units_bundle(&work, &text.promotions[0], text.promotions[0].value);
	for (i = 0; i < text.cart.line_count; i++)
		to += sprintf(to, "%s%d", i > 0 ? " " : "", (int) work.lines[i].pieces);
	free(work.lines);
	if (units.full == full && units.groups == groups && units.gain == gain && strcmp(got, wanted) == 0)
		return true;
	printf("# got: %d full, %d groups, gain %d, %s\n", (int) units.full, (int) units.groups, (int) units.gain,
		   got);
	return false;
}

#define SHIRT_AND_TIE ";promotion benefit=bundle_price value=45"
#define OF_TWO ";component items=1;component items=2"
#define ANY_3_FOR_50 ";promotion benefit=bundle_price value=50"
#define OF_THREE ";component pieces=3"
#define SHIRTS "line quantity=3 amount=30;line quantity=3 amount=90"

int
main(void)
{
	plan(16);
	ok(makes("line item=1 amount=35;line item=2 amount=20" SHIRT_AND_TIE OF_TWO, 1, 1, 10000, "1 1"),
	   "shirt and tie");
	ok(makes("line item=1 amount=35;line item=3 amount=20" SHIRT_AND_TIE OF_TWO, 0, 0, 0, "0 0"), "no tie");
	ok(makes("line item=1 quantity=3 amount=105;line item=2 amount=30;line item=2 amount=20" SHIRT_AND_TIE
				 OF_TWO,
			 2, 2, 30000, "2 1 1"),
	   "two of three shirts");
	ok(makes("line item=1 amount=35;line item=1 amount=50;line item=2 amount=20" SHIRT_AND_TIE OF_TWO, 1, 1,
			 10000, "1 0 1"),
	   "the cheapest shirt");
	ok(makes("line item=1 amount=35;line item=1 amount=50;line item=2 amount=20" SHIRT_AND_TIE
			 " favour_customer" OF_TWO,
			 1, 1, 25000, "0 1 1"),
	   "the dearest one");
	ok(makes(SHIRTS ANY_3_FOR_50 OF_THREE, 2, 1, 40000, "0 3"), "three for 30.00 stay as they are");
	ok(makes(SHIRTS ANY_3_FOR_50 " times=1" OF_THREE, 2, 1, 40000, "0 3"), "and count for no group");
	ok(makes(SHIRTS ANY_3_FOR_50 " times=1 favour_customer" OF_THREE, 2, 1, 40000, "0 3"),
	   "from the dearest on");
	ok(makes("line quantity=2 amount=20;line quantity=4 amount=120" ANY_3_FOR_50 OF_THREE, 2, 1, 40000,
			 "0 3"),
	   "a group over two lines that costs just 50.00 is none");
	ok(makes("line quantity=2 amount=20;line quantity=4 amount=124" ANY_3_FOR_50 OF_THREE, 2, 2, 44000,
			 "2 4"),
	   "one that costs a little more is one");
	ok(makes("line item=1 in=7 amount=10;line item=2 in=7 amount=5"
			 ";promotion benefit=combo_percent value=10;component items=1;component items=7",
			 1, 1, 15000, "1 1"),
	   "a line serves the first component that names it");
	ok(makes("line item=1 in=7 quantity=2 amount=10;promotion benefit=combo_percent value=10"
			 ";component items=1;component items=7",
			 0, 0, 0, "0"),
	   "and no other one");
	ok(makes("line item=1 amount=0;line item=2 amount=0;promotion benefit=combo_percent value=10" OF_TWO, 1,
			 0, 0, "0 0"),
	   "what costs nothing is no group");
	ok(makes("line item=1 quantity=100000000 amount=300000000;line item=2 quantity=7 amount=10" SHIRT_AND_TIE
			 " times=5" OF_TWO,
			 7, 0, 0, "0 0") &&
		   work.looked_at < 40,
	   "many pieces are passed at once");
	ok(makes(
		   "line quantity=100000000 amount=300000000;promotion benefit=bundle_price value=45 times=1;component",
		   100000000, 0, 0, "0") &&
		   work.looked_at < 40,
	   "also those that are more than may be");
	ok(makes("line item=1 amount=900000000000000;line item=1 quantity=1000000 amount=99000000000000"
			 ";promotion benefit=bundle_price value=1 favour_customer;component items=1 pieces=1000000",
			 1, 1, INT64_C(999000000000000000) - INT64_C(99000000000) - 1000, "1 999999"),
	   "a group of a million pieces, the first of which is dearer than all others");
	return tap_exit();
}
