/*
 * keyword_rules_test.c: which texts end or begin messages, and which say more than that.
 */
#include <string.h>

#include "message/inbox/keyword_rules.h"
#include "tap.h"

#define STOP "stop,unsubscribe,ar\xc3\xaat,opt out,\xd1\x81\xd1\x82\xd0\xbe\xd0\xbf"
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
	static const char *const stop[] = {
		"stop", "STOP", "Stop", " stop ", "S-T-O-P", "OPT-OUT", "optout", "UnSubscribe", "opt_out", "stop-",
		/* signs around it, in any number */
		"stop.", "stop!", "stop,", "*STOP*!!", "\"Stop\"", "\xe2\x80\x9cSTOP\xe2\x80\x9d", "stop\n",
		"\r\n\tstop\x07", "stop \xf0\x9f\x9b\x91",
		/* letters of any case and width, accents, and what nobody sees */
		"ar\xc3\xaat", "AR\xc3\x8aT", "ARE\xcc\x82T", "aret",
		"\xef\xbc\xb3\xef\xbc\xb4\xef\xbc\xaf\xef\xbc\xb0", "\xef\xbb\xbfstop",
		"sto\xe2\x80\x8bp\xe2\x80\x8b", "\xd1\x81\xd1\x82\xd0\xbe\xd0\xbf", "\xd0\xa1\xd0\xa2\xd0\x9e\xd0\x9f"
	};
	static const char *const start[] = { "start", "START", "unstop", "Un Stop", "Start!" };
	static const char *const none[] = { "",
										"-",
										" ",
										"_ -",
										"stopp",
										"sto",
										"stop?",
										"start?",
										"please stop",
										"stop, please",
										"stop,unsubscribe",
										",",
										".",
										"opt",
										"stop\xff",
										"yes",
										"st\xd0\xbep",
										"s.t.o.p",
										"stop\nsent from my telephone" };

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
