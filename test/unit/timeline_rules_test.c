/*
 * timeline_rules_test.c: the order of lines, and the search for a place in every short history and in long ones.
 */
#include "customer/timeline_rules.h"
#include "tap.h"

#define MAX_ROWS 5

/* Rows by position; looks are counted. */
typedef struct History
{
	const TimelineRow *rows;
	int count;
	int looks;
} History;

static void
neighbours(void *of, int64_t position, TimelineRow *below, TimelineRow *above)
{
	History *history = of;
	int i = 0;

	history->looks++;
	while (i < history->count && history->rows[i].position <= position)
		i++;
	*below = i > 0 ? history->rows[i - 1] : (TimelineRow){ 0 };
	*above = i < history->count ? history->rows[i] : (TimelineRow){ 0 };
}

/* How many rows stand at a position or below. */
static int
rows_up_to(const History *history, int64_t position)
{
	int i = 0;

	while (i < history->count && history->rows[i].position <= position)
		i++;
	return i;
}

/* How many rows are not newer than a place, in a history that is in order. */
static int
rows_behind(const History *history, const TimelinePlace *place)
{
	int i = 0;

	while (i < history->count && (history->rows[i].at < place->at ||
								  (history->rows[i].at == place->at && history->rows[i].id <= place->id)))
		i++;
	return i;
}

static int
sign(int number)
{
	return number < 0 ? -1 : number > 0;
}

static void
test_order(void)
{
	static const TimelinePlace newest_first[] = {
		{ 9, 1, "points", 0 }, { 8, 7, "points", 3 },  { 8, 6, "bill", 0 }, { 8, 6, "points", 5 },
		{ 8, 6, "points", 4 }, { 8, 6, "request", 9 }, { 8, 5, "bill", 2 }, { -3, 99, "bill", 0 },
	};
	int count = sizeof(newest_first) / sizeof(newest_first[0]);
	bool right = true;
	bool parts = true;
	int i;
	int j;

	for (i = 0; i < count; i++)
		for (j = 0; j < count; j++)
		{
			const TimelinePlace *key = &newest_first[i];
			const TimelinePlace *line = &newest_first[j];

			right &= sign(loyalty_timeline_compare(key, line)) == sign(i - j);
			if (key->at == line->at && key->id == line->id)
				parts &= (line->part < loyalty_timeline_part_below(key, line->kind)) == (j > i);
		}
	ok(right, "time, id, kind, part");
	ok(parts, "lines of one time and id behind a place are told by their part");
}

/* Histories of up to five rows, two positions apart, with times of 0 to 2 that never run backwards; every place and guess. */
static void
test_short_histories(void)
{
	bool right = true;
	int most = 0;
	int count;
	int code;

	for (count = 0; count <= MAX_ROWS; count++)
		for (code = 0; code < 1 << (2 * count); code++)
		{
			TimelineRow rows[MAX_ROWS];
			History history = { rows, count, 0 };
			bool ascending = true;
			int64_t guess;
			int p;
			int i;

			for (i = 0; i < count; i++)
			{
				rows[i] = (TimelineRow){ true, 2 * i + 1, code >> (2 * i) & 3, 10 + 2 * i };
				ascending = ascending && rows[i].at < 3 && (i == 0 || rows[i].at >= rows[i - 1].at);
			}
			for (p = -1; ascending && p < 60; p++)
			{
				TimelinePlace place = { p / 15, 8 + p % 15, "bill", 0 };

				for (guess = -1; guess < 2 * MAX_ROWS + 2; guess++)
				{
					history.looks = 0;
					right &=
						rows_up_to(&history, loyalty_timeline_seek(&place, guess, neighbours, &history)) ==
						rows_behind(&history, &place);
					most = history.looks > most ? history.looks : most;
				}
			}
		}
	ok(right, "every short history");
	ok(most <= 65, "few looks");
}

/* Rows whose positions lie far apart, as ids of one customer do. */
static void
test_long_history(void)
{
	static TimelineRow rows[4096];
	History history = { rows, 4096, 0 };
	bool right = true;
	bool cheap = true;
	bool good_guess = true;
	int i;

	for (i = 0; i < 4096; i++)
		rows[i] = (TimelineRow){ true, (int64_t) 1 << 50 | (int64_t) i * 1000003, i / 100, i };
	for (i = 0; i < 4096; i++)
	{
		TimelinePlace place = { rows[i].at, rows[i].id, "bill", 0 };

		history.looks = 0;
		right &= loyalty_timeline_seek(&place, INT64_MAX, neighbours, &history) >= rows[i].position;
		right &= i == 4095 ||
				 loyalty_timeline_seek(&place, INT64_MAX, neighbours, &history) < rows[i + 1].position;
		cheap &= history.looks <= 130;
		history.looks = 0;
		(void) loyalty_timeline_seek(&place, rows[i].position, neighbours, &history);
		good_guess &= history.looks == 1;
	}
	ok(right, "every row of a long history");
	ok(cheap, "in no more looks than promised");
	ok(good_guess, "in one where the guess is the row");
}

/* Where times run backwards the search ends all the same, beside the place. */
static void
test_out_of_order(void)
{
	static const TimelineRow rows[] = {
		{ true, 1, 5, 1 }, { true, 2, 9, 2 }, { true, 3, 6, 3 }, { true, 4, 7, 4 }
	};
	History history = { rows, 4, 0 };
	TimelinePlace place = { 8, 1, "bill", 0 };
	int64_t found = loyalty_timeline_seek(&place, 0, neighbours, &history);

	ok(found >= 1 && found <= INT64_MAX && history.looks <= 65, "out of order");
}

int
main(void)
{
	plan(8);
	test_order();
	test_short_histories();
	test_long_history();
	test_out_of_order();
	return tap_exit();
}
