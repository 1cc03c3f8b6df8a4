/*
 * name_rules_test.c: keys of names: signs and blanks, several names, names that are too long, and their first words.
 */
#include <string.h>

#include "customer/name_rules.h"
#include "tap.h"

static char key[NAME_KEY_BYTES];

/* Key of two folded names. */
static const char *
key_of(const char *first, const char *second)
{
	key[0] = '\0';
	loyalty_name_key_add(key, first);
	loyalty_name_key_add(key, second);
	return key;
}

static void
test_signs(void)
{
	ok(strcmp(key_of("ann", "lee"), "ann lee") == 0, "two names have a blank between them");
	ok(strcmp(key_of("", "lee"), "lee") == 0, "no blank begins a key");
	ok(strcmp(key_of("ann", ""), "ann") == 0, "nor ends one");
	ok(strcmp(key_of("  ann   marie ", "  lee "), "ann marie lee") == 0, "blanks stand alone");
	ok(strcmp(key_of("anne-marie", "lee\xe2\x80\x90tan"), "anne marie lee tan") == 0, "hyphens are blanks");
	ok(strcmp(key_of("-ann-", "- - lee"), "ann lee") == 0, "at the ends, too");
	ok(strcmp(key_of("tan,ann", ""), "tan ann") == 0, "so are commas");
	ok(strcmp(key_of("o'brien", "o\xe2\x80\x99neil"), "obrien oneil") == 0, "apostrophes are nothing");
	ok(strcmp(key_of("j.r.", "'"), "jr") == 0, "nor are points");
	ok(strcmp(key_of("'-.", ", "), "") == 0, "signs alone are no name");
	ok(strcmp(key_of("\xe2\x80\x9cx", "\xe5\xbc\xa0\xe4\xbc\x9f"),
			  "\xe2\x80\x9cx \xe5\xbc\xa0\xe4\xbc\x9f") == 0,
	   "other signs and letters stay");
}

static void
test_lengths(void)
{
	char longest[2 * NAME_KEY_MAX + 1];
	char wide[2 * NAME_KEY_MAX + 1];
	int i;

	memset(longest, 'x', 2 * NAME_KEY_MAX);
	longest[NAME_KEY_MAX] = '\0';
	ok(strlen(key_of(longest, "y")) == NAME_KEY_MAX, "a key of the largest size takes no more");
	longest[NAME_KEY_MAX - 1] = '\0';
	ok(strlen(key_of(longest, "y")) == NAME_KEY_MAX - 1, "a blank is not put where no letter follows");
	longest[NAME_KEY_MAX - 2] = '\0';
	ok(strlen(key_of(longest, "yz")) == NAME_KEY_MAX, "a letter that has room is kept");
	for (i = 0; i < NAME_KEY_MAX; i++)
		memcpy(wide + 2 * i, "\xc3\x9f", 2);
	wide[2 * NAME_KEY_MAX] = '\0';
	ok(strlen(key_of("x", wide)) == NAME_KEY_MAX, "letters of two bytes fill it");
	ok(strlen(key_of("xy", wide)) == NAME_KEY_MAX - 1, "and are not cut in two");
}

static void
test_split(void)
{
	ok(strcmp(loyalty_name_key_split((char *) key_of("ann", "lee tan")), "lee tan") == 0, "further words");
	ok(strcmp(key, "ann") == 0, "the first one");
	ok(strcmp(loyalty_name_key_split((char *) key_of("ann", "")), "") == 0, "none");
	ok(strcmp(key, "ann") == 0, "one word");
}

int
main(void)
{
	plan(20);
	test_signs();
	test_lengths();
	test_split();
	return tap_exit();
}
