/*
 * allocation_rules_fuzz.c: any discount over any weights. Shares add up, none is more than its weight or further from its quota
 * than a step; pieces add up to their amount.
 */
// sources: allocation_rules.c
#include "common/points_limit.h"
#include "fuzz_input.h"
#include "incentive/cart/allocation_rules.h"

#define MAX_PARTS 8
#define MOST INT64_C(100000000000000000)

static void
fuzz_split(FuzzInput *input, int64_t step)
{
	ReturnedPart parts[MAX_PARTS];
	int count = fuzz_choice(input, MAX_PARTS + 1);
	int64_t all = 0;
	int64_t sum = 0;
	int64_t discount;
	int i;

	for (i = 0; i < count; i++)
	{
		parts[i] = loyalty_allocation_part(i, 0, fuzz_number(input, 0, MOST / step) * step);
		all += parts[i].points;
	}
	discount = fuzz_number(input, 0, all / step) * step;
	loyalty_allocation_split(parts, count, discount, step);
	for (i = 0; i < count; i++)
	{
		__int128 off = (__int128) parts[i].now * all - (__int128) discount * parts[i].points;

		REQUIRE(parts[i].line_no == i && parts[i].now >= 0 && parts[i].now <= parts[i].points);
		REQUIRE(parts[i].now % step == 0);
		REQUIRE(off > -(__int128) step * all || all == 0);
		REQUIRE(off < (__int128) step * all || all == 0);
		/* Of two equal weights the lower line has no less. */
		REQUIRE(i == 0 || parts[i - 1].points != parts[i].points || parts[i - 1].now >= parts[i].now);
		sum += parts[i].now;
	}
	REQUIRE(sum == discount);
}

static void
fuzz_points(FuzzInput *input)
{
	static const int64_t steps[] = { 1, 10, 100, 1000 };
	ReturnedPart parts[MAX_PARTS];
	ProgramRules program = { .decimals = fuzz_choice(input, 4),
							 .rounding = (Rounding) fuzz_choice(input, ROUNDING_COUNT) };
	int count = 1 + fuzz_choice(input, MAX_PARTS);
	int64_t step = steps[3 - program.decimals];
	int64_t sum = 0;
	int64_t points;
	int64_t more;
	int64_t amount = fuzz_number(input, -10, MOST);
	int i;

	program.points_per_unit = fuzz_number(input, 0, INT64_C(1000000000000));
	for (i = 0; i < count; i++)
		parts[i] = loyalty_allocation_part(i, 0, fuzz_number(input, 0, MOST));
	if (!loyalty_allocation_multiplied(&program, amount, fuzz_number(input, 1000, 1000000), &points))
		return;
	REQUIRE(points >= 0 && loyalty_points_fit(points) && points % step == 0);
	REQUIRE(amount < 1 || !loyalty_allocation_multiplied(&program, amount, 1000, &more) || more == 0);
	loyalty_allocation_points(parts, count, points, step);
	for (i = 0; i < count; i++)
	{
		REQUIRE(parts[i].now >= 0 && parts[i].now % step == 0);
		sum += parts[i].now;
	}
	REQUIRE(sum == points);
}

/* A doubled program is a program of twice the points, by the rule that awards them. */
static void
fuzz_doubled(FuzzInput *input)
{
	ProgramRules program = { .decimals = fuzz_choice(input, 4),
							 .rounding = (Rounding) fuzz_choice(input, ROUNDING_COUNT) };
	int64_t amount = fuzz_number(input, 0, INT64_C(1000000000));
	int64_t awarded;
	int64_t points;

	program.points_per_unit = fuzz_number(input, 0, INT64_C(10000000));
	REQUIRE(loyalty_program_award(&program, amount, &awarded));
	REQUIRE(loyalty_allocation_multiplied(&program, amount, 2000, &points));
	REQUIRE(points == awarded);
}

static void
fuzz_pieces(FuzzInput *input, int64_t step)
{
	int64_t amount = fuzz_number(input, 0, MOST / step) * step;
	int64_t pieces = fuzz_number(input, 1, INT64_C(1000000000000));
	int64_t taken = fuzz_number(input, 0, pieces);
	CartPieces split = loyalty_allocation_pieces(amount, pieces, step);

	REQUIRE(split.cheaper > 0 && split.dearer >= 0 && split.cheaper + split.dearer == pieces);
	REQUIRE(split.cheaper * split.price + split.dearer * (split.price + step) == amount);
	REQUIRE(loyalty_allocation_taken(amount, pieces, step, taken, false) +
				loyalty_allocation_taken(amount, pieces, step, pieces - taken, true) ==
			amount);
	REQUIRE(loyalty_allocation_taken(amount, pieces, step, taken, false) <=
			loyalty_allocation_taken(amount, pieces, step, taken, true));
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static const int64_t steps[] = { 1, 10, 1000 };
	FuzzInput input = { data, size };
	int64_t step = steps[fuzz_choice(&input, 3)];
	int64_t amount = fuzz_number(&input, 0, MOST);
	int64_t percent = fuzz_number(&input, 1, 100000);
	int64_t discount = loyalty_allocation_percent(amount, percent, step, ROUNDING_HALF_UP);

	REQUIRE(discount >= 0 && discount <= amount && (percent < 100000 || discount == amount));
	REQUIRE(loyalty_allocation_capped(amount, percent, discount) <= discount);
	fuzz_split(&input, step);
	fuzz_points(&input);
	fuzz_doubled(&input);
	fuzz_pieces(&input, step);
	return 0;
}
