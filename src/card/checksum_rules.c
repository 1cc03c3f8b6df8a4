/* checksum_rules.c: check digits of numbers of any length, digit by digit, so that nothing overflows. */
#include "card/checksum_rules.h"

/* Tells whether a text is one digit or more; the length is given, since texts of the server have no final zero. */
bool
loyalty_all_digits(const char *text, size_t length)
{
	size_t i;

	for (i = 0; i < length; i++)
		if (text[i] < '0' || text[i] > '9')
			return false;
	return length > 0;
}

/* Returns the digit that brings the weighted sum to a multiple of ten; the rightmost digit is doubled. */
static int
luhn(const char *digits, size_t length)
{
	static const int doubled[10] = { 0, 2, 4, 6, 8, 1, 3, 5, 7, 9 };
	unsigned sum = 0;
	size_t i;

	for (i = 0; i < length; i++)
	{
		int digit = digits[length - 1 - i] - '0';

		sum = (sum + (unsigned) (i % 2 == 0 ? doubled[digit] : digit)) % 10;
	}
	return (int) (10 - sum) % 10;
}

/* Returns the rest of the number divided by 7. */
static int
mod7(const char *digits, size_t length)
{
	int rest = 0;
	size_t i;

	for (i = 0; i < length; i++)
		rest = (rest * 10 + digits[i] - '0') % 7;
	return rest;
}

/* Returns the check digit of a kind. */
char
loyalty_check_digit(ChecksumKind kind, const char *digits, size_t length)
{
	if (!loyalty_all_digits(digits, length))
		return '\0';
	switch (kind)
	{
		case CHECKSUM_LUHN:
			return (char) ('0' + luhn(digits, length));
		case CHECKSUM_MOD7:
			return (char) ('0' + mod7(digits, length));
		case CHECKSUM_NONE:
			break;
	}
	return '\0';
}

/* Tells whether the last digit is that of the others. */
bool
loyalty_checksum_is_valid(ChecksumKind kind, const char *digits, size_t length)
{
	/* A digit alone would be the check digit of nothing. */
	char check = length >= 2 ? loyalty_check_digit(kind, digits, length - 1) : '\0';

	return check != '\0' && check == digits[length - 1];
}
