/*
 * cart_rules_test.c: the worked carts of docs/cart.md, by their numbers, and every obstacle, phase and way to stack.
 *
 * What a cart gets is written as a text: for each promotion the discount of each line, or its obstacle; "|" stands between
 * promotions. With --read it is a program instead: it reads carts from its input, each ended by a line of a dot, and prints
 * what they get, for test/t/260_carts.pl.
 */
#include "bill/return_rules.h"
#include "cart_text.h"
#include "tap.h"

static CartText text;

/* Writes an amount with two decimals, or with three where it has them. */
static int
write_amount(char *to, int64_t amount)
{
	const char *sign = amount < 0 ? "-" : "";

	amount = amount < 0 ? -amount : amount;
	if (amount % 10 == 0)
		return sprintf(to, "%s%" PRId64 ".%02d", sign, amount / 1000, (int) (amount % 1000 / 10));
	return sprintf(to, "%s%" PRId64 ".%03d", sign, amount / 1000, (int) (amount % 1000));
}

static int64_t
share_of(int promotion, int line, bool points)
{
	int64_t sum = 0;
	int i;

	for (i = 0; i < text.share_count; i++)
		if (text.shares[i].promotion == promotion && text.shares[i].line == line)
			sum += points ? text.shares[i].points : text.shares[i].discount;
	return sum;
}

/* Writes what became of a promotion. */
static char *
write_verdict(char *to, int promotion)
{
	const CartVerdict *verdict = &text.verdicts[promotion];
	bool points = verdict->points > 0;
	int i;

	if (verdict->obstacle != CART_FINE)
		return to + sprintf(to, "%s", loyalty_cart_obstacle_names[verdict->obstacle]);
	for (i = 0; i < text.cart.line_count; i++)
	{
		if (i > 0)
			*to++ = ' ';
		to += write_amount(to, share_of(promotion, i, points));
	}
	return to + sprintf(to, "%s", points ? " points" : "");
}

static void
evaluate(const char *cart)
{
	text_free(&text);
	text_read(&text, cart);
	text_evaluate(&text);
}

/* Evaluates a cart and compares what it gets. */
static void
gets(const char *name, const char *cart, const char *wanted)
{
	char got[4096];
	char *to = got;
	int i;

	evaluate(cart);
	for (i = 0; i < text.promotion_count; i++)
	{
		if (i > 0)
			to += sprintf(to, " | ");
		to = write_verdict(to, i);
	}
	if (!ok(strcmp(got, wanted) == 0, name))
		printf("# got:    %s\n# wanted: %s\n", got, wanted);
}

/* What failed of the first promotion, in thousandths or millionths. */
static bool
failed(CartObstacle obstacle, int64_t required, int64_t actual, int64_t missing)
{
	const CartVerdict *verdict = &text.verdicts[0];

	if (verdict->obstacle == obstacle && verdict->required == required && verdict->actual == actual &&
		verdict->missing_step == missing)
		return true;
	printf("# got: %s, required %" PRId64 ", actual %" PRId64 ", missing %" PRId64 "\n",
		   loyalty_cart_obstacle_names[verdict->obstacle], verdict->required, verdict->actual,
		   verdict->missing_step);
	return false;
}

#define TEN_PERCENT_OVER_100 ";promotion benefit=percent value=10 phase=bill minimum=100 more_than"
#define BUY_2_GET_1 ";promotion benefit=buy_x_get_y value=100 times=10;component pieces=2;component pieces=1"
#define MUG ";promotion benefit=free_product value=1 items=9 minimum=50"
#define STEPS \
	";promotion benefit=percent phase=bill;measure type=amount;step from=100 value=10;step from=200 value=15"

static void
test_amounts(void)
{
	gets("1: more than 100", "line amount=60;line amount=45" TEN_PERCENT_OVER_100, "6.00 4.50");
	gets("2: exactly 100 is not more", "line amount=60;line amount=40" TEN_PERCENT_OVER_100, "condition");
	ok(failed(CART_CONDITION, 100000, 100000, 10) && text.verdicts[0].more_than &&
		   text.verdicts[0].failed == NULL,
	   "2: required > 100, actual 100, a cent is missing");
	gets("2: with >=",
		 "line amount=60;line amount=40;promotion benefit=percent value=10 phase=bill minimum=100",
		 "6.00 4.00");
	gets("3: the lower line has the cent",
		 "line amount=100;line amount=100;line amount=100;promotion benefit=fixed value=10 phase=bill",
		 "3.34 3.33 3.33");
	gets("5: half up", "line amount=18.90;promotion benefit=percent value=15 phase=bill", "2.84");
	gets("6: all of it",
		 "line amount=5.60;line amount=8.92;line amount=44.91;line amount=217.26;line amount=2400"
		 ";promotion benefit=percent value=100 phase=bill",
		 "5.60 8.92 44.91 217.26 2400.00");
	gets("7: never below zero",
		 "line item=1 amount=80;line item=2 amount=40;promotion benefit=percent value=100 items=1"
		 ";promotion benefit=fixed value=500 phase=bill",
		 "80.00 0.00 | 0.00 40.00");
	ok(text.verdicts[1].offered == 500000 && text.verdicts[1].discount == 40000, "7: offered 500, given 40");
	gets("8: lines before the bill",
		 "line item=1 amount=100;line item=2 amount=20;promotion benefit=percent value=10 items=1"
		 ";promotion benefit=percent value=10 phase=bill minimum=99 more_than",
		 "10.00 0.00 | 9.00 2.00");
	gets("25: of a currency without cents",
		 "cart step=1;line amount=333;line amount=333;line amount=333"
		 ";promotion benefit=percent value=10 phase=bill",
		 "34.00 33.00 33.00");
	gets("30: capped",
		 "line amount=70;line amount=30;promotion benefit=percent value=20 phase=bill maximum=15",
		 "10.50 4.50");
	gets("34: no more than the bill",
		 "cart customer;line amount=80"
		 ";promotion benefit=fixed value=100 phase=bill keyed has_key uses=1 only_customers",
		 "80.00");
}

static void
test_pieces(void)
{
	gets("10: buy 2 get 1, of one line", "line quantity=3 amount=90" BUY_2_GET_1, "30.00");
	ok(text.shares[0].pieces == 3 && text.verdicts[0].groups == 1, "10: three pieces are one group");
	gets(
		"11: the cheapest are free",
		"line amount=90;line amount=60;line amount=30;line amount=30;line amount=20;line amount=10" BUY_2_GET_1,
		"11.25 7.50 3.75 3.75 2.50 1.25");
	gets("11 in favour of the customer: 30 and 10 are free",
		 "line amount=90;line amount=60;line amount=30;line amount=30;line amount=20;line amount=10"
		 ";promotion benefit=buy_x_get_y value=100 favour_customer no_spread"
		 ";component pieces=2;component pieces=1",
		 "0.00 0.00 30.00 0.00 0.00 10.00");
	gets("13: seven pieces are two groups",
		 "line amount=50;line amount=40;line amount=30;line amount=20;line amount=15;line amount=10"
		 ";line amount=5" BUY_2_GET_1,
		 "0.00 5.00 3.75 2.50 1.88 1.25 0.62");
	gets("15: 2 pieces", "line quantity=2 amount=20" BUY_2_GET_1, "gift");
	ok(text.verdicts[0].missing_gift == 1 && failed(CART_GIFT, 3 * CART_PIECE, 2 * CART_PIECE, 0),
	   "15: one more would be free");
	gets("15: 4 pieces", "line quantity=4 amount=40" BUY_2_GET_1, "10.00");
	ok(text.verdicts[0].missing_gift == 0, "15: the fourth is no group");
	gets("15: 5 pieces", "line quantity=5 amount=50" BUY_2_GET_1, "10.00");
	ok(text.verdicts[0].missing_gift == 1, "15: a sixth would be free");
	gets("15: 6 pieces", "line quantity=6 amount=60" BUY_2_GET_1, "20.00");
	gets("16: the rest of a price is on the last pieces", "line quantity=3 amount=10" BUY_2_GET_1, "3.33");
	gets("17: buy A get B at half its price",
		 "line item=1 amount=40;line item=2 amount=25;promotion benefit=buy_x_get_y value=50"
		 ";component items=1;component items=2",
		 "7.69 4.81");
	gets("17 without spread",
		 "line item=1 amount=40;line item=2 amount=25;promotion benefit=buy_x_get_y value=50 no_spread"
		 ";component items=1;component items=2",
		 "0.00 12.50");
	gets("18: shirt and tie",
		 "line item=1 amount=35;line item=2 amount=20;promotion benefit=bundle_price value=45"
		 ";component items=1;component items=2",
		 "6.36 3.64");
	gets("31: weighed goods are no pieces, and have their percentage",
		 "line quantity=1.25 amount=10" BUY_2_GET_1 ";promotion benefit=percent value=10 phase=bill",
		 "not_pieces | 1.00");
	gets("31: with a piece beside them, it is pieces that are missing",
		 "line quantity=1.25 amount=10;line amount=10" BUY_2_GET_1, "pieces");
	gets("32: no piece has more than its price",
		 "line quantity=3 amount=4.50;promotion benefit=fixed_per_unit value=2", "4.50");
}

static void
test_gifts_and_steps(void)
{
	gets("21: the mug does not help", "line item=1 amount=45;line item=9 amount=12" MUG, "condition");
	ok(failed(CART_CONDITION, 50000, 45000, 5000) && !text.verdicts[0].more_than,
	   "21: required >= 50, actual 45");
	gets("22: a free mug is spread", "line item=1 amount=55;line item=9 amount=12" MUG, "9.85 2.15");
	gets("22 without the mug", "line item=1 amount=55" MUG, "gift");
	ok(text.verdicts[0].missing_gift == 1 && text.verdicts[0].gift->node_ids[0] == 9, "22: missing: mug");
	gets("22 with two mugs: the second one helps as any other",
		 "line item=1 amount=38;line item=9 quantity=2 amount=24" MUG " no_spread", "0.00 12.00");
	gets("23: 10 % from 100", "line amount=150;line amount=49.99" STEPS, "15.00 5.00");
	ok(text.verdicts[0].missing_step == 10 && text.verdicts[0].next_value == 15000 &&
		   text.verdicts[0].value == 10000,
	   "23: a cent is missing for 15 %");
	gets("24: 15 % from 200", "line amount=150;line amount=50" STEPS, "22.50 7.50");
	ok(text.verdicts[0].missing_step == 0 && text.verdicts[0].next_value == 0, "24: nothing is missing");
	gets("below the first step", "line amount=99" STEPS, "condition");
	ok(failed(CART_CONDITION, 100000, 99000, 1000) && text.verdicts[0].next_value == 10000 &&
		   text.verdicts[0].failed == text.promotions[0].measure,
	   "and what is missing");
	gets("by price a gift is left out at its price, whatever came off it before",
		 "line item=9 amount=10;line item=1 amount=20;promotion benefit=fixed value=4 items=9 priority=1"
		 ";promotion benefit=free_product value=1 items=9 gross minimum=20.01",
		 "4.00 0.00 | condition");
	gets("steps of a gift: each is measured without its own gifts",
		 "line item=1 amount=90;line item=9 quantity=2 amount=20"
		 ";promotion benefit=free_product items=9 no_spread;measure type=amount"
		 ";step from=50 value=1;step from=100 value=2",
		 "0.00 10.00");
	ok(text.verdicts[0].missing_step == 10000 && text.verdicts[0].next_value == 2,
	   "two mugs need 10.00 more without them");
}

static void
test_stacking(void)
{
#define A ";promotion benefit=percent value=10 phase=bill priority="
#define B ";promotion benefit=percent value=20 phase=bill priority="
	gets("27: not alone", "line amount=100" A "1" B "2 stacking=alone", "10.00 | not_alone");
	gets("27: nor beside one of a line",
		 "line item=1 amount=100;promotion benefit=percent value=10 items=1" B "1 stacking=alone",
		 "10.00 | not_alone");
	gets("27 with priorities swapped", "line amount=100" A "2" B "1 stacking=alone", "stopped | 20.00");
	gets("29: of what is left", "line amount=100" A "1" B "2", "10.00 | 18.00");
	gets("29: of the price", "line amount=100" A "1 gross" B "2 gross", "10.00 | 20.00");
	gets("stop: nothing comes after it", "line amount=100" A "1 stacking=stop" B "2", "10.00 | stopped");
	gets("stop stops only where it applied", "line amount=100" A "1 stacking=stop minimum=101" B "2",
		 "condition | 20.00");
	gets("a key comes before what is automatic", "line amount=100" A "1" B "1 keyed has_key", "8.00 | 20.00");
	gets("the lower id comes first", "line amount=100" A "1 id=7" B "1 id=3", "8.00 | 20.00");
	gets("a group: the one that gives most", "line amount=100" A "1 group=5" B "2 group=5", "group | 20.00");
	ok(text.verdicts[0].required == 20000 && text.verdicts[0].actual == 10000 &&
		   text.verdicts[0].discount == 0,
	   "and by how much it lost");
	gets("a group: the first of equal ones", "line amount=100" A "1 group=5" A "2 group=5", "10.00 | group");
	gets("a group of what counts pieces: the first one wins, and its pieces are those that count",
		 "line item=1 amount=30;line item=2 amount=20;promotion benefit=price value=1 items=1 group=5"
		 ";promotion benefit=price value=1 items=2 group=5;promotion benefit=price value=2 items=2",
		 "29.00 0.00 | group | 0.00 18.00");
	gets("two groups", "line amount=100" A "1 group=5" B "2 group=5" A "3 group=6" B "4 group=6",
		 "group | 20.00 | group | 16.00");
	gets("a group: what cannot apply does not win",
		 "line amount=100" A "1 group=5" B "2 group=5 minimum=101" A "0 group=6 maximum=1",
		 "9.90 | condition | 1.00");
	gets("a group ends with what applied in an earlier phase",
		 "line item=1 amount=100;promotion benefit=percent value=1 items=1 group=5" B "1 group=5",
		 "1.00 | group");
	gets("the bill first: lines have none",
		 "cart bill_first;line item=1 amount=100;promotion benefit=percent value=10 items=1" B "1",
		 "bill_applied | 20.00");
	gets("the bill first, and none of it applies",
		 "cart bill_first;line item=1 amount=100;promotion benefit=percent value=10 items=1" B
		 "1 minimum=101",
		 "10.00 | condition");
	gets("nothing is left",
		 "line amount=100" B "1 rounding=floor;promotion benefit=fixed value=80 phase=bill" A "200",
		 "20.00 | 80.00 | nothing_to_take");
#undef A
#undef B
}

/* Asks for the obstacle of a promotion that would give 10 %. */
static void
stands_against(const char *obstacle, const char *cart, const char *promotion)
{
	char all[1024];

	snprintf(all, sizeof(all),
			 "cart step=0.01 %s;line item=1 in=7 amount=100;promotion benefit=percent value=10 %s", cart,
			 promotion);
	gets(*obstacle == '\0' ? promotion : obstacle, all, *obstacle == '\0' ? "10.00" : obstacle);
}

static void
test_obstacles(void)
{
	stands_against("not_begun", "at=9", "starts=10");
	stands_against("", "at=10", "starts=10");
	stands_against("expired", "at=20", "ends=20");
	stands_against("", "at=19", "ends=20");
	stands_against("late", "at=19 recorded=30 late=10", "ends=20");
	stands_against("", "at=19 recorded=29 late=10", "ends=20");
	stands_against("", "at=10 recorded=19 late=1", "ends=20");
	stands_against("late", "at=10 recorded=20 late=9", "ends=20");
	stands_against("not_begun", "at=9 recorded=30 late=1", "starts=10 ends=20");
	stands_against("expired", "at=20 recorded=30 late=1", "ends=20");
	stands_against("", "at=10 recorded=99 late=1", "starts=10");
	stands_against("weekday", "weekday=1", "weekdays=1");
	stands_against("hours", "minute=600", "from=601 to=700");
	stands_against("store", "store=3", "stores=1,2");
	stands_against("needs_customer", "", "only_customers");
	stands_against("", "customer", "only_customers");
	stands_against("customer", "customer", "others");
	stands_against("key", "", "keyed");
	stands_against("used_up", "", "uses=0");
	ok(failed(CART_USED_UP, 1, 0, 0), "one use is asked for, none is left");
	stands_against("condition", "", "minimum=100.01");
	stands_against("no_item", "", "items=2");
	stands_against("", "", "items=2,7");
	stands_against("late", "at=19 recorded=30 late=10 store=3 weekday=1",
				   "ends=20 weekdays=1 stores=1 others");
	stands_against("weekday", "weekday=1 minute=600 store=3",
				   "weekdays=1 from=601 to=700 stores=1 only_customers");
	stands_against("hours", "minute=600 store=3", "from=601 to=700 stores=1 only_customers");
	stands_against("store", "store=3", "stores=1 only_customers others keyed uses=0");
	stands_against("needs_customer", "", "only_customers others keyed uses=0 minimum=200");
	stands_against("customer", "", "others keyed uses=0 minimum=200");
	stands_against("key", "", "keyed uses=0 minimum=200");
	stands_against("used_up", "", "uses=0 minimum=200");
	stands_against("condition", "", "minimum=200 items=2");
	gets("a condition is said before what stopped it",
		 "line amount=100;promotion benefit=percent value=10 phase=bill stacking=stop"
		 ";promotion benefit=percent value=10 phase=bill minimum=200",
		 "10.00 | condition");
}

static void
test_lines_below_zero(void)
{
#define REBATE "line item=1 amount=100;line item=1 amount=-20"
	gets("a rebate lowers the bill", REBATE ";promotion benefit=percent value=10 phase=bill", "8.00 0.00");
	gets("and what a bill must be",
		 REBATE ";promotion benefit=percent value=10 phase=bill minimum=80 more_than", "condition");
	gets("it is of no item", REBATE ";promotion benefit=percent value=10 items=1", "10.00 0.00");
	gets("no more is taken off than is left of the bill",
		 REBATE ";promotion benefit=percent value=100 items=1", "80.00 0.00");
	gets("a bill below zero gets nothing",
		 "line amount=-20;line amount=5;promotion benefit=percent value=10 phase=bill"
		 ";promotion benefit=fixed value=1 phase=bill",
		 "nothing_to_take | nothing_to_take");
	gets("nor does an empty one", "promotion benefit=percent value=10 phase=bill", "no_item");
	gets("a line of quantity zero has no pieces, and its percentage",
		 "line quantity=0 amount=10;promotion benefit=fixed_per_unit value=1"
		 ";promotion benefit=percent value=10",
		 "pieces | 1.00");
#undef REBATE
}

static void
test_points(void)
{
#define PROGRAM "cart rate=1.5 decimals=0 points=half_up"
	gets("points are rounded once, and follow what was paid",
		 PROGRAM ";line item=1 amount=10;line item=1 amount=11"
				 ";promotion benefit=fixed value=1 phase=bill;promotion benefit=points_multiplier value=1.5",
		 "0.48 0.52 | 7.00 8.00 points");
	gets("bonus points are split over the lines",
		 PROGRAM ";line item=1 amount=30;line item=2 amount=10;promotion benefit=bonus_points value=101",
		 "76.00 25.00 points");
	gets("of one item",
		 PROGRAM
		 ";line item=1 amount=30;line item=2 amount=10"
		 ";promotion benefit=bonus_points value=101 items=2;promotion benefit=bonus_points value=5 items=3",
		 "0.00 101.00 points | no_item");
	gets("points for nothing",
		 PROGRAM ";line item=1 amount=0;line item=1 amount=0"
				 ";promotion benefit=bonus_points value=3;promotion benefit=points_multiplier value=2",
		 "3.00 0.00 points | nothing_to_take");
	gets("no program, no points", "line amount=30;promotion benefit=bonus_points value=3", "nothing_to_take");
	gets("points come last, and stack as all do",
		 PROGRAM ";line amount=30;promotion benefit=bonus_points value=3 priority=1 stacking=alone"
				 ";promotion benefit=percent value=10 phase=bill",
		 "not_alone | 3.00");
#undef PROGRAM
}

/* 44: the last day of March in Berlin ends at 22:00:00Z. */
static void
test_last_day(void)
{
	const int64_t second = 1000000;
	const int64_t end = INT64_C(796773600) * second; /* since 2000: 2025-03-31 22:00:00Z */
	CartLine line = { .quantity = CART_PIECE, .amount = 100000 };
	Cart cart = { .bill = { .step = 10 }, .line_count = 1, .lines = &line };
	CartPromotion promotion;
	CartVerdict verdict;
	void *memory;

	text_read(&text, "promotion benefit=percent value=10 phase=bill");
	promotion = text.promotions[0];
	promotion.terms.ends_at = end;
	memory = malloc(loyalty_cart_bytes(&cart, 1));
	cart.late = 72 * 3600 * second;
	cart.bill.at = cart.recorded_at = end - second;
	loyalty_cart_evaluate(&cart, &promotion, 1, memory, &verdict, text_note, &text);
	ok(verdict.discount == 10000, "44: a sale at 21:59:59Z gets it");
	cart.recorded_at = end + 2 * 3600 * second;
	loyalty_cart_evaluate(&cart, &promotion, 1, memory, &verdict, text_note, &text);
	ok(verdict.discount == 10000, "44: also when it is uploaded two hours later");
	cart.bill.at = end;
	loyalty_cart_evaluate(&cart, &promotion, 1, memory, &verdict, text_note, &text);
	ok(verdict.obstacle == CART_EXPIRED, "44: one at 22:00:00Z does not");
	free(memory);
}

/* Returns lines of a bill of net amounts one by one, a piece each; returns what each brought back. */
static void
return_pieces(ReturnLine *lines, int count, const int32_t *line_nos, int returns, int64_t *amounts)
{
	BillReturn bill = { .line_count = count, .lines = lines };
	int i;
	int j;

	for (i = 0; i < count; i++)
		bill.amount += lines[i].amount;
	for (i = 0; i < returns; i++)
	{
		AskedLine asked = { .line_no = line_nos[i], .quantity = CART_PIECE };
		int32_t line;

		loyalty_return_lines(&bill, &asked, 1, &line);
		amounts[i] = bill.amount_now;
		bill.amount_back += bill.amount_now;
		bill.kind_back = RETURN_LINES;
		for (j = 0; j < count; j++)
		{
			lines[j].quantity_back += lines[j].quantity_now;
			lines[j].amount_back += lines[j].amount_now;
			lines[j].times_back += lines[j].named;
			lines[j].named = false;
			lines[j].quantity_now = lines[j].amount_now = 0;
		}
	}
}

/* Lines carry net amounts, so that shares come back by the rule of returns. */
static void
test_returns(void)
{
	ReturnLine one = { .line_no = 1, .quantity = 3 * CART_PIECE };
	ReturnLine three[3];
	const int32_t same[] = { 1, 1, 1 };
	const int32_t others[] = { 2, 1, 3 };
	int64_t amounts[3];
	int i;

	evaluate("line quantity=3 amount=90" BUY_2_GET_1);
	one.amount = 90000 - share_of(0, 0, false);
	return_pieces(&one, 1, same, 3, amounts);
	ok(amounts[0] == 20000 && amounts[1] == 20000 && amounts[2] == 20000,
	   "35: pieces of a group come back at what each cost: 20.00");
	evaluate("line amount=100;line amount=100;line amount=100;promotion benefit=fixed value=10 phase=bill");
	for (i = 0; i < 3; i++)
		three[i] = (ReturnLine){ .line_no = i + 1,
								 .quantity = CART_PIECE,
								 .amount = 100000 - share_of(0, i, false) };
	return_pieces(three, 3, others, 3, amounts);
	ok(amounts[0] == 96670 && amounts[1] == 96660 && amounts[2] == 96670,
	   "37: lines come back at 96.67, 96.66 and 96.67, 290.00 in all");
}

static void
test_bounds(void)
{
	gets("a line of 10^11 pieces costs no more work than one of three",
		 "line quantity=100000000000 amount=1000000000000.00" BUY_2_GET_1, "100.00");
	ok(text.looked_at < 100, "nobody counts its pieces");
	gets("without a bound of times",
		 "line quantity=100000000000 amount=1000000000000.00"
		 ";promotion benefit=buy_x_get_y value=100 favour_customer;component pieces=2;component pieces=1",
		 "333333333330.00");
	ok(text.looked_at < 100, "nor its groups");
}

#define MANY 10000

/* A cart of 10,000 items. */
static void
fill_lines(Cart *cart, CartLine *lines, int32_t *categories)
{
	int i;

	for (i = 0; i < MANY; i++)
	{
		categories[i] = MANY + 1 + i / 10;
		lines[i] = (CartLine){ .item_id = i + 1,
							   .category_count = 1,
							   .category_ids = &categories[i],
							   .quantity = 3 * CART_PIECE,
							   .amount = 3000 + i * 10 };
	}
	*cart = (Cart){ .bill = { .step = 10 }, .line_count = MANY, .lines = lines };
}

/* Forgets shares. */
static void
count_shares(void *sink, const CartShare *share)
{
	(void) share;
	++*(int64_t *) sink;
}

/* Evaluates 10,000 promotions alike, but for their items where each has its own; returns how much was looked at. */
static int64_t
work_of(const Cart *cart, const CartPromotion *like, const CartItems *items, CartObstacle obstacle,
		int *others)
{
	CartPromotion *promotions = malloc(MANY * sizeof(CartPromotion));
	CartVerdict *verdicts = malloc(MANY * sizeof(CartVerdict));
	CartComponent *components = malloc(2 * MANY * sizeof(CartComponent));
	void *memory = malloc(loyalty_cart_bytes(cart, MANY));
	int64_t shares = 0;
	int64_t looked_at;
	int i;

	for (i = 0; i < MANY; i++)
	{
		promotions[i] = *like;
		promotions[i].promotion_id = MANY - i;
		if (items == NULL)
			continue;
		promotions[i].items = items[i];
		components[2 * i] = (CartComponent){ items[i], 2 };
		components[2 * i + 1] = (CartComponent){ items[i], 1 };
		promotions[i].components = &components[2 * i];
	}
	looked_at = loyalty_cart_evaluate(cart, promotions, MANY, memory, verdicts, count_shares, &shares);
	*others = 0;
	for (i = 0; i < MANY; i++)
		*others += verdicts[i].obstacle != obstacle;
	free(promotions);
	free(verdicts);
	free(components);
	free(memory);
	return looked_at + shares;
}

/* Work is counted, not timed: a product of lines and promotions would be 10^8. */
static void
test_many(void)
{
	static CartLine lines[MANY];
	static int32_t categories[MANY];
	static int32_t ids[MANY];
	static CartItems items[MANY];
	const int64_t few = 20 * (MANY + MANY);
	CartCondition condition = { .type = CONDITION_AMOUNT, .required = 1 };
	Cart cart;
	CartPromotion promotion;
	int others;
	int i;

	fill_lines(&cart, lines, categories);
	text_read(&text, "promotion benefit=percent value=10");
	promotion = text.promotions[0];
	for (i = 0; i < MANY; i++)
	{
		ids[i] = i + 1;
		items[i] = (CartItems){ 1, &ids[i] };
	}
	ok(work_of(&cart, &promotion, items, CART_FINE, &others) < few && others == 0,
	   "a promotion for each item");
	promotion.benefit = CART_BUY_X_GET_Y;
	promotion.value = PROMOTION_WHOLE_PERCENT;
	promotion.component_count = 2;
	ok(work_of(&cart, &promotion, items, CART_FINE, &others) < few && others == 0,
	   "buy 2 get 1 of each item");
	promotion.benefit = CART_PRICE;
	promotion.component_count = 0;
	promotion.value = 10;
	promotion.stacking_group = 7;
	ok(work_of(&cart, &promotion, items, CART_GROUP, &others) < few && others == 1,
	   "one group of them: the best of 10,000");
	promotion.benefit = CART_PERCENT;
	promotion.phase = CART_BILL_PHASE;
	promotion.value = 10;
	ok(work_of(&cart, &promotion, NULL, CART_GROUP, &others) < few && others == 1,
	   "a group of promotions of the bill");
	promotion.stacking_group = 0;
	promotion.terms.minimum_bill = INT64_C(1000000000000);
	ok(work_of(&cart, &promotion, NULL, CART_CONDITION, &others) < few && others == 0, "none holds");
	promotion.terms.minimum_bill = 0;
	promotion.condition = &condition;
	promotion.stacking = CART_STOP;
	ok(work_of(&cart, &promotion, NULL, CART_STOPPED, &others) < few && others == 1, "one stops all");
	for (i = 0; i < MANY; i++)
		ids[i] = MANY + 1 + i % (MANY / 10);
	promotion.phase = CART_ITEM_PHASE;
	promotion.stacking = CART_STACK;
	promotion.value = 1000;
	ok(work_of(&cart, &promotion, items, CART_FINE, &others) < 5 * few && others == 0,
	   "categories of ten lines, ten promotions each");
}

/* Reads carts from the input and prints what they get. */
static int
read_carts(void)
{
	static char cart[65536];
	char line[8192];

	cart[0] = '\0';
	while (fgets(line, sizeof(line), stdin) != NULL)
	{
		int i;

		if (strcmp(line, ".\n") != 0)
		{
			strncat(cart, line, sizeof(cart) - strlen(cart) - 1);
			continue;
		}
		evaluate(cart);
		cart[0] = '\0';
		for (i = 0; i < text.promotion_count; i++)
		{
			const CartVerdict *v = &text.verdicts[i];

			printf("%d %s %" PRId64 " %" PRId64 " %" PRId64 " %" PRId64 " %" PRId64 " %" PRId64 " %" PRId64
				   " %" PRId64 "\n",
				   i, loyalty_cart_obstacle_names[v->obstacle], v->discount, v->points, v->groups,
				   v->required, v->actual, v->missing_step, v->next_value, v->missing_gift);
		}
		for (i = 0; i < text.share_count; i++)
			printf("share %d %d %" PRId64 " %" PRId64 " %" PRId64 "\n", text.shares[i].promotion,
				   text.shares[i].line, text.shares[i].pieces, text.shares[i].discount,
				   text.shares[i].points);
		printf(".\n");
	}
	return 0;
}

int
main(int argc, char **argv)
{
	if (argc > 1 && strcmp(argv[1], "--read") == 0)
		return read_carts();
	plan(128);
	test_amounts();
	test_pieces();
	test_gifts_and_steps();
	test_stacking();
	test_obstacles();
	test_lines_below_zero();
	test_points();
	test_last_day();
	test_returns();
	test_bounds();
	test_many();
	return tap_exit();
}
