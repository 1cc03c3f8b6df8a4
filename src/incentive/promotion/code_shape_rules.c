/*
 * code_shape_rules.c: codes of promotions and coupons.
 *
 * A generated code is prefix, symbols, check symbol. Its symbols are the digits, to the base of 32, of a place to which a
 * keyed permutation sends its position: so a code is found by the inverse, and needs no row. A shape of more symbols than are
 * counted has further left symbols that follow from the place by the keyed function: whoever guesses must guess them, too. The
 * check symbol is a sum over the field of 32 elements: it tells every single wrong symbol, and every two that changed places.
 */
#include "incentive/promotion/code_shape_rules.h"

#include <string.h>

#define BITS_OF_SYMBOL 5
#define FIELD_POLYNOMIAL 0x25 /* x^5 + x^2 + 1 */
#define FIRST_LEFT_ROUND 64	  /* beyond those of the permutation */

/* Tells whether a character stands in a code; it may be in any case. */
static bool
is_of_code(char c)
{
	return (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-' || c == '_';
}

/* Tells whether a character is one of the blanks that stand around what was typed or scanned. */
static bool
is_blank(char c)
{
	return c == ' ' || (c >= '\t' && c <= '\r');
}

/* Cuts blanks and capitalizes: a code is read out, typed and scanned, and its case is nobody's meaning. */
bool
loyalty_code_normal(const char *text, char *code)
{
	size_t length;
	size_t i;

	while (is_blank(*text))
		text++;
	length = strlen(text);
	while (length > 0 && is_blank(text[length - 1]))
		length--;
	if (length < CODE_MIN_LENGTH || length > CODE_MAX_LENGTH)
		return false;
	for (i = 0; i < length; i++)
	{
		if (!is_of_code(text[i]))
			return false;
		code[i] = text[i] >= 'a' && text[i] <= 'z' ? (char) (text[i] - 'a' + 'A') : text[i];
	}
	code[length] = '\0';
	return true;
}

/* Returns the value of a symbol, -1: it is none. */
static int
symbol_value(char symbol)
{
	const char *found = symbol == '\0' ? NULL : strchr(CODE_SYMBOLS, symbol);

	return found == NULL ? -1 : (int) (found - CODE_SYMBOLS);
}

/* Asks first what the prefix is made of, since its length is measured next. */
CodeShapeProblem
loyalty_code_shape_problem(const CodeShape *shape)
{
	size_t prefix = strlen(shape->prefix);
	size_t i;

	for (i = 0; i < prefix; i++)
		if (!is_of_code(shape->prefix[i]) || (shape->prefix[i] >= 'a' && shape->prefix[i] <= 'z'))
			return CODE_SHAPE_PREFIX;
	if (shape->length < 1 || shape->length > CODE_MAX_LENGTH || prefix > CODE_MAX_PREFIX ||
		loyalty_code_width(shape) < 1 || prefix + (size_t) shape->length < CODE_MIN_LENGTH ||
		prefix + (size_t) shape->length > CODE_MAX_LENGTH)
		return CODE_SHAPE_LENGTH;
	return CODE_SHAPE_OK;
}

/* Takes the check symbol off. */
int
loyalty_code_width(const CodeShape *shape)
{
	return shape->length - (shape->has_check ? 1 : 0);
}

/* Returns how many symbols of a shape are counted. */
static int
counted_symbols(const CodeShape *shape)
{
	int width = loyalty_code_width(shape);

	return width < CODE_COUNTED_SYMBOLS ? width : CODE_COUNTED_SYMBOLS;
}

/* Shifts: a symbol is five bits. */
uint64_t
loyalty_code_positions(const CodeShape *shape)
{
	return UINT64_C(1) << (BITS_OF_SYMBOL * counted_symbols(shape));
}

/*
 * Compares 32 to the power of the width with a product below 10^36, which 128 bits hold. Whoever guesses hits one of the codes
 * once in as many guesses as the sparsity asks for: that is what a code is worth, whatever else slows guesses down.
 */
static bool
is_sparse(int width, int64_t codes, int64_t sparsity)
{
	unsigned __int128 wanted = (unsigned __int128) codes * (unsigned __int128) sparsity;

	return width > 24 || (unsigned __int128) 1 << (BITS_OF_SYMBOL * width) >= wanted;
}

/* Counts all symbols: those that are not counted have to be guessed as well. */
bool
loyalty_code_is_sparse(const CodeShape *shape, int64_t codes, int64_t sparsity)
{
	return (uint64_t) codes <= loyalty_code_positions(shape) &&
		   is_sparse(loyalty_code_width(shape), codes, sparsity);
}

/* Goes up from the least possible length. */
int
loyalty_code_length_for(const CodeShape *shape, int64_t codes, int64_t sparsity)
{
	CodeShape longer = *shape;

	for (longer.length = 1; longer.length <= CODE_MAX_LENGTH; longer.length++)
		if (loyalty_code_shape_problem(&longer) == CODE_SHAPE_OK &&
			loyalty_code_is_sparse(&longer, codes, sparsity))
			return longer.length;
	return CODE_MAX_LENGTH + 1;
}

/* Compares lengths first. */
bool
loyalty_code_has_shape(const CodeShape *shape, const char *code)
{
	size_t prefix = strlen(shape->prefix);
	size_t length = strlen(code);
	size_t i;

	if (length != prefix + (size_t) shape->length || strncmp(code, shape->prefix, prefix) != 0)
		return false;
	for (i = prefix; i < length; i++)
		if (symbol_value(code[i]) < 0)
			return false;
	return true;
}

/*
 * Asks whether the symbols of one can spell what the longer prefix has beyond the shorter one. Check symbols are left aside: shapes
 * that differ by them alone would make a typing error of one a code of the other.
 */
bool
loyalty_code_shapes_overlap(const CodeShape *one, const CodeShape *other)
{
	size_t shorter;

	if (strlen(one->prefix) > strlen(other->prefix))
	{
		const CodeShape *longer = one;

		one = other;
		other = longer;
	}
	shorter = strlen(one->prefix);
	if (shorter + (size_t) one->length != strlen(other->prefix) + (size_t) other->length ||
		strncmp(one->prefix, other->prefix, shorter) != 0)
		return false;
	return strspn(other->prefix + shorter, CODE_SYMBOLS) == strlen(other->prefix + shorter);
}

/*
 * Returns the check symbol of so many symbols: what makes the sum of all, each multiplied by another power of x, zero. No power is
 * zero, and no two that stand side by side are the same, so that a wrong symbol and two that changed places leave something.
 */
static char
check_symbol(const char *symbols, int count)
{
	int sum = 0;
	int i;

	for (i = 0; i <= count; i++)
	{
		sum <<= 1;
		if (sum & CODE_SYMBOL_COUNT)
			sum ^= FIELD_POLYNOMIAL;
		if (i < count)
			sum ^= symbol_value(symbols[i]);
	}
	return CODE_SYMBOLS[sum];
}

/* Writes the symbols to the left of those that are counted: a keyed function of the place, twelve symbols at a time. */
static void
put_left(char *at, int count, uint64_t place, NumberRound round, const void *key)
{
	uint64_t bits = 0;
	int i;

	for (i = 0; i < count; i++)
	{
		if (i % CODE_COUNTED_SYMBOLS == 0)
			bits = round(key, FIRST_LEFT_ROUND + i, place);
		at[i] = CODE_SYMBOLS[bits % CODE_SYMBOL_COUNT];
		bits /= CODE_SYMBOL_COUNT;
	}
}

/* Writes all parts behind one another. */
void
loyalty_code_make(const CodeShape *shape, uint64_t position, NumberRound round, const void *key, char *code)
{
	size_t prefix = strlen(shape->prefix);
	int width = loyalty_code_width(shape);
	int counted = counted_symbols(shape);
	uint64_t place = loyalty_number_permute(position, loyalty_code_positions(shape), round, key);
	uint64_t rest = place;
	char *symbols = code + prefix;
	int i;

	memcpy(code, shape->prefix, prefix);
	put_left(symbols, width - counted, place, round, key);
	for (i = width - 1; i >= width - counted; i--)
	{
		symbols[i] = CODE_SYMBOLS[rest % CODE_SYMBOL_COUNT];
		rest /= CODE_SYMBOL_COUNT;
	}
	if (shape->has_check)
		symbols[width] = check_symbol(symbols, width);
	symbols[shape->length] = '\0';
}

/*
 * Reads the place, goes back to the position and makes its code anew: what differs has a wrong check symbol, or wrong symbols
 * on the left. All codes of a shape take the same way.
 */
bool
loyalty_code_place(const CodeShape *shape, const char *code, NumberRound round, const void *key,
				   uint64_t *position)
{
	const char *symbols = code + strlen(shape->prefix);
	int width = loyalty_code_width(shape);
	uint64_t place = 0;
	char again[CODE_BYTES];
	int i;

	if (!loyalty_code_has_shape(shape, code))
		return false;
	for (i = width - counted_symbols(shape); i < width; i++)
		place = place * CODE_SYMBOL_COUNT + (uint64_t) symbol_value(symbols[i]);
	*position = loyalty_number_place(place, loyalty_code_positions(shape), round, key);
	loyalty_code_make(shape, *position, round, key, again);
	return strcmp(again, code) == 0;
}
