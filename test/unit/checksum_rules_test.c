/*
 * checksum_rules_test.c: check digits from the public literature, and the errors that they find.
 */
#include <stdio.h>
#include <string.h>

#include "card/checksum_rules.h"
#include "tap.h"

static bool
luhn_ok(const char *number)
{
	return loyalty_checksum_is_valid(CHECKSUM_LUHN, number, strlen(number));
}

static bool
mod7_ok(const char *number)
{
	return loyalty_checksum_is_valid(CHECKSUM_MOD7, number, strlen(number));
}

static char
digit(ChecksumKind kind, const char *number)
{
	return loyalty_check_digit(kind, number, strlen(number));
}

/* Every wrong last digit is found, and of Luhn every single wrong digit and every swap but 09 and 90. */
static bool
luhn_finds_errors(const char *valid)
{
	char number[64];
	size_t length = strlen(valid);
	size_t i;
	char wrong;

	for (i = 0; i < length; i++)
		for (wrong = '0'; wrong <= '9'; wrong++)
		{
			strcpy(number, valid);
			number[i] = wrong;
			if (luhn_ok(number) != (wrong == valid[i]))
				return false;
		}
	for (i = 0; i + 1 < length; i++)
	{
		strcpy(number, valid);
		number[i] = valid[i + 1];
		number[i + 1] = valid[i];
		if (luhn_ok(number) != (valid[i] == valid[i + 1] || (valid[i] == '0' && valid[i + 1] == '9') ||
								(valid[i] == '9' && valid[i + 1] == '0')))
			return false;
	}
	return true;
}

static void
test_checksums(void)
{
	char longest[401];
	unsigned long long n;
	bool same = true;

	ok(digit(CHECKSUM_LUHN, "7992739871") == '3', "Luhn: 7992739871 has 3");
	ok(luhn_ok("79927398713") && !luhn_ok("79927398710"), "Luhn: 79927398713 is valid");
	ok(luhn_ok("4111111111111111") && luhn_ok("378282246310005") && luhn_ok("5555555555554444"),
	   "Luhn: the test numbers of payment cards");
	ok(luhn_ok("490154203237518"), "Luhn: an IMEI");
	ok(luhn_finds_errors("79927398713") && luhn_finds_errors("4111111111111111"),
	   "Luhn: every wrong digit and every swap but 09 and 90 is found");
	ok(digit(CHECKSUM_MOD7, "1234567") == '5', "mod 7: air waybill 1234567 has 5");
	ok(mod7_ok("12345675") && !mod7_ok("12345676"), "mod 7: 12345675 is valid");
	ok(mod7_ok("00000000") && mod7_ok("00000011") && mod7_ok("00000070"),
	   "mod 7: leading zeros count nothing");
	for (n = 0; n < 200000; n++)
	{
		char text[32];

		snprintf(text, sizeof(text), "%llu", n * 922337203ULL);
		same = same && digit(CHECKSUM_MOD7, text) == (char) ('0' + n * 922337203ULL % 7);
	}
	ok(same, "mod 7: as the machine divides");
	memset(longest, '1', 400);
	longest[400] = '\0';
	/* 111111 is a multiple of 7, and 400 = 66 * 6 + 4: what is left is 1111 mod 7. */
	ok(digit(CHECKSUM_MOD7, longest) == (char) ('0' + 1111 % 7), "mod 7: of 400 digits");
	/* 200 ones as they are and 200 doubled: a sum of 600. */
	ok(digit(CHECKSUM_LUHN, longest) == '0', "Luhn: of 400 digits");
	ok(digit(CHECKSUM_LUHN, "") == '\0' && digit(CHECKSUM_MOD7, "12a") == '\0' &&
		   digit(CHECKSUM_LUHN, " 1") == '\0' && digit(CHECKSUM_NONE, "1") == '\0',
	   "what is no number has no check digit");
	ok(!loyalty_checksum_is_valid(CHECKSUM_LUHN, "x", 2) && !loyalty_checksum_is_valid(CHECKSUM_MOD7, "x", 2),
	   "a zero byte is no check digit of what has none");
	ok(!luhn_ok("") && !luhn_ok("0") && luhn_ok("00") && !mod7_ok("7") && mod7_ok("70") &&
		   !luhn_ok("7992739871x"),
	   "a valid number has a digit before its check digit");
}

int
main(void)
{
	plan(14);
	test_checksums();
	return tap_exit();
}
