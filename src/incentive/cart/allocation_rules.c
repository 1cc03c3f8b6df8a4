/*
 * allocation_rules.c: how a discount is rounded, capped and split.
 *
 * A discount is a number of the whole promotion: it is rounded once, then capped, and only then split. Rounding each line's
 * share by itself would let ten lines of a cent lose or win ten halves of a cent. The split is the one by which points come
 * back with a return (bill/return_rules.c): whole steps of the quotas, then a step to each of the largest remainders.
 */
#include "incentive/cart/allocation_rules.h"

#include "common/points_limit.h"
#include "incentive/promotion/promotion_rules.h"

#define MULTIPLIER_SCALE 1000

/* Takes the share of a whole of 100 %. */
int64_t
loyalty_allocation_percent(int64_t amount, int64_t percent, int64_t step, Rounding rounding)
{
	return loyalty_share(amount, percent, PROMOTION_WHOLE_PERCENT, step, rounding);
}

/* Compares with both bounds; what is left may be below zero, where lines take off more than the others cost. */
int64_t
loyalty_allocation_capped(int64_t offered, int64_t maximum, int64_t left)
{
	int64_t given = offered < maximum ? offered : maximum;

	given = given < left ? given : left;
	return given > 0 ? given : 0;
}

/* Leaves nothing over: weights are whole steps, so that no step meets a part without room. */
void
loyalty_allocation_split(ReturnedPart *parts, int count, int64_t discount, int64_t step)
{
	(void) loyalty_return_split(parts, count, discount, step);
}

/* Weighs nothing as its first line: points that are given for a line without a price are not lost. */
void
loyalty_allocation_points(ReturnedPart *parts, int count, int64_t points, int64_t step)
{
	__int128 whole = 0;
	__int128 part = 0;
	int64_t before = 0;
	int i;

	for (i = 0; i < count; i++)
		whole += parts[i].points;
	for (i = 0; i < count; i++)
	{
		int64_t share;

		part += parts[i].points;
		share = whole == 0 ? points : loyalty_share(points, part, whole, step, ROUNDING_HALF_UP);
		parts[i].now = share - before;
		before = share;
	}
}

/*
 * Multiplies amount, rate and what the multiplier has beyond 1, and divides once. A share is at most its whole, so the amount
 * is made as often as large as the points with a step more may be, and the whole with it.
 */
bool
loyalty_allocation_multiplied(const ProgramRules *program, int64_t amount, int64_t multiplier,
							  int64_t *points)
{
	__int128 rate = (__int128) program->points_per_unit * (multiplier - MULTIPLIER_SCALE);
	__int128 scale = (__int128) RATE_SCALE * MULTIPLIER_SCALE;
	int64_t step = loyalty_program_step(program);
	__int128 times;

	*points = 0;
	if (amount <= 0 || rate <= 0)
		return true;
	times = rate / scale + 2 + step / amount;
	if (times >= POINTS_LIMIT / amount || times >= POINTS_LIMIT / scale)
		return false;
	*points = loyalty_share((int64_t) (amount * times), rate, times * scale, step, program->rounding);
	return true;
}

/* Counts whole steps. */
CartPieces
loyalty_allocation_pieces(int64_t amount, int64_t pieces, int64_t step)
{
	int64_t steps = amount / step;
	CartPieces split = { 0 };

	if (pieces <= 0)
		return split;
	split.price = steps / pieces * step;
	split.dearer = steps % pieces;
	split.cheaper = pieces - split.dearer;
	return split;
}

/* Counts the dearer ones among those that are taken: they come last, or first. */
int64_t
loyalty_allocation_taken(int64_t amount, int64_t pieces, int64_t step, int64_t taken, bool dearest)
{
	CartPieces split = loyalty_allocation_pieces(amount, pieces, step);
	int64_t dearer = taken - split.cheaper;

	if (dearest)
		dearer = taken < split.dearer ? taken : split.dearer;
	return taken * split.price + (dearer > 0 ? dearer * step : 0);
}
