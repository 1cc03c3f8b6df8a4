/*
 * return_rules_fuzz.c: bills that come back in any pieces. No more comes back than there was, of the bill and of each
 * line; any split takes the same points under every rounding; the fates of lots add up to what comes back.
 */
// sources: return_rules.c return_fate_rules.c
#include "bill/return_fate_rules.h"
#include "bill/return_rules.h"
#include "fuzz_input.h"

#define MAX_LINES 4
#define MAX_LOTS 6

/* A bill on its way back, with points of it as a whole and of one line. */
typedef struct Story
{
	BillReturn bill;
	ReturnLine lines[MAX_LINES];
	int64_t points;
	int64_t step;
	Rounding rounding;
	int64_t back[MAX_LINES + 1]; /* points: of the bill, of each line */
} Story;

static void
begin(FuzzInput *input, Story *story)
{
	static const int64_t steps[] = { 1000, 100, 10, 1 };
	int64_t most = fuzz_bool(input) ? 100000 : POINTS_LIMIT - 1;
	int i;

	memset(story, 0, sizeof(*story));
	story->step = steps[fuzz_choice(input, 4)];
	story->points = fuzz_number(input, 0, most / 1000) * story->step;
	story->rounding = (Rounding) fuzz_choice(input, ROUNDING_COUNT);
	story->bill = (BillReturn){ .amount = fuzz_number(input, 0, most),
								.line_count = fuzz_choice(input, MAX_LINES + 1),
								.lines = story->lines };
	for (i = 0; i < story->bill.line_count; i++)
		story->lines[i] = (ReturnLine){ .line_no = 2 * i + 1,
										.quantity = fuzz_number(input, 0, most),
										.amount = fuzz_number(input, 0, most) };
}

static ReturnProblem
ask(FuzzInput *input, BillReturn *bill)
{
	AskedLine asked[2];
	int count;
	int32_t line;
	int i;

	switch (fuzz_choice(input, 4))
	{
		case 0:
			return loyalty_return_whole(bill);
		case 1:
			return loyalty_return_amount(bill, fuzz_number(input, 1, bill->amount + 1));
		default:
			count = 1 + fuzz_choice(input, 2);
			for (i = 0; i < count; i++)
			{
				asked[i].line_no = 1 + fuzz_choice(input, 2 * MAX_LINES);
				asked[i].quantity = fuzz_bool(input) ? ALL_LEFT : fuzz_number(input, 0, POINTS_LIMIT);
			}
			return loyalty_return_lines(bill, asked, count, &line);
	}
}

/* What a line takes of its points now, on top of what returns before took. */
static void
check_points(Story *story, int32_t line_no, int64_t *back)
{
	int64_t before =
		loyalty_returned_before(&story->bill, line_no, story->points, story->step, story->rounding);
	int64_t now = loyalty_return_points(&story->bill, line_no, story->points, story->step, story->rounding);

	REQUIRE(before == *back && now >= 0 && now % story->step == 0);
	*back += now;
	REQUIRE(*back <= story->points);
	if (story->bill.complete && line_no == 0)
		REQUIRE(*back == story->points);
}

static void
check_return(Story *story)
{
	BillReturn *bill = &story->bill;
	int i;

	REQUIRE(bill->amount_now >= 0 && bill->amount_now <= bill->amount - bill->amount_back);
	REQUIRE(!bill->complete || bill->amount_now == bill->amount - bill->amount_back);
	check_points(story, 0, &story->back[0]);
	for (i = 0; i < bill->line_count; i++)
	{
		const ReturnLine *line = &story->lines[i];

		REQUIRE(line->quantity_now >= 0 && line->quantity_now <= line->quantity - line->quantity_back);
		REQUIRE(line->amount_now >= 0 && line->amount_now <= line->amount - line->amount_back);
		REQUIRE(line->named || (line->quantity_now == 0 && line->amount_now == 0));
		if (bill->kind != RETURN_AMOUNT && bill->kind_back != RETURN_AMOUNT)
			check_points(story, line->line_no, &story->back[i + 1]);
	}
}

/* What the tables say of the bill afterwards. */
static void
store(BillReturn *bill)
{
	int i;

	bill->amount_back += bill->amount_now;
	bill->kind_back = bill->kind_back == RETURN_WHOLE ? RETURN_WHOLE : bill->kind;
	for (i = 0; i < bill->line_count; i++)
	{
		bill->lines[i].quantity_back += bill->lines[i].quantity_now;
		bill->lines[i].amount_back += bill->lines[i].amount_now;
		bill->lines[i].times_back += bill->lines[i].named;
	}
}

/* Clears what the return at hand says, as it is read anew for the next one. */
static void
forget(BillReturn *bill)
{
	int i;

	for (i = 0; i < bill->line_count; i++)
	{
		bill->lines[i].named = false;
		bill->lines[i].quantity_now = bill->lines[i].amount_now = 0;
	}
	bill->kind = RETURN_NONE;
	bill->amount_now = 0;
	bill->complete = false;
}

static void
fuzz_returns(FuzzInput *input)
{
	Story story;
	int i;

	begin(input, &story);
	for (i = 0; i < 12; i++)
	{
		ReturnProblem problem = i == 11 ? loyalty_return_whole(&story.bill) : ask(input, &story.bill);
		bool complete = false;

		if (problem == RETURN_FINE)
		{
			check_return(&story);
			complete = story.bill.complete;
			store(&story.bill);
		}
		forget(&story.bill);
		if (!complete)
			continue;
		REQUIRE(story.bill.amount_back == story.bill.amount);
		REQUIRE(loyalty_return_whole(&story.bill) == RETURN_NOTHING_LEFT);
		return;
	}
	REQUIRE(false); /* the last one was of the whole, and had something left */
}

static void
fuzz_share(FuzzInput *input)
{
	static const int64_t steps[] = { 1000, 100, 10, 1 };
	int64_t step = steps[fuzz_choice(input, 4)];
	int64_t points = fuzz_number(input, 0, (POINTS_LIMIT - 1) / step) * step;
	__int128 whole = (__int128) fuzz_number(input, 1, POINTS_LIMIT - 1) * (1 + fuzz_choice(input, 10000));
	__int128 part =
		(__int128) fuzz_number(input, 0, POINTS_LIMIT - 1) * (1 + fuzz_choice(input, 10000)) % (whole + 1);
	__int128 more = part + (whole - part) * fuzz_byte(input) / 255;
	Rounding rounding = (Rounding) fuzz_choice(input, ROUNDING_COUNT);
	int64_t share = loyalty_share(points, part, whole, step, rounding);

	REQUIRE(share >= 0 && share <= points && share % step == 0);
	REQUIRE(share <= loyalty_share(points, more, whole, step, rounding));
	REQUIRE(loyalty_share(points, whole, whole, step, rounding) == points);
	REQUIRE(loyalty_share(points, part, whole, step, ROUNDING_FLOOR) <= share);
	REQUIRE(loyalty_share(points, part, whole, step, ROUNDING_CEILING) >= share);
}

/* What is left of a lot by its row, and for a closed one by what is known of it. */
static int64_t
fates(const Lot *lot)
{
	return lot->remaining + lot->redeemed + lot->transferred + lot->arrears_paid + lot->expired;
}

static void
fuzz_fates(FuzzInput *input)
{
	ReturnedLot lots[MAX_LOTS];
	ReturnedLot before[MAX_LOTS];
	int count = 1 + fuzz_choice(input, MAX_LOTS);
	int64_t points = fuzz_number(input, 0, 1000);
	int64_t taken = 0;
	int i;

	memset(lots, 0, sizeof(lots));
	for (i = 0; i < count; i++)
	{
		Lot *lot = &lots[i].lot;

		lots[i].closed = fuzz_choice(input, 3) == 0;
		lots[i].put_back = !lots[i].closed && fuzz_choice(input, 3) == 0;
		lot->lot_id = i + 1;
		lot->origin_lot_id = fuzz_choice(input, i + 1);
		lot->remaining = lots[i].closed ? 0 : fuzz_byte(input);
		lot->redeemed = fuzz_byte(input);
		lot->expired = fuzz_byte(input);
		lot->returned = fuzz_byte(input);
		lot->transferred = fuzz_byte(input);
		lot->arrears_paid = fuzz_byte(input);
		lot->points = fates(lot) + lot->returned;
	}
	memcpy(before, lots, sizeof(lots));
	loyalty_return_fates(lots, count, points, fuzz_number(input, 0, 1000));
	for (i = 0; i < count; i++)
	{
		const ReturnedLot *lot = &lots[i];
		const Lot *was = &before[i].lot;

		REQUIRE(lot->unspent >= 0 && lot->unspent <= was->remaining && lot->spent >= 0 &&
				lot->spent <= was->redeemed);
		REQUIRE(lot->given >= 0 && lot->given <= was->transferred && lot->paid >= 0 &&
				lot->paid <= was->arrears_paid);
		REQUIRE(lot->expired >= 0 && lot->expired <= was->expired);
		REQUIRE(lot->gone >= 0 && lot->gone <= was->redeemed + was->transferred + was->arrears_paid);
		REQUIRE(lot->known[0] >= 0 && lot->known[0] + lot->spent <= was->redeemed);
		REQUIRE(lot->closed ? lot->unspent + lot->spent + lot->given + lot->paid + lot->expired == 0
							: lot->gone == 0);
		REQUIRE(memcmp(&lot->lot, was, sizeof(Lot)) == 0);
		taken += lot->unspent + lot->spent + lot->given + lot->paid + lot->expired + lot->gone;
	}
	REQUIRE(taken + lots[0].missing == points);
	/* What stays has no fate left in a lot that is open. */
	for (i = 0; i < count && taken < points; i++)
		REQUIRE(lots[i].closed || (lots[i].unspent == lots[i].lot.remaining &&
								   lots[i].spent + lots[i].known[0] == lots[i].lot.redeemed &&
								   lots[i].expired == lots[i].lot.expired));
}

/*
 * Lots of a bill that comes back by amounts, in any number of parts: the sum is rounded once, in whole steps, and no lot
 * gives more than it has or takes anything back.
 */
static void
fuzz_sums(FuzzInput *input)
{
	ReturnedPart parts[MAX_LOTS] = { { 0 } };
	int64_t before[MAX_LOTS] = { 0 };
	int64_t step = fuzz_bool(input) ? 1000 : 1;
	int64_t most = fuzz_bool(input) ? 100 : POINTS_LIMIT / 1000 / MAX_LOTS - 1;
	BillReturn bill = { .amount = fuzz_number(input, 1, most * 1000) };
	Rounding rounding = (Rounding) fuzz_choice(input, ROUNDING_COUNT);
	int count = 1 + fuzz_choice(input, MAX_LOTS);
	int64_t all = 0;
	int i;
	int turn;

	for (i = 0; i < count; i++)
	{
		parts[i] = (ReturnedPart){ .line_no = fuzz_choice(input, 3), .order = i };
		all += parts[i].points = fuzz_number(input, 0, most) * step;
	}
	for (turn = 0; turn < 6 && bill.amount_back < bill.amount; turn++)
	{
		int64_t back = 0;

		if (turn == 5 || loyalty_return_amount(&bill, fuzz_number(input, 1, bill.amount)) != RETURN_FINE)
			REQUIRE(loyalty_return_whole(&bill) == RETURN_FINE);
		loyalty_return_parts(&bill, parts, count, step, rounding);
		for (i = 0; i < count; i++)
		{
			REQUIRE(parts[i].now >= 0 && parts[i].now % step == 0);
			parts[i].before += parts[i].now;
			REQUIRE(parts[i].before <= parts[i].points && parts[i].before >= before[parts[i].order]);
			back += before[parts[i].order] = parts[i].before;
		}
		REQUIRE(bill.complete ? back == all
							  : back == loyalty_share(all, (__int128) bill.amount_back + bill.amount_now,
													  bill.amount, step, rounding));
		store(&bill);
		bill.kind_back = RETURN_AMOUNT;
		forget(&bill);
	}
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	FuzzInput input = { data, size };

	fuzz_share(&input);
	fuzz_fates(&input);
	fuzz_sums(&input);
	fuzz_returns(&input);
	return 0;
}
