/*
 * slot_rules_test.c: how many slots a limit has, how it stands in them, and what a change of the maximum leaves.
 */
#include "incentive/limit/slot_rules.h"
#include "tap.h"

static void
test_counts(void)
{
	ok(loyalty_slot_count(1) == 1 && loyalty_slot_count(2) == 2 && loyalty_slot_count(63) == 63,
	   "a small limit has a slot a use");
	ok(loyalty_slot_count(64) == 64 && loyalty_slot_count(65) == 64 && loyalty_slot_count(INT64_MAX) == 64,
	   "a large one has 64");
	ok(loyalty_slot_count(0) == 1, "one of none has one, which is empty");
}

static void
test_split(void)
{
	int64_t remaining[LIMIT_MAX_SLOTS];
	bool sums = true;
	bool even = true;
	int64_t left;

	for (left = 0; left < 1000; left += 7)
	{
		int count;

		for (count = 1; count <= LIMIT_MAX_SLOTS; count++)
		{
			int64_t sum = 0;
			int i;

			loyalty_slot_split(left, count, remaining);
			for (i = 0; i < count; i++)
			{
				sum += remaining[i];
				even = even && remaining[0] - remaining[i] <= 1 && remaining[i] >= 0;
			}
			sums = sums && sum == left;
		}
	}
	ok(sums, "slots add up to what is left");
	ok(even, "and differ by one at most");
	loyalty_slot_split(1000, 64, remaining);
	ok(remaining[0] == 16 && remaining[39] == 16 && remaining[40] == 15 && remaining[63] == 15,
	   "1000 in 64: forty of 16, the others of 15");
}

static void
test_places(void)
{
	ok(loyalty_slot_place(64, 64) == 0 && loyalty_slot_place(65, 64) == 1 &&
		   loyalty_slot_place(4294967295U, 64) == 63 && loyalty_slot_place(77, 1) == 0,
	   "neighbours begin at neighbouring slots");
	ok(loyalty_slot_take(3, 5) == 3 && loyalty_slot_take(5, 3) == 3 && loyalty_slot_take(3, 3) == 3,
	   "a slot gives what it has and no more than is wanted");
}

static void
test_changes(void)
{
	int64_t left = 20;

	ok(loyalty_slot_change(1000, 2000, &left) && left == 1020, "a larger maximum leaves more");
	left = 20;
	ok(loyalty_slot_change(1000, 980, &left) && left == 0, "down to what is used leaves none");
	left = 20;
	ok(!loyalty_slot_change(1000, 979, &left) && left == 20, "below it is refused");
	ok(loyalty_limit_is_low(20, 20) && !loyalty_limit_is_low(21, 20) && loyalty_limit_is_low(0, 0),
	   "contacts are told when no more than the threshold is left");
	ok(!loyalty_limit_is_low(0, -1), "and never without one");
}

int
main(void)
{
	plan(13);
	test_counts();
	test_split();
	test_places();
	test_changes();
	return tap_exit();
}
