/* keyword_rules.h: the words by which a customer's message ends messages to it, or begins them again. Knows no server. */
#ifndef LOYALTY_KEYWORD_RULES_H
#define LOYALTY_KEYWORD_RULES_H

/* Meanings of a message, as the table has what was done for it. */
typedef enum InboundAction
{
	INBOUND_NONE = 'n',
	INBOUND_OPTED_OUT = 'o',
	INBOUND_OPTED_IN = 'i',
} InboundAction;

/*
 * Returns what a text asks for: one of the words of a list, which stand between commas, and nothing beside it. A word of both
 * lists ends messages: who may have meant that must not get more. A text or list that is NULL has no words.
 */
extern InboundAction loyalty_inbound_action(const char *text, const char *stop_words,
											const char *start_words);

/* Returns the word for an action, as answers have it. */
extern const char *loyalty_inbound_action_name(InboundAction action);

#endif
