/*
 * allocation_rules_test.c: rounding once, caps, the largest remainder and its ties, and the pieces of an amount.
 */
#include "incentive/cart/allocation_rules.h"
#include "tap.h"

#define CENT 10

/* Splits over up to four weights and compares the shares. */
static bool
splits(int64_t discount, int64_t step, int count, const int64_t *weights, const int64_t *shares)
{
	ReturnedPart parts[4];
	bool same = true;
	int i;

	/* The last line first: the split puts them in order. */
	for (i = 0; i < count; i++)
		parts[count - 1 - i] = loyalty_allocation_part(i, 0, weights[i]);
	loyalty_allocation_split(parts, count, discount, step);
	for (i = 0; i < count; i++)
		same &= parts[i].line_no == i && parts[i].now == shares[i];
	return same;
}

static void
test_split(void)
{
	ok(splits(10000, CENT, 3, (int64_t[]){ 100000, 100000, 100000 }, (int64_t[]){ 3340, 3330, 3330 }),
	   "of equal remainders the lower line has the cent");
	ok(splits(10000, CENT, 2, (int64_t[]){ 35000, 20000 }, (int64_t[]){ 6360, 3640 }),
	   "6.3636 and 3.6363: the larger remainder has the cent");
	ok(splits(50, CENT, 3, (int64_t[]){ 10, 20, 30 }, (int64_t[]){ 10, 20, 20 }), "steps, not thousandths");
	ok(splits(60, CENT, 3, (int64_t[]){ 10, 20, 30 }, (int64_t[]){ 10, 20, 30 }), "all of it");
	ok(splits(0, CENT, 2, (int64_t[]){ 10, 20 }, (int64_t[]){ 0, 0 }), "nothing");
	ok(splits(0, CENT, 2, (int64_t[]){ 0, 0 }, (int64_t[]){ 0, 0 }), "of nothing");
	ok(splits(10, CENT, 3, (int64_t[]){ 0, 10, 0 }, (int64_t[]){ 0, 10, 0 }),
	   "what weighs nothing has nothing");
	ok(splits(100000, 1000, 3, (int64_t[]){ 333000, 333000, 333000 }, (int64_t[]){ 34000, 33000, 33000 }),
	   "a currency without cents");
	ok(splits(INT64_C(999999999999999990), CENT, 2,
			  (int64_t[]){ INT64_C(499999999999999995) * 1, INT64_C(499999999999999995) },
			  (int64_t[]){ INT64_C(499999999999999995), INT64_C(499999999999999995) }),
	   "as much as there can be");
}

static void
test_rounding(void)
{
	ok(loyalty_allocation_percent(18900, 15000, CENT, ROUNDING_HALF_UP) == 2840, "2.835 is 2.84");
	ok(loyalty_allocation_percent(18900, 15000, CENT, ROUNDING_HALF_DOWN) == 2830, "half down it is 2.83");
	ok(loyalty_allocation_percent(18900, 15000, CENT, ROUNDING_HALF_EVEN) == 2840, "half even it is 2.84");
	ok(loyalty_allocation_percent(18700, 15000, CENT, ROUNDING_HALF_EVEN) == 2800, "2.805 is 2.80 then");
	ok(loyalty_allocation_percent(18910, 15000, CENT, ROUNDING_FLOOR) == 2830, "down");
	ok(loyalty_allocation_percent(18810, 15000, CENT, ROUNDING_CEILING) == 2830, "up: 2.8215");
	ok(loyalty_allocation_percent(12340, 100000, CENT, ROUNDING_HALF_UP) == 12340, "all of it");
	ok(loyalty_allocation_percent(0, 10000, CENT, ROUNDING_CEILING) == 0, "of nothing");
	ok(loyalty_allocation_capped(10, 20, 30) == 10 && loyalty_allocation_capped(10, 9, 30) == 9 &&
		   loyalty_allocation_capped(10, 20, 8) == 8,
	   "the least of three");
	ok(loyalty_allocation_capped(10, 20, -8) == 0, "never below nothing");
}

static void
test_pieces(void)
{
	CartPieces split = loyalty_allocation_pieces(10000, 3, CENT);

	ok(split.price == 3330 && split.cheaper == 2 && split.dearer == 1, "3.33, 3.33, 3.34");
	split = loyalty_allocation_pieces(90000, 3, CENT);
	ok(split.price == 30000 && split.cheaper == 3 && split.dearer == 0, "30.00 each");
	split = loyalty_allocation_pieces(20, 3, CENT);
	ok(split.price == 0 && split.cheaper == 1 && split.dearer == 2, "two cents for three pieces");
	split = loyalty_allocation_pieces(20, 0, CENT);
	ok(split.cheaper == 0 && split.dearer == 0, "no pieces");
	ok(loyalty_allocation_taken(10000, 3, CENT, 1, false) == 3330 &&
		   loyalty_allocation_taken(10000, 3, CENT, 2, false) == 6660 &&
		   loyalty_allocation_taken(10000, 3, CENT, 3, false) == 10000,
	   "the cheapest of them");
	ok(loyalty_allocation_taken(10000, 3, CENT, 1, true) == 3340 &&
		   loyalty_allocation_taken(10000, 3, CENT, 2, true) == 6670 &&
		   loyalty_allocation_taken(10000, 3, CENT, 3, true) == 10000,
	   "the dearest of them");
	ok(loyalty_allocation_taken(20, 3, CENT, 1, true) == 10 &&
		   loyalty_allocation_taken(20, 3, CENT, 2, false) == 10,
	   "fewer than there are of these");
}

static void
test_points(void)
{
	ProgramRules program = { .points_per_unit = 1500000, .rounding = ROUNDING_HALF_UP };
	ReturnedPart parts[3] = { loyalty_allocation_part(0, 0, 100), loyalty_allocation_part(1, 0, 100),
							  loyalty_allocation_part(2, 0, 100) };
	int64_t points;

	loyalty_allocation_points(parts, 3, 100000, 1000);
	ok(parts[0].now == 33000 && parts[1].now == 34000 && parts[2].now == 33000, "33.3, 66.7 and 100 in all");
	parts[0].points = parts[1].points = parts[2].points = 0;
	loyalty_allocation_points(parts, 3, 5000, 1000);
	ok(parts[0].now == 5000 && parts[1].now == 0 && parts[2].now == 0, "nothing weighs as its first line");
	ok(loyalty_allocation_multiplied(&program, 20000, 2000, &points) && points == 30000,
	   "doubled: as many again");
	ok(loyalty_allocation_multiplied(&program, 20000, 1500, &points) && points == 15000,
	   "half as many again");
	ok(loyalty_allocation_multiplied(&program, 300, 2000, &points) && points == 0 &&
		   loyalty_allocation_multiplied(&program, 334, 2000, &points) && points == 1000,
	   "0.45 of a point is none, 0.501 is one");
	ok(loyalty_allocation_multiplied(&program, 20000, 1000, &points) && points == 0 &&
		   loyalty_allocation_multiplied(&program, 0, 2000, &points) && points == 0 &&
		   loyalty_allocation_multiplied(&program, -5, 2000, &points) && points == 0,
	   "nothing more, or of nothing");
	program.rounding = ROUNDING_CEILING;
	ok(loyalty_allocation_multiplied(&program, 1, 1001, &points) && points == 1000,
	   "up: a point for a thousandth of the currency");
	program.points_per_unit = INT64_C(1000000) * RATE_SCALE;
	ok(loyalty_allocation_multiplied(&program, INT64_C(100000000000), 1000000, &points) == false &&
		   loyalty_allocation_multiplied(&program, INT64_C(100000000), 1001, &points) &&
		   points == INT64_C(100000000000),
	   "more than a column of points holds is refused");
}

int
main(void)
{
	plan(34);
	test_split();
	test_rounding();
	test_pieces();
	test_points();
	return tap_exit();
}
