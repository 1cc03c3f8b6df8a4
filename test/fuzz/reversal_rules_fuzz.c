/*
 * reversal_rules_fuzz.c: points of any redemption go back to its draws in whole steps, no more than was drawn, and all of
 * them wherever that can be done at all, which the target finds out by trying everything.
 */
// sources: reversal_rules.c
#include "fuzz_input.h"
#include "ledger/spend/reversal_rules.h"

#define MAX_DRAWS 4
#define MAX_POINTS 20000

/* Whether the points can be shared out: sums that some draws can take, a draw at a time. */
static bool
can_be_shared(const Draw *draws, int count, int64_t points)
{
	static bool reached[MAX_POINTS + 1];
	static bool next[MAX_POINTS + 1];
	int64_t sum;
	int64_t part;
	int i;

	memset(reached, 0, sizeof(reached));
	reached[0] = true;
	for (i = 0; i < count; i++)
	{
		memset(next, 0, sizeof(next));
		for (sum = 0; sum <= points; sum++)
			for (part = 0; reached[sum] && part <= draws[i].drawn - draws[i].reversed && sum + part <= points;
				 part += draws[i].step)
				next[sum + part] = true;
		memcpy(reached, next, sizeof(reached));
	}
	return reached[points];
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static const int64_t steps[] = { 1000, 100, 10, 1 };
	FuzzInput input = { data, size };
	Draw draws[MAX_DRAWS];
	int count = fuzz_choice(&input, MAX_DRAWS + 1);
	int64_t points;
	int64_t rest;
	int64_t back = 0;
	int i;

	memset(draws, 0, sizeof(draws));
	for (i = 0; i < count; i++)
	{
		int most;

		draws[i].step = steps[fuzz_choice(&input, 4)];
		most = (int) (4000 / draws[i].step);
		draws[i].drawn = draws[i].step * fuzz_choice(&input, (most > 60 ? 60 : most) + 1);
		draws[i].reversed = draws[i].step * fuzz_choice(&input, (int) (draws[i].drawn / draws[i].step) + 1);
	}
	points = fuzz_number(&input, 0, loyalty_draws_left(draws, count));
	rest = loyalty_draws_put_back(draws, count, points);
	for (i = 0; i < count; i++)
	{
		REQUIRE(draws[i].put_back >= 0 && draws[i].put_back <= draws[i].drawn - draws[i].reversed);
		REQUIRE(draws[i].put_back % draws[i].step == 0);
		back += draws[i].put_back;
	}
	REQUIRE(rest >= 0 && back + rest == points);
	REQUIRE((rest == 0) == can_be_shared(draws, count, points));
	return 0;
}
