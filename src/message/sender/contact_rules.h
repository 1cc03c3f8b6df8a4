/* contact_rules.h: when contacts of the org are told of a topic. Knows no server. */
#ifndef LOYALTY_CONTACT_RULES_H
#define LOYALTY_CONTACT_RULES_H

#include <stdbool.h>
#include <stdint.h>

/* Choices, as tables have them. */
typedef enum ContactNotify
{
	NOTIFY_NEVER = 'n',
	NOTIFY_ALWAYS = 'a',
	NOTIFY_ONLY_WHEN = 'o'
} ContactNotify;

#define NOTIFY_COUNT 3

/* Words for them, as calls have them, and the choices in the same order. */
extern const char *const loyalty_notify_words[NOTIFY_COUNT];
extern const ContactNotify loyalty_notify_choices[NOTIFY_COUNT];

/*
 * Tells whether contacts are told. The amounts, that of the topic and that at hand, are counted in the same unit; without one at
 * hand none is reached.
 */
extern bool loyalty_contacts_told(ContactNotify notify, int64_t from, bool has_amount, int64_t amount);

#endif
