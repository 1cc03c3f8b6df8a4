/*
 * return_fate_rules.c: where the points of a returned lot are looked for.
 *
 * First those that cost nobody anything (unspent), then those that the customer must make good, then those that
 * expired, which cost the customer nothing. The order decides only which column of a lot says `returned`; the sum is
 * the same.
 *
 * Of a lot that was merged away no column says what was taken of it, and of none what is claimed: both stand beside the
 * lots (claim_store.h), and are noted here before anything is taken.
 *
 * Pure: the caller holds the customer's lock, so no other return of the bill is under way. Nothing is late here.
 */
#include "bill/return_fate_rules.h"

#include <stddef.h>

/* Columns of a lot whose points somebody else must make good, in the order in which they are taken and known. */
static const size_t spent_columns[] = { offsetof(Lot, redeemed), offsetof(Lot, transferred),
										offsetof(Lot, arrears_paid) };
#define SPENT_COLUMNS ((int) (sizeof(spent_columns) / sizeof(spent_columns[0])))

/* Returns the column of a lot at an offset. */
static int64_t
column_of(const ReturnedLot *lot, size_t column)
{
	return *(const int64_t *) ((const char *) &lot->lot + column);
}

/* Returns what of a spent column is not dealt with. */
static int64_t
spent_of(const ReturnedLot *lot, int column)
{
	return column_of(lot, spent_columns[column]) - lot->known[column];
}

/* Takes points of one fate towards what is wanted. */
static void
take(int64_t *fate, int64_t there, int64_t *wanted)
{
	int64_t taken = there < *wanted ? there : *wanted;

	*fate += taken;
	*wanted -= taken;
}

/* Takes points of one kind of spending, of open lots before closed ones. */
static void
take_spent(ReturnedLot *lots, int count, int column, size_t fate, int64_t *wanted)
{
	int i;

	for (i = 0; i < count; i++)
		if (!lots[i].closed)
			take((int64_t *) ((char *) &lots[i] + fate), spent_of(&lots[i], column), wanted);
	for (i = 0; i < count; i++)
		if (lots[i].closed)
			take(&lots[i].gone, spent_of(&lots[i], column), wanted);
}

/*
 * Notes what earlier returns took, or claim, and no lot shows as returned: those points are still among the spent
 * ones. They are looked for among closed lots first, of which nothing is ever shown as returned.
 */
static void
note_claimed(ReturnedLot *lots, int count, int64_t claimed)
{
	int pass;
	int c;
	int i;

	for (pass = 0; pass < 2; pass++)
		for (c = 0; c < SPENT_COLUMNS; c++)
			for (i = 0; i < count; i++)
				if (lots[i].closed == (pass == 0))
					take(&lots[i].known[c], spent_of(&lots[i], c), &claimed);
}

/*
 * Notes of a closed lot what a reversal put into a lot in its place: the closed row still counts it as
 * redeemed, and it would come back twice. Quadratic in the lots of one award, which are a handful.
 */
static void
note_put_back(ReturnedLot *lots, int count)
{
	int c;
	int i;

	for (c = 0; c < count; c++)
		for (i = 0; i < count && lots[c].put_back; i++)
		{
			int64_t points = lots[c].lot.points;

			if (lots[i].lot.lot_id == lots[c].lot.origin_lot_id)
				take(&lots[i].known[0], spent_of(&lots[i], 0), &points);
		}
}

/*
 * Takes fate by fate, open lots before closed ones: points of an open lot can move to `returned` there, so the
 * books say more.
 */
void
loyalty_return_fates(ReturnedLot *lots, int count, int64_t points, int64_t claimed)
{
	int64_t wanted = points;
	int i;

	note_claimed(lots, count, claimed);
	note_put_back(lots, count);
	for (i = 0; i < count; i++)
		if (!lots[i].closed)
			take(&lots[i].unspent, lots[i].lot.remaining, &wanted);
	take_spent(lots, count, 0, offsetof(ReturnedLot, spent), &wanted);
	take_spent(lots, count, 1, offsetof(ReturnedLot, given), &wanted);
	take_spent(lots, count, 2, offsetof(ReturnedLot, paid), &wanted);
	for (i = 0; i < count; i++)
		if (!lots[i].closed)
			take(&lots[i].expired, lots[i].lot.expired, &wanted);
	if (count > 0)
		lots[0].missing = wanted;
}
