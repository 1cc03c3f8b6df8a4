/*
 * search_rules_fuzz.c: among entries of any times that never run backwards the place is the one that looking at all of
 * them finds, in no more probes than the header promises, each at an entry that there is.
 */
// sources: search_rules.c
#include "fuzz_input.h"
#include "ledger/read/search_rules.h"

#define MAX_ENTRIES 300

typedef struct Entries
{
	int64_t times[MAX_ENTRIES + 1]; /* from 1 */
	int count;
	int probes;
} Entries;

static int64_t
time_of(void *of, int32_t entry_no)
{
	Entries *entries = of;

	REQUIRE(entry_no >= 1 && entry_no <= entries->count);
	entries->probes++;
	return entries->times[entry_no];
}

static int
most_probes(int count)
{
	int halves = 0;

	while (1 << halves < count)
		halves++;
	return 2 * halves + 4;
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static Entries entries;
	FuzzInput input = { data, size };
	int64_t at = fuzz_number(&input, INT64_MIN, INT64_MAX);
	int64_t time = fuzz_number(&input, INT64_MIN, INT64_MAX);
	int32_t wanted = 0;
	int32_t found;
	int i;

	entries.count = fuzz_choice(&input, MAX_ENTRIES + 1);
	entries.probes = 0;
	for (i = 1; i <= entries.count; i++)
	{
		time = fuzz_choice(&input, 8) == 0 ? fuzz_number(&input, time, INT64_MAX)
										   : time + (time < INT64_MAX - 255 ? fuzz_byte(&input) : 0);
		entries.times[i] = time;
		if (time <= at)
			wanted = i;
	}
	found = loyalty_search_entry(entries.count, entries.times[entries.count], at, time_of, &entries);
	REQUIRE(found == wanted && entries.probes <= most_probes(entries.count));
	if (fuzz_bool(&input) && entries.count > 0)
	{
		i = 1 + fuzz_choice(&input, entries.count);
		found = loyalty_search_entry(entries.count, entries.times[entries.count], entries.times[i], time_of,
									 &entries);
		REQUIRE(found >= i && entries.times[found] == entries.times[i]);
	}
	return 0;
}
