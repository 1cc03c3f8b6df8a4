/*
 * word_rules_test.c: spellings that are one word, and those that are not.
 */
#include <string.h>

#include "common/word_rules.h"
#include "tap.h"

static const char *const words[] = { "mobile", "mobile_push", "external_id" };

static void
test_same(void)
{
	static const char *const spellings[] = { "mobile_push", "mobilePush",	 "Mobile Push",
											 "MOBILE-PUSH", "_mobile push_", "m-o-b-i-l-e-p-u-s-h" };
	int same = 0;

	for (size_t i = 0; i < sizeof(spellings) / sizeof(spellings[0]); i++)
		same +=
			loyalty_same_word(spellings[i], "mobile_push") && loyalty_same_word("mobile_push", spellings[i]);
	ok(same == sizeof(spellings) / sizeof(spellings[0]),
	   "case, blanks, hyphens and underscores are passed over");
	ok(loyalty_same_word("", "") && loyalty_same_word(" -_", ""), "what has no letters is the empty word");
}

static void
test_other(void)
{
	static const char *const others[] = { "",
										  "mobile",
										  "mobile_pus",
										  "mobile_pushe",
										  "mobile.push",
										  "mobile/push",
										  "mobile\tpush",
										  "nobile_push",
										  "mob\xc4\xb1le_push",
										  "mobile_push\xc2\xa0" };
	int same = 0;

	for (size_t i = 0; i < sizeof(others) / sizeof(others[0]); i++)
		same += loyalty_same_word(others[i], "mobile_push") || loyalty_same_word("mobile_push", others[i]);
	ok(same == 0, "other signs make another word");
	ok(!loyalty_same_word("[", "{") && !loyalty_same_word("@", "`") && loyalty_same_word("aZ", "Az"),
	   "letters of ASCII alone lose their case");
}

static void
test_within(void)
{
	ok(loyalty_same_word_within("B b", "a,bb,c" + 2, 2) &&
		   !loyalty_same_word_within("bb,c", "a,bb,c" + 2, 2) &&
		   !loyalty_same_word_within("b", "a,bb,c" + 2, 2) && loyalty_same_word_within("", "a", 0),
	   "a word of a list ends where its length says");
}

static void
test_place(void)
{
	ok(loyalty_word_place("Mobile", words, 3) == 0 && loyalty_word_place("mobile push", words, 3) == 1 &&
		   loyalty_word_place("externalId", words, 3) == 2,
	   "the place of a word");
	ok(loyalty_word_place("external", words, 3) == -1 && loyalty_word_place("externalId", words, 2) == -1 &&
		   loyalty_word_place("mobile", words, 0) == -1,
	   "-1 for a word that is not there");
}

static void
test_new(void)
{
	static const char *const none[] = { "",	 "-",  "_ -", "11", "1-1",	"a/b", "a:b", "\"",
										"[", "a@", "a`",  "a{", "a\tb", "a.b", "a," };
	int words_among = 0;

	ok(loyalty_can_be_word("a") && loyalty_can_be_word("Z") && loyalty_can_be_word("z") &&
		   loyalty_can_be_word("A") && loyalty_can_be_word("Double-11 shop_09") &&
		   loyalty_can_be_word("\xc3\xa9") && loyalty_can_be_word("1\xe5\xba\x97"),
	   "letters, with digits and what counts for nothing, can be a word");
	for (size_t i = 0; i < sizeof(none) / sizeof(none[0]); i++)
		words_among += loyalty_can_be_word(none[i]);
	ok(words_among == 0, "what has no letter, or another sign, cannot");
}

int
main(void)
{
	plan(9);
	test_same();
	test_other();
	test_within();
	test_place();
	test_new();
	return tap_exit();
}
