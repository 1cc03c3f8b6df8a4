/*
 * transaction_rules_fuzz.c: what the hash of a bill covers: two bills, or two lists of lines, that differ in a column give
 * different bytes, and equal ones the same, whatever their texts are.
 */
// sources: transaction_rules.c
#include <stddef.h>

#include "bill/transaction_rules.h"
#include "fuzz_input.h"

typedef struct Bytes
{
	unsigned char data[2000];
	size_t size;
} Bytes;

static void
collect(void *sink, const void *bytes, size_t size)
{
	Bytes *to = sink;

	REQUIRE(to->size + size <= sizeof(to->data));
	memcpy(to->data + to->size, bytes, size);
	to->size += size;
}

/* A bill with up to three lines; texts are of up to five letters, some of which look like the beginning of a group. */
typedef struct Example
{
	Transaction bill;
	int count;
	TransactionLine lines[3];
	char texts[4][6];
	bool has_number;
} Example;

static void
fill_text(FuzzInput *input, char text[6])
{
	int length = fuzz_choice(input, 6);
	int i;

	memset(text, 0, 6);
	for (i = 0; i < length; i++)
		text[i] = "IBab"[fuzz_choice(input, 4)];
}

static void
fill(FuzzInput *input, Example *x)
{
	int i;

	memset(x, 0, sizeof(*x));
	x->bill.amount = fuzz_choice(input, 3);
	x->bill.program_id = fuzz_choice(input, 3);
	x->bill.counts = fuzz_bool(input) ? COUNTS : COUNTS_NOT;
	x->bill.parent_id = fuzz_choice(input, 2);
	x->has_number = fuzz_bool(input);
	x->count = fuzz_choice(input, 4);
	for (i = 0; i < 4; i++)
		fill_text(input, x->texts[i]);
	for (i = 0; i < x->count; i++)
		x->lines[i].amount = fuzz_choice(input, 3);
}

static void
put(Example *x, Bytes *to)
{
	int i;

	to->size = 0;
	x->bill.number = x->has_number ? x->texts[3] : NULL;
	loyalty_chain_bill(collect, to, &x->bill);
	for (i = 0; i < x->count; i++)
	{
		x->lines[i].item_code = x->texts[i];
		loyalty_chain_line(collect, to, &x->lines[i], i);
	}
}

static bool
are_alike(const Example *a, const Example *b)
{
	int i;

	if (a->bill.amount != b->bill.amount || a->bill.program_id != b->bill.program_id ||
		a->bill.counts != b->bill.counts || a->bill.parent_id != b->bill.parent_id || a->count != b->count ||
		a->has_number != b->has_number || (a->has_number && strcmp(a->texts[3], b->texts[3]) != 0))
		return false;
	for (i = 0; i < a->count; i++)
		if (a->lines[i].amount != b->lines[i].amount || strcmp(a->texts[i], b->texts[i]) != 0)
			return false;
	return true;
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	FuzzInput input = { data, size };
	Bytes one;
	Bytes other;
	Example a;
	Example b;

	fill(&input, &a);
	b = a;
	if (fuzz_bool(&input))
		fill(&input, &b);
	put(&a, &one);
	put(&b, &other);
	REQUIRE((one.size == other.size && memcmp(one.data, other.data, one.size) == 0) == are_alike(&a, &b));
	return 0;
}
