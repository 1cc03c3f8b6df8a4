/*
 * keyword_rules_test.c: which texts end or begin messages, and which say more than that.
 */
#include <string.h>

#include "message/inbox/keyword_rules.h"
#include "tap.h"

#define STOP "stop,unsubscribe,ar\xc3\xaat,opt out"
#define START "start, unstop"

static bool
all_are(InboundAction action, const char *const *texts, int count)
{
	int i;

	for (i = 0; i < count; i++)
		if (loyalty_inbound_action(texts[i], STOP, START) != action)
			return false;
	return true;
}

static void
test_words(void)
{
	static const char *const stop[] = { "stop",	  "STOP",		 "Stop",	" stop ", "S-T-O-P",	"OPT-OUT",
										"optout", "UnSubscribe", "opt_out", "stop-",  "ar\xc3\xaat" };
	static const char *const start[] = { "start", "START", "unstop", "Un Stop" };
	static const char *const none[] = { "",		 "-",			" ",		   "_ -",
										"stopp", "sto",			"stop,",	   "stop.",
										"stop!", "please stop", "stop\n",	   "stop,unsubscribe",
										",",	 "opt",			"AR\xc3\x8aT", "stop\xff",
										"yes" };

	ok(all_are(INBOUND_OPTED_OUT, stop, sizeof(stop) / sizeof(stop[0])), "words that end messages");
	ok(all_are(INBOUND_OPTED_IN, start, sizeof(start) / sizeof(start[0])), "words that begin them again");
	ok(all_are(INBOUND_NONE, none, sizeof(none) / sizeof(none[0])), "whatever says anything else is neither");
}

static void
test_lists(void)
{
	ok(loyalty_inbound_action("x", "x", "x") == INBOUND_OPTED_OUT, "a word of both lists ends messages");
	ok(loyalty_inbound_action("x", ",,x", "") == INBOUND_OPTED_OUT &&
		   loyalty_inbound_action("x", "x,", "") == INBOUND_OPTED_OUT,
	   "empty places in a list are passed over");
	ok(loyalty_inbound_action("", ",,", ",") == INBOUND_NONE &&
		   loyalty_inbound_action("-", "-", "-") == INBOUND_NONE,
	   "a hyphen alone is no word: a list of it has none");
	ok(loyalty_inbound_action(NULL, "x", "x") == INBOUND_NONE &&
		   loyalty_inbound_action("x", NULL, NULL) == INBOUND_NONE,
	   "no text, and no lists");
}

int
main(void)
{
	plan(8);
	test_words();
	test_lists();
	ok(strcmp(loyalty_inbound_action_name(INBOUND_NONE), "none") == 0 &&
		   strcmp(loyalty_inbound_action_name(INBOUND_OPTED_OUT), "opted_out") == 0,
	   "actions have their words");
	return tap_exit();
}
