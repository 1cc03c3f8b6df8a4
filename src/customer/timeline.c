/*
 * timeline.c: putting a page of a timeline together from all that know something of a customer.
 *
 * Each source is asked for a page of its own behind the place at which the page before ended, for each member of the merge
 * group; the first lines of all of them are the page. As soon as there are enough, the others are asked for what is newer than
 * the last of these alone. So a page costs some pages of rows, whatever the history.
 *
 * Lines are in the order in which they were recorded, which nothing that comes later moves. Where a source has thousands of
 * rows, the place is searched for by their ids (timeline_rules.c): ids of one customer are drawn under its lock, so that they
 * have the order of time but for calls that began earlier than they could lock. A row that is out of place by more than
 * LOYALTY_TIMELINE_SLACK rows of its source may be missed by pages after the first.
 *
 * All sources see the caller's snapshot and lock nothing: a page agrees with itself. What is due and not posted is in no line.
 */
#include "postgres.h"

#include "common/array.h"
#include "customer/timeline.h"

static struct
{
	int n;
	const LoyaltyTimelineSource *items[LOYALTY_MAX_TIMELINE_SOURCES];
} sources;

/* Lines of a page that is being put together. */
typedef LOYALTY_ARRAY(LoyaltyTimelineLine) Lines;

/* Appends: the order of the calls in loyalty.c is that of the kinds in messages. */
void
loyalty_timeline_add(const LoyaltyTimelineSource *source)
{
	if (sources.n == LOYALTY_MAX_TIMELINE_SOURCES)
		elog(ERROR, "too many sources of the timeline");
	sources.items[sources.n++] = source;
}

/* Every source has a kind of its own. */
int
loyalty_timeline_kinds(const char **kinds)
{
	int i;

	for (i = 0; i < sources.n; i++)
		kinds[i] = sources.items[i]->kind;
	return sources.n;
}

/* Keeps the order of LOYALTY_TIMELINE_TYPES. */
LoyaltyParams
loyalty_timeline_params(const LoyaltyTimelineWindow *window, int64 part_below)
{
	return LOYALTY_PARAMS(LOYALTY_CUSTOMER(window->org->org_id, window->customer_id),
						  loyalty_time(window->place.at), loyalty_int8(window->place.id),
						  loyalty_int8(part_below), loyalty_time(window->from), loyalty_int4(window->limit));
}

/* A customer whose rows a search looks at, behind the pointer that it passes on. */
typedef struct Searched
{
	const LoyaltyTimelineWindow *window;
	LoyaltyQuery *neighbours;
} Searched;

/* Takes a neighbour from its two columns. */
static TimelineRow
neighbour_at(LoyaltyRows *rows, int column)
{
	TimelineRow row = { .found = !loyalty_row_isnull(rows, 0, column) };

	if (!row.found)
		return row;
	row.position = row.id = loyalty_row_int8(rows, 0, column);
	row.at = loyalty_row_int8(rows, 0, column + 1);
	return row;
}

/* Reads both neighbours by one statement. */
static void
read_neighbours(void *of, int64_t position, TimelineRow *below, TimelineRow *above)
{
	const Searched *searched = of;
	LoyaltyRows *rows =
		LOYALTY_QUERY(searched->neighbours,
					  LOYALTY_CUSTOMER(searched->window->org->org_id, searched->window->customer_id),
					  loyalty_int8(position));

	*below = neighbour_at(rows, 1);
	*above = neighbour_at(rows, 3);
	loyalty_rows_free(rows);
}

/* Asks a source. The id of the place is the first guess: ids of all sources come from one sequence. */
static LoyaltyRows *
read_source(const LoyaltyTimelineSource *source, const LoyaltyTimelineWindow *window)
{
	int64 part_below = loyalty_timeline_part_below(&window->place, source->kind);
	LoyaltyParams params;

	if (source->read != NULL)
		return source->read(window, part_below);
	params = loyalty_timeline_params(window, part_below);
	if (source->neighbours != NULL)
	{
		Searched searched = { window, source->neighbours };

		loyalty_param(&params, loyalty_int8(loyalty_timeline_seek(&window->place, window->place.id,
																  read_neighbours, &searched)));
	}
	return loyalty_query(source->lines, &params);
}

/* Compares lines by their places, of which no two are one: ids are unique in the database. */
static int
compare_lines(const void *left, const void *right)
{
	const LoyaltyTimelineLine *l = left;
	const LoyaltyTimelineLine *r = right;

	return loyalty_timeline_compare(&l->place, &r->place);
}

/* Adds the lines that a source answered, and keeps the first ones of all. */
static void
add_lines(Lines *lines, const LoyaltyTimelineSource *source, LoyaltyTimelineWindow *window)
{
	LoyaltyRows *rows = read_source(source, window);
	uint64 i;

	for (i = 0; i < rows->count; i++)
	{
		LoyaltyTimelineLine line = { .customer_id = window->customer_id, .rows = rows, .row = i };

		line.place = (TimelinePlace){ .at = loyalty_row_int8(rows, i, 1),
									  .id = loyalty_row_int8(rows, i, 2),
									  .kind = source->kind,
									  .part = loyalty_row_int8(rows, i, 3) };
		LOYALTY_APPEND(*lines, line);
	}
	if (rows->count == 0)
		return;
	qsort(lines->items, lines->n, sizeof(LoyaltyTimelineLine), compare_lines);
	lines->n = Min(lines->n, window->limit);
	if (lines->n == window->limit)
		window->from = Max(window->from, lines->items[lines->n - 1].place.at);
}

/* Goes through members and sources. */
int
loyalty_timeline_read(LoyaltyTimelineWindow *window, const LoyaltyCustomer *customer, const bool *chosen,
					  LoyaltyTimelineLine **lines)
{
	Lines page = { 0 };
	int64 *group;
	int members = loyalty_customer_group(customer, &group);
	int m;
	int i;

	for (m = 0; m < members; m++)
	{
		window->customer_id = group[m];
		for (i = 0; i < sources.n; i++)
			if (chosen[i])
				add_lines(&page, sources.items[i], window);
	}
	*lines = page.items;
	return page.n;
}
