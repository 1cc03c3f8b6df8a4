/*
 * card_number_rules.c: the numbers of a series.
 *
 * A number is prefix, serial, check digit, suffix. Of methods whose serials follow one another the counter is the
 * serial; random methods send the counter through a keyed permutation of all serials, so no number comes twice, none
 * has to be looked for, and nobody without the key can tell the next one. Only the last 18 digits of a serial count;
 * those further left are zeros or random digits that follow from the serial.
 */
#include "card/card_number_rules.h"

#include <math.h>
#include <string.h>

#include "common/word_rules.h"

#define ROUNDS 12 /* of the permutation: each half is mixed six times, enough for halves of two values too */

/* Names as the field's configuration keys write them. */
const char *const loyalty_number_method_names[METHOD_COUNT] = {
	[METHOD_AUTO_INC] = "AUTO_INC",		  [METHOD_LUHN] = "LUHN_ALGO",
	[METHOD_MOD7] = "MOD7_ALGO",		  [METHOD_RANDOM] = "RANDOM",
	[METHOD_RANDOM_LUHN] = "RANDOM_LUHN", [METHOD_RANDOM_MOD7] = "RANDOM_MOD7",
};

/* Finds a method by the name that configuration keys use. */
NumberMethod
loyalty_number_method_find(const char *name)
{
	int i;

	for (i = 0; i < METHOD_COUNT; i++)
		if (loyalty_same_word(name, loyalty_number_method_names[i]))
			return (NumberMethod) i;
	return METHOD_COUNT;
}

/* Returns the kind of check digit of a method. */
ChecksumKind
loyalty_number_checksum(NumberMethod method)
{
	switch (method)
	{
		case METHOD_LUHN:
		case METHOD_RANDOM_LUHN:
			return CHECKSUM_LUHN;
		case METHOD_MOD7:
		case METHOD_RANDOM_MOD7:
			return CHECKSUM_MOD7;
		case METHOD_AUTO_INC:
		case METHOD_RANDOM:
		case METHOD_COUNT:
			break;
	}
	return CHECKSUM_NONE;
}

/* Tells whether a method sends its counter through the permutation. */
bool
loyalty_number_is_random(NumberMethod method)
{
	return method == METHOD_RANDOM || method == METHOD_RANDOM_LUHN || method == METHOD_RANDOM_MOD7;
}

/* Tells whether a suffix may follow: a check digit is the last character wherever there is one. */
bool
loyalty_number_takes_suffix(NumberMethod method)
{
	return loyalty_number_checksum(method) == CHECKSUM_NONE;
}

/* Tells whether a text has letters and digits of ASCII alone, whatever the locale. */
static bool
all_alphanumeric(const char *text)
{
	for (; *text != '\0'; text++)
		if (!((*text >= '0' && *text <= '9') || (*text >= 'A' && *text <= 'Z') ||
			  (*text >= 'a' && *text <= 'z')))
			return false;
	return true;
}

/* Puts letters into capitals: a number is read out, typed and scanned, and its case is nobody's meaning. */
bool
loyalty_number_as_issued(const char *text, char *number)
{
	size_t length = strlen(text);
	size_t i;

	if (length < 1 || length > NUMBER_MAX_LENGTH || !all_alphanumeric(text))
		return false;
	for (i = 0; i <= length; i++)
		number[i] = text[i] >= 'a' && text[i] <= 'z' ? (char) (text[i] - 'a' + 'A') : text[i];
	return true;
}

/* Returns the length of a prefix or suffix, capped so that no sum of lengths overflows. */
static int
affix_length(const char *affix)
{
	size_t length = strlen(affix);

	return length > 1000 ? 1000 : (int) length;
}

/* Returns the digits that are left for the serial. */
int
loyalty_number_width(const NumberShape *shape)
{
	int check = loyalty_number_checksum(shape->method) == CHECKSUM_NONE ? 0 : 1;

	return shape->length - affix_length(shape->prefix) - affix_length(shape->suffix) - check;
}

/* Returns how many serials of that many digits there are, as far as they are counted. */
static int64_t
serials(int width)
{
	int64_t count = 1;
	int i;

	for (i = 0; i < width && i < NUMBER_COUNTED_DIGITS; i++)
		count *= 10;
	return count;
}

/*
 * Finds the first thing that is impossible in a shape. The order is that of the messages: a length comes before what
 * is measured by it.
 */
NumberProblem
loyalty_number_problem(const NumberShape *shape)
{
	if (shape->length < 1 || shape->length > NUMBER_MAX_LENGTH)
		return NUMBER_LENGTH;
	if (!all_alphanumeric(shape->prefix) || !all_alphanumeric(shape->suffix))
		return NUMBER_AFFIX_LETTERS;
	if (shape->suffix[0] != '\0' && !loyalty_number_takes_suffix(shape->method))
		return NUMBER_SUFFIX_INAPPLICABLE;
	if (shape->checksum_prefix && loyalty_number_checksum(shape->method) != CHECKSUM_NONE &&
		shape->prefix[0] != '\0' && !loyalty_all_digits(shape->prefix, strlen(shape->prefix)))
		return NUMBER_PREFIX_NOT_DIGITS;
	if (loyalty_number_width(shape) < 1)
		return NUMBER_NO_ROOM;
	if (shape->offset < 0 || shape->offset >= serials(loyalty_number_width(shape)))
		return NUMBER_OFFSET;
	return NUMBER_OK;
}

/* Counts the serials from the offset up. */
int64_t
loyalty_number_space(const NumberShape *shape)
{
	return serials(loyalty_number_width(shape)) - shape->offset;
}

/*
 * Returns the first counter. Where serials follow one another the counter is the serial, otherwise the position in
 * their permutation.
 */
int64_t
loyalty_number_first(const NumberShape *shape)
{
	return loyalty_number_is_random(shape->method) ? 0 : shape->offset;
}

/* Counts what is left; a counter beyond the end leaves none. */
int64_t
loyalty_number_left(const NumberShape *shape, int64_t counter)
{
	int64_t used = counter - loyalty_number_first(shape);
	int64_t space = loyalty_number_space(shape);

	return used <= 0 ? space : used >= space ? 0 : space - used;
}

/* Returns the share, rounded up, without a product that overflows. */
int64_t
loyalty_number_threshold(int64_t space, int percent)
{
	return space / 100 * percent + (space % 100 * percent + 99) / 100;
}

/*
 * Returns the least number whose square is at least that size, which is at most 2^62: the root as floating point numbers have it is at
 * most one off.
 */
static uint64_t
root_above(uint64_t size)
{
	uint64_t root = (uint64_t) sqrt((double) size);

	while (root * root < size)
		root++;
	while (root > 0 && (root - 1) * (root - 1) >= size)
		root--;
	return root;
}

/* Adds two numbers below "side"; a division would take longer. */
static uint64_t
sum_within(uint64_t one, uint64_t other, uint64_t side)
{
	uint64_t sum = one + other;

	return sum >= side ? sum - side : sum;
}

/*
 * Permutes the square by a Feistel network over pairs of numbers below "side": each round is undone by subtracting
 * what it added, so no two values meet.
 */
static uint64_t
mix(uint64_t value, uint64_t side, NumberRound round, const void *key)
{
	uint64_t left = value / side;
	uint64_t right = value % side;
	int i;

	for (i = 0; i < ROUNDS; i += 2)
	{
		left = sum_within(left, round(key, i, right) % side, side);
		right = sum_within(right, round(key, i + 1, left) % side, side);
	}
	return left * side + right;
}

/*
 * Permutes the numbers below "size". It walks the cycle of the permutation of the square until it comes back among the
 * wanted values: it must, since it began among them, and two beginnings never meet. The square is hardly larger than
 * the wanted size, so that a walk is one step nearly always.
 */
uint64_t
loyalty_number_permute(uint64_t position, uint64_t size, NumberRound round, const void *key)
{
	uint64_t side = root_above(size);
	uint64_t value = position;

	do
		value = mix(value, side, round, key);
	while (value >= size);
	return value;
}

/* Undoes the rounds from the last one back; each takes off what it added. */
static uint64_t
unmix(uint64_t value, uint64_t side, NumberRound round, const void *key)
{
	uint64_t left = value / side;
	uint64_t right = value % side;
	int i;

	for (i = ROUNDS - 2; i >= 0; i -= 2)
	{
		right = sum_within(right, side - round(key, i + 1, left) % side, side);
		left = sum_within(left, side - round(key, i, right) % side, side);
	}
	return left * side + right;
}

/* Walks the cycle back, to the last of the wanted values before this one. */
uint64_t
loyalty_number_place(uint64_t value, uint64_t size, NumberRound round, const void *key)
{
	uint64_t side = root_above(size);

	do
		value = unmix(value, side, round, key);
	while (value >= size);
	return value;
}

/* Writes the digits of a value, with leading zeros. */
static void
put_digits(char *at, int count, uint64_t value)
{
	int i;

	for (i = count - 1; i >= 0; i--)
	{
		at[i] = (char) ('0' + value % 10);
		value /= 10;
	}
}

/* Writes the digits to the left of those that count: zeros, or of random methods a keyed function of the serial. */
static void
put_uncounted(const NumberShape *shape, char *at, int count, uint64_t serial, NumberRound round,
			  const void *key)
{
	int i;

	memset(at, '0', (size_t) count);
	if (!loyalty_number_is_random(shape->method))
		return;
	for (i = 0; i < count; i += NUMBER_COUNTED_DIGITS)
	{
		int here = count - i < NUMBER_COUNTED_DIGITS ? count - i : NUMBER_COUNTED_DIGITS;

		put_digits(at + i, here, round(key, ROUNDS + i, serial));
	}
}

/* Writes all parts behind one another. */
static void
put_number(const NumberShape *shape, uint64_t serial, NumberRound round, const void *key, char *number)
{
	int prefix = affix_length(shape->prefix);
	int width = loyalty_number_width(shape);
	int counted = width < NUMBER_COUNTED_DIGITS ? width : NUMBER_COUNTED_DIGITS;
	int end = prefix + width;
	ChecksumKind kind = loyalty_number_checksum(shape->method);
	int covered = shape->checksum_prefix ? 0 : prefix;

	memcpy(number, shape->prefix, (size_t) prefix);
	put_uncounted(shape, number + prefix, width - counted, serial, round, key);
	put_digits(number + end - counted, counted, serial);
	/* The digit covers the serial, and the prefix where the shape says so; what it covers is digits by then. */
	if (kind != CHECKSUM_NONE)
	{
		number[end] = loyalty_check_digit(kind, number + covered, (size_t) (end - covered));
		end++;
	}
	strcpy(number + end, shape->suffix);
}

/* Makes the number of a counter. */
bool
loyalty_number_make(const NumberShape *shape, int64_t counter, NumberRound round, const void *key,
					char *number)
{
	int64_t first = loyalty_number_first(shape);
	int64_t space = loyalty_number_space(shape);
	uint64_t serial;

	if (counter < first || counter - first >= space)
		return false;
	serial = (uint64_t) counter;
	if (loyalty_number_is_random(shape->method))
		serial = (uint64_t) shape->offset + loyalty_number_permute(serial, (uint64_t) space, round, key);
	put_number(shape, serial, round, key, number);
	return true;
}
