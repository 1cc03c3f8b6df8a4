/* contact_rules_test.c: when contacts are told: all choices, with the amount on either side of that of the topic. */
#include <stdint.h>
#include <string.h>

#include "message/sender/contact_rules.h"
#include "tap.h"

int
main(void)
{
	static const int64_t amounts[] = { INT64_MIN, -1, 0, 1, 999, 1000, 1001, INT64_MAX };
	const int count = sizeof(amounts) / sizeof(amounts[0]);
	int wrong = 0;

	plan(4);
	for (int from = 0; from < count; from++)
		for (int at = 0; at < count; at++)
		{
			wrong += loyalty_contacts_told(NOTIFY_NEVER, amounts[from], true, amounts[at]);
			wrong += !loyalty_contacts_told(NOTIFY_ALWAYS, amounts[from], true, amounts[at]);
			wrong +=
				loyalty_contacts_told(NOTIFY_ONLY_WHEN, amounts[from], true, amounts[at]) != (at >= from);
			wrong += loyalty_contacts_told(NOTIFY_ONLY_WHEN, amounts[from], false, amounts[at]);
		}
	ok(wrong == 0, "never, always, and from the amount of the topic on");
	ok(loyalty_contacts_told(NOTIFY_ALWAYS, 0, false, 0), "always needs no amount");
	ok(strcmp(loyalty_notify_words[0], "never") == 0 && loyalty_notify_choices[0] == NOTIFY_NEVER &&
		   strcmp(loyalty_notify_words[1], "always") == 0 && loyalty_notify_choices[1] == NOTIFY_ALWAYS &&
		   strcmp(loyalty_notify_words[2], "only_when") == 0 && loyalty_notify_choices[2] == NOTIFY_ONLY_WHEN,
	   "words and choices have one order");
	ok(!loyalty_contacts_told((ContactNotify) 'x', 0, true, 0), "what is no choice tells nobody");
	return tap_exit();
}
