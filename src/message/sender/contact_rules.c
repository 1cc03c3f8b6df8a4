/*
 * contact_rules.c: when contacts of the org are told of a topic: never, always, or only when the amount at hand, such as that of
 * a customer's purchases, is at least that of the topic.
 */
#include "message/sender/contact_rules.h"

const char *const loyalty_notify_words[NOTIFY_COUNT] = { "never", "always", "only_when" };
const ContactNotify loyalty_notify_choices[NOTIFY_COUNT] = { NOTIFY_NEVER, NOTIFY_ALWAYS, NOTIFY_ONLY_WHEN };

/* Has no default, so that the compiler finds a new choice. */
bool
loyalty_contacts_told(ContactNotify notify, int64_t from, bool has_amount, int64_t amount)
{
	switch (notify)
	{
		case NOTIFY_NEVER:
			return false;
		case NOTIFY_ALWAYS:
			return true;
		case NOTIFY_ONLY_WHEN:
			return has_amount && amount >= from;
	}
	return false;
}
