/*
 * keyword_rules.c: the words by which a customer's message ends messages to it, or begins them again.
 *
 * A text is such a word only where it says nothing else: "please stop sending the blue ones" is for people to read. Words are
 * compared as all words of the interface are, so letters of ASCII have any case, and blanks, hyphens and underscores count for
 * nothing. A word of other letters is listed in each case that customers write it in.
 */
#include "message/inbox/keyword_rules.h"

#include <stdbool.h>
#include <string.h>

#include "common/word_rules.h"

/* Tells whether a text is a word of a list. One of signs that count for nothing is none, and neither is an empty place. */
static bool
is_listed(const char *text, const char *list)
{
	size_t length;

	if (text == NULL || list == NULL || loyalty_same_word(text, ""))
		return false;
	for (;; list += length + 1)
	{
		length = strcspn(list, ",");
		if (loyalty_same_word_within(text, list, length))
			return true;
		if (list[length] == '\0')
			return false;
	}
}

/* Looks for the end of messages first. */
InboundAction
loyalty_inbound_action(const char *text, const char *stop_words, const char *start_words)
{
	if (is_listed(text, stop_words))
		return INBOUND_OPTED_OUT;
	if (is_listed(text, start_words))
		return INBOUND_OPTED_IN;
	return INBOUND_NONE;
}

/* Has no default, so that the compiler finds a new action. */
const char *
loyalty_inbound_action_name(InboundAction action)
{
	switch (action)
	{
		case INBOUND_NONE:
			return "none";
		case INBOUND_OPTED_OUT:
			return "opted_out";
		case INBOUND_OPTED_IN:
			return "opted_in";
	}
	return "none";
}
