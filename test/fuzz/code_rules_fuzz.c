/*
 * code_rules_fuzz.c: codes and words of any set, known or not, lead to each other and nowhere else; every word that a
 * hint names has its code.
 */
// sources: code_rules.c
#include "common/word_rules.h"
#include "fuzz_input.h"
#include "ledger/tables/code_rules.h"

static const char *const code_sets[] = { "category",   "entry_type",	   "house_account",	 "movement_type",
										 "award_type", "transaction_type", "outlier_status", "no_such_set" };

#define CODE_SETS ((int) (sizeof(code_sets) / sizeof(code_sets[0])))

static void
fuzz_code(const char *code_set, char code, const char *text)
{
	const char *word = loyalty_code_word(code_set, code);
	char found = loyalty_word_code(code_set, text);

	REQUIRE(word == NULL || loyalty_word_code(code_set, word) == code);
	REQUIRE(found == 0 || loyalty_same_word(loyalty_code_word(code_set, found), text));
}

/* Goes through the words between commas; answers how many there are. */
static int
each_word(const char *words, bool (*is_known)(const char *code_set, const char *word), const char *code_set)
{
	char word[40];
	int count = 0;

	while (sscanf(words, "%39[^,]", word) == 1)
	{
		REQUIRE(is_known(code_set, word));
		count++;
		words += strlen(word);
		words += strspn(words, ", ");
	}
	return count;
}

static bool
has_code(const char *code_set, const char *word)
{
	return loyalty_word_code(code_set, word) != 0;
}

static bool
has_event(const char *code_set, const char *word)
{
	(void) code_set;
	return loyalty_award_event(word) != EVENT_NONE;
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	FuzzInput input = { data, size };
	const char *code_set = code_sets[fuzz_choice(&input, CODE_SETS)];
	char code = (char) fuzz_byte(&input);
	char text[60];

	fuzz_text(&input, text, sizeof(text) - 1);
	fuzz_code(code_set, code, text);
	fuzz_code(text, code, code_set);
	REQUIRE(loyalty_award_event(text) == EVENT_NONE || strstr(loyalty_award_event_names(), text) != NULL);
	REQUIRE(each_word(loyalty_code_set_words("category"), has_code, "category") == 3);
	REQUIRE(each_word(loyalty_code_set_words("entry_type"), has_code, "entry_type") == 4);
	REQUIRE(each_word(loyalty_code_set_words("outlier_status"), has_code, "outlier_status") == 5);
	REQUIRE(each_word(loyalty_code_set_words("transaction_type"), has_code, "transaction_type") == 2);
	REQUIRE(each_word(loyalty_award_event_names(), has_event, NULL) == 6);
	return 0;
}
