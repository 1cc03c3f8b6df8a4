/*
 * identity_rules_fuzz.c: the key of an e-mail is its own key and has nothing in it that may not be there; an external id
 * fits its buffer; types are found by their names, and the primary is a key whatever else is.
 */
// sources: identity_rules.c
#include "common/word_rules.h"
#include "customer/identity_rules.h"
#include "fuzz_input.h"

#define TEXT_MAX 600

static void
fuzz_email(const char *text)
{
	char key[IDENTIFIER_VALUE_BYTES];
	char typed[IDENTIFIER_VALUE_BYTES];
	char again[IDENTIFIER_VALUE_BYTES];
	char typed_again[IDENTIFIER_VALUE_BYTES];
	size_t i;

	if (!loyalty_email_normal(text, key, typed))
		return;
	REQUIRE(strlen(key) == strlen(typed) && strlen(key) <= EMAIL_MAX_BYTES && strcmp(text, typed) == 0);
	REQUIRE(strchr(key, '@') == strrchr(key, '@') && strchr(strchr(key, '@'), '.') != NULL);
	for (i = 0; key[i] != '\0'; i++)
	{
		REQUIRE((unsigned char) key[i] > ' ' && key[i] != '\x7f' && !(key[i] >= 'A' && key[i] <= 'Z'));
		REQUIRE(key[i] == typed[i] || (key[i] ^ typed[i]) == ' ');
	}
	REQUIRE(loyalty_email_normal(key, again, typed_again) && strcmp(again, key) == 0 &&
			strcmp(typed_again, key) == 0);
}

static void
fuzz_external_id(const char *text)
{
	REQUIRE(loyalty_external_id_fits(text) == (text[0] != '\0' && strlen(text) < IDENTIFIER_VALUE_BYTES));
	REQUIRE(loyalty_source_key_fits(text) == (text[0] != '\0' && strlen(text) <= SOURCE_KEY_MAX_BYTES));
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
	char *exact;

	fuzz_keys(&input, "");
	fuzz_text(&input, text, TEXT_MAX);
	exact = fuzz_copy(text);
	fuzz_email(exact);
	fuzz_external_id(exact);
	fuzz_keys(&input, exact);
	free(exact);
	return 0;
}
