/*
 * card_number_rules_fuzz.c: shapes and counters that nobody thought of. What the rules accept they must make: the right
 * length, letters and digits, a valid check digit, no two neighbours alike.
 */
// sources: card_number_rules.c
#include "card/card_number_rules.h"
#include "fuzz_input.h"

/* A poor keyed function, of the fuzzer's choice: the permutation must hold whatever it answers. */
static uint64_t
poor_round(const void *key, int round, uint64_t value)
{
	return (value + (uint64_t) round) * *(const uint64_t *) key;
}

static void
check_number(const NumberShape *shape, const char *number)
{
	ChecksumKind kind = loyalty_number_checksum(shape->method);
	size_t covered = shape->checksum_prefix ? 0 : strlen(shape->prefix);
	char issued[NUMBER_BYTES];
	char again[NUMBER_BYTES];

	REQUIRE(strlen(number) == (size_t) shape->length && loyalty_number_as_issued(number, issued));
	REQUIRE(strlen(issued) == strlen(number) && loyalty_number_as_issued(issued, again));
	REQUIRE(strcmp(again, issued) == 0);
	REQUIRE(strncmp(number, shape->prefix, strlen(shape->prefix)) == 0);
	if (kind != CHECKSUM_NONE)
		REQUIRE(loyalty_checksum_is_valid(kind, number + covered, strlen(number) - covered));
}

static void
fuzz_shape(const NumberShape *shape, int64_t counter, uint64_t key)
{
	char number[NUMBER_BYTES];
	char next[NUMBER_BYTES];
	int64_t first;
	int64_t space;

	if (loyalty_number_problem(shape) != NUMBER_OK)
		return;
	first = loyalty_number_first(shape);
	space = loyalty_number_space(shape);
	REQUIRE(space >= 1 && loyalty_number_left(shape, first) == space);
	REQUIRE(loyalty_number_make(shape, counter, poor_round, &key, number) ==
			(counter >= first && counter - first < space));
	counter = first + (int64_t) ((uint64_t) counter % (uint64_t) space);
	REQUIRE(loyalty_number_make(shape, counter, poor_round, &key, number));
	check_number(shape, number);
	if (loyalty_number_make(shape, counter + 1, poor_round, &key, next))
	{
		check_number(shape, next);
		REQUIRE(strcmp(number, next) != 0);
	}
}

/* Of a small number of positions each goes to a place of its own. */
static void
fuzz_permutation(uint64_t size, uint64_t key)
{
	bool taken[256] = { false };
	uint64_t position;

	for (position = 0; position < size; position++)
	{
		uint64_t value = loyalty_number_permute(position, size, poor_round, &key);

		REQUIRE(value < size && !taken[value]);
		REQUIRE(loyalty_number_place(value, size, poor_round, &key) == position);
		taken[value] = true;
	}
}

/* The first bytes are numbers; what follows is prefix and suffix, with a zero between them. */
int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct
	{
		int64_t counter;
		int64_t offset;
		uint64_t key;
		int8_t length;
		uint8_t method;
		uint8_t covers;
	} head;
	NumberShape shape;
	char *text;
	size_t rest;

	if (size < sizeof(head))
		return 0;
	memcpy(&head, data, sizeof(head));
	rest = size - sizeof(head);
	text = calloc(1, rest + 2);
	memcpy(text, data + sizeof(head), rest);
	shape.method = (NumberMethod) (head.method % METHOD_COUNT);
	shape.length = head.length;
	shape.prefix = text;
	shape.suffix = text + strlen(text) + 1;
	shape.offset = head.covers & 2 ? head.offset & 0xFFFF : head.offset;
	shape.checksum_prefix = (head.covers & 1) != 0;
	fuzz_shape(&shape, head.counter, head.key);
	fuzz_permutation(1 + (uint64_t) head.offset % 200, head.key);
	free(text);
	return 0;
}
