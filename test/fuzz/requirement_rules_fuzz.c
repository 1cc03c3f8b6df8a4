/*
 * requirement_rules_fuzz.c: any configuration, and any identifiers that are brought or left. Who has more lacks no more, and
 * may give up no less; whoever lacks nothing, and whoever gave something up, is found by what there is.
 */
// sources: requirement_rules.c
#include "customer/requirement_rules.h"
#include "fuzz_input.h"
#include "registration_config.h"

/* Who brings more lacks no more than before; what is not lacking has a key, and all that is required. */
static void
fuzz_lacks(FuzzInput *input, const RegistrationConfig *config)
{
	bool given[IDENTIFIER_TYPE_COUNT];
	IdentifierType missing;
	bool lacks;
	bool key = false;
	int type;

	for (type = 0; type < IDENTIFIER_TYPE_COUNT; type++)
		given[type] = fuzz_bool(input);
	lacks = loyalty_registration_lacks(config, true, given, &missing);
	REQUIRE(!lacks || missing == IDENTIFIER_TYPE_COUNT || !given[missing]);
	for (type = 0; type < IDENTIFIER_TYPE_COUNT; type++)
	{
		key |= given[type] && loyalty_identifier_is_key(&config->keys, (IdentifierType) type);
		REQUIRE(lacks || given[type] || !config->required[type] || type == (int) config->keys.primary);
	}
	REQUIRE(lacks || key);
	REQUIRE(lacks || given[config->keys.primary] || (config->any_identifier && !config->primary_required));
	given[fuzz_choice(input, IDENTIFIER_TYPE_COUNT)] = true;
	REQUIRE(lacks || !loyalty_registration_lacks(config, true, given, &missing));
	/* A campaign user is known by a mobile or an e-mail, and lacks nothing with both. */
	lacks = loyalty_registration_lacks(config, false, given, &missing);
	REQUIRE(lacks || given[IDENTIFIER_MOBILE] || given[IDENTIFIER_EMAIL]);
	REQUIRE(!lacks || !given[IDENTIFIER_MOBILE] || !given[IDENTIFIER_EMAIL]);
}

/* What is left allows no less than part of it did, and finds the customer if what goes did. */
static void
fuzz_release(FuzzInput *input, const RegistrationConfig *config)
{
	IdentifierType type = (IdentifierType) fuzz_choice(input, IDENTIFIER_TYPE_COUNT + 1);
	bool loyalty = fuzz_bool(input);
	IdentifiersLeft left = { .source_key = fuzz_bool(input) };
	bool allowed;
	int i;

	for (i = 0; i < IDENTIFIER_TYPE_COUNT; i++)
		left.types[i] = fuzz_bool(input);
	allowed = loyalty_release_allowed(config, loyalty, type, &left);
	if (allowed && loyalty && type != IDENTIFIER_TYPE_COUNT && loyalty_identifier_is_key(&config->keys, type))
		REQUIRE(left.source_key || left.types[0] || left.types[1] || left.types[2]);
	if (allowed && !loyalty && type != IDENTIFIER_EXTERNAL_ID)
		REQUIRE(left.types[IDENTIFIER_MOBILE] || left.types[IDENTIFIER_EMAIL]);
	left.types[fuzz_choice(input, IDENTIFIER_TYPE_COUNT)] = true;
	REQUIRE(!allowed || loyalty_release_allowed(config, loyalty, type, &left));
	left.types[0] = left.types[1] = left.types[2] = true;
	REQUIRE(loyalty_release_allowed(config, loyalty, type, &left));
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	FuzzInput input = { data, size };
	RegistrationConfig config = some_config(&input);

	fuzz_lacks(&input, &config);
	fuzz_release(&input, &config);
	return 0;
}
