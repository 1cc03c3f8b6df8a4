/*
 * key_line_rules_test.c: lines of the key file, right ones and those that are a little otherwise.
 */
#include <stdio.h>
#include <string.h>

#include "common/key_line_rules.h"
#include "tap.h"

#define HEX "0123456789abcdefABCDEF0123456789abcdef0123456789abcdef0123456789"
#define LETTERS "abcdefabcdefabcdefabcdefabcdefabcdefabcdefabcdefabcdefabcdefabcd"

/* Returns the key_id of a line whose digits are as expected; -1: the line is none. */
static int
key_of(const char *line, const char *digits)
{
	const char *at;
	int key_id;

	if (!loyalty_key_line_parse(line, &key_id, &at))
		return -1;
	return strncmp(at, digits, KEY_LINE_DIGITS) == 0 ? key_id : -2;
}

int
main(void)
{
	static const char *const wrong[] = {
		"",
		"\n",
		HEX,
		"1",
		"1 ",
		"1" HEX,
		"1" LETTERS,
		"12" LETTERS,
		"0 " HEX,
		"-1 " HEX,
		"+1 " HEX,
		"32768 " HEX,
		"1x " HEX,
		"0x1 " HEX,
		"1.0 " HEX,
		"1 " HEX "0",
		"1 " HEX "00",
		"1 " HEX " x",
		"1 0x" HEX,
		"1, " HEX,
		"1 " HEX " 2 " HEX,
		"99999999999999999999 " HEX,
		"1\n" HEX,
		"1 g" HEX,
		"1 \n" HEX,
	};
	int i;
	bool refused = true;

	plan(4);
	ok(key_of("1 " HEX, HEX) == 1 && key_of("32767 " HEX "\n", HEX) == 32767 &&
		   key_of("7\t" LETTERS, LETTERS) == 7,
	   "a key_id, a blank and the digits");
	ok(key_of("  3 \t " HEX " \t\r\n", HEX) == 3 && key_of("007 " LETTERS "\r\n", LETTERS) == 7,
	   "blanks and zeros are nobody's");
	for (i = 0; i < (int) (sizeof(wrong) / sizeof(wrong[0])); i++)
		if (key_of(wrong[i], HEX) != -1)
		{
			printf("# \"%s\" is taken\n", wrong[i]);
			refused = false;
		}
	ok(refused, "everything else is refused");
	ok(key_of("1 " HEX, LETTERS) == -2, "the digits are found");
	return tap_exit();
}
