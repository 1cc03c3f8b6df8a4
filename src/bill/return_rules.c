/*
 * return_rules.c: what of a bill comes back by a return, and which of its points.
 *
 * Everything is a share, and every share is computed from totals: after this return less before it. Rounding
 * each return by itself would let ten returns of a tenth take more or less than one of the whole; differences
 * of totals add up to the whole exactly, whatever the split, and the last part takes the rest. A line's share
 * is by its quantity, the bill's by its amount; a bill that came back by amounts has no quantities, so its
 * lines' points go by the amount too.
 *
 * Nor is each lot rounded by itself: twenty lots of a point would give twenty points for half of the bill. The sum is
 * rounded once, and the difference is split over what is left of its lots. To split the total anew each time would let
 * a lot's share fall: lots of 6, 6 and 2 give 4, 4, 2 for 10 of 14, and 5, 5, 1 for 11.
 *
 * Pure: the caller holds the customer's lock, so no other return of the bill is under way. Nothing is late
 * here. Products are taken in 128 bits: points and amounts are below 10^18 thousandths, so no product reaches
 * 10^37 of the 1.7 x 10^38 there are.
 */
#include "bill/return_rules.h"

#include <stdlib.h>

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

/* Tells whether a line is below zero: a discount on the bill, or goods that were taken back with it. */
static bool
takes_off(const ReturnLine *line)
{
	return line->amount < 0 || line->quantity < 0;
}

/*
 * Tells whether nothing of a line was left before. Lines of no quantity are back as soon as a return has named
 * them.
 */
static bool
line_was_done(const ReturnLine *line)
{
	return takes_off(line) || (line->quantity_back >= line->quantity && line->times_back > 0);
}

/* Tells whether nothing of a line is left after this return. */
static bool
line_is_done(const ReturnLine *line)
{
	return takes_off(line) || (line->quantity_back + line->quantity_now >= line->quantity &&
							   (line->times_back > 0 || line->named));
}

/* By lines a bill is done with its last line, whatever the amounts. */
bool
loyalty_return_was_complete(const BillReturn *bill)
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

	if (loyalty_return_was_complete(bill))
		return RETURN_NOTHING_LEFT;
	bill->kind = RETURN_WHOLE;
	bill->complete = true;
	bill->amount_now = bill->amount - bill->amount_back;
	for (i = 0; i < bill->line_count && bill->kind_back != RETURN_AMOUNT; i++)
		if (takes_off(&bill->lines[i]) || !line_was_done(&bill->lines[i]))
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
	if (loyalty_return_was_complete(bill))
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
	if (takes_off(line))
		return RETURN_LINE_TAKES_OFF;
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
 * the till), so what came back of it is its amount in proportion to theirs, and the rest with the last line. Lines
 * below zero lower what each of the others is worth, and come back with the last of them.
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

		if (takes_off(line))
			continue;
		all += line->amount;
		back += line->amount_back + line->amount_now;
		bill->complete &= line_is_done(line);
	}
	bill->amount_now = bill->amount - bill->amount_back;
	for (i = 0; i < bill->line_count && bill->complete; i++)
		if (takes_off(&bill->lines[i]))
			take_line(&bill->lines[i]);
	if (!bill->complete)
		bill->amount_now = loyalty_share(bill->amount, back, all, 1, ROUNDING_HALF_UP) - bill->amount_back;
}

/* Stops at the first line that has a problem: the caller raises it. */
ReturnProblem
loyalty_return_lines(BillReturn *bill, const AskedLine *asked, int count, int32_t *line)
{
	int i;

	*line = 0;
	if (loyalty_return_was_complete(bill))
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
 * Returns the share that the points of a line, or of the bill (line 0), follow. A line has its own, unless it is below
 * zero, or amounts of the bill as a whole came back: then nobody knows what is back of it. A bill is never complete
 * before a decided return.
 */
static Share
share_of(const BillReturn *bill, int32_t line_no)
{
	const ReturnLine *line = line_no == 0 ? NULL : find_line(bill, line_no);

	if (line == NULL || takes_off(line) || bill->kind == RETURN_AMOUNT || bill->kind_back == RETURN_AMOUNT)
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

/* Orders parts by line, then as they were numbered. */
static int
compare_parts(const void *left, const void *right)
{
	const ReturnedPart *l = left;
	const ReturnedPart *r = right;

	if (l->line_no != r->line_no)
		return l->line_no < r->line_no ? -1 : 1;
	return l->order < r->order ? -1 : l->order > r->order;
}

/* Orders parts by what the division left of them, the largest first. */
static int
compare_rests(const void *left, const void *right)
{
	const ReturnedPart *l = left;
	const ReturnedPart *r = right;

	if (l->rest_high != r->rest_high)
		return l->rest_high > r->rest_high ? -1 : 1;
	if (l->rest_low != r->rest_low)
		return l->rest_low > r->rest_low ? -1 : 1;
	return compare_parts(left, right);
}

/* Gives a part up to so many points more, as far as there are any and it has as many left. */
static void
give(ReturnedPart *part, int64_t most, int64_t *points)
{
	int64_t left = part->points - part->before - part->now;
	int64_t given = most < *points ? most : *points;

	given = given < left ? given : left;
	part->now += given;
	*points -= given;
}

/*
 * Gives whole steps of the quotas first, then a step to those with the largest rests: there are fewer steps left than
 * parts. What is less than a step, as after a change of the program's decimals, goes where there is room. Numbers are
 * below 10^18, so that no product leaves 128 bits.
 */
int64_t
loyalty_return_split(ReturnedPart *parts, int count, int64_t points, int64_t step)
{
	__int128 left = 0;
	int64_t wanted = points;
	int i;

	for (i = 0; i < count; i++)
	{
		parts[i].now = 0;
		left += parts[i].points - parts[i].before;
	}
	for (i = 0; i < count && left > 0; i++)
	{
		__int128 product = (__int128) wanted * (parts[i].points - parts[i].before);

		parts[i].rest_high = (uint64_t) (product % (left * step) >> 64);
		parts[i].rest_low = (uint64_t) (product % (left * step));
		give(&parts[i], (int64_t) (product / (left * step)) * step, &points);
	}
	if (points > 0)
		qsort(parts, count, sizeof(ReturnedPart), compare_rests);
	for (i = 0; i < count && points >= step; i++)
		give(&parts[i], step, &points);
	qsort(parts, count, sizeof(ReturnedPart), compare_parts);
	for (i = 0; i < count && points > 0; i++)
		give(&parts[i], points, &points);
	return points;
}

/* Tells whether lots of two lines are of one sum. */
static bool
same_sum(const BillReturn *bill, int32_t line_no, int32_t other_line_no)
{
	return line_no == other_line_no || bill->kind == RETURN_AMOUNT || bill->kind_back == RETURN_AMOUNT;
}

/*
 * Takes the total of what came back before from the parts and not from a formula: a program may round in another way by
 * now. Then it may be more than the share of today, and nothing comes back until the share has grown.
 */
void
loyalty_return_parts(const BillReturn *bill, ReturnedPart *parts, int count, int64_t step, Rounding rounding)
{
	int first;
	int next;

	qsort(parts, count, sizeof(ReturnedPart), compare_parts);
	for (first = 0; first < count; first = next)
	{
		int64_t points = 0;
		int64_t before = 0;
		Share share = share_of(bill, parts[first].line_no);
		int64_t after;

		for (next = first; next < count && same_sum(bill, parts[first].line_no, parts[next].line_no); next++)
		{
			points += parts[next].points;
			before += parts[next].before;
		}
		after = share.complete ? points : loyalty_share(points, share.after, share.whole, step, rounding);
		(void) loyalty_return_split(&parts[first], next - first, after > before ? after - before : 0, step);
	}
}
