/* slot_rules_fuzz.c: slots add up to what is left, and a change of the maximum keeps what is used. */
// sources: slot_rules.c
#include "fuzz_input.h"
#include "incentive/limit/slot_rules.h"

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	FuzzInput input = { data, size };
	int64_t maximum = fuzz_number(&input, 0, INT64_C(1000000000000000000));
	int64_t left = fuzz_number(&input, 0, maximum);
	int64_t other = fuzz_number(&input, 0, INT64_C(1000000000000000000));
	int64_t after = left;
	int64_t remaining[LIMIT_MAX_SLOTS];
	int count = loyalty_slot_count(maximum);
	int place = loyalty_slot_place((uint32_t) fuzz_number(&input, 0, UINT32_MAX), count);
	int64_t sum = 0;
	int i;

	REQUIRE(count >= 1 && count <= LIMIT_MAX_SLOTS && place >= 0 && place < count);
	loyalty_slot_split(left, count, remaining);
	for (i = 0; i < count; i++)
	{
		REQUIRE(remaining[i] >= 0);
		sum += remaining[i];
	}
	REQUIRE(sum == left);
	if (loyalty_slot_change(maximum, other, &after))
		REQUIRE(other - after == maximum - left && after >= 0);
	else
		REQUIRE(after == left && other < maximum - left);
	REQUIRE(loyalty_slot_take(left, other) == (left < other ? left : other));
	REQUIRE(loyalty_limit_is_low(left, other) == (left <= other) && !loyalty_limit_is_low(left, -1));
	return 0;
}
