/*
 * recent_rules_fuzz.c: what counts as recent does not depend on the order of entries, never grows as the time goes on, is
 * never negative, and is what the events alone add up to.
 */
// sources: recent_rules.c
#include "fuzz_input.h"
#include "ledger/spend/recent_rules.h"

#define MAX_ENTRIES 24

/* Redemptions, and reversals of those before them that leave something of each. */
static int
some_entries(FuzzInput *input, RecentEntry *entries)
{
	static const EventCode codes[] = { EVENT_REDEMPTION, EVENT_TRANSFER_OUT, EVENT_REDEMPTION_REVERSAL };
	int64_t left[MAX_ENTRIES] = { 0 };
	int count = fuzz_choice(input, MAX_ENTRIES + 1);
	int i;

	for (i = 0; i < count; i++)
	{
		EventCode code = codes[fuzz_choice(input, 3)];
		int of = i > 0 ? fuzz_choice(input, i) : 0;

		entries[i] =
			(RecentEntry){ .event_id = 100 + i, .event_code = code, .effective_at = fuzz_choice(input, 10) };
		entries[i].entry_type = code == EVENT_REDEMPTION_REVERSAL ? ENTRY_CREDIT : ENTRY_DEBIT;
		if (code == EVENT_REDEMPTION_REVERSAL)
		{
			entries[i].reverses_event_id = 100 + of;
			entries[i].points = fuzz_number(input, 0, left[of]);
			left[of] -= entries[i].points;
		}
		else
			left[i] = entries[i].points = fuzz_number(input, 1, INT64_C(1000000000000000));
	}
	return count;
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	FuzzInput input = { data, size };
	RecentEntry entries[MAX_ENTRIES];
	RecentEntry turned[MAX_ENTRIES];
	int count = some_entries(&input, entries);
	EventCode code = fuzz_bool(&input) ? EVENT_REDEMPTION : EVENT_TRANSFER_OUT;
	int64_t since = fuzz_choice(&input, 12);
	int64_t points = loyalty_recent_points(entries, count, code, since);
	int events = loyalty_recent_count(entries, count, code, since);
	int i;

	REQUIRE(points >= 0 && events >= 0 && events <= count && (events > 0 || points == 0));
	REQUIRE(loyalty_recent_points(entries, count, code, since + 1) <= points);
	REQUIRE(loyalty_recent_count(entries, count, code, since + 1) <= events);
	for (i = 0; i < count; i++)
		turned[i] = entries[count - 1 - i];
	REQUIRE(loyalty_recent_points(turned, count, code, since) == points);
	REQUIRE(loyalty_recent_count(turned, count, code, since) == events);
	/* A reversal counts where its redemption does, whenever it came; those of others change nothing. */
	for (i = 0; i < count; i++)
		if (entries[i].entry_type == ENTRY_CREDIT)
			turned[count - 1 - i].effective_at = INT64_MIN;
	REQUIRE(loyalty_recent_points(turned, count, code, since) == points);
	return 0;
}
