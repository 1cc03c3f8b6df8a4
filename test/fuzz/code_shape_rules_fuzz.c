/*
 * code_shape_rules_fuzz.c: any shapes and codes. What is made has its shape and is found again; shapes that share no code say so.
 */
// sources: code_shape_rules.c card_number_rules.c
#include "fuzz_input.h"
#include "incentive/promotion/code_shape_rules.h"

/* A poor keyed function, of the fuzzer's choice: the permutation must hold whatever it answers. */
static uint64_t
poor_round(const void *key, int round, uint64_t value)
{
	return (value + (uint64_t) round) * *(const uint64_t *) key;
}

static void
fuzz_normal(FuzzInput *input)
{
	char text[80];
	char code[CODE_BYTES];
	char again[CODE_BYTES];
	char *copy;

	fuzz_text(input, text, sizeof(text) - 1);
	copy = fuzz_copy(text);
	if (loyalty_code_normal(copy, code))
	{
		REQUIRE(strlen(code) >= CODE_MIN_LENGTH && strlen(code) <= CODE_MAX_LENGTH);
		REQUIRE(strspn(code, "ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-_") == strlen(code));
		REQUIRE(loyalty_code_normal(code, again) && strcmp(code, again) == 0);
	}
	free(copy);
}

static CodeShape
some_shape(FuzzInput *input, char *prefix)
{
	CodeShape shape = { .prefix = prefix };

	fuzz_word(input, prefix, 20, "AB2-_IO1Z");
	shape.length = (int) fuzz_number(input, -2, 60);
	shape.has_check = fuzz_bool(input);
	return shape;
}

static void
fuzz_code(const CodeShape *shape, uint64_t position, uint64_t key)
{
	char code[CODE_BYTES];
	uint64_t place;

	position %= loyalty_code_positions(shape);
	loyalty_code_make(shape, position, poor_round, &key, code);
	REQUIRE(strlen(code) == strlen(shape->prefix) + (size_t) shape->length);
	REQUIRE(loyalty_code_has_shape(shape, code));
	REQUIRE(loyalty_code_place(shape, code, poor_round, &key, &place) && place == position);
}

/* A code that both have: the longer prefix, and a symbol as often as it takes. */
static bool
share_a_code(const CodeShape *one, const CodeShape *other)
{
	const CodeShape *longer = strlen(one->prefix) > strlen(other->prefix) ? one : other;
	char code[CODE_BYTES];

	strcpy(code, longer->prefix);
	memset(code + strlen(longer->prefix), '2', (size_t) longer->length);
	code[strlen(longer->prefix) + (size_t) longer->length] = '\0';
	return loyalty_code_has_shape(one, code) && loyalty_code_has_shape(other, code);
}

static void
fuzz_sparsity(const CodeShape *shape, int64_t codes, int64_t sparsity)
{
	int length = loyalty_code_length_for(shape, codes, sparsity);
	CodeShape as_wanted = *shape;

	as_wanted.length = length;
	if (length <= CODE_MAX_LENGTH)
	{
		REQUIRE(loyalty_code_shape_problem(&as_wanted) == CODE_SHAPE_OK);
		REQUIRE(loyalty_code_is_sparse(&as_wanted, codes, sparsity));
	}
	REQUIRE(!loyalty_code_is_sparse(shape, codes, sparsity) || length <= shape->length);
	if (codes > 1 && loyalty_code_is_sparse(shape, codes, sparsity))
		REQUIRE(loyalty_code_is_sparse(shape, codes - 1, sparsity));
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	FuzzInput input = { data, size };
	char prefix[64];
	char other_prefix[64];
	CodeShape shape;
	CodeShape other;

	fuzz_normal(&input);
	shape = some_shape(&input, prefix);
	other = some_shape(&input, other_prefix);
	if (loyalty_code_shape_problem(&shape) != CODE_SHAPE_OK)
		return 0;
	fuzz_code(&shape, fuzz_bits(&input, 8), fuzz_bits(&input, 8));
	fuzz_sparsity(&shape, fuzz_number(&input, 1, CODE_MOST_CODES), fuzz_number(&input, 1, CODE_MOST_CODES));
	if (loyalty_code_shape_problem(&other) == CODE_SHAPE_OK)
		REQUIRE(loyalty_code_shapes_overlap(&shape, &other) == share_a_code(&shape, &other));
	return 0;
}
