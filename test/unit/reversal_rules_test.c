/*
 * reversal_rules_test.c: which draws get their points back; every way to share whole and tenths of points over four
 * draws.
 */
#include "ledger/spend/reversal_rules.h"
#include "tap.h"

/* Puts points back over draws and answers whether all rules of sharing hold. */
static bool
shares_well(Draw *draws, int count, int64_t points)
{
	int64_t rest = loyalty_draws_put_back(draws, count, points);
	int64_t sum = 0;
	bool fine = true;
	int i;

	for (i = 0; i < count; i++)
	{
		fine &= draws[i].put_back >= 0 && draws[i].put_back <= draws[i].drawn - draws[i].reversed;
		fine &= draws[i].put_back % draws[i].step == 0;
		sum += draws[i].put_back;
	}
	return fine && sum + rest == points;
}

/* Whether some choice of whole steps adds up to the points. */
static bool
can_be_shared(const Draw *draws, int count, int64_t points)
{
	int64_t part;

	if (count == 0)
		return points == 0;
	for (part = 0; part <= draws->drawn - draws->reversed && part <= points; part += draws->step)
		if (can_be_shared(draws + 1, count - 1, points - part))
			return true;
	return false;
}

static void
test_order(void)
{
	Draw draws[] = { { .drawn = 30000, .step = 1000 }, { .drawn = 100000, .reversed = 5000, .step = 1000 } };

	ok(loyalty_draws_left(draws, 2) == 125000, "left is what was drawn and not reversed");
	ok(loyalty_draws_put_back(draws, 2, 40000) == 0, "40 find their lots");
	ok(draws[0].put_back == 30000, "the last draw gets all of its points");
	ok(draws[1].put_back == 10000, "the one before it the rest");
	ok(loyalty_draws_put_back(draws, 2, 125000) == 0, "all find their lots");
	ok(draws[1].put_back == 95000, "less what went back before");
	ok(loyalty_draws_put_back(draws, 2, 126000) == 1000, "one more finds none");
	ok(loyalty_draws_left(draws, 0) == 0, "no draws, nothing left");
}

/* All shares of up to 4 points over draws of whole points and of tenths, mixed. */
static void
test_steps(void)
{
	bool shared = true;
	bool complete = true;
	int a;
	int b;
	int64_t points;

	for (a = 0; a < 16; a++)
		for (b = 0; b < 16; b++)
			for (points = 100; points <= 4000; points += 100)
			{
				Draw draws[] = {
					{ .drawn = 500 * (a % 4), .step = 100 },
					{ .drawn = 1000 * (b % 4), .step = 1000 },
					{ .drawn = 300 * (a / 4), .step = 100 },
					{ .drawn = 1000 * (b / 4), .reversed = b / 4 > 1 ? 1000 : 0, .step = 1000 },
				};
				bool possible = can_be_shared(draws, 4, points);

				shared &= shares_well(draws, 4, points);
				complete &= possible == (loyalty_draws_put_back(draws, 4, points) == 0);
			}
	ok(shared, "each draw gets whole steps, and no more than it has left");
	ok(complete, "points find their lots whenever there is a way");
}

int
main(void)
{
	plan(10);
	test_order();
	test_steps();
	return tap_exit();
}
