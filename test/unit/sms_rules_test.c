/*
 * sms_rules_test.c: every boundary of parts, the signs of both tables of the GSM alphabet, and signs that it lacks.
 */
#include <stdlib.h>
#include <string.h>

#include "message/outbox/sms_rules.h"
#include "tap.h"

#define EURO "\xe2\x82\xac"
#define OMEGA "\xce\xa9"
#define SMILE "\xf0\x9f\x98\x80"
#define DEVANAGARI "\xe0\xa4\xa8"

/* Parts of a sign so many times, with a text behind it. */
static int
parts_of(const char *sign, int times, const char *end)
{
	size_t length = strlen(sign);
	char *text = calloc(length * (size_t) times + strlen(end) + 1, 1);
	int parts;

	for (int i = 0; i < times; i++)
		memcpy(text + length * (size_t) i, sign, length);
	strcat(text, end);
	parts = loyalty_sms_parts(text);
	free(text);
	return parts;
}

static void
test_gsm(void)
{
	ok(loyalty_sms_parts("") == 1, "an empty text is one message");
	ok(parts_of("a", 160, "") == 1 && parts_of("a", 161, "") == 2, "160 signs are one part, 161 two");
	ok(parts_of("a", 306, "") == 2 && parts_of("a", 307, "") == 3, "of several parts each has 153");
	ok(parts_of(OMEGA, 160, "") == 1 && parts_of(OMEGA, 161, "") == 2, "Greek capitals are of the alphabet");
	ok(parts_of(EURO, 80, "") == 1 && parts_of(EURO, 80, "a") == 2, "a sign of the extension counts two");
	ok(parts_of("a", 152, EURO "aaaaaaa") == 2, "which stand in one part");
	ok(parts_of("{}", 40, "") == 1 && parts_of("{}", 40, "a") == 2, "brackets are of the extension");
	ok(parts_of("a", 152, EURO) == 1, "a text of 154 units goes in one part");
	/* 76 signs of two units fill 152 of 153: the part stays one short. */
	ok(parts_of(EURO, 153, "") == 3 && parts_of(EURO, 152, "") == 2, "a part may stay a unit short");
}

static void
test_ucs2(void)
{
	ok(parts_of(DEVANAGARI, 70, "") == 1 && parts_of(DEVANAGARI, 71, "") == 2,
	   "70 signs of another script are one part, 71 two");
	ok(parts_of(DEVANAGARI, 134, "") == 2 && parts_of(DEVANAGARI, 135, "") == 3, "of several each has 67");
	ok(parts_of("a", 69, DEVANAGARI) == 1 && parts_of("a", 70, DEVANAGARI) == 2, "one such sign is enough");
	ok(parts_of("a", 70, "`") == 2 && parts_of("a", 70, "\t") == 2, "a backtick and a tab are none of GSM");
	ok(parts_of(SMILE, 35, "") == 1 && parts_of(SMILE, 36, "") == 2,
	   "signs beyond the first plane count two");
	ok(parts_of(SMILE, 66, "") == 2 && parts_of(SMILE, 67, "") == 3, "and stand in one part");
	ok(parts_of("\xff", 70, "") == 1 && parts_of("\xff", 71, "") == 2, "bytes that are no sign count one");
	ok(loyalty_sms_parts("\xe2\x82") == 1, "a text may end in the middle of a sign");
}

int
main(void)
{
	plan(17);
	test_gsm();
	test_ucs2();
	return tap_exit();
}
