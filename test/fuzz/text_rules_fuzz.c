/*
 * text_rules_fuzz.c: a normal form is its own normal form, does not see blanks around a text, begins and ends with none,
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
	REQUIRE(normal[0] != ' ' && (normal[0] == '\0' || normal[strlen(normal) - 1] != ' '));
	for (i = 0; normal[i] != '\0'; i++)
		REQUIRE((unsigned char) normal[i] >= ' ' && normal[i] != '\x7f');
	REQUIRE(!loyalty_text_is_plain(exact, strlen(exact)) || strcmp(exact, normal) == 0);
	snprintf(padded, sizeof(padded), "\t\xc2\xa0%s\xe2\x80\x89\n ", exact);
	REQUIRE(strlen(padded) > TEXT_NORMAL_MAX || same(padded, normal));
	free(exact);
	return 0;
}
