/*
 * timeline_rules.h: the order of the lines of a timeline, and the search for the place of a page among rows that only nearly
 * have it.
 */
#ifndef LOYALTY_TIMELINE_RULES_H
#define LOYALTY_TIMELINE_RULES_H

#include <stdbool.h>
#include <stdint.h>

/* Place of a line. Lines come newest first; of one time, those of the higher id, which was drawn later; then by kind. */
typedef struct TimelinePlace
{
	int64_t at;		  /* when it was recorded */
	int64_t id;		  /* of what the line is about */
	const char *kind; /* of one id, kinds come in the order of their letters */
	int64_t part;	  /* tells lines of one kind, time and id apart: the highest comes first */
} TimelinePlace;

/* Compares two places: negative where the left one comes first in the list, 0 for one place. */
extern int loyalty_timeline_compare(const TimelinePlace *left, const TimelinePlace *right);

/* Tells which lines of a kind, at the time and of the id of a place, come behind it: those whose part is below the result. */
extern int64_t loyalty_timeline_part_below(const TimelinePlace *place, const char *kind);

/* A row, by what finds it and by when it was recorded. */
typedef struct TimelineRow
{
	bool found;
	int64_t position;
	int64_t at;
	int64_t id;
} TimelineRow;

/* Reads the rows next to a position: the last one at it or below, and the first one above. */
typedef void (*TimelineNeighbours)(void *of, int64_t position, TimelineRow *below, TimelineRow *above);

/*
 * Finds where the rows of a page begin: the position at or below which they stand that come behind a place, or have its time
 * and id. Positions are from 1 on, in the order in which rows were written, in which times and ids nearly never run backwards:
 * where they do, the result may be out by as many rows as those are out of place. "guess" is tried first. Reads at most 65
 * pairs of neighbours, and one where the guess is good.
 */
extern int64_t loyalty_timeline_seek(const TimelinePlace *place, int64_t guess, TimelineNeighbours neighbours,
									 void *of);

#endif
