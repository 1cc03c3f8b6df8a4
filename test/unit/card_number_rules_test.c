/*
 * card_number_rules_test.c: the numbers of small series one by one: distinct, of the right length, valid, in range, and all of them.
 */
#include <stdlib.h>
#include <string.h>

#include "card/card_number_rules.h"
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

/* Answers nothing useful: the permutation must be one whatever the keyed function is. */
static uint64_t
constant(const void *key, int round, uint64_t value)
{
	(void) key;
	(void) round;
	(void) value;
	return 0;
}

static uint64_t key = 42;

static bool
number_is(NumberShape shape, int64_t counter, const char *wanted)
{
	char number[NUMBER_BYTES];
	bool made = loyalty_number_problem(&shape) == NUMBER_OK &&
				loyalty_number_make(&shape, counter, scramble, &key, number);

	if (made && strcmp(number, wanted) != 0)
		printf("# %s instead of %s\n", number, wanted);
	return made && strcmp(number, wanted) == 0;
}

static void
test_examples(void)
{
	NumberShape auto_inc = { METHOD_AUTO_INC, 12, "1234", "3401", 3000, false };
	NumberShape luhn = { METHOD_LUHN, 8, "12", "", 0, false };
	NumberShape luhn_all = { METHOD_LUHN, 8, "12", "", 0, true };
	NumberShape mod7 = { METHOD_MOD7, 8, "", "", 1234567, false };
	NumberShape letters = { METHOD_MOD7, 6, "AB", "", 0, false };
	NumberShape wide = { METHOD_AUTO_INC, 50, "", "", 7, true };

	ok(loyalty_number_first(&auto_inc) == 3000 && number_is(auto_inc, 3000, "123430003401"),
	   "AUTO_INC of length 12, prefix 1234, suffix 3401, offset 3000 begins with 123430003401");
	ok(number_is(auto_inc, 3001, "123430013401") && number_is(auto_inc, 9999, "123499993401"),
	   "and goes on to 123499993401");
	ok(loyalty_number_space(&auto_inc) == 7000, "which makes 7000 numbers");
	ok(number_is(luhn, 1, "12000018") && number_is(luhn_all, 1, "12000014"),
	   "the check digit covers the serial alone or the prefix too");
	ok(number_is(mod7, 1234567, "12345675"), "mod 7: the air waybill");
	ok(number_is(letters, 10, "AB0103"), "letters before a checksum of the serial alone");
	ok(number_is(wide, 7, "00000000000000000000000000000000000000000000000007"), "50 digits");
}

static NumberProblem
problem(NumberMethod method, int length, const char *prefix, const char *suffix, int64_t offset, bool covers)
{
	NumberShape shape = { method, length, prefix, suffix, offset, covers };

	return loyalty_number_problem(&shape);
}

static void
test_problems(void)
{
	char affix[5001];
	int method;
	bool suffixes = true;

	memset(affix, '1', 5000);
	affix[5000] = '\0';
	ok(problem(METHOD_AUTO_INC, 0, "", "", 0, false) == NUMBER_LENGTH &&
		   problem(METHOD_AUTO_INC, 51, "", "", 0, false) == NUMBER_LENGTH &&
		   problem(METHOD_AUTO_INC, 1, "", "", 0, false) == NUMBER_OK &&
		   problem(METHOD_RANDOM, 50, "", "", 0, false) == NUMBER_OK,
	   "lengths from 1 to 50");
	ok(problem(METHOD_AUTO_INC, 8, "123456", "7890", 0, false) == NUMBER_NO_ROOM &&
		   problem(METHOD_AUTO_INC, 10, "123456", "7890", 0, false) == NUMBER_NO_ROOM &&
		   problem(METHOD_AUTO_INC, 11, "123456", "7890", 0, false) == NUMBER_OK &&
		   problem(METHOD_LUHN, 1, "", "", 0, false) == NUMBER_NO_ROOM &&
		   problem(METHOD_LUHN, 7, "123456", "", 0, false) == NUMBER_NO_ROOM &&
		   problem(METHOD_LUHN, 8, "123456", "", 0, false) == NUMBER_OK,
	   "the serial needs a digit at least");
	ok(problem(METHOD_AUTO_INC, 50, affix, affix, 0, false) == NUMBER_NO_ROOM,
	   "whatever the length of the affixes");
	for (method = 0; method < METHOD_COUNT; method++)
		suffixes = suffixes && (problem((NumberMethod) method, 10, "", "1", 0, false) == NUMBER_OK) ==
								   (method == METHOD_AUTO_INC || method == METHOD_RANDOM);
	ok(suffixes, "a suffix goes with AUTO_INC and RANDOM alone");
	ok(problem(METHOD_LUHN, 10, "AB", "", 0, true) == NUMBER_PREFIX_NOT_DIGITS &&
		   problem(METHOD_LUHN, 10, "AB", "", 0, false) == NUMBER_OK &&
		   problem(METHOD_RANDOM, 10, "AB", "", 0, true) == NUMBER_OK &&
		   problem(METHOD_MOD7, 10, "", "", 0, true) == NUMBER_OK,
	   "a prefix that enters a checksum is of digits");
	ok(problem(METHOD_AUTO_INC, 10, "A-", "", 0, false) == NUMBER_AFFIX_LETTERS &&
		   problem(METHOD_AUTO_INC, 10, "", "\xc3\xa9", 0, false) == NUMBER_AFFIX_LETTERS &&
		   problem(METHOD_AUTO_INC, 10, " ", "", 0, false) == NUMBER_AFFIX_LETTERS &&
		   problem(METHOD_AUTO_INC, 10, "aZ09", "zA", 0, false) == NUMBER_OK,
	   "prefix and suffix are letters and digits of ASCII");
	ok(problem(METHOD_AUTO_INC, 3, "", "", 999, false) == NUMBER_OK &&
		   problem(METHOD_AUTO_INC, 3, "", "", 1000, false) == NUMBER_OFFSET &&
		   problem(METHOD_RANDOM, 3, "", "", -1, false) == NUMBER_OFFSET,
	   "the offset leaves a serial at least");
}

/* Counts numbers seen: serials are below 10^6. */
static unsigned char seen[1000000];

/* What is wrong with a number of a shape; fills its serial. */
static const char *
fault(const NumberShape *shape, const char *number, long *serial)
{
	size_t prefix = strlen(shape->prefix);
	size_t suffix = strlen(shape->suffix);
	ChecksumKind kind = loyalty_number_checksum(shape->method);
	size_t covered = shape->checksum_prefix ? 0 : prefix;
	char digits[NUMBER_BYTES];

	if (strlen(number) != (size_t) shape->length)
		return "length";
	if (strncmp(number, shape->prefix, prefix) != 0 ||
		strcmp(number + shape->length - suffix, shape->suffix) != 0)
		return "prefix or suffix";
	if (kind != CHECKSUM_NONE &&
		!loyalty_checksum_is_valid(kind, number + covered, (size_t) shape->length - covered))
		return "check digit";
	memcpy(digits, number + prefix, (size_t) shape->length - prefix - suffix);
	digits[shape->length - (int) prefix - (int) suffix - (kind == CHECKSUM_NONE ? 0 : 1)] = '\0';
	if (!loyalty_all_digits(digits, strlen(digits)))
		return "digits of the serial";
	*serial = atol(digits);
	return *serial < shape->offset ? "a serial below the offset" : NULL;
}

/* Every number of a series, each once; nothing before the first and after the last. */
static bool
all_numbers(const NumberShape *shape, NumberRound round)
{
	int64_t first = loyalty_number_first(shape);
	int64_t space = loyalty_number_space(shape);
	char number[NUMBER_BYTES];
	int64_t i;

	memset(seen, 0, sizeof(seen));
	for (i = first; i < first + space; i++)
	{
		const char *wrong = "exhausted early";
		long serial = 0;

		if (loyalty_number_left(shape, i) != first + space - i)
			wrong = "what is left";
		else if (loyalty_number_make(shape, i, round, &key, number))
			wrong = fault(shape, number, &serial);
		if (wrong == NULL && seen[serial]++ > 0)
			wrong = "twice";
		if (wrong != NULL)
		{
			printf("# %s of %s at %lld: %s\n", number, loyalty_number_method_names[shape->method],
				   (long long) i, wrong);
			return false;
		}
	}
	return loyalty_number_left(shape, first + space) == 0 && loyalty_number_left(shape, INT64_MAX) == 0 &&
		   !loyalty_number_make(shape, first + space, round, &key, number) &&
		   !loyalty_number_make(shape, INT64_MAX, round, &key, number) &&
		   !loyalty_number_make(shape, first - 1, round, &key, number);
}

/* All methods, widths 1 to 5, with and without affixes and offsets, a prefix in the checksum and not. */
static void
test_small_series(void)
{
	static const int64_t offsets[] = { 0, 1, 3, 10, 997, 99999 };
	int method, width, affixes, covers;
	size_t o;

	for (method = 0; method < METHOD_COUNT; method++)
	{
		bool passed = true;
		int series = 0;

		for (width = 1; width <= 5; width++)
			for (affixes = 0; affixes < 4; affixes++)
				for (covers = 0; covers < 2; covers++)
					for (o = 0; o < sizeof(offsets) / sizeof(offsets[0]); o++)
					{
						NumberShape shape = { (NumberMethod) method,   0,		   affixes & 1 ? "7080" : "",
											  affixes & 2 ? "55" : "", offsets[o], covers != 0 };

						shape.length = width + (affixes & 1 ? 4 : 0) + (affixes & 2 ? 2 : 0) +
									   (loyalty_number_checksum(shape.method) == CHECKSUM_NONE ? 0 : 1);
						if (loyalty_number_problem(&shape) != NUMBER_OK)
							continue;
						passed = passed && all_numbers(&shape, scramble);
						series++;
					}
		printf("# %d series\n", series);
		ok(passed && series > 30, loyalty_number_method_names[method]);
	}
}

/* A permutation of every size up to 2500, and of some larger ones, also under a useless keyed function. */
static void
test_permutation(void)
{
	uint64_t size, i;
	bool passed = true;
	bool constant_passed = true;

	for (size = 1; size <= 1000000; size = size < 2500 ? size + 1 : size * 4 - 1)
	{
		memset(seen, 0, sizeof(seen));
		for (i = 0; i < size; i++)
		{
			uint64_t at = loyalty_number_permute(i, size, scramble, &key);

			if (at >= size || seen[at]++ > 0)
				passed = false;
		}
		memset(seen, 0, sizeof(seen));
		for (i = 0; i < size; i++)
		{
			uint64_t at = loyalty_number_permute(i, size, constant, &key);

			if (at >= size || seen[at]++ > 0)
				constant_passed = false;
		}
	}
	ok(passed, "every position has a place of its own");
	ok(constant_passed, "whatever the keyed function answers");
}

/* Each number goes back to its position, and each position to its number, in all small sizes and at the ends of the greatest. */
static void
test_inverse(void)
{
	static const uint64_t sizes[] = { UINT64_C(1000000000000000000), UINT64_C(1) << 55, UINT64_C(1) << 60,
									  UINT64_C(1) << 62 };
	int wrong = 0;

	for (uint64_t size = 1; size <= 300000; size = size < 1200 ? size + 1 : size * 4 - 1)
		for (uint64_t i = 0; i < size; i++)
		{
			wrong += loyalty_number_place(loyalty_number_permute(i, size, scramble, &key), size, scramble,
										  &key) != i;
			wrong += loyalty_number_permute(loyalty_number_place(i, size, scramble, &key), size, scramble,
											&key) != i;
			wrong += loyalty_number_place(loyalty_number_permute(i, size, constant, &key), size, constant,
										  &key) != i;
		}
	ok(wrong == 0, "the inverse finds every position of small sizes");
	for (int i = 0; i < 4; i++)
		for (uint64_t j = 0; j < 10000; j++)
		{
			uint64_t position = j < 100 ? j : j < 200 ? sizes[i] - j + 99 : scramble(&key, i, j) % sizes[i];
			uint64_t at = loyalty_number_permute(position, sizes[i], scramble, &key);

			wrong += at >= sizes[i] || loyalty_number_place(at, sizes[i], scramble, &key) != position;
		}
	ok(wrong == 0, "and those of the greatest, the first and the last among them");
}

/* Neither one number after the other nor one key after the other: places look drawn by lot. */
static void
test_unpredictable(void)
{
	enum
	{
		SIZE = 1000,
		KEYS = 2000
	};
	static int at_place[SIZE];
	static int difference[SIZE];
	int moved = 0;
	int i;
	bool even = true;

	for (i = 0; i < KEYS * 10; i++)
	{
		uint64_t mine = (uint64_t) i * 77777;
		uint64_t one = loyalty_number_permute(5, SIZE, scramble, &mine);
		uint64_t next = loyalty_number_permute(6, SIZE, scramble, &mine);

		at_place[one]++;
		difference[(next + SIZE - one) % SIZE]++;
	}
	for (i = 1; i < SIZE; i++)
		even = even && at_place[i] > 0 && at_place[i] < 60 && difference[i] > 0 && difference[i] < 60;
	ok(even && difference[0] == 0, "a place follows from the key alone, and not from its neighbour's");
	for (i = 0; i < SIZE; i++)
		moved += loyalty_number_permute((uint64_t) i, SIZE, scramble, &key) != (uint64_t) i;
	ok(moved > SIZE - 20, "hardly a number stays where it was");
}

/* The same, counting how often it is asked. */
static long asked;

static uint64_t
counted(const void *key_given, int round, uint64_t value)
{
	asked++;
	return scramble(key_given, round, value);
}

/* How often a thousand numbers ask for it: what they cost. */
static long
cost_of_thousand(const NumberShape *shape, int64_t first)
{
	char number[NUMBER_BYTES];
	int64_t i;

	asked = 0;
	for (i = first; i < first + 1000; i++)
		loyalty_number_make(shape, i, counted, &key, number);
	return asked;
}

/* A million random numbers to the last: all distinct, the last ones as cheap as the first. */
static void
test_million(void)
{
	NumberShape shape = { METHOD_RANDOM_LUHN, 16, "400000000", "", 0, true };
	long first = cost_of_thousand(&shape, 0);
	long last = cost_of_thousand(&shape, 999000);

	ok(loyalty_number_space(&shape) == 1000000 && all_numbers(&shape, scramble), "a million of a million");
	printf("# first thousand %ld rounds, last thousand %ld\n", first, last);
	ok(first >= 1000 && last < first * 2, "the last thousand costs what the first did");
}

static bool
as_issued(const char *text, const char *wanted)
{
	char number[NUMBER_BYTES];

	return loyalty_number_as_issued(text, number) && strcmp(number, wanted) == 0;
}

static void
test_wide(void)
{
	NumberShape shape = { METHOD_RANDOM, 50, "", "", 12, false };
	char one[NUMBER_BYTES], other[NUMBER_BYTES];

	ok(loyalty_number_space(&shape) == INT64_C(999999999999999988), "18 digits of a serial are counted");
	ok(loyalty_number_make(&shape, 0, scramble, &key, one) &&
		   loyalty_number_make(&shape, 1, scramble, &key, other) && strlen(one) == 50 &&
		   loyalty_all_digits(one, 50) && strncmp(one, other, 14) != 0 &&
		   strncmp(one, "00000000000000", 14) != 0,
	   "those to their left are filled too");
	ok(loyalty_number_make(&shape, INT64_C(999999999999999987), scramble, &key, one) &&
		   !loyalty_number_make(&shape, INT64_C(999999999999999988), scramble, &key, one),
	   "up to the last");
	ok(loyalty_number_threshold(1000, 90) == 900 && loyalty_number_threshold(9, 90) == 9 &&
		   loyalty_number_threshold(11, 90) == 10 && loyalty_number_threshold(1, 1) == 1 &&
		   loyalty_number_threshold(INT64_C(1000000000000000000), 100) == INT64_C(1000000000000000000),
	   "the threshold is rounded up");
	ok(as_issued("a", "A") && as_issued("Z9", "Z9") && as_issued("z0aZ", "Z0AZ") && !as_issued("", "") &&
		   !as_issued("1 2", "1 2") && !as_issued("\xc3\xa4", "\xc3\xa4") &&
		   as_issued("12345678901234567890123456789012345678901234567890",
					 "12345678901234567890123456789012345678901234567890") &&
		   !as_issued("123456789012345678901234567890123456789012345678901", ""),
	   "numbers are 1 to 50 letters and digits, in capitals");
	ok(loyalty_number_method_find("MOD7_ALGO") == METHOD_MOD7 &&
		   loyalty_number_method_find("luhn") == METHOD_COUNT,
	   "methods by name");
}

int
main(void)
{
	plan(34);
	test_examples();
	test_problems();
	test_small_series();
	test_permutation();
	test_inverse();
	test_unpredictable();
	test_million();
	test_wide();
	return tap_exit();
}
