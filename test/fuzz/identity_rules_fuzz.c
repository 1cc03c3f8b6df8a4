/*
 * identity_rules_fuzz.c: a normal form is its own normal form, does not see white space around a text, and has nothing in
 * it that may not be there; types are found by their names, and the primary is a key whatever else is.
 */
// sources: identity_rules.c
#include <ctype.h>

#include "common/word_rules.h"
#include "customer/identity_rules.h"
#include "fuzz_input.h"

#define TEXT_MAX 600

static bool
is_blank(char c)
{
	return c != '\0' && strchr(" \t\n\v\f\r", c) != NULL;
}

/* The text with white space around it. */
static void
pad(const char *text, char *padded)
{
	snprintf(padded, TEXT_MAX + 10, " \t%s\r\n ", text);
}

static void
fuzz_email(const char *text, const char *padded)
{
	char key[IDENTIFIER_VALUE_BYTES];
	char typed[IDENTIFIER_VALUE_BYTES];
	char again[IDENTIFIER_VALUE_BYTES];
	char typed_again[IDENTIFIER_VALUE_BYTES];
	size_t i;

	if (!loyalty_email_normal(text, key, typed))
	{
		REQUIRE(!loyalty_email_normal(padded, key, typed));
		return;
	}
	REQUIRE(strlen(key) == strlen(typed) && strlen(key) <= EMAIL_MAX_BYTES && strstr(text, typed) != NULL);
	REQUIRE(strchr(key, '@') == strrchr(key, '@') && strchr(strchr(key, '@'), '.') != NULL);
	for (i = 0; key[i] != '\0'; i++)
	{
		REQUIRE((unsigned char) key[i] > ' ' && key[i] != '\x7f' && !(key[i] >= 'A' && key[i] <= 'Z'));
		REQUIRE(key[i] == typed[i] || (key[i] ^ typed[i]) == ' ');
	}
	REQUIRE(loyalty_email_normal(padded, again, typed_again) && strcmp(again, key) == 0 &&
			strcmp(typed_again, typed) == 0);
	REQUIRE(loyalty_email_normal(key, again, typed_again) && strcmp(again, key) == 0 &&
			strcmp(typed_again, key) == 0);
}

static void
fuzz_external_id(const char *text, const char *padded)
{
	char normal[IDENTIFIER_VALUE_BYTES];
	char again[IDENTIFIER_VALUE_BYTES];
	size_t i;

	if (!loyalty_external_id_normal(text, normal))
	{
		REQUIRE(!loyalty_external_id_normal(padded, again));
		return;
	}
	REQUIRE(normal[0] != '\0' && !is_blank(normal[0]) && !is_blank(normal[strlen(normal) - 1]));
	for (i = 0; normal[i] != '\0'; i++)
		REQUIRE(!iscntrl((unsigned char) normal[i]));
	REQUIRE(loyalty_external_id_normal(padded, again) && strcmp(again, normal) == 0);
	REQUIRE(loyalty_external_id_normal(normal, again) && strcmp(again, normal) == 0);
}

static void
fuzz_keys(FuzzInput *input, const char *text)
{
	KeyConfig config = { .primary = (IdentifierType) fuzz_choice(input, IDENTIFIER_TYPE_COUNT),
						 .email_unique = fuzz_bool(input),
						 .dual = fuzz_bool(input) };
	int keys = 0;
	int type;

	for (type = 0; type < IDENTIFIER_TYPE_COUNT; type++)
	{
		keys += loyalty_identifier_is_key(&config, (IdentifierType) type);
		REQUIRE(loyalty_identifier_type_find(loyalty_identifier_type_names[type]) == (IdentifierType) type);
	}
	REQUIRE(loyalty_identifier_is_key(&config, config.primary) && (!config.dual || keys == 1));
	type = loyalty_identifier_type_find(text);
	REQUIRE(type == IDENTIFIER_TYPE_COUNT || loyalty_same_word(text, loyalty_identifier_type_names[type]));
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	FuzzInput input = { data, size };
	char text[TEXT_MAX + 1];
	char padded[TEXT_MAX + 10];
	char *exact;

	fuzz_keys(&input, "");
	fuzz_text(&input, text, TEXT_MAX);
	pad(text, padded);
	exact = fuzz_copy(text);
	fuzz_email(exact, padded);
	fuzz_external_id(exact, padded);
	fuzz_keys(&input, exact);
	free(exact);
	return 0;
}
