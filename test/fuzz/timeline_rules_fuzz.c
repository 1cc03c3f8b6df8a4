/*
 * timeline_rules_fuzz.c: places have one order, and the rows at or below what the search finds are those that looking at all
 * of them finds, where times do not run backwards; it ends in any case.
 */
// sources: timeline_rules.c
#include "customer/timeline_rules.h"
#include "fuzz_input.h"

#define MAX_ROWS 100

typedef struct Rows
{
	TimelineRow items[MAX_ROWS];
	int count;
	int looks;
} Rows;

static void
neighbours(void *of, int64_t position, TimelineRow *below, TimelineRow *above)
{
	Rows *rows = of;
	int i = 0;

	REQUIRE(position >= 0);
	rows->looks++;
	while (i < rows->count && rows->items[i].position <= position)
		i++;
	*below = i > 0 ? rows->items[i - 1] : (TimelineRow){ 0 };
	*above = i < rows->count ? rows->items[i] : (TimelineRow){ 0 };
}

static TimelinePlace
any_place(FuzzInput *input)
{
	static const char *const kinds[] = { "bill", "points", "request" };

	return (TimelinePlace){ .at = fuzz_number(input, 0, 20),
							.id = fuzz_number(input, 0, INT64_MAX),
							.kind = kinds[fuzz_choice(input, 3)],
							.part = fuzz_number(input, 0, 9) };
}

/* Of three places, two steps down are one step down, and each way back is the other way. */
static void
require_order(FuzzInput *input)
{
	TimelinePlace a = any_place(input);
	TimelinePlace b = fuzz_bool(input) ? a : any_place(input);
	TimelinePlace c = any_place(input);

	b.part = fuzz_number(input, 0, 9);
	REQUIRE((loyalty_timeline_compare(&a, &b) < 0) == (loyalty_timeline_compare(&b, &a) > 0));
	if (loyalty_timeline_compare(&a, &b) <= 0 && loyalty_timeline_compare(&b, &c) <= 0)
		REQUIRE(loyalty_timeline_compare(&a, &c) <= 0);
	if (a.at == b.at && a.id == b.id)
		REQUIRE((b.part < loyalty_timeline_part_below(&a, b.kind)) == (loyalty_timeline_compare(&a, &b) < 0));
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static Rows rows;
	FuzzInput input = { data, size };
	TimelinePlace place = any_place(&input);
	int64_t guess = fuzz_number(&input, INT64_MIN, INT64_MAX);
	int64_t position = 0;
	int64_t at = 0;
	bool in_order = true;
	int64_t found;
	int wanted = 0;
	int i;

	require_order(&input);
	rows.count = fuzz_choice(&input, MAX_ROWS + 1);
	rows.looks = 0;
	for (i = 0; i < rows.count; i++)
	{
		position = fuzz_number(&input, position + 1, position + ((int64_t) 1 << 52));
		at = fuzz_choice(&input, 20) == 0 ? fuzz_number(&input, 0, 20) : at + fuzz_choice(&input, 2);
		rows.items[i] = (TimelineRow){ .found = true, .position = position, .at = at, .id = position };
		in_order = in_order && (i == 0 || at >= rows.items[i - 1].at);
		if (at < place.at || (at == place.at && position <= place.id))
			wanted = i + 1;
	}
	found = loyalty_timeline_seek(&place, guess, neighbours, &rows);
	REQUIRE(rows.looks <= 65);
	for (i = 0; in_order && i < rows.count; i++)
		REQUIRE((rows.items[i].position <= found) == (i < wanted));
	return 0;
}
