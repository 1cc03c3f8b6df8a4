/*
 * identity.c: the configuration that calls about identifiers read, and the normal forms of identifiers.
 *
 * Two customers are the same where a key is the same, byte by byte, in normal form: so each value passes
 * loyalty_identifier_normalise() before it is compared, looked for or stored, whoever gives it. (A mobile may be looked
 * for as guessed before that: a guess finds nothing but such a stored form.) Errors name the
 * argument and never the value, which may be a person's. Nothing here locks or looks at customers, but for the orphan
 * check; a writing call holds the configuration (loyalty_config_hold) before it asks which types are keys.
 */
#include "postgres.h"

#include "lib/stringinfo.h"

#include "common/args.h"
#include "common/errors.h"
#include "common/phone.h"
#include "common/text.h"
#include "customer/identity.h"

/* Errors of values without a normal form, by type. */
static const struct
{
	int sqlstate;
	const char *hint;
} invalid[IDENTIFIER_TYPE_COUNT] = {
	[IDENTIFIER_MOBILE] = { ERRCODE_LOYALTY_MOBILE_INVALID,
							"Give it with its country code, as in +65..., or in the form of the org's countries." },
	[IDENTIFIER_EMAIL] = { ERRCODE_LOYALTY_EMAIL_INVALID, "Give one address, as in name@example.com." },
	[IDENTIFIER_EXTERNAL_ID] = { ERRCODE_LOYALTY_EXTERNAL_ID_INVALID,
								 "Give 1 to 100 characters, none of them a control character or another that is not seen." },
};

/* Configuration keys that say of each type whether registrations must bring it, and whether it may be replaced. */
static const ConfigKey required_keys[IDENTIFIER_TYPE_COUNT] = {
	[IDENTIFIER_MOBILE] = CONFIG_MOBILE_REQUIRED,
	[IDENTIFIER_EMAIL] = CONFIG_EMAIL_REQUIRED,
	[IDENTIFIER_EXTERNAL_ID] = CONFIG_EXTERNAL_ID_REQUIRED,
};

static const ConfigKey update_keys[IDENTIFIER_TYPE_COUNT] = {
	[IDENTIFIER_MOBILE] = CONFIG_ALLOW_MOBILE_UPDATE,
	[IDENTIFIER_EMAIL] = CONFIG_ALLOW_EMAIL_UPDATE,
	[IDENTIFIER_EXTERNAL_ID] = CONFIG_ALLOW_EXTERNAL_ID_UPDATE,
};

/* Tells whether a key is on in an array of values that may not be in force yet, so the org's numbers do not serve. */
static bool
is_on(const char *const *values, ConfigKey key)
{
	return values[key] != NULL && loyalty_config_number(key, values[key]) != 0;
}

/* Takes values, not the org: a change of configuration is judged by those that are about to be. */
void
loyalty_key_config(const char *const *values, KeyConfig *keys)
{
	keys->primary = loyalty_identifier_type_find(values[CONFIG_PRIMARY_KEY]);
	keys->email_unique = is_on(values, CONFIG_EMAIL_UNIQUE);
	keys->dual = is_on(values, CONFIG_DUAL_ELIGIBILITY);
}

/* Reads each key's text through is_on(), as loyalty_key_config() must; a registration does it once. */
void
loyalty_registration_config(const LoyaltyOrg *org, RegistrationConfig *config)
{
	const char *const *values = (const char *const *) org->config;
	int type;

	loyalty_key_config(values, &config->keys);
	config->any_identifier = is_on(values, CONFIG_ANY_IDENTIFIER);
	config->primary_required = is_on(values, CONFIG_PRIMARY_REQUIRED);
	config->skip = is_on(values, CONFIG_SKIP_SECONDARY);
	config->strict = is_on(values, CONFIG_STRICT_CHECK);
	for (type = 0; type < IDENTIFIER_TYPE_COUNT; type++)
	{
		config->required[type] = is_on(values, required_keys[type]);
		config->replaceable[type] = is_on(values, update_keys[type]);
	}
}

/* Returns what an org takes for a mobile. */
static LoyaltyPhoneRules
phone_rules(const LoyaltyOrg *org)
{
	return (LoyaltyPhoneRules){
		.countries = org->countries,
		.count = org->country_count,
		.country_code_passed = org->config_number[CONFIG_COUNTRY_CODE_PASSED] != 0,
		.accepts_foreign = org->config_number[CONFIG_ACCEPT_FOREIGN_MOBILES] != 0,
		.valid_only = strcmp(org->config[CONFIG_MOBILE_VALIDATION], "valid") == 0,
	};
}

/*
 * Dispatches by type. An e-mail alone has a key that differs from what is shown: people care how theirs is written,
 * and two spellings must find one customer.
 */
bool
loyalty_identifier_normalise(const LoyaltyOrg *org, IdentifierType type, const char *given, char *key,
							 char *shown)
{
	const char *text = loyalty_normal_text(given);
	LoyaltyPhoneRules rules;
	bool known = false;

	if (text == NULL)
		return false;
	switch (type)
	{
		case IDENTIFIER_MOBILE:
			rules = phone_rules(org);
			known = loyalty_phone_normalise(text, &rules, key, IDENTIFIER_VALUE_BYTES);
			break;
		case IDENTIFIER_EMAIL:
			return loyalty_email_normal(text, key, shown);
		case IDENTIFIER_EXTERNAL_ID:
			known = loyalty_external_id_fits(text);
			strlcpy(key, text, IDENTIFIER_VALUE_BYTES);
			break;
		case IDENTIFIER_TYPE_COUNT:
			break;
	}
	if (known)
		strlcpy(shown, key, IDENTIFIER_VALUE_BYTES);
	return known;
}

/* Raises LY105, unless CONF_USERS_USE_EXTERNAL_ID is on. */
void
loyalty_external_id_used(const LoyaltyOrg *org)
{
	if (!org->config_number[CONFIG_USE_EXTERNAL_ID])
		ereport(ERROR,
				(errcode(ERRCODE_LOYALTY_EXTERNAL_ID_NOT_USED), errmsg("org does not use external ids"),
				 errhint("CONF_USERS_USE_EXTERNAL_ID turns them on.")));
}

/*
 * Looks the source up by its code (LY008), then asks whether the org takes it (LY116), then for the account (LY118):
 * the order in which docs/customer.md lists them. No account is the empty text, as in the primary key of profiles.
 */
void
loyalty_source_checked(const LoyaltyOrg *org, const char *source, const char *account_id,
					   LoyaltyProfile *profile)
{
	bool needs_account;
	const char *name;

	(void) loyalty_org_named_source(org, source, &profile->source_id, LOYALTY_RAISES);
	profile->account_id = account_id ? account_id : "";
	name = loyalty_source_name(profile->source_id, &needs_account);
	if (needs_account && account_id == NULL)
		ereport(ERROR, (errcode(ERRCODE_LOYALTY_ACCOUNT_REQUIRED),
						errmsg("source \"%s\" needs an account id", name)));
	if (account_id != NULL)
		(void) loyalty_refuse_unseen("account_id", account_id, LOYALTY_RAISES);
}

/* Asks first whether the org uses external ids at all: that error says more than one about the form of this one. */
const char *
loyalty_identifier_checked(const LoyaltyOrg *org, IdentifierType type, const char *given, const char *field,
						   const char **shown)
{
	char key[IDENTIFIER_VALUE_BYTES];
	char typed[IDENTIFIER_VALUE_BYTES];

	if (type == IDENTIFIER_EXTERNAL_ID)
		loyalty_external_id_used(org);
	if (!loyalty_identifier_normalise(org, type, given, key, typed))
		ereport(ERROR, (errcode(invalid[type].sqlstate), errmsg("argument \"%s\" has no normal form", field),
						errhint("%s", invalid[type].hint)));
	if (shown != NULL)
		*shown = pstrdup(typed);
	return pstrdup(key);
}

/*
 * Knows one source that must not come first, WEB_ENGAGE. One probe of the profiles' key; every other source costs
 * nothing.
 */
void
loyalty_orphan_checked(const LoyaltyOrg *org, int16 source_id, int64 customer_id)
{
	if (source_id != SOURCE_WEB_ENGAGE || !org->config_number[CONFIG_RESTRICT_ORPHAN])
		return;
	if (customer_id != 0 && loyalty_profile_exists(org->org_id, customer_id, SOURCE_INSTORE))
		return;
	ereport(ERROR,
			(errcode(ERRCODE_LOYALTY_ORPHAN_PROFILE),
			 errmsg("a WEB_ENGAGE profile needs an INSTORE profile of the same customer"),
			 errhint("Register the customer from INSTORE first; CONF_RESTRICT_ORPHAN_V2_PROFILE is on.")));
}

/* Has a message of its own: a key of a source may be longer than an external id. */
const char *
loyalty_source_key_checked(const char *given, const char *field)
{
	const char *normal;

	if (given == NULL)
		return NULL;
	normal = loyalty_normal_text(given);
	if (normal == NULL || !loyalty_source_key_fits(normal))
		ereport(
			ERROR,
			(errcode(ERRCODE_LOYALTY_EXTERNAL_ID_INVALID),
			 errmsg("argument \"%s\" has no normal form", field),
			 errhint(
				 "Give 1 to %d characters (a CUID: %d), none of them a control character or another that is not seen.",
				 SOURCE_KEY_MAX, loyalty_source_key_longest[SOURCE_KEY_CUID])));
	return pstrdup(normal);
}

/*
 * Joins source and account. A slash ends each part, so a slash in an account is written as %2F, and for that to be
 * unambiguous a per cent sign as %25: otherwise the prefix of one account could begin the key of another.
 */
const char *
loyalty_source_prefix(const LoyaltyProfile *profile)
{
	StringInfoData prefix;
	bool needs_account;
	const char *at;

	initStringInfo(&prefix);
	appendStringInfo(&prefix, "%s/", loyalty_source_name(profile->source_id, &needs_account));
	for (at = profile->account_id; *at != '\0'; at++)
	{
		if (*at == '/' || *at == '%')
			appendStringInfoString(&prefix, *at == '/' ? "%2F" : "%25");
		else
			appendStringInfoChar(&prefix, *at);
	}
	appendStringInfoChar(&prefix, '/');
	return prefix.data;
}

/* Puts the value behind the prefix; it may have slashes, since it ends the text. */
const char *
loyalty_source_key_value(const LoyaltyProfile *profile, SourceKey key)
{
	const char *value = profile->keys[key];

	return value ? psprintf("%s%s", loyalty_source_prefix(profile), value) : NULL;
}

/* Takes what loyalty_source_prefix() makes and nothing else: what is read is joined again and compared. */
const char *
loyalty_source_key_read(const char *stored, LoyaltyProfile *profile)
{
	const char *slash = strchr(stored, '/');
	const char *end = slash ? strchr(slash + 1, '/') : NULL;
	StringInfoData account;
	const char *at;

	profile->source_id = end ? loyalty_source_find(pnstrdup(stored, slash - stored)) : 0;
	if (profile->source_id == 0)
		return NULL;
	initStringInfo(&account);
	for (at = slash + 1; at < end; at++)
	{
		bool escaped = strncmp(at, "%2F", 3) == 0 || strncmp(at, "%25", 3) == 0;

		appendStringInfoChar(&account, !escaped ? *at : at[2] == 'F' ? '/' : '%');
		at += escaped ? 2 : 0;
	}
	profile->account_id = account.data;
	at = loyalty_source_prefix(profile);
	return strncmp(at, stored, strlen(at)) == 0 ? stored + strlen(at) : NULL;
}

/* Puts the list into the hint. */
void
loyalty_raise_identifier_type(const char *types)
{
	ereport(ERROR, (errcode(ERRCODE_LOYALTY_IDENTIFIER_TYPE_UNKNOWN),
					errmsg("identifier type does not exist"), errhint("Types are %s.", types)));
}

/* Knows the three types of this capability that any org has; others are looked for before. */
IdentifierType
loyalty_identifier_type_arg(const char *name)
{
	IdentifierType type = loyalty_identifier_type_find(name);

	if (type == IDENTIFIER_TYPE_COUNT)
		loyalty_raise_identifier_type(LOYALTY_IDENTIFIER_TYPES);
	return type;
}

/* Reads the number as loyalty_identifier_normalise() does, so that both speak of the same one. */
bool
loyalty_mobile_guess(const LoyaltyOrg *org, const char *given, char *key)
{
	LoyaltyPhoneRules rules = phone_rules(org);

	return loyalty_phone_guess(given, &rules, key, IDENTIFIER_VALUE_BYTES);
}

/*
 * Reads a stored number as one that carries its code, of any country and possible: what the org takes by now is for new
 * numbers.
 */
bool
loyalty_mobile_renormalise(const LoyaltyOrg *org, const char *stored, char *key)
{
	LoyaltyPhoneRules rules = phone_rules(org);

	rules.accepts_foreign = true;
	rules.valid_only = false;
	return loyalty_phone_normalise(stored, &rules, key, IDENTIFIER_VALUE_BYTES) && strcmp(key, stored) != 0;
}
