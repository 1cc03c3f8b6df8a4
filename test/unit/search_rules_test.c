/*
 * search_rules_test.c: the search finds the right entry in every short history, and reads few rows in long ones.
 */
#include <stdlib.h>

#include "ledger/read/search_rules.h"
#include "tap.h"

typedef struct History
{
	const int64_t *times; /* of entry 1 and on */
	int reads;
} History;

static int64_t
time_of(void *of, int32_t entry_no)
{
	History *history = of;

	history->reads++;
	return history->times[entry_no - 1];
}

static int32_t
by_reading_all(const int64_t *times, int count, int64_t at)
{
	int i = 0;

	while (i < count && times[i] <= at)
		i++;
	return i;
}

/* Every history of up to six entries with times of 0 to 3, asked for every time around them. */
static void
test_short_histories(void)
{
	int64_t times[6];
	bool right = true;
	int count;
	int code;
	int i;

	for (count = 0; count <= 6; count++)
		for (code = 0; code < 1 << (2 * count); code++)
		{
			bool ascending = true;
			int64_t at;

			for (i = 0; i < count; i++)
			{
				times[i] = code >> (2 * i) & 3;
				ascending = ascending && (i == 0 || times[i] >= times[i - 1]);
			}
			for (at = -1; ascending && at <= 4; at++)
			{
				History history = { .times = times };
				int64_t last = count ? times[count - 1] : 0;

				right &= loyalty_search_entry(count, last, at, time_of, &history) ==
						 by_reading_all(times, count, at);
			}
		}
	ok(right, "every short history");
}

/* Times far from their epoch, where a floating-point number no longer tells neighbours apart. */
static void
test_far_times(void)
{
	int64_t times[6];
	bool right = true;
	int i;

	for (i = 0; i < 6; i++)
		times[i] = INT64_MAX - 6 + i;
	for (i = -1; i < 6; i++)
	{
		History history = { .times = times };

		right &= loyalty_search_entry(6, times[5], INT64_MAX - 6 + i, time_of, &history) == i + 1;
	}
	ok(right, "neighbours at the end of time");
}

/* The most reads that any of a thousand times takes; -1: a wrong answer. */
static int
most_reads(const int64_t *times, int count)
{
	int64_t first = times[0];
	int64_t last = times[count - 1];
	int most = 0;
	int i;

	for (i = -1; i <= 1000; i++)
	{
		History history = { .times = times };
		int64_t at = first + (int64_t) (((double) last - (double) first) / 1000 * i);
		int32_t found = loyalty_search_entry(count, last, at, time_of, &history);

		if ((found > 0 && times[found - 1] > at) || (found < count && times[found] <= at))
			return -1;
		if (history.reads > most)
			most = history.reads;
	}
	return most;
}

static void
test_long_histories(void)
{
	int count = 1000000;
	int64_t *times = malloc(sizeof(int64_t) * count);
	int i;

	for (i = 0; i < count; i++)
		times[i] = i * INT64_C(31000000) + rand() % 1000;
	ok(most_reads(times, 100) > 0 && most_reads(times, 100) <= 9,
	   "at most nine reads of a hundred even entries");
	ok(most_reads(times, count) > 0 && most_reads(times, count) <= 9, "and of a million");
	times[0] = INT64_C(-700000000000000);
	ok(most_reads(times, count) > 0 && most_reads(times, count) <= 12,
	   "an opening long before costs a few more");
	for (i = 0; i < count; i++)
		times[i] = i < count / 2 ? i : INT64_C(1000000000000) + i * (int64_t) i;
	ok(most_reads(times, count) > 0 && most_reads(times, count) <= 44,
	   "uneven entries cost twice a halving at most");
	for (i = 0; i < count; i++)
		times[i] = 7;
	ok(most_reads(times, count) >= 0, "a million entries of one instant");
	times[0] = INT64_MIN / 4;
	times[count - 1] = INT64_MAX / 4;
	ok(most_reads(times, count) > 0, "times that lie far apart");
	free(times);
}

int
main(void)
{
	plan(8);
	test_short_histories();
	test_far_times();
	test_long_histories();
	return tap_exit();
}
