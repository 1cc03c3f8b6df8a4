/*
 * keyword_rules_fuzz.c: of any text and lists, a text does something only where it is one of the words, by a search of another
 * kind; and words that are added to the list of those that end messages never make more of them.
 */
// sources: keyword_rules.c text_rules.c word_rules.c
#include "common/word_rules.h"
#include "fuzz_input.h"
#include "message/inbox/keyword_rules.h"

/* Cuts signs that say nothing off both ends of a copy; false where nothing is left, or it is no UTF-8. */
static bool
cut(char *text)
{
	size_t start = strspn(text, "!,- ");
	size_t end = strlen(text);

	while (end > start && strchr("!,- ", text[end - 1]) != NULL)
		end--;
	memmove(text, text + start, end - start);
	text[end - start] = '\0';
	return end > start && strchr(text, '\xff') == NULL;
}

/* Cuts a copy of the list at its commas. */
static bool
is_word_of(const char *text, const char *list)
{
	char *copy = fuzz_copy(list);
	char *given = fuzz_copy(text);
	char *word;
	bool is_word = cut(given);
	bool found = false;

	for (word = strtok(copy, ","); word != NULL; word = strtok(NULL, ","))
		found = found || (is_word && cut(word) && loyalty_same_word(given, word));
	free(copy);
	free(given);
	return found;
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	FuzzInput input = { data, size };
	char text[20];
	char stop[60];
	char start[60];
	char more[120];
	InboundAction action;

	fuzz_word(&input, text, sizeof(text) - 1, "aAb?!,- \xff");
	fuzz_word(&input, stop, sizeof(stop) - 1, "aAb?!,- \xff");
	fuzz_word(&input, start, sizeof(start) - 1, "aAb?!,- \xff");
	action = loyalty_inbound_action(text, stop, start);
	REQUIRE((action == INBOUND_OPTED_OUT) == is_word_of(text, stop));
	REQUIRE((action == INBOUND_OPTED_IN) == (!is_word_of(text, stop) && is_word_of(text, start)));
	snprintf(more, sizeof(more), "%s,%s", stop, start);
	REQUIRE(action == INBOUND_NONE || loyalty_inbound_action(text, more, start) == INBOUND_OPTED_OUT);
	return 0;
}
