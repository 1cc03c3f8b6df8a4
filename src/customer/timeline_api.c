/*
 * timeline_api.c: customer_timeline: what happened to a customer, newest first, in pages.
 *
 * It only reads, under the caller's snapshot, and runs on a replica, too. A page goes on behind the place of the last line of the
 * page before: what is recorded meanwhile comes in front of all of them and moves none. The key of a page names a place and not
 * a customer, so that one of somebody else leads to the right time and shows nothing of anybody.
 */
#include "postgres.h"

#include "utils/builtins.h"
#include "utils/timestamp.h"

#include "common/args.h"
#include "common/clock.h"
#include "common/page_key.h"
#include "common/pg_compat.h"
#include "common/srf.h"
#include "customer/find.h"
#include "customer/timeline.h"

LOYALTY_FUNCTION(loyalty_customer_timeline);

#define LARGEST_PAGE 100

/* Positions of the arguments, from 0. */
enum TimelineArgument
{
	ARG_KINDS = 2,
	ARG_FROM,
	ARG_TO,
	ARG_PAGE_SIZE,
	ARG_PAGE_KEY,
	ARG_IDENTIFIER,
};

/* The kinds of lines that are asked for. */
typedef struct Kinds
{
	int count;
	const char *words[LOYALTY_MAX_TIMELINE_SOURCES];
	bool chosen[LOYALTY_MAX_TIMELINE_SOURCES];
} Kinds;

/* Reads the list of kinds: none, or an empty one, is all of them. */
static void
arg_kinds(FunctionCallInfo fcinfo, Kinds *kinds)
{
	kinds->count = loyalty_timeline_kinds(kinds->words);
	if (!loyalty_arg_words(fcinfo, ARG_KINDS, "kinds", kinds->words, kinds->count, kinds->chosen))
		memset(kinds->chosen, true, sizeof(kinds->chosen));
}

/* A key in front of that of time and id: kind and part. */
#define KEY_FORMAT "%s:" INT64_FORMAT ":%s"

/* Writes the key of a line. */
static char *
key_of(const TimelinePlace *place)
{
	const LoyaltyPageKey key = { place->at, place->id };

	return psprintf(KEY_FORMAT, place->kind, place->part, loyalty_page_key_text(&key));
}

/* Reads the key of a line, which must be what we wrote ourselves. */
static void
read_key(const char *text, const Kinds *kinds, TimelinePlace *place)
{
	const char *part = strchr(text, ':');
	const char *rest = part ? strchr(part + 1, ':') : NULL;
	LoyaltyPageKey key;
	int i;

	if (rest == NULL || sscanf(part, ":" INT64_FORMAT ":", &place->part) != 1)
		loyalty_raise_page_key();
	key = loyalty_page_key_read(rest + 1);
	place->at = key.at;
	place->id = key.id;
	for (i = 0; i < kinds->count; i++)
	{
		place->kind = kinds->words[i];
		if (strcmp(key_of(place), text) == 0)
			return;
	}
	loyalty_raise_page_key();
}

/* Reads where the page begins: behind its key, or behind the end of the time asked for, whichever is earlier. */
static TimelinePlace
arg_place(FunctionCallInfo fcinfo, const Kinds *kinds)
{
	const char *text = loyalty_arg_text_or_null(fcinfo, ARG_PAGE_KEY, "page_key", LOYALTY_MAX_CODE);
	TimelinePlace end = { .at = loyalty_arg_time_or(fcinfo, ARG_TO, "to_time", LATEST_TIME),
						  .id = PG_INT64_MAX,
						  .kind = "" };
	TimelinePlace key;

	if (text == NULL)
		return end;
	read_key(text, kinds, &key);
	return loyalty_timeline_compare(&end, &key) < 0 ? key : end;
}

/* Adds a line: the columns of its source behind its time and in front of the key of the page that goes on behind it. */
static void
add_line(FunctionCallInfo fcinfo, const LoyaltyTimelineLine *line)
{
	Datum values[8];
	bool nulls[8] = { false };

	values[0] = TimestampTzGetDatum(line->place.at);
	values[1] = loyalty_row_datum(line->rows, line->row, 5, &nulls[1]);
	values[2] = CStringGetTextDatum(line->place.kind);
	values[3] = loyalty_row_value(line->rows, line->row, 4);
	values[4] = Int64GetDatum(line->place.id);
	values[5] = Int64GetDatum(line->customer_id);
	values[6] = loyalty_row_value(line->rows, line->row, 6);
	values[7] = CStringGetTextDatum(key_of(&line->place));
	loyalty_set_add(fcinfo, values, nulls);
}

/* Reads a page of the timeline. */
Datum
loyalty_customer_timeline(PG_FUNCTION_ARGS)
{
	LoyaltyCall call;
	LoyaltyCustomer customer;
	Kinds kinds;
	LoyaltyTimelineWindow window = { 0 };
	LoyaltyTimelineLine *lines;
	int count;
	int i;

	loyalty_set_begin(fcinfo);
	loyalty_call_begin(&call, fcinfo);
	window.org = call.org;
	arg_kinds(fcinfo, &kinds);
	window.from = loyalty_arg_time_or(fcinfo, ARG_FROM, "from_time", EARLIEST_TIME);
	window.place = arg_place(fcinfo, &kinds);
	window.limit = loyalty_arg_page_size(fcinfo, ARG_PAGE_SIZE, LARGEST_PAGE);
	loyalty_customer_named(&call, fcinfo, ARG_IDENTIFIER, &customer);
	count = loyalty_timeline_read(&window, &customer, kinds.chosen, &lines);
	for (i = 0; i < count; i++)
		add_line(fcinfo, &lines[i]);
	loyalty_call_end(&call);
	return (Datum) 0;
}
