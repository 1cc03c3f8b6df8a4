/*
 * allocation_rules.h: how a discount is rounded, capped and split over what it touched, and a line's amount over its pieces.
 * Knows no server. Amounts and points are thousandths, percentages thousandths of a percent; a step is the least unit of a
 * currency, or of a program's points.
 */
#ifndef LOYALTY_ALLOCATION_RULES_H
#define LOYALTY_ALLOCATION_RULES_H

#include <stdbool.h>
#include <stdint.h>

#include "bill/return_rules.h"
#include "org/program_rules.h"

/*
 * A part of what a discount touched is a ReturnedPart, so that shares are given as they come back: its line, its weight as
 * "points", which no share exceeds, and its share as "now".
 */
static inline ReturnedPart
loyalty_allocation_part(int32_t line, int order, int64_t weight)
{
	return (ReturnedPart){ .line_no = line, .order = order, .points = weight };
}

/* A percentage of an amount, rounded once to whole steps; never more than the amount. */
extern int64_t loyalty_allocation_percent(int64_t amount, int64_t percent, int64_t step, Rounding rounding);

/* A discount as it is given: no more than its maximum, nor than what is left; none of nothing. */
extern int64_t loyalty_allocation_capped(int64_t offered, int64_t maximum, int64_t left);

/*
 * Splits a discount over parts by their weights, in whole steps, by largest remainder; of equal ones the lower line comes first.
 * Shares add up to the discount, which is no more than all weights. Parts stay in the order of their lines.
 */
extern void loyalty_allocation_split(ReturnedPart *parts, int count, int64_t discount, int64_t step);

/* The same for points, which may be more than all weights: each line has the total up to it less that up to the one before. */
extern void loyalty_allocation_points(ReturnedPart *parts, int count, int64_t points, int64_t step);

/*
 * Points that a multiplier (thousandths, at least 1000) adds to those of an amount, rounded once by the program's rule; false
 * where they exceed a column of points.
 */
extern bool loyalty_allocation_multiplied(const ProgramRules *program, int64_t amount, int64_t multiplier,
										  int64_t *points);

/* Pieces of one price: so many cost this much, the others a step more. */
typedef struct CartPieces
{
	int64_t price;
	int64_t cheaper; /* pieces at that price */
	int64_t dearer;	 /* pieces a step above it */
} CartPieces;

/* Splits an amount over pieces by floor; the rest is on the last ones, a step each. */
extern CartPieces loyalty_allocation_pieces(int64_t amount, int64_t pieces, int64_t step);

/* Adds up what so many of the pieces of an amount cost: the cheapest of them, or the dearest. */
extern int64_t loyalty_allocation_taken(int64_t amount, int64_t pieces, int64_t step, int64_t taken,
										bool dearest);

#endif
