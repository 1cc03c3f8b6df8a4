/*
 * return_rules_test.c: any split of a bill takes the same points; each form of a return and what it refuses; sums
 * that are split over lots.
 */
#include "bill/return_rules.h"

#include <stdlib.h>
#include <string.h>

#include "tap.h"

#define LINES 3

static ReturnLine fresh[LINES] = {
	{ .line_no = 1, .quantity = 3000, .amount = 10000 },
	{ .line_no = 2, .quantity = 1000, .amount = 6667 },
	{ .line_no = 3, .quantity = 0, .amount = 1000 },
};

/* A bill of 15 with lines of 17.667, of which nothing came back. */
static BillReturn
new_bill(ReturnLine *lines)
{
	memcpy(lines, fresh, sizeof(fresh));
	return (BillReturn){ .amount = 15000, .line_count = LINES, .lines = lines };
}

/* What the tables would say of it at the next return. */
static void
store(BillReturn *bill)
{
	int i;

	bill->amount_back += bill->amount_now;
	bill->kind_back = bill->kind_back == RETURN_WHOLE ? RETURN_WHOLE : bill->kind;
	for (i = 0; i < bill->line_count; i++)
	{
		ReturnLine *line = &bill->lines[i];

		line->quantity_back += line->quantity_now;
		line->amount_back += line->amount_now;
		line->times_back += line->named;
		line->named = false;
		line->quantity_now = line->amount_now = 0;
	}
	bill->kind = RETURN_NONE;
	bill->amount_now = 0;
	bill->complete = false;
}

/* The points of the bill and of line 1, rounded by the rule; adds what the return at hand takes. */
static bool
add_points(const BillReturn *bill, Rounding rounding, int64_t *of_bill, int64_t *of_line)
{
	int64_t more_of_bill = loyalty_return_points(bill, 0, 7000, 1000, rounding);
	int64_t more_of_line = loyalty_return_points(bill, 1, 5000, 1000, rounding);
	bool fine = more_of_bill >= 0 && more_of_line >= 0 && more_of_bill % 1000 == 0 &&
				more_of_line % 1000 == 0 &&
				loyalty_returned_before(bill, 0, 7000, 1000, rounding) == *of_bill &&
				loyalty_returned_before(bill, 1, 5000, 1000, rounding) == *of_line;

	*of_bill += more_of_bill;
	*of_line += more_of_line;
	return fine;
}

/* One random split of the bill, by line or by amount, its end by the whole or by parts. */
static bool
split_takes_all(bool by_line, Rounding rounding)
{
	ReturnLine lines[LINES];
	BillReturn bill = new_bill(lines);
	int64_t of_bill = 0;
	int64_t of_line = 0;
	int64_t amount = 0;
	bool complete = false;
	bool fine = true;

	while (!complete)
	{
		ReturnProblem problem;
		int32_t line;

		if (rand() % 6 == 0)
			problem = loyalty_return_whole(&bill);
		else if (by_line)
		{
			AskedLine asked = { .line_no = 1 + rand() % LINES, .quantity = rand() % 2 ? ALL_LEFT : 500 };

			problem = loyalty_return_lines(&bill, &asked, 1, &line);
		}
		else
			problem = loyalty_return_amount(&bill, 1 + rand() % 4000);
		if (problem != RETURN_FINE)
			continue;
		fine &= add_points(&bill, rounding, &of_bill, &of_line) && bill.amount_now >= 0;
		amount += bill.amount_now;
		complete = bill.complete;
		store(&bill);
	}
	return fine && of_bill == 7000 && of_line == 5000 && amount == 15000 &&
		   loyalty_return_whole(&bill) == RETURN_NOTHING_LEFT;
}

static void
test_splits(void)
{
	int wrong = 0;
	int i;

	srand(1);
	for (i = 0; i < 20000; i++)
		if (!split_takes_all(i % 2 == 0, (Rounding) (i / 2 % ROUNDING_COUNT)))
			wrong++;
	ok(wrong == 0, "any split of a bill takes all of its amount and points, under every rounding");
}

static ReturnProblem
ask(BillReturn *bill, int32_t line_no, int64_t quantity)
{
	AskedLine asked = { .line_no = line_no, .quantity = quantity };
	int32_t line;

	return loyalty_return_lines(bill, &asked, 1, &line);
}

static void
test_forms(void)
{
	ReturnLine lines[LINES];
	BillReturn bill = new_bill(lines);
	AskedLine twice[] = { { 1, 1000 }, { 1, 1000 } };
	int32_t line;

	ok(ask(&bill, 4, ALL_LEFT) == RETURN_LINE_UNKNOWN, "the bill has no line 4");
	ok(ask(&bill, 1, 3001) == RETURN_LINE_TOO_MANY, "more than the line has");
	ok(ask(&bill, 1, 0) == RETURN_LINE_NO_PIECES, "nothing of a line");
	ok(loyalty_return_lines(&bill, twice, 2, &line) == RETURN_LINE_TWICE && line == 1, "a line named twice");
	bill = new_bill(lines);
	ok(ask(&bill, 1, 1000) == RETURN_FINE && bill.lines[0].amount_now == 3333 && bill.amount_now == 2830,
	   "a third of line 1 is 3.333 of 17.667, of the bill's 15 that is 2.830");
	store(&bill);
	ok(loyalty_return_amount(&bill, 1000) == RETURN_MIXED, "by amount after by line");
	ok(ask(&bill, 1, 2001) == RETURN_LINE_TOO_MANY, "more than the line has left");
	ok(ask(&bill, 1, 2000) == RETURN_FINE && bill.lines[0].amount_now == 6667, "the rest of the line");
	store(&bill);
	ok(ask(&bill, 1, ALL_LEFT) == RETURN_LINE_NOT_LEFT, "nothing of the line is left");
	ok(loyalty_return_whole(&bill) == RETURN_FINE && bill.complete && !bill.lines[0].named &&
		   bill.lines[1].named && bill.lines[2].named,
	   "all that is left");
	bill = new_bill(lines);
	ok(loyalty_return_amount(&bill, 15001) == RETURN_TOO_MUCH, "more than the bill's amount");
	ok(loyalty_return_amount(&bill, 10000) == RETURN_FINE && !bill.complete, "a part of the amount");
	store(&bill);
	ok(loyalty_return_amount(&bill, 5001) == RETURN_TOO_MUCH, "more than is left of the amount");
	ok(ask(&bill, 1, ALL_LEFT) == RETURN_MIXED, "by line after by amount");
	ok(loyalty_return_amount(&bill, 5000) == RETURN_FINE && bill.complete, "the rest of it");
}

static void
test_shares(void)
{
	int64_t most = POINTS_LIMIT - 1;
	int64_t half;

	ok(loyalty_share(10000, 1, 3, 1000, ROUNDING_FLOOR) == 3000 &&
		   loyalty_share(10000, 1, 3, 1000, ROUNDING_CEILING) == 4000 &&
		   loyalty_share(10000, 1, 3, 10, ROUNDING_HALF_UP) == 3330,
	   "a third of ten");
	ok(loyalty_share(1000, 1, 2, 1000, ROUNDING_HALF_UP) == 1000 &&
		   loyalty_share(1000, 1, 2, 1000, ROUNDING_HALF_DOWN) == 0 &&
		   loyalty_share(1000, 1, 2, 1000, ROUNDING_HALF_EVEN) == 0 &&
		   loyalty_share(3000, 1, 2, 1000, ROUNDING_HALF_EVEN) == 2000,
	   "halves");
	ok(loyalty_share(most, most, most, 1, ROUNDING_FLOOR) == most &&
		   loyalty_share(most, most - 1, most, 1, ROUNDING_FLOOR) == most - 1 &&
		   loyalty_share(5000, 0, 0, 1000, ROUNDING_CEILING) == 0,
	   "the largest, and nothing of nothing");
	half = loyalty_share(most, (__int128) most * 5000, (__int128) most * 10000, 1, ROUNDING_HALF_UP);
	ok(llabs(half - most / 2) < 1000, "the largest lines, ten thousand of them, give about the half");
}

#define LOTS 5

/* Lots of a bill of which some points are back, and what a split gives each. */
static bool
splits(const int64_t *points, const int64_t *before, int64_t now, const int64_t *expected, int64_t step)
{
	ReturnedPart parts[LOTS];
	int64_t sum = 0;
	int i;

	for (i = 0; i < 3; i++)
		parts[i] = (ReturnedPart){ .line_no = i + 1, .points = points[i], .before = before[i] };
	sum = loyalty_return_split(parts, 3, now, step);
	for (i = 0; i < 3; i++)
		if (parts[i].now != expected[i])
			return false;
	return sum == 0;
}

static void
test_split(void)
{
	int64_t three[] = { 6000, 6000, 2000 };
	int64_t none[] = { 0, 0, 0 };
	int64_t ten[] = { 4000, 4000, 2000 };
	int64_t eleventh[] = { 1000, 0, 0 };
	int64_t rest[] = { 2000, 2000, 0 };
	int64_t most[] = { POINTS_LIMIT - 1, 0, 0 };
	int64_t halves[] = { 333, 333, 334 };
	int64_t one_third[] = { 0, 0, 1 };

	ok(splits(three, none, 10000, ten, 1000), "10 of lots of 6, 6 and 2: 4, 4, 2 by largest remainder");
	ok(splits(three, ten, 1000, eleventh, 1000), "the 11th is split over what is left: no lot's share falls");
	ok(splits(three, ten, 4000, rest, 1000), "and the rest is what is left of each");
	ok(splits(most, none, POINTS_LIMIT - 1, most, 1000),
	   "the largest lot, with a rest that is no whole step");
	ok(splits(halves, none, 1, one_third, 1), "the largest remainder is that of the largest lot");
}

/* Returns whether lots of small bills come back as one sum, however often and in whatever parts they are returned. */
static bool
sum_is_exact(int64_t step, Rounding rounding)
{
	int64_t lots[LOTS];
	int64_t before[LOTS] = { 0 };
	int64_t all = 0;
	BillReturn bill = { .amount = 1 + rand() % 20000 };
	bool fine = true;
	int i;

	for (i = 0; i < LOTS; i++)
		all += lots[i] = rand() % 9 * step;
	while (bill.amount_back < bill.amount)
	{
		ReturnedPart parts[LOTS];
		int64_t more = 1 + rand() % (bill.amount / 3 + 1);
		int64_t back = 0;

		if (loyalty_return_amount(&bill, more) != RETURN_FINE)
			(void) loyalty_return_whole(&bill);
		for (i = 0; i < LOTS; i++)
			parts[LOTS - 1 - i] =
				(ReturnedPart){ .line_no = i / 2, .order = i, .points = lots[i], .before = before[i] };
		loyalty_return_parts(&bill, parts, LOTS, step, rounding);
		for (i = 0; i < LOTS; i++)
		{
			fine &= parts[i].order == i && parts[i].now >= 0 && parts[i].now % step == 0 &&
					before[i] + parts[i].now <= lots[i];
			back += before[i] += parts[i].now;
		}
		fine &= back == (bill.complete ? all
									   : loyalty_share(all, bill.amount_back + bill.amount_now, bill.amount,
													   step, rounding));
		bill.amount_back += bill.amount_now;
		bill.kind_back = RETURN_AMOUNT;
	}
	return fine;
}

static void
test_sums(void)
{
	ReturnLine lines[] = { { .line_no = 1, .quantity = 2000, .amount = 2000 },
						   { .line_no = 2, .quantity = 2000, .amount = 2000 } };
	BillReturn bill = { .amount = 4000, .line_count = 2, .lines = lines };
	AskedLine asked = { .line_no = 1, .quantity = 1000 };
	ReturnedPart parts[] = { { .line_no = 1, .order = 0, .points = 1000 },
							 { .line_no = 1, .order = 1, .points = 1000 },
							 { .line_no = 2, .order = 2, .points = 1000 },
							 { .line_no = 0, .order = 3, .points = 1000 } };
	int32_t line;
	int wrong = 0;
	int i;

	srand(2);
	for (i = 0; i < 20000; i++)
		if (!sum_is_exact(i % 2 ? 1000 : 1, (Rounding) (i / 2 % ROUNDING_COUNT)))
			wrong++;
	ok(wrong == 0, "the lots of a bill are rounded as one sum, over any split of it");
	ok(loyalty_return_lines(&bill, &asked, 1, &line) == RETURN_FINE, "half of a line");
	loyalty_return_parts(&bill, parts, 4, 1000, ROUNDING_HALF_UP);
	ok(parts[0].order == 3 && parts[0].now == 0 && parts[1].now == 1000 && parts[2].now == 0 &&
		   parts[3].now == 0,
	   "the lots of a line are one sum, those of the bill another");
}

/* Lines below zero come back with the last of the others, and with a whole; their points follow the bill's amount. */
static void
test_taking_off(void)
{
	ReturnLine bought[] = { { .line_no = 1, .quantity = 1000, .amount = 60000 },
							{ .line_no = 2, .quantity = 1000, .amount = -10000 },
							{ .line_no = 3, .quantity = -1000, .amount = 0 },
							{ .line_no = 4, .quantity = 2000, .amount = 40000 } };
	ReturnLine lines[4];
	BillReturn bill = { .amount = 90000, .line_count = 4, .lines = lines };
	AskedLine asked = { .line_no = 2, .quantity = ALL_LEFT };
	int32_t line;

	memcpy(lines, bought, sizeof(lines));
	ok(loyalty_return_lines(&bill, &asked, 1, &line) == RETURN_LINE_TAKES_OFF && line == 2, "not by itself");
	asked.line_no = 3;
	ok(loyalty_return_lines(&bill, &asked, 1, &line) == RETURN_LINE_TAKES_OFF,
	   "nor one of a quantity below zero");
	asked.line_no = 1;
	ok(loyalty_return_lines(&bill, &asked, 1, &line) == RETURN_FINE && bill.amount_now == 54000 &&
		   !bill.complete && !lines[1].named,
	   "60 of 100 are 54 of 90");
	ok(loyalty_return_points(&bill, 2, 10000, 1000, ROUNDING_HALF_UP) == 6000, "6 of its 10 points");
	store(&bill);
	asked.line_no = 4;
	ok(loyalty_return_lines(&bill, &asked, 1, &line) == RETURN_FINE && bill.amount_now == 36000 &&
		   bill.complete && lines[1].amount_now == -10000 && lines[2].quantity_now == -1000,
	   "the rest, with what took off");
	ok(loyalty_return_points(&bill, 2, 10000, 1000, ROUNDING_HALF_UP) == 4000, "and the other 4");
	store(&bill);
	ok(loyalty_return_whole(&bill) == RETURN_NOTHING_LEFT, "then nothing is left");
	memcpy(lines, bought, sizeof(lines));
	bill = (BillReturn){ .amount = 90000, .line_count = 4, .lines = lines };
	ok(loyalty_return_whole(&bill) == RETURN_FINE && lines[0].named && lines[1].amount_now == -10000 &&
		   lines[2].named && bill.amount_now == 90000,
	   "a whole brings all lines");
}

int
main(void)
{
	plan(36);
	test_splits();
	test_forms();
	test_shares();
	test_split();
	test_sums();
	test_taking_off();
	return tap_exit();
}
