/*
 * text_rules_fuzz.c: a normal form is its own normal form, is folded as its text is, does not see blanks around a text, begins and ends with none,
 * and is the text itself where that is plain.
 */
// sources: text_rules.c
#include "common/text_rules.h"
#include "fuzz_input.h"

static bool
same(const char *text, const char *wanted)
{
	char normal[TEXT_NORMAL_BYTES];

	return loyalty_text_normal(text, strlen(text), normal) && strcmp(normal, wanted) == 0;
}

/* A folded text does not fold again into another one, and is that of its normal form. */
static void
check_folded(const char *text, const char *normal)
{
	char folded[TEXT_FOLDED_BYTES];
	char again[TEXT_FOLDED_BYTES];

	if (!loyalty_text_folded(text, strlen(text), folded))
		return;
	REQUIRE(strlen(folded) < TEXT_FOLDED_BYTES);
	if (strlen(normal) == strlen(text) && loyalty_text_folded(normal, strlen(normal), again))
		REQUIRE(strcmp(folded, again) == 0);
	if (loyalty_text_is_plain(text, strlen(text)))
		for (size_t i = 0; text[i] != '\0'; i++)
			REQUIRE(folded[i] == (text[i] >= 'A' && text[i] <= 'Z' ? text[i] + 32 : text[i]));
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	FuzzInput input = { data, size };
	char text[TEXT_NORMAL_MAX + 1];
	char padded[TEXT_NORMAL_MAX + 20];
	char normal[TEXT_NORMAL_BYTES];
	char *exact;
	size_t i;

	fuzz_text(&input, text, TEXT_NORMAL_MAX);
	exact = fuzz_copy(text);
	if (!loyalty_text_normal(exact, strlen(exact), normal))
	{
		REQUIRE(!loyalty_text_is_plain(exact, strlen(exact)));
		free(exact);
		return 0;
	}
	REQUIRE(strlen(normal) > TEXT_NORMAL_MAX || same(normal, normal));
	check_folded(exact, normal);
	REQUIRE(normal[0] != ' ' && (normal[0] == '\0' || normal[strlen(normal) - 1] != ' '));
	for (i = 0; normal[i] != '\0'; i++)
		REQUIRE((unsigned char) normal[i] >= ' ' && normal[i] != '\x7f');
	REQUIRE(!loyalty_text_is_plain(exact, strlen(exact)) || strcmp(exact, normal) == 0);
	snprintf(padded, sizeof(padded), "\t\xc2\xa0%s\xe2\x80\x89\n ", exact);
	REQUIRE(strlen(padded) > TEXT_NORMAL_MAX || same(padded, normal));
	free(exact);
	return 0;
}
