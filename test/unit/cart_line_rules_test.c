/*
 * cart_line_rules_test.c: how lines are found by items and categories, and what is left of them and of their pieces.
 */
#include "cart_text.h"
#include "tap.h"

static CartText text;
static CartWork work;

/* Finds lines of these items; the last number is 0. */
static bool
finds(const int32_t *ids, int count, const int32_t *lines)
{
	CartItems items = { .node_count = count, .node_ids = ids };
	int i;

	loyalty_cart_find(&work, &items);
	for (i = 0; i < work.found_count; i++)
		if (work.found[i] != lines[i])
			return false;
	return lines[i] == -1;
}

static void
test_find(void)
{
	const CartItems second = { .node_count = 1, .node_ids = (const int32_t[]){ 2 } };

	text_work(
		&text, &work,
		"line item=1 in=7,8 amount=10;line item=2 in=7 amount=20;line amount=30"
		";line item=1 in=7,8 amount=-5;line item=1 in=7,8 quantity=-1 amount=5;line item=3 in=8,8 amount=1");
	ok(finds((const int32_t[]){ 1 }, 1, (const int32_t[]){ 0, -1 }), "an item; not what takes off");
	ok(finds((const int32_t[]){ 7 }, 1, (const int32_t[]){ 0, 1, -1 }), "a category");
	ok(finds((const int32_t[]){ 2, 8, 1 }, 3, (const int32_t[]){ 1, 0, 5, -1 }), "several: each line once");
	ok(finds((const int32_t[]){ 9 }, 1, (const int32_t[]){ -1 }), "an item that nobody bought");
	ok(finds((const int32_t[]){ 0 }, 1, (const int32_t[]){ -1 }), "an unknown item is of no id");
	ok(finds(NULL, 0, (const int32_t[]){ 0, 1, 2, 5, -1 }), "all lines");
	ok(finds((const int32_t[]){ 1 }, 1, (const int32_t[]){ 0, -1 }), "a search begins anew");
	loyalty_cart_find_more(&work, &second);
	loyalty_cart_find_more(&work, &second);
	ok(work.found_count == 2 && work.found[1] == 1, "and goes on, without what it has");
	ok(work.price == 61000 && work.left == 61000 && work.goods == 4 && work.goods_left == 61000 &&
		   work.quantity == 4 * CART_PIECE,
	   "sums: 10 + 20 + 30 - 5 + 5 + 1, and four pieces");
	free(work.lines);
}

static void
test_pieces(void)
{
	text_work(&text, &work,
			  "line quantity=4 amount=40;line quantity=1.5 amount=9;line quantity=0 amount=9"
			  ";line quantity=-2 amount=9");
	ok(work.lines[0].free_pieces == 4 && work.lines[0].free_left == 40000 && !work.lines[0].has_fraction,
	   "four pieces");
	ok(work.lines[1].free_pieces == 0 && work.lines[1].free_left == 0 && work.lines[1].has_fraction,
	   "a fraction has none");
	ok(work.lines[2].free_pieces == 0 && work.lines[2].is_goods && !work.lines[2].has_fraction,
	   "nor has nothing");
	ok(work.lines[3].free_pieces == 0 && !work.lines[3].is_goods, "nor what was taken back");
	loyalty_cart_take_off(&work, 0, 4000, false);
	ok(work.lines[0].left == 36000 && work.lines[0].free_left == 36000,
	   "a share of a line is one of its pieces");
	loyalty_cart_take_pieces(&work.lines[0], 1, 9000);
	loyalty_cart_take_off(&work, 0, 5000, true);
	ok(work.lines[0].left == 31000 && work.lines[0].free_left == 27000, "counted pieces bear their own");
	loyalty_cart_take_off(&work, 0, 3100, false);
	ok(work.lines[0].left == 27900 && work.lines[0].free_left == 24300, "a later share is split over both");
	loyalty_cart_take_off(&work, 1, 1000, false);
	ok(work.lines[1].left == 8000 && work.lines[1].free_left == 0, "a line without pieces has a share, too");
	ok(work.left == work.price - 13100 && work.goods_left == work.price - 9000 - 13100,
	   "and sums go along: what was taken back is not of the goods");
	free(work.lines);
	text_work(&text, &work, "line quantity=2 amount=20");
	loyalty_cart_take_pieces(&work.lines[0], 1, 10000);
	loyalty_cart_take_off(&work, 0, 10, false);
	ok(work.lines[0].free_left == 10000, "of equal remainders the counted ones have the cent");
	free(work.lines);
}

static void
test_empty(void)
{
	text_work(&text, &work, "cart step=0.01");
	ok(finds((const int32_t[]){ 1 }, 1, (const int32_t[]){ -1 }) && finds(NULL, 0, (const int32_t[]){ -1 }) &&
		   work.left == 0,
	   "an empty cart has nothing");
	free(work.lines);
}

int
main(void)
{
	plan(20);
	test_find();
	test_pieces();
	test_empty();
	return tap_exit();
}
