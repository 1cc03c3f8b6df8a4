/*
 * word_rules_fuzz.c: two texts are one word exactly where copies of them, folded sign by sign, are equal; so it does not
 * matter which of the two is asked about the other. What can become a word is no other sign than letters and digits when
 * it is folded, and not digits alone.
 */
// sources: word_rules.c
#include <ctype.h>

#include "common/word_rules.h"
#include "fuzz_input.h"

/* Copies the signs that tell words apart; answers how many there are. */
static size_t
fold(const char *text, size_t length, char *folded)
{
	size_t used = 0;
	size_t i;

	for (i = 0; i < length; i++)
		if (strchr(" -_", text[i]) == NULL)
			folded[used++] =
				(char) ((unsigned char) text[i] < 0x80 ? tolower((unsigned char) text[i]) : text[i]);
	return used;
}

/* Compares the copies. */
static int
is_same(const char *left, const char *right, size_t right_length)
{
	char *a = malloc(strlen(left) + 1);
	char *b = malloc(right_length + 1);
	size_t length = fold(left, strlen(left), a);
	int same = length == fold(right, right_length, b) && memcmp(a, b, length) == 0;

	free(a);
	free(b);
	return same;
}

/* Judges a copy without what counts for nothing. */
static int
can_be_word(const char *text)
{
	char *folded = malloc(strlen(text) + 1);
	size_t length = fold(text, strlen(text), folded);
	int letters = 0;
	int others = 0;
	size_t i;

	for (i = 0; i < length; i++)
	{
		letters += (folded[i] & 0x80) != 0 || isalpha((unsigned char) folded[i]);
		others += (folded[i] & 0x80) == 0 && !isalnum((unsigned char) folded[i]);
	}
	free(folded);
	return letters > 0 && others == 0;
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	FuzzInput input = { data, size };
	size_t at = (size_t) fuzz_choice(&input, 1 + (int) (size > 1000 ? 1000 : size));
	char *text = malloc(size + 1);
	char *head = malloc(at + 1);
	const char *words[2];
	size_t length;
	int same;

	memcpy(text, data, size);
	text[size] = '\0';
	memcpy(head, data, at);
	head[at] = '\0';
	length = strlen(text + at);
	same = is_same(head, text + at, length);
	REQUIRE(loyalty_same_word(head, text + at) == same && loyalty_same_word(text + at, head) == same);
	REQUIRE(loyalty_same_word_within(head, text + at, length / 2) == is_same(head, text + at, length / 2));
	REQUIRE(loyalty_can_be_word(text) == can_be_word(text));
	words[0] = "mobile_push";
	words[1] = text + at;
	REQUIRE(loyalty_word_place(head, words, 2) == (is_same(head, words[0], strlen(words[0])) ? 0
												   : same									 ? 1
																							 : -1));
	free(head);
	free(text);
	return 0;
}
