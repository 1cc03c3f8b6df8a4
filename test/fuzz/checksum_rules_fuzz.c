/*
 * checksum_rules_fuzz.c: a check digit makes its number valid, and tells a mistyped one: every wrong digit and every pair
 * of swapped neighbours but 09 and 90 (Luhn), every wrong digit that is not seven away (mod 7).
 */
// sources: checksum_rules.c
#include "card/checksum_rules.h"
#include "fuzz_input.h"

#define DIGITS_MAX 100

static void
check_wrong_digit(ChecksumKind kind, char *number, size_t length, size_t at, int by)
{
	char right = number[at];

	number[at] = (char) ('0' + (right - '0' + by) % 10);
	if (kind == CHECKSUM_LUHN || (number[at] - right) % 7 != 0)
		REQUIRE(!loyalty_checksum_is_valid(kind, number, length));
	number[at] = right;
}

static void
check_swapped(char *number, size_t length, size_t at)
{
	char left = number[at];
	char right = number[at + 1];

	if (left == right || (left == '0' && right == '9') || (left == '9' && right == '0'))
		return;
	number[at] = right;
	number[at + 1] = left;
	REQUIRE(!loyalty_checksum_is_valid(CHECKSUM_LUHN, number, length));
	number[at] = left;
	number[at + 1] = right;
}

static void
fuzz_number_of(FuzzInput *input, ChecksumKind kind, const char *digits)
{
	char number[DIGITS_MAX + 2];
	size_t length = strlen(digits) + 1;
	size_t at = (size_t) fuzz_choice(input, (int) length);

	snprintf(number, sizeof(number), "%s%c", digits, loyalty_check_digit(kind, digits, length - 1));
	REQUIRE(loyalty_all_digits(number, length) && loyalty_checksum_is_valid(kind, number, length));
	check_wrong_digit(kind, number, length, at, 1 + fuzz_choice(input, 9));
	if (kind == CHECKSUM_LUHN && at + 1 < length)
		check_swapped(number, length, at);
}

/* Any bytes: only digits have a check digit, and bytes behind the length are not looked at. */
static void
fuzz_bytes(const uint8_t *data, size_t size)
{
	char *text = malloc(size > 0 ? size : 1);
	bool digits = size > 0;
	size_t i;

	for (i = 0; i < size; i++)
		digits &= data[i] >= '0' && data[i] <= '9';
	if (size > 0)
		memcpy(text, data, size);
	REQUIRE(loyalty_all_digits(text, size) == digits);
	REQUIRE((loyalty_check_digit(CHECKSUM_LUHN, text, size) != '\0') == digits);
	REQUIRE((loyalty_check_digit(CHECKSUM_MOD7, text, size) != '\0') == digits);
	REQUIRE(loyalty_check_digit(CHECKSUM_NONE, text, size) == '\0');
	REQUIRE(!loyalty_checksum_is_valid(CHECKSUM_NONE, text, size));
	REQUIRE(digits || !loyalty_checksum_is_valid(CHECKSUM_LUHN, text, size));
	free(text);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	FuzzInput input = { data, size };
	char digits[DIGITS_MAX + 1];

	fuzz_bytes(data, size);
	fuzz_word(&input, digits, DIGITS_MAX, "0123456789");
	if (digits[0] == '\0')
		return 0;
	fuzz_number_of(&input, CHECKSUM_LUHN, digits);
	fuzz_number_of(&input, CHECKSUM_MOD7, digits);
	return 0;
}
