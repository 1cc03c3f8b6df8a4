/*
 * keyword_rules_fuzz.c: of any text and lists, a text does something only where it is one of the words, by a search of another
 * kind; and words that are added to the list of those that end messages never make more of them.
 */
// sources: keyword_rules.c word_rules.c
#include "common/word_rules.h"
#include "fuzz_input.h"
#include "message/inbox/keyword_rules.h"

/* Cuts a copy of the list at its commas. */
static bool
is_word_of(const char *text, const char *list)
{
	char *copy = fuzz_copy(list);
	char *word;
	bool found = false;

	for (word = strtok(copy, ","); word != NULL; word = strtok(NULL, ","))
		found = found || (!loyalty_same_word(word, "") && loyalty_same_word(text, word));
	free(copy);
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

	fuzz_word(&input, text, sizeof(text) - 1, "aAb,- \xff");
	fuzz_word(&input, stop, sizeof(stop) - 1, "aAb,- \xff");
	fuzz_word(&input, start, sizeof(start) - 1, "aAb,- \xff");
	action = loyalty_inbound_action(text, stop, start);
	REQUIRE((action == INBOUND_OPTED_OUT) == is_word_of(text, stop));
	REQUIRE((action == INBOUND_OPTED_IN) == (!is_word_of(text, stop) && is_word_of(text, start)));
	snprintf(more, sizeof(more), "%s,%s", stop, start);
	REQUIRE(action == INBOUND_NONE || loyalty_inbound_action(text, more, start) == INBOUND_OPTED_OUT);
	return 0;
}
