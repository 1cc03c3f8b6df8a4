/*
 * timeline.h: what happened to a customer, in one order: the sources of lines that capabilities add to customer_timeline, and
 * what each of them is asked. The list is owned here and filled by loyalty.c.
 *
 * A source answers the lines of one customer, not of a merge group, which stand behind a place: a page of them at most, the
 * newest first, in these columns:
 *
 *     recorded_at timestamptz, id int8, part int8, action text, event_time timestamptz, summary jsonb
 *
 * "part" tells lines of one time and id apart. A summary has nothing in it that admins and agents may not read elsewhere, and
 * no text of a message. Its statements are made of the words of customer/timeline_store.h.
 */
#ifndef LOYALTY_TIMELINE_H
#define LOYALTY_TIMELINE_H

#include "postgres.h"

#include "common/query.h"
#include "customer/customer_store.h"
#include "customer/timeline_rules.h"
#include "org/call.h"

#define LOYALTY_MAX_TIMELINE_SOURCES 24

/* By how many rows of its source a row may be out of place, by id and not by time: so many more are read on either side. */
#define LOYALTY_TIMELINE_SLACK 32

/* A question to a source. */
typedef struct LoyaltyTimelineWindow
{
	const LoyaltyOrg *org;
	int64 customer_id;	 /* whose lines */
	TimelinePlace place; /* lines that come behind it */
	TimestampTz from;	 /* and were recorded from then on */
	int limit;			 /* so many at most; more do no harm */
} LoyaltyTimelineWindow;

/* A source. It has statements, or a function in their place. */
typedef struct LoyaltyTimelineSource
{
	const char *kind;		  /* a word of its own, by which callers choose */
	LoyaltyQuery *lines;	  /* with the parameters LOYALTY_TIMELINE_TYPES or LOYALTY_TIMELINE_ROWS_TYPES */
	LoyaltyQuery *neighbours; /* NULL: a customer has few rows */
	LoyaltyRows *(*read)(const LoyaltyTimelineWindow *window, int64 part_below);
} LoyaltyTimelineSource;

/* Adds a source; called once for each at load. */
extern void loyalty_timeline_add(const LoyaltyTimelineSource *source);

/* The parameters that every statement of lines begins with. */
extern LoyaltyParams loyalty_timeline_params(const LoyaltyTimelineWindow *window, int64 part_below);

/* A line, in a row of what its source answered. */
typedef struct LoyaltyTimelineLine
{
	TimelinePlace place;
	int64 customer_id;
	LoyaltyRows *rows;
	uint64 row;
} LoyaltyTimelineLine;

/* The kinds of lines, in the order of the sources; returns how many there are. */
extern int loyalty_timeline_kinds(const char **kinds);

/*
 * Reads a page of the lines of a customer and of those who were merged into it, of the sources that are chosen; returns how many
 * there are. The window's customer is the page's last member afterwards.
 */
extern int loyalty_timeline_read(LoyaltyTimelineWindow *window, const LoyaltyCustomer *customer,
								 const bool *chosen, LoyaltyTimelineLine **lines);

#endif
