/*
 * requirement_rules.c: identifiers that customers must bring to be registered, and must keep afterwards.
 *
 * Both ask the same: what the org requires, and that something is there that finds the customer again. Loyalty
 * customers are found by keys, campaign users by mobile or e-mail.
 */
#include "customer/requirement_rules.h"

/*
 * Tells whether a campaign user lacks something. Whatever the primary of the org, a mobile or an e-mail is enough to
 * know it by, unless the org requires one of them of everybody.
 */
static bool
campaign_user_lacks(const RegistrationConfig *config, const bool *given, IdentifierType *missing)
{
	static const IdentifierType known_by[] = { IDENTIFIER_MOBILE, IDENTIFIER_EMAIL };
	bool known = false;
	size_t i;

	for (i = 0; i < sizeof(known_by) / sizeof(known_by[0]); i++)
	{
		*missing = known_by[i];
		if (!given[known_by[i]] && config->required[known_by[i]])
			return true;
		known = known || given[known_by[i]];
	}
	*missing = IDENTIFIER_TYPE_COUNT;
	return !known;
}

/*
 * Asks for the primary first, then for the required secondaries, then for any key at all: a registration that brings
 * no key could never be found again, whatever the configuration says.
 */
bool
loyalty_registration_lacks(const RegistrationConfig *config, bool loyalty, const bool *given,
						   IdentifierType *missing)
{
	IdentifierType primary = config->keys.primary;
	int keys = 0;
	int type;

	if (!loyalty)
		return campaign_user_lacks(config, given, missing);
	*missing = primary;
	if (!given[primary] && (config->primary_required || !config->any_identifier))
		return true;
	for (type = 0; type < IDENTIFIER_TYPE_COUNT; type++)
	{
		*missing = (IdentifierType) type;
		if (!given[type] && config->required[type] && type != (int) primary)
			return true;
		keys += given[type] && loyalty_identifier_is_key(&config->keys, *missing);
	}
	*missing = IDENTIFIER_TYPE_COUNT;
	return keys == 0;
}

/* Tells whether identifiers of a type find such a customer. A campaign user's e-mail does, though it be contact data. */
static bool
finds(const RegistrationConfig *config, bool loyalty, int type)
{
	return loyalty ? loyalty_identifier_is_key(&config->keys, (IdentifierType) type)
				   : type != IDENTIFIER_EXTERNAL_ID;
}

/*
 * Asks first what is required: the switch of the primary, or that of the type, as registrations do. Contact data finds
 * nobody, so whoever had nothing else may give it up all the same.
 */
bool
loyalty_release_allowed(const RegistrationConfig *config, bool loyalty, IdentifierType type,
						const IdentifiersLeft *left)
{
	bool is_source_key = type == IDENTIFIER_TYPE_COUNT;
	bool found = loyalty && left->source_key;
	int other;

	if (!is_source_key && !left->types[type] && (loyalty || type != IDENTIFIER_EXTERNAL_ID) &&
		(type == config->keys.primary && loyalty ? config->primary_required : config->required[type]))
		return false;
	if (!is_source_key && !finds(config, loyalty, type))
		return true;
	for (other = 0; other < IDENTIFIER_TYPE_COUNT; other++)
		found = found || (left->types[other] && finds(config, loyalty, other));
	return found;
}
