/*
 * reversal_rules.c: to which lots the points of a redemption go back.
 *
 * Points that were drawn last go back first, so that lots end as if less had been redeemed. A draw of a program takes
 * whole steps of that program's decimals, which makes a puzzle of redemptions that programs with different decimals
 * paid together; see loyalty_draws_put_back.
 */
#include "ledger/spend/reversal_rules.h"

#define WHOLE_POINT 1000 /* the coarsest step that a program keeps */

/* Returns how much of a draw was not reversed yet: always whole steps of its program. */
static int64_t
left(const Draw *draw)
{
	return draw->drawn - draw->reversed;
}

/* Adds up the draws; the sum is that of one redemption, which fits. */
int64_t
loyalty_draws_left(const Draw *draws, int count)
{
	int64_t points = 0;
	int i;

	for (i = 0; i < count; i++)
		points += left(&draws[i]);
	return points;
}

/* Lets the draws of one step, or of all steps (0), take what they can; returns what is left. */
static int64_t
take(Draw *draws, int count, int64_t step, int64_t points)
{
	int i;

	for (i = 0; i < count; i++)
	{
		int64_t wanted = points - points % draws[i].step;

		if (step != 0 && draws[i].step != step)
			continue;
		draws[i].put_back = wanted < left(&draws[i]) ? wanted : left(&draws[i]);
		points -= draws[i].put_back;
	}
	return points;
}

/*
 * Tries the order of the draws first. Where programs of different decimals paid, that order may leave a
 * fraction that only a draw with all its points taken could have held: then whole points go first, which finds
 * a way if there is one. The second try starts from nothing: each draw is set anew.
 */
int64_t
loyalty_draws_put_back(Draw *draws, int count, int64_t points)
{
	int64_t rest = take(draws, count, 0, points);
	int64_t step;

	if (rest == 0)
		return 0;
	rest = points;
	for (step = WHOLE_POINT; step > 0; step /= 10)
		rest = take(draws, count, step, rest);
	return rest;
}
