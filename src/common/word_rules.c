/*
 * word_rules.c: words of the interface, however a caller spells them.
 *
 * Channels, statuses, categories and their like are written Mobile Push, mobilePush or MOBILE-PUSH by the systems that
 * call, so what tells such spellings apart is passed over; answers have one spelling. Only ASCII is folded, whatever the
 * locale. Codes and names that people choose (of stores, programs, labels) are no words: they are compared as written.
 */
#include "common/word_rules.h"

#include <string.h>

/* Folds an ASCII letter. */
static char
lower(char c)
{
	return c >= 'A' && c <= 'Z' ? (char) (c - 'A' + 'a') : c;
}

/* Moves to the next character that tells words apart, at most to the end. */
static const char *
next_sign(const char *at, const char *end)
{
	while (at < end && (*at == ' ' || *at == '-' || *at == '_'))
		at++;
	return at;
}

/* Goes through both at once, so that no copy is made. */
bool
loyalty_same_word_within(const char *given, const char *list, size_t length)
{
	const char *given_end = given + strlen(given);
	const char *list_end = list + length;

	for (;; given++, list++)
	{
		given = next_sign(given, given_end);
		list = next_sign(list, list_end);
		if (given == given_end || list == list_end)
			return given == given_end && list == list_end;
		if (lower(*given) != lower(*list))
			return false;
	}
}

/* Compares whole texts. */
bool
loyalty_same_word(const char *given, const char *word)
{
	return loyalty_same_word_within(given, word, strlen(word));
}

/* Decides by bytes: those beyond ASCII are all parts of characters beyond it. */
bool
loyalty_can_be_word(const char *text)
{
	bool has_letter = false;

	for (; *text != '\0'; text++)
	{
		bool is_letter = (*text & 0x80) != 0 || (lower(*text) >= 'a' && lower(*text) <= 'z');

		if (!is_letter && strchr(" -_0123456789", *text) == NULL)
			return false;
		has_letter = has_letter || is_letter;
	}
	return has_letter;
}

/* Searches one by one: there are a dozen at most. */
int
loyalty_word_place(const char *given, const char *const *words, int count)
{
	int i;

	for (i = 0; i < count; i++)
		if (loyalty_same_word(given, words[i]))
			return i;
	return -1;
}
