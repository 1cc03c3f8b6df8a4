/*
 * return_rules_test.c: any split of a bill takes the same points; each form of a return and what it refuses; the fates
 * of lots in every mixture of small numbers.
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

/* Whether the fates of two lots, the second one perhaps closed, take what they should of every mixture. */
static bool
fates_are_right(const ReturnedLot *lots, int64_t points)
{
	ReturnedLot taken[2] = { lots[0], lots[1] };
	int64_t there = 0;
	int64_t sum = 0;
	int i;

	loyalty_return_fates(taken, 2, points, 0);
	for (i = 0; i < 2; i++)
	{
		const Lot *lot = &lots[i].lot;
		const ReturnedLot *fate = &taken[i];

		there += lot->redeemed + lot->transferred + lot->arrears_paid;
		there += lots[i].closed ? 0 : lot->remaining + lot->expired;
		sum += fate->unspent + fate->spent + fate->given + fate->paid + fate->expired + fate->claimed;
		if (fate->unspent > lot->remaining || fate->spent > lot->redeemed || fate->given > lot->transferred ||
			fate->paid > lot->arrears_paid || fate->expired > lot->expired ||
			(fate->closed ? fate->unspent + fate->spent + fate->given + fate->paid + fate->expired
						  : fate->claimed) > 0)
			return false;
	}
	/* Nothing is taken of what was spent while anything unspent is left. */
	if (taken[0].spent + taken[0].given + taken[0].expired > 0 && taken[0].unspent < lots[0].lot.remaining)
		return false;
	return sum == (points < there ? points : there);
}

static void
test_fates(void)
{
	int wrong = 0;
	int mix;

	for (mix = 0; mix < 1 << 12; mix++)
	{
		ReturnedLot lots[2] = {
			{ .lot = { .remaining = mix & 1,
					   .redeemed = mix >> 1 & 1,
					   .transferred = mix >> 2 & 1,
					   .arrears_paid = mix >> 3 & 1,
					   .expired = mix >> 4 & 1 } },
			{ .lot = { .redeemed = mix >> 5 & 1, .transferred = mix >> 6 & 1, .expired = mix >> 7 & 1 },
			  .closed = mix >> 8 & 1 }
		};

		if (!fates_are_right(lots, mix >> 9))
			wrong++;
	}
	ok(wrong == 0, "every mixture of fates gives what is asked, unspent points first");
}

/* Of a lot that was merged away no row says what earlier returns took. */
static void
test_closed(void)
{
	ReturnedLot lots[] = { { .lot = { .redeemed = 60, .merged = 40 }, .closed = true },
						   { .lot = { .points = 40, .expired = 40 } } };

	loyalty_return_fates(lots, 2, 50, 0);
	ok(lots[0].claimed == 50 && lots[1].expired == 0, "the first half: what was spent before the merge");
	lots[0] = (ReturnedLot){ .lot = { .redeemed = 60, .merged = 40 }, .closed = true };
	loyalty_return_fates(lots, 2, 50, 50);
	ok(lots[0].claimed == 10 && lots[1].expired == 40, "the second half: the rest of it, and what expired");
}

/* What a reversal put back in place of a lot that was merged away is in the new lot, and no longer spent in the old one. */
static void
test_put_back(void)
{
	ReturnedLot closed = { .lot = { .lot_id = 1, .redeemed = 60, .transferred = 5, .merged = 35 },
						   .closed = true };
	ReturnedLot lots[] = { closed,
						   { .lot = { .lot_id = 2, .points = 35, .remaining = 35 } },
						   { .lot = { .lot_id = 3, .points = 40, .expired = 40, .origin_lot_id = 1 },
							 .put_back = true } };

	loyalty_return_fates(lots, 3, 100, 0);
	ok(lots[0].claimed == 25 && lots[1].unspent == 35 && lots[2].expired == 40,
	   "40 of 60 came back: 20 are still spent, 5 given away");
	lots[0] = closed;
	lots[1] = (ReturnedLot){ .lot = { .lot_id = 2, .points = 35, .returned = 35 } };
	lots[2] = (ReturnedLot){ .lot = { .lot_id = 3, .points = 60, .expired = 60, .origin_lot_id = 1 },
							 .put_back = true };
	loyalty_return_fates(lots, 3, 50, 50);
	ok(lots[0].claimed == 5 && lots[2].expired == 45,
	   "15 of 60 had been claimed before all of them came back: 45 of them are the bill's");
}

int
main(void)
{
	plan(25);
	test_splits();
	test_forms();
	test_shares();
	test_fates();
	test_closed();
	test_put_back();
	return tap_exit();
}
