/*
 * code_shape_rules_test.c: normal forms, shapes one by one, and all codes of small shapes: distinct, found again by the inverse,
 * and every text that is not one refused.
 */
#include <stdlib.h>
#include <string.h>

#include "incentive/promotion/code_shape_rules.h"
#include "tap.h"

/* Stands in for the keyed hash: splitmix64's finaliser. */
static uint64_t
scramble(const void *key, int round, uint64_t value)
{
	uint64_t x = value + *(const uint64_t *) key + (uint64_t) (round + 1) * UINT64_C(0x9E3779B97F4A7C15);

	x = (x ^ (x >> 30)) * UINT64_C(0xBF58476D1CE4E5B9);
	x = (x ^ (x >> 27)) * UINT64_C(0x94D049BB133111EB);
	return x ^ (x >> 31);
}

static uint64_t key = 42;

static bool
normal_is(const char *text, const char *wanted)
{
	char code[CODE_BYTES];
	bool is_code = loyalty_code_normal(text, code);

	return wanted == NULL ? !is_code : is_code && strcmp(code, wanted) == 0;
}

static void
test_normal(void)
{
	char longest[CODE_BYTES + 2] = " ";

	ok(normal_is("holiMan100", "HOLIMAN100") && normal_is("a-b_9", "A-B_9"), "a code is in capitals");
	ok(normal_is(" \tZN34C \r\n", "ZN34C"), "and without blanks around it");
	ok(normal_is("ABCD", "ABCD") && normal_is("ABC", NULL) && normal_is("  ABC  ", NULL),
	   "it has four characters");
	memset(longest + 1, 'x', CODE_MAX_LENGTH);
	ok(loyalty_code_normal(longest, (char[CODE_BYTES]){ 0 }), "and at most fifty");
	longest[CODE_MAX_LENGTH + 1] = 'x';
	ok(normal_is(longest, NULL), "and not one more");
	ok(normal_is("", NULL) && normal_is("    ", NULL) && normal_is("AB CD", NULL) &&
		   normal_is("ABC\303\204", NULL) && normal_is("ABC.D", NULL) && normal_is("ABC'D", NULL),
	   "other characters stand in none");
}

static CodeShapeProblem
problem(const char *prefix, int length, bool has_check)
{
	CodeShape shape = { prefix, length, has_check };

	return loyalty_code_shape_problem(&shape);
}

static void
test_problems(void)
{
	char prefix[CODE_MAX_PREFIX + 2];

	ok(problem("", 10, false) == CODE_SHAPE_OK && problem("A-_9", 1, false) == CODE_SHAPE_OK,
	   "shapes that may be");
	ok(problem("a", 10, false) == CODE_SHAPE_PREFIX && problem("A B", 10, false) == CODE_SHAPE_PREFIX &&
		   problem("\303\204", 10, false) == CODE_SHAPE_PREFIX,
	   "a prefix is in its normal form");
	ok(problem("", 3, false) == CODE_SHAPE_LENGTH && problem("AB", 1, false) == CODE_SHAPE_LENGTH &&
		   problem("", 4, false) == CODE_SHAPE_OK && problem("AB", 2, false) == CODE_SHAPE_OK,
	   "a code has four characters");
	ok(problem("", 50, false) == CODE_SHAPE_OK && problem("", 51, false) == CODE_SHAPE_LENGTH &&
		   problem("A", 50, false) == CODE_SHAPE_LENGTH,
	   "and at most fifty");
	ok(problem("ABCD", 0, false) == CODE_SHAPE_LENGTH && problem("ABCD", -1, false) == CODE_SHAPE_LENGTH &&
		   problem("ABCD", 1, true) == CODE_SHAPE_LENGTH && problem("ABCD", 2, true) == CODE_SHAPE_OK,
	   "and a symbol beside the check symbol");
	memset(prefix, 'A', sizeof(prefix));
	prefix[CODE_MAX_PREFIX + 1] = '\0';
	ok(problem(prefix, 1, false) == CODE_SHAPE_LENGTH && problem(prefix + 1, 1, false) == CODE_SHAPE_OK,
	   "a prefix leaves room for one");
}

static void
test_sparsity(void)
{
	CodeShape ten = { "", 10, false };
	CodeShape checked = { "", 11, true };
	CodeShape short_one = { "", 4, false };
	CodeShape wide = { "", 50, false };
	CodeShape long_prefix = { "PREFIX-OF-THIRTY-EIGHT-CHARACTERS-ABCD", 4, false };

	ok(loyalty_code_positions(&ten) == UINT64_C(1) << 50 && loyalty_code_positions(&checked) == UINT64_C(1)
																									<< 50,
	   "ten symbols have 2^50 positions, and a check symbol none");
	ok(loyalty_code_positions(&wide) == UINT64_C(1) << 60, "and twelve are counted");
	ok(loyalty_code_is_sparse(&ten, 10000000, 1000000), "ten symbols do for 10^7 codes");
	ok(loyalty_code_is_sparse(&ten, INT64_C(1125899906), 1000000) &&
		   !loyalty_code_is_sparse(&ten, INT64_C(1125899907), 1000000),
	   "and for as many as 2^50 has millions, not for one more");
	ok(loyalty_code_is_sparse(&checked, INT64_C(1125899906), 1000000) &&
		   !loyalty_code_is_sparse(&checked, INT64_C(1125899907), 1000000),
	   "a check symbol helps nobody");
	ok(loyalty_code_length_for(&short_one, 10000000, 1000000) == 9,
	   "nine symbols would do for 10^7: 2^45 > 10^13");
	ok(loyalty_code_length_for(&checked, 10000000, 1000000) == 10, "and ten with a check symbol");
	ok(loyalty_code_length_for(&short_one, 1, 1) == 4, "a code has four characters, however few there are");
	ok(loyalty_code_length_for(&short_one, CODE_MOST_CODES, CODE_MOST_CODES) == 24 &&
		   loyalty_code_is_sparse(&wide, CODE_MOST_CODES, CODE_MOST_CODES),
	   "the most codes at the greatest sparsity: 24 symbols, for 2^120 > 10^36");
	ok(!loyalty_code_is_sparse(&(CodeShape){ "", 11, false }, CODE_MOST_CODES, 1),
	   "no more codes than there are positions");
	ok(loyalty_code_length_for(&long_prefix, CODE_MOST_CODES, CODE_MOST_CODES) == CODE_MAX_LENGTH + 1,
	   "where the prefix leaves too little, no length does");
}

static bool
overlap(const char *prefix, int length, const char *other_prefix, int other_length)
{
	CodeShape one = { prefix, length, false };
	CodeShape other = { other_prefix, other_length, true };
	bool overlaps = loyalty_code_shapes_overlap(&one, &other);

	return overlaps == loyalty_code_shapes_overlap(&other, &one) && overlaps;
}

static void
test_shapes(void)
{
	CodeShape shape = { "A-", 4, false };

	ok(loyalty_code_has_shape(&shape, "A-2345") && loyalty_code_has_shape(&shape, "A-ZZZ0"),
	   "codes of a shape");
	ok(!loyalty_code_has_shape(&shape, "A-234") && !loyalty_code_has_shape(&shape, "A-23456") &&
		   !loyalty_code_has_shape(&shape, "B-2345") && !loyalty_code_has_shape(&shape, "A-234I") &&
		   !loyalty_code_has_shape(&shape, "A-234O") && !loyalty_code_has_shape(&shape, "A-2341") &&
		   !loyalty_code_has_shape(&shape, "A-23_L") && !loyalty_code_has_shape(&shape, ""),
	   "another length, prefix or symbol");
	ok(overlap("", 10, "", 10) && overlap("AB", 8, "", 10) && overlap("AB", 8, "A", 9),
	   "shapes that share codes");
	ok(!overlap("", 10, "", 11) && !overlap("AB", 8, "AC", 8) && !overlap("A", 10, "B", 10),
	   "another length or prefix");
	ok(!overlap("A-", 8, "", 10) && !overlap("AI", 8, "A", 9) && !overlap("ABO", 7, "AB", 8),
	   "a longer prefix of what are no symbols");
}

/* Counts symbols wrong and changed places that a check symbol does not tell. */
static int
unseen_mistakes(const CodeShape *shape, const char *code)
{
	char wrong[CODE_BYTES];
	uint64_t position;
	int unseen = 0;

	for (int i = 0; i < shape->length; i++)
	{
		for (int symbol = 0; symbol < CODE_SYMBOL_COUNT; symbol++)
		{
			strcpy(wrong, code);
			wrong[i] = CODE_SYMBOLS[symbol];
			if (wrong[i] != code[i])
				unseen += loyalty_code_place(shape, wrong, scramble, &key, &position);
		}
		strcpy(wrong, code);
		if (i > 0 && wrong[i] != wrong[i - 1])
		{
			wrong[i] = code[i - 1];
			wrong[i - 1] = code[i];
			unseen += loyalty_code_place(shape, wrong, scramble, &key, &position);
		}
	}
	return unseen;
}

static unsigned char seen[1 << 20];

/* All codes of a shape of four symbols, in the order of their places. */
static void
test_all_codes(bool has_check)
{
	CodeShape shape = { "", 4 + has_check, has_check };
	uint64_t count = loyalty_code_positions(&shape);
	int wrong = 0, twice = 0, unseen = 0;

	memset(seen, 0, sizeof(seen));
	for (uint64_t i = 0; i < count; i++)
	{
		char code[CODE_BYTES];
		uint64_t position = count;
		uint64_t place = loyalty_number_permute(i, count, scramble, &key);

		loyalty_code_make(&shape, i, scramble, &key, code);
		wrong += !loyalty_code_has_shape(&shape, code) || !normal_is(code, code) ||
				 !loyalty_code_place(&shape, code, scramble, &key, &position) || position != i;
		twice += seen[place]++;
		if (has_check && i < 1000)
			unseen += unseen_mistakes(&shape, code);
	}
	ok(wrong == 0, "every code has its shape and is found again");
	ok(twice == 0, "no code comes twice");
	ok(unseen == 0, "the check symbol tells one wrong symbol, and two neighbours that changed places");
}

static void
test_wide_codes(void)
{
	int wrong = 0, same_left = 0;

	for (int length = 1; length <= CODE_MAX_LENGTH - 3; length++)
		for (int i = 0; i < 200; i++)
		{
			CodeShape shape = { "P-1", length, i % 2 == 1 && length > 1 };
			uint64_t asked = scramble(&key, i, (uint64_t) length) % loyalty_code_positions(&shape);
			uint64_t position = asked + 1;
			char code[CODE_BYTES];
			char guess[CODE_BYTES];

			loyalty_code_make(&shape, asked, scramble, &key, code);
			wrong += strlen(code) != (size_t) length + 3 ||
					 !loyalty_code_place(&shape, code, scramble, &key, &position) || position != asked;
			strcpy(guess, code);
			guess[3] = guess[3] == '2' ? '3' : '2';
			same_left += loyalty_code_width(&shape) > CODE_COUNTED_SYMBOLS &&
						 loyalty_code_place(&shape, guess, scramble, &key, &position);
		}
	ok(wrong == 0, "codes of every length, the last positions among them");
	ok(same_left == 0, "symbols that are not counted must be right, too");
}

int
main(void)
{
	plan(36);
	test_normal();
	test_problems();
	test_sparsity();
	test_shapes();
	test_all_codes(false);
	test_all_codes(true);
	test_wide_codes();
	return tap_exit();
}
