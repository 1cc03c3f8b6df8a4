/*
 * return_rules.c: what of a bill comes back by a return, and which of its points.
 *
 * Everything is a share, and every share is computed from totals: after this return less before it. Rounding
 * each return by itself would let ten returns of a tenth take more or less than one of the whole; differences
 * of totals add up to the whole exactly, whatever the split, and the last part takes the rest. A line's share
 * is by its quantity, the bill's by its amount; a bill that came back by amounts has no quantities, so its
 * lines' points go by the amount too.
 *
 * Fates then say where the points are looked for: first those that cost nobody anything (unspent), then those
 * that the customer must make good, then those that expired, which cost the customer nothing. The order decides
 * only which column of a lot says `returned`; the sum is the same.
 *
 * Pure: the caller holds the customer's lock, so no other return of the bill is under way. Nothing is late
 * here. Products are taken in 128 bits: points and amounts are below 10^18 thousandths, so no product reaches
 * 10^37 of the 1.7 x 10^38 there are.
 */
#include "bill/return_rules.h"

#include <stddef.h>

/*
 * Divides two numbers that are not negative by a program's rounding. Halves are compared as rest against what
 * is missing, for twice the rest might not fit.
 */
static __int128
rounded(__int128 dividend, __int128 divisor, Rounding rounding)
{
	__int128 quotient = dividend / divisor;
	__int128 rest = dividend % divisor;
	__int128 missing = divisor - rest;
	bool up = false;

	switch (rounding)
	{
		case ROUNDING_CEILING:
			up = rest > 0;
			break;
		case ROUNDING_HALF_UP:
			up = rest >= missing;
			break;
		case ROUNDING_HALF_DOWN:
			up = rest > missing;
			break;
		case ROUNDING_HALF_EVEN:
			up = rest > missing || (rest == missing && quotient % 2 == 1);
			break;
		case ROUNDING_FLOOR:
		case ROUNDING_COUNT:
			break;
	}
	return quotient + (up ? 1 : 0);
}

/*
 * Halves part and whole until they can be multiplied: amounts of ten thousand lines may add up beyond that, and
 * the share of such sums need not be exact to the last thousandth. The part reaches the whole before the
 * halving, so that "all" stays all.
 */
int64_t
loyalty_share(int64_t points, __int128 part, __int128 whole, int64_t step, Rounding rounding)
{
	int64_t share;

	if (part >= whole)
		return whole == 0 ? 0 : points;
	while (whole >= POINTS_LIMIT)
	{
		whole /= 2;
		part /= 2;
	}
	share = (int64_t) (rounded((__int128) points * part, whole * step, rounding) * step);
	return share < points ? share : points;
}

/*
 * Tells whether nothing of a line was left before. Lines of no quantity are back as soon as a return has named
 * them.
 */
static bool
line_was_done(const ReturnLine *line)
{
	return line->quantity_back >= line->quantity && line->times_back > 0;
}

/* Tells whether nothing of a line is left after this return. */
static bool
line_is_done(const ReturnLine *line)
{
	return line->quantity_back + line->quantity_now >= line->quantity &&
		   (line->times_back > 0 || line->named);
}

/*
 * Tells whether nothing was left of a bill before this return. By lines it is done with its last line, whatever
 * the amounts.
 */
static bool
was_complete(const BillReturn *bill)
{
	int i;

	if (bill->kind_back == RETURN_WHOLE)
		return true;
	if (bill->kind_back == RETURN_AMOUNT)
		return bill->amount_back >= bill->amount;
	if (bill->kind_back == RETURN_NONE)
		return false;
	for (i = 0; i < bill->line_count; i++)
		if (!line_was_done(&bill->lines[i]))
			return false;
	return true;
}

/* Takes all that is left of a line. */
static void
take_line(ReturnLine *line)
{
	line->named = true;
	line->quantity_now = line->quantity - line->quantity_back;
	line->amount_now = line->amount - line->amount_back;
}

/*
 * Names every line that is not back, for the return's own lines; a bill that came back by amounts has no lines
 * to name.
 */
ReturnProblem
loyalty_return_whole(BillReturn *bill)
{
	int i;

	if (was_complete(bill))
		return RETURN_NOTHING_LEFT;
	bill->kind = RETURN_WHOLE;
	bill->complete = true;
	bill->amount_now = bill->amount - bill->amount_back;
	for (i = 0; i < bill->line_count && bill->kind_back != RETURN_AMOUNT; i++)
		if (!line_was_done(&bill->lines[i]))
			take_line(&bill->lines[i]);
	return RETURN_FINE;
}

/*
 * Judges what is left before what is mixed, so that a bill that is back says so in every form. An amount after
 * lines would have to say which lines it is of, and is refused.
 */
ReturnProblem
loyalty_return_amount(BillReturn *bill, int64_t amount)
{
	if (was_complete(bill))
		return RETURN_NOTHING_LEFT;
	if (bill->kind_back == RETURN_LINES)
		return RETURN_MIXED;
	if (amount > bill->amount - bill->amount_back)
		return RETURN_TOO_MUCH;
	bill->kind = RETURN_AMOUNT;
	bill->amount_now = amount;
	bill->complete = bill->amount_back + amount == bill->amount;
	return RETURN_FINE;
}

/* Finds a line by its number, by halving: lines stand in the order of their numbers. */
static ReturnLine *
find_line(const BillReturn *bill, int32_t line_no)
{
	int low = 0;
	int high = bill->line_count - 1;

	while (low <= high)
	{
		int middle = (low + high) / 2;

		if (bill->lines[middle].line_no == line_no)
			return &bill->lines[middle];
		if (bill->lines[middle].line_no < line_no)
			low = middle + 1;
		else
			high = middle - 1;
	}
	return NULL;
}

/*
 * Puts one line that the return names into the bill. The amount that comes back follows the line's quantity,
 * again as the difference of two totals; bills give an amount for a line, not for a piece.
 */
static ReturnProblem
ask_line(BillReturn *bill, const AskedLine *asked)
{
	ReturnLine *line = find_line(bill, asked->line_no);
	int64_t quantity;

	if (line == NULL)
		return RETURN_LINE_UNKNOWN;
	if (line->named)
		return RETURN_LINE_TWICE;
	if (line_was_done(line))
		return RETURN_LINE_NOT_LEFT;
	if (asked->quantity == ALL_LEFT)
	{
		take_line(line);
		return RETURN_FINE;
	}
	if (asked->quantity == 0)
		return RETURN_LINE_NO_PIECES;
	if (asked->quantity > line->quantity - line->quantity_back)
		return RETURN_LINE_TOO_MANY;
	quantity = line->quantity_back + asked->quantity;
	line->named = true;
	line->quantity_now = asked->quantity;
	line->amount_now =
		loyalty_share(line->amount, quantity, line->quantity, 1, ROUNDING_HALF_UP) - line->amount_back;
	return RETURN_FINE;
}

/*
 * Adds up what is back by lines. The bill's amount need not be the sum of its lines (a rebate, a rounding at
 * the till), so what came back of it is its amount in proportion to theirs, and the rest with the last line.
 */
static void
sum_lines(BillReturn *bill)
{
	__int128 back = 0;
	__int128 all = 0;
	int i;

	bill->complete = true;
	for (i = 0; i < bill->line_count; i++)
	{
		const ReturnLine *line = &bill->lines[i];

		all += line->amount;
		back += line->amount_back + line->amount_now;
		bill->complete &= line_is_done(line);
	}
	bill->amount_now = bill->amount - bill->amount_back;
	if (!bill->complete)
		bill->amount_now = loyalty_share(bill->amount, back, all, 1, ROUNDING_HALF_UP) - bill->amount_back;
}

/* Stops at the first line that has a problem: the caller raises it. */
ReturnProblem
loyalty_return_lines(BillReturn *bill, const AskedLine *asked, int count, int32_t *line)
{
	int i;

	*line = 0;
	if (was_complete(bill))
		return RETURN_NOTHING_LEFT;
	if (bill->kind_back == RETURN_AMOUNT)
		return RETURN_MIXED;
	for (i = 0; i < count; i++)
	{
		ReturnProblem problem = ask_line(bill, &asked[i]);

		*line = asked[i].line_no;
		if (problem != RETURN_FINE)
			return problem;
	}
	bill->kind = RETURN_LINES;
	sum_lines(bill);
	return RETURN_FINE;
}

/* Parts of a bill, or of one of its lines, that are back before a return and after it: amounts, or quantities. */
typedef struct Share
{
	__int128 whole;
	__int128 before;
	__int128 after;
	bool was_complete; /* before; a line of no quantity needs it, and a bill has none */
	bool complete;
} Share;

/*
 * Returns the share that the points of a line, or of the bill (line 0), follow. A line has its own, unless
 * amounts of the bill as a whole came back: then nobody knows what is back of it. A bill is never complete
 * before a decided return.
 */
static Share
share_of(const BillReturn *bill, int32_t line_no)
{
	const ReturnLine *line = line_no == 0 ? NULL : find_line(bill, line_no);

	if (line == NULL || bill->kind == RETURN_AMOUNT || bill->kind_back == RETURN_AMOUNT)
		return (Share){ .whole = bill->amount,
						.before = bill->amount_back,
						.after = (__int128) bill->amount_back + bill->amount_now,
						.complete = bill->complete };
	return (Share){ .whole = line->quantity,
					.before = line->quantity_back,
					.after = (__int128) line->quantity_back + line->quantity_now,
					.was_complete = line_was_done(line),
					.complete = line_is_done(line) };
}

/* Takes a line that was complete as a whole: its quantity may be 0, of which no share can be made. */
int64_t
loyalty_returned_before(const BillReturn *bill, int32_t line_no, int64_t points, int64_t step,
						Rounding rounding)
{
	Share share = share_of(bill, line_no);

	return share.was_complete ? points : loyalty_share(points, share.before, share.whole, step, rounding);
}

/* Subtracts two totals; the last part takes whatever rounding had left. */
int64_t
loyalty_return_points(const BillReturn *bill, int32_t line_no, int64_t points, int64_t step,
					  Rounding rounding)
{
	Share share = share_of(bill, line_no);
	int64_t after = share.complete ? points : loyalty_share(points, share.after, share.whole, step, rounding);

	return after - loyalty_returned_before(bill, line_no, points, step, rounding);
}

/*
 * Takes what there is of one fate, of open lots or of closed ones, towards what is wanted. "column" is the
 * offset of the lot's column, "fate" that of the member of ReturnedLot.
 */
static void
take(ReturnedLot *lots, int count, size_t column, size_t fate, bool closed, int64_t *wanted)
{
	int i;

	for (i = 0; i < count; i++)
	{
		int64_t there = *(int64_t *) ((char *) &lots[i].lot + column);
		int64_t taken = there < *wanted ? there : *wanted;

		if (lots[i].closed != closed)
			continue;
		*(int64_t *) ((char *) &lots[i] + fate) += taken;
		*wanted -= taken;
	}
}

/*
 * Forgets of closed lots what earlier returns took of them. Nothing is posted to a closed lot, so its columns
 * still show those points as spent. They are what the returns were to take, less what open lots show as
 * returned; they are looked for in the order of the fates, in which they were taken.
 */
static void
forget_taken(ReturnedLot *lots, int count, int64_t before)
{
	static const size_t columns[] = { offsetof(Lot, redeemed), offsetof(Lot, transferred),
									  offsetof(Lot, arrears_paid), offsetof(Lot, expired) };
	size_t c;
	int i;

	for (i = 0; i < count; i++)
		before -= lots[i].lot.returned;
	for (c = 0; c < sizeof(columns) / sizeof(columns[0]); c++)
		for (i = 0; i < count && before > 0; i++)
		{
			int64_t *there = (int64_t *) ((char *) &lots[i].lot + columns[c]);
			int64_t gone = *there < before ? *there : before;

			if (!lots[i].closed)
				continue;
			*there -= gone;
			before -= gone;
		}
}

/*
 * Forgets of a closed lot what a reversal put into a lot in its place: the closed row still counts it as
 * redeemed, and it would come back twice. Quadratic in the lots of one award, which are a handful.
 */
static void
forget_put_back(ReturnedLot *lots, int count)
{
	int c;
	int i;

	for (c = 0; c < count; c++)
		for (i = 0; i < count && lots[c].put_back; i++)
		{
			Lot *origin = &lots[i].lot;

			if (origin->lot_id == lots[c].lot.origin_lot_id)
				origin->redeemed -=
					lots[c].lot.points < origin->redeemed ? lots[c].lot.points : origin->redeemed;
		}
}

/*
 * Takes fate by fate, open lots before closed ones: points of an open lot can move to `returned` there, so the
 * books say more.
 */
void
loyalty_return_fates(ReturnedLot *lots, int count, int64_t points, int64_t before)
{
	int64_t wanted = points;

	forget_taken(lots, count, before);
	forget_put_back(lots, count);
	take(lots, count, offsetof(Lot, remaining), offsetof(ReturnedLot, unspent), false, &wanted);
	take(lots, count, offsetof(Lot, redeemed), offsetof(ReturnedLot, spent), false, &wanted);
	take(lots, count, offsetof(Lot, redeemed), offsetof(ReturnedLot, claimed), true, &wanted);
	take(lots, count, offsetof(Lot, transferred), offsetof(ReturnedLot, given), false, &wanted);
	take(lots, count, offsetof(Lot, transferred), offsetof(ReturnedLot, claimed), true, &wanted);
	take(lots, count, offsetof(Lot, arrears_paid), offsetof(ReturnedLot, paid), false, &wanted);
	take(lots, count, offsetof(Lot, arrears_paid), offsetof(ReturnedLot, claimed), true, &wanted);
	take(lots, count, offsetof(Lot, expired), offsetof(ReturnedLot, expired), false, &wanted);
}
