/*
 * keyword_rules.c: the words by which a customer's message ends messages to it, or begins them again.
 *
 * A text is such a word only where it says nothing else: "please stop sending the blue ones" is for people to read. How it is
 * written counts for nothing, since telephones write as they like: case, accents and width of letters, signs around the word
 * ("Stop!", quotation marks), and what nobody sees. A question is no answer, so a question mark counts. Inside, blanks, hyphens and
 * underscores are passed over, as in all words of the interface.
 *
 * Who wrote "STOP" with one sign more would otherwise go on being written to, and whoever wrote the sign never learns why. So an
 * opt-out is found rather too often than too rarely; an opt-in is found by the same rule, that both have the same spellings.
 * Both lists are folded as the text is, so that an org lists a word once, however its customers write it.
 */
#include "message/inbox/keyword_rules.h"

#include <stdbool.h>
#include <string.h>
#include <unicode/uchar.h>
#include <unicode/utf8.h>

#include "common/text_rules.h"
#include "common/word_rules.h"

/* Tells whether a sign is part of what a text says. */
static bool
says_something(UChar32 c)
{
	return c == '?' || u_isdigit(c) || u_hasBinaryProperty(c, UCHAR_ALPHABETIC);
}

/* Cuts a text that was folded at its first and its last sign that says something; returns where it begins. */
static const char *
bare(char *text)
{
	int32_t start = 0;
	int32_t end = (int32_t) strlen(text);
	int32_t at = 0;
	UChar32 c = '?';

	while (at < end)
	{
		U8_NEXT(text, at, end, c);
		if (says_something(c))
			break;
		start = at;
	}
	for (at = end; at > start; end = at)
	{
		U8_PREV(text, start, at, c);
		if (says_something(c))
			break;
	}
	text[end] = '\0';
	return text + start;
}

/* Reads a word as it is compared, into a buffer; NULL where there is none. */
static const char *
word_of(const char *text, size_t length, char folded[TEXT_FOLDED_BYTES])
{
	const char *word = loyalty_text_folded(text, length, folded) ? bare(folded) : NULL;

	return word == NULL || *word == '\0' ? NULL : word;
}

/* Tells whether a word is one of a list, in which places may be empty. */
static bool
is_listed(const char *word, const char *list)
{
	char folded[TEXT_FOLDED_BYTES];
	const char *other;
	size_t length;

	for (; word != NULL && list != NULL; list += length + 1)
	{
		length = strcspn(list, ",");
		other = word_of(list, length, folded);
		if (other != NULL && loyalty_same_word(word, other))
			return true;
		if (list[length] == '\0')
			return false;
	}
	return false;
}

/* Looks for the end of messages first. */
InboundAction
loyalty_inbound_action(const char *text, const char *stop_words, const char *start_words)
{
	char folded[TEXT_FOLDED_BYTES];
	const char *word = text == NULL ? NULL : word_of(text, strlen(text), folded);

	if (is_listed(word, stop_words))
		return INBOUND_OPTED_OUT;
	if (is_listed(word, start_words))
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
