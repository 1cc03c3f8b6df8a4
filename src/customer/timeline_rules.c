/*
 * timeline_rules.c: the order of the lines of a timeline, and the search for the place of a page.
 *
 * Rows of a customer are found by id, or by a number, and the timeline is in the order of recording. Both orders are one but
 * where calls went side by side: a call that began first may have been written last. So a place is searched for as if they
 * were one, by halving, and whoever reads takes some rows more on either side. Each look finds two neighbours, so that the
 * search ends at two rows and not at two numbers: ids of one customer lie far apart.
 */
#include "customer/timeline_rules.h"

#include <string.h>

/* Compares two numbers: the higher one comes first. */
static int
higher_first(int64_t left, int64_t right)
{
	return left == right ? 0 : left > right ? -1 : 1;
}

/* Takes time, id, kind and part, the first of which differ. */
int
loyalty_timeline_compare(const TimelinePlace *left, const TimelinePlace *right)
{
	int result = higher_first(left->at, right->at);

	if (result == 0)
		result = higher_first(left->id, right->id);
	if (result == 0)
		result = strcmp(left->kind, right->kind);
	return result == 0 ? higher_first(left->part, right->part) : result;
}

/* Takes all lines of a kind behind that of the place, none of one in front of it. */
int64_t
loyalty_timeline_part_below(const TimelinePlace *place, const char *kind)
{
	int order = strcmp(kind, place->kind);

	return order == 0 ? place->part : order > 0 ? INT64_MAX : INT64_MIN;
}

/* Tells whether a row comes in front of a place, and has not its time and id. */
static bool
is_newer(const TimelineRow *row, const TimelinePlace *place)
{
	return row->at > place->at || (row->at == place->at && row->id > place->id);
}

/* Returns the position in the middle; the difference is taken first, which cannot leave the range of positions from 0 on. */
static int64_t
middle(int64_t low, int64_t high)
{
	return low + (high - low) / 2;
}

/*
 * Keeps the place between two positions: rows up to "low" are not newer, those from "high" on are. Both are rows after the
 * first looks, so that each look leaves fewer rows between them.
 */
int64_t
loyalty_timeline_seek(const TimelinePlace *place, int64_t guess, TimelineNeighbours neighbours, void *of)
{
	int64_t low = 0;
	int64_t high = INT64_MAX;

	for (;;)
	{
		int64_t position = guess > low && guess <= high ? guess : middle(low, high);
		TimelineRow below;
		TimelineRow above;

		neighbours(of, position, &below, &above);
		guess = 0;
		if (above.found && above.position < high && !is_newer(&above, place))
			low = above.position;
		else if (below.found && below.position > low && is_newer(&below, place))
			high = below.position;
		else
			return position;
	}
}
