/*
 * search_rules.c: finding the place of a time among entries whose times never run backwards.
 *
 * Halving takes twenty reads of a million entries. Entries of one account come about evenly, so the time of the one in
 * the middle says where the wanted one must be; from that guess steps double until it is passed, and the rest is
 * halved. Where entries do not come evenly the guess is far off, and the steps that double find the way back for twice
 * the reads of halving. Nothing is locked, nothing late: each time is read by the caller under one snapshot.
 */
#include "ledger/read/search_rules.h"

#include <stdbool.h>

/* A search that is under way: the place lies between the two ends. */
typedef struct Search
{
	int32_t low;  /* an entry whose time is not after "at", or 0 */
	int32_t high; /* an entry whose time is after "at" */
	int64_t at;
	LoyaltyEntryTime time_of;
	void *of;
} Search;

/* Looks at an entry between the two ends, which becomes one of them. */
static int64_t
probe(Search *search, int32_t entry_no)
{
	int64_t time = search->time_of(search->of, entry_no);

	if (time <= search->at)
		search->low = entry_no;
	else
		search->high = entry_no;
	return time;
}

/* Tells whether entries lie between the ends. */
static bool
is_open(const Search *search)
{
	return search->high - search->low > 1;
}

/* Returns the entry half way; the difference is taken first, so that the sum of two numbers cannot leave an int32. */
static int32_t
middle(const Search *search)
{
	return search->low + (search->high - search->low) / 2;
}

/* Measures from one time to another, however far: more than a difference of int64 holds, and never nothing where they differ. */
static double
distance(int64_t from, int64_t to)
{
	return to < from ? -(double) ((uint64_t) from - (uint64_t) to)
					 : (double) ((uint64_t) to - (uint64_t) from);
}

/* Returns the entry between the ends that is nearest to a number, which may lie far outside of any int32. */
static int32_t
between(const Search *search, double entry_no)
{
	if (entry_no < search->low + 1)
		return search->low + 1;
	if (entry_no > search->high - 1)
		return search->high - 1;
	return (int32_t) entry_no;
}

/*
 * Goes from a guess towards the place, in steps that double, until it is passed: then both ends are near it. Each step
 * probes, and so moves one end, so that the loop ends whatever the times are.
 */
static void
gallop(Search *search, int32_t guess)
{
	bool upwards = probe(search, guess) <= search->at;
	int64_t step = 1;

	while (is_open(search))
	{
		int32_t next = between(search, upwards ? (double) guess + step : (double) guess - step);

		if ((probe(search, next) <= search->at) != upwards)
			return;
		step *= 2;
	}
}

/*
 * Asks no row where the last entry counts, as for a balance of now. The guess is a straight line through the middle
 * and the last entry; where their times are equal there is no line, and halving does it all. Times are doubles for
 * that: a guess need not be exact.
 */
int32_t
loyalty_search_entry(int32_t last_no, int64_t last_time, int64_t at, LoyaltyEntryTime time_of, void *of)
{
	Search search = { .low = 0, .high = last_no, .at = at, .time_of = time_of, .of = of };
	int32_t half = middle(&search);
	int64_t half_time;

	if (last_no == 0 || last_time <= at)
		return last_no;
	if (!is_open(&search))
		return search.low;
	half_time = probe(&search, half);
	if (is_open(&search) && half_time < last_time)
	{
		double per_entry = distance(half_time, last_time) / (last_no - half);

		gallop(&search, between(&search, half + distance(half_time, at) / per_entry));
	}
	while (is_open(&search))
		(void) probe(&search, middle(&search));
	return search.low;
}
