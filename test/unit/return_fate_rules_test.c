/*
 * return_fate_rules_test.c: the fates of returned lots in every mixture of small numbers, with what earlier returns took
 * or claim.
 */
#include "bill/return_fate_rules.h"
#include "tap.h"

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
		sum += fate->unspent + fate->spent + fate->given + fate->paid + fate->expired + fate->gone;
		if (fate->unspent > lot->remaining || fate->spent > lot->redeemed || fate->given > lot->transferred ||
			fate->paid > lot->arrears_paid || fate->expired > lot->expired ||
			(fate->closed ? fate->unspent + fate->spent + fate->given + fate->paid + fate->expired
						  : fate->gone) > 0)
			return false;
	}
	/* Nothing is taken of what was spent while anything unspent is left. */
	if (taken[0].spent + taken[0].given + taken[0].expired > 0 && taken[0].unspent < lots[0].lot.remaining)
		return false;
	return sum == (points < there ? points : there) && taken[0].missing == points - sum;
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
	ok(lots[0].gone == 50 && lots[1].expired == 0, "the first half: what was spent before the merge");
	lots[0] = (ReturnedLot){ .lot = { .redeemed = 60, .merged = 40 }, .closed = true };
	loyalty_return_fates(lots, 2, 50, 50);
	ok(lots[0].gone == 10 && lots[1].expired == 40, "the second half: the rest of it, and what expired");
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
	ok(lots[0].gone == 25 && lots[1].unspent == 35 && lots[2].expired == 40,
	   "40 of 60 came back: 20 are still spent, 5 given away");
	lots[0] = closed;
	lots[1] = (ReturnedLot){ .lot = { .lot_id = 2, .points = 35, .returned = 35 } };
	lots[2] = (ReturnedLot){ .lot = { .lot_id = 3, .points = 60, .expired = 60, .origin_lot_id = 1 },
							 .put_back = true };
	loyalty_return_fates(lots, 3, 50, 15);
	ok(lots[0].gone == 5 && lots[2].expired == 45,
	   "15 of 60 had been claimed before all of them came back: 45 of them are the bill's");
}

/* What a return claims of an open lot is spent still, and is not taken again; what is taken by hand is missing. */
static void
test_claimed(void)
{
	ReturnedLot lots[] = { { .lot = { .redeemed = 70, .adjusted = 30 } } };

	loyalty_return_fates(lots, 1, 50, 50);
	ok(lots[0].spent == 20 && lots[0].missing == 30,
	   "50 of 70 are claimed: 20 are taken, 30 were corrected away");
}

int
main(void)
{
	plan(6);
	test_fates();
	test_closed();
	test_put_back();
	test_claimed();
	return tap_exit();
}
