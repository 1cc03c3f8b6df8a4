/*
 * identifier_api.c: change_identifier and upsert_profile: changes of identifiers after the registration.
 *
 * Both are calls about a customer whose row is locked, and hold the configuration, so that a type which is a key at
 * the check is one at the write. A key is claimed before the old value is given up: a call that waits for another one
 * has given up nothing yet, and one that loses has changed nothing. There are no rounds here, as registrations have:
 * a lost claim is an error. Whoever holds a fresh key waits for no row after it, so one claim cannot close a circle;
 * upsert_profile may claim several, in the order in which registrations claim theirs.
 */
#include "postgres.h"

#include "utils/jsonb.h"

#include "common/args.h"
#include "common/errors.h"
#include "common/pg_compat.h"
#include "common/phone.h"
#include "customer/channels.h"
#include "customer/identity.h"
#include "customer/member.h"
#include "customer/status_hooks.h"

LOYALTY_FUNCTION(loyalty_change_identifier);
LOYALTY_FUNCTION(loyalty_upsert_profile);

#define CUID "cuid"

/* Limits of the values as given, in characters, by type. */
static const int longest[IDENTIFIER_TYPE_COUNT] = {
	[IDENTIFIER_MOBILE] = LOYALTY_PHONE_MAX,
	[IDENTIFIER_EMAIL] = EMAIL_MAX_BYTES,
	[IDENTIFIER_EXTERNAL_ID] = EXTERNAL_ID_MAX,
};

static void claim(const LoyaltyMember *member, IdentifierType type, const char *value);
static void check_update_allowed(const RegistrationConfig *config, IdentifierType type);
static void attach_profile_identifier(LoyaltyMember *member, const LoyaltyIdentifiers *held,
									  IdentifierType type, const char *value);

/*
 * Replaces an identifier of a customer, or adds it where there is none of that type. The value that it has already
 * changes nothing and is no error. Steps: check, claim, end the old one, begin the new one, show it in profiles.
 */
Datum
loyalty_change_identifier(PG_FUNCTION_ARGS)
{
	LoyaltyMember member;
	RegistrationConfig config;
	LoyaltyIdentifiers held;
	IdentifierType type;
	const char *shown;
	const char *value;
	const char *reason;

	loyalty_member_begin_identifiers(&member, fcinfo, "change_identifier");
	type = loyalty_identifier_type_arg(loyalty_arg_text(fcinfo, 2, "identifier_type", LOYALTY_MAX_CODE));
	value = loyalty_identifier_checked(member.call.org, type,
									   loyalty_arg_text(fcinfo, 3, "new_value", longest[type]), "new_value",
									   &shown);
	reason = loyalty_arg_text_or_null(fcinfo, 4, "reason", LOYALTY_MAX_TEXT);
	member.call.actor = loyalty_arg_text_or_null(fcinfo, 5, "actor", LOYALTY_MAX_NAME);
	loyalty_registration_config(member.call.org, &config);
	loyalty_identifiers_read(member.call.org->org_id, member.customer.customer_id, &held);
	if (held.values[type] == NULL || strcmp(held.values[type], value) != 0)
	{
		int32 org_id = member.call.org->org_id;
		int64 customer_id = member.customer.customer_id;

		if (held.values[type] != NULL)
			check_update_allowed(&config, type);
		if (loyalty_identifier_is_key(&config.keys, type))
			claim(&member, type, value);
		if (held.values[type] != NULL)
			loyalty_identifier_close(org_id, customer_id, loyalty_identifier_type_names[type],
									 held.values[type], member.call.now, reason, member.call.actor);
		loyalty_identifier_add(org_id, customer_id, loyalty_identifier_type_names[type], value,
							   member.call.now, member.call.actor);
		loyalty_profile_identifier(org_id, customer_id, NULL, type, shown,
								   member.call.org->config_number[CONFIG_SYNC_IDENTIFIERS] != 0,
								   member.call.now);
	}
	loyalty_call_end(&member.call);
	PG_RETURN_VOID();
}

/* Raises LY114 where the org does not let identifiers of that type be replaced; the hint names the key that does. */
static void
check_update_allowed(const RegistrationConfig *config, IdentifierType type)
{
	static const ConfigKey keys[IDENTIFIER_TYPE_COUNT] = { CONFIG_ALLOW_MOBILE_UPDATE,
														   CONFIG_ALLOW_EMAIL_UPDATE,
														   CONFIG_ALLOW_EXTERNAL_ID_UPDATE };

	if (!config->replaceable[type])
		ereport(ERROR, (errcode(ERRCODE_LOYALTY_UPDATE_NOT_ALLOWED),
						errmsg("identifier \"%s\" may not be changed", loyalty_identifier_type_names[type]),
						errhint("%s allows it.", loyalty_config_entries[keys[type]].key)));
}

/*
 * Makes the customer the owner of a key, unless it is already: a key of its group is its own. Raises where another
 * customer is. The key may be gone again when its owner is looked for, where that one gave it up meanwhile: nothing
 * is known then, and the call is to be repeated.
 */
static void
claim(const LoyaltyMember *member, IdentifierType type, const char *value)
{
	int32 org_id = member->call.org->org_id;
	LoyaltyIdentifiers keys = { { NULL } };
	int64 owners[IDENTIFIER_TYPE_COUNT];

	keys.values[type] = value;
	if (loyalty_identifier_claim(org_id, member->customer.customer_id, &keys) == 1)
		return;
	loyalty_identifier_owners(org_id, &keys, owners);
	if (owners[type] == 0)
		ereport(ERROR, (errcode(ERRCODE_T_R_SERIALIZATION_FAILURE),
						errmsg("could not take the identifier because of a concurrent change"),
						errhint("Repeat the call.")));
	if (owners[type] != member->customer.customer_id)
		ereport(ERROR,
				(errcode(ERRCODE_LOYALTY_IDENTIFIER_TAKEN),
				 errmsg("identifier \"%s\" belongs to another customer", loyalty_identifier_type_names[type]),
				 errdetail("It belongs to customer " INT64_FORMAT ".", owners[type]),
				 errhint("If both are one person, merge them with loyalty.merge_customers().")));
}

/*
 * Writes the profile of a source and account, with its identifiers, CUID and channels. Channels come after the
 * profile that they name, and are the last to be checked: an error there takes back all.
 */
Datum
loyalty_upsert_profile(PG_FUNCTION_ARGS)
{
	LoyaltyMember member;
	LoyaltyProfile profile = { 0 };
	LoyaltyGiven given = { 0 };
	int type;

	loyalty_member_begin_identifiers(&member, fcinfo, "upsert_profile");
	loyalty_source_checked(member.call.org, loyalty_arg_text(fcinfo, 2, "source", LOYALTY_MAX_CODE),
						   loyalty_arg_text_or_null(fcinfo, 3, "account_id", LOYALTY_MAX_CODE), &profile);
	profile.first_name = loyalty_arg_text_or_null(fcinfo, 4, "first_name", LOYALTY_MAX_NAME);
	profile.last_name = loyalty_arg_text_or_null(fcinfo, 5, "last_name", LOYALTY_MAX_NAME);
	for (type = 0; type < IDENTIFIER_TYPE_COUNT; type++)
	{
		given.fields[type] = loyalty_identifier_type_names[type];
		given.values[type] = loyalty_arg_text_or_null(fcinfo, 6 + type, given.fields[type], longest[type]);
	}
	profile.cuid = loyalty_cuid_checked(loyalty_arg_text_or_null(fcinfo, 9, CUID, EXTERNAL_ID_MAX), CUID);
	member.call.actor = loyalty_arg_text_or_null(fcinfo, 11, "actor", LOYALTY_MAX_NAME);
	loyalty_profile_upsert(&member, &profile, &given);
	if (!PG_ARGISNULL(10))
		loyalty_channels_write(&member.call, member.customer.customer_id, &profile, PG_GETARG_JSONB_P(10));
	loyalty_call_end(&member.call);
	PG_RETURN_VOID();
}

/*
 * Attaches identifiers type by type, then writes CUID and profile. The customer's values are read once, before: each
 * type is given once at most, so what is attached for one type says nothing about another.
 */
void
loyalty_profile_upsert(LoyaltyMember *member, LoyaltyProfile *profile, const LoyaltyGiven *given)
{
	const char **shown[IDENTIFIER_TYPE_COUNT] = { &profile->mobile, &profile->email, &profile->external_id };
	LoyaltyIdentifiers held;
	const char *values[IDENTIFIER_TYPE_COUNT] = { NULL };
	int type;
	int i;

	loyalty_orphan_checked(member->call.org, profile->source_id, member->customer.customer_id);
	loyalty_identifiers_read(member->call.org->org_id, member->customer.customer_id, &held);
	for (type = 0; type < IDENTIFIER_TYPE_COUNT; type++)
		if (given->values[type] != NULL)
			values[type] = loyalty_identifier_checked(member->call.org, type, given->values[type],
													  given->fields[type], shown[type]);
	for (i = 0; i < IDENTIFIER_TYPE_COUNT; i++)
	{
		type = loyalty_identifier_claim_order[i];
		if (values[type] != NULL)
			attach_profile_identifier(member, &held, type, values[type]);
	}
	loyalty_cuid_write(&member->call, &member->customer, profile, true);
	loyalty_profile_replace(member->call.org->org_id, member->customer.customer_id, profile,
							member->call.now);
}

/*
 * Makes an identifier of a source the customer's where the customer has none of that type; otherwise it is the
 * profile's own. A key of another customer is refused in either case: a profile must not show what finds somebody
 * else. Attaching is a change of identifiers to the guard of statuses; showing is not.
 */
static void
attach_profile_identifier(LoyaltyMember *member, const LoyaltyIdentifiers *held, IdentifierType type,
						  const char *value)
{
	KeyConfig keys;
	LoyaltyIdentifiers wanted = { { NULL } };
	int64 owners[IDENTIFIER_TYPE_COUNT];

	loyalty_key_config((const char *const *) member->call.org->config, &keys);
	if (held->values[type] == NULL)
	{
		loyalty_status_hooks.guard(&member->call, &member->customer, "change_identifier");
		if (loyalty_identifier_is_key(&keys, type))
			claim(member, type, value);
		loyalty_identifier_add(member->call.org->org_id, member->customer.customer_id,
							   loyalty_identifier_type_names[type], value, member->call.now,
							   member->call.actor);
		return;
	}
	if (!loyalty_identifier_is_key(&keys, type) || strcmp(held->values[type], value) == 0)
		return;
	wanted.values[type] = value;
	loyalty_identifier_owners(member->call.org->org_id, &wanted, owners);
	/* A key that has an owner is claimed only for the error, which names the owner. */
	if (owners[type] != 0)
		claim(member, type, value);
}

/*
 * Writes a CUID under the prefix of its source and account, of which there is one at a time. CUIDs are no keys: two
 * customers may have the same, and it finds nobody, so nothing is claimed. Where nothing would change the guard is
 * not asked.
 */
void
loyalty_cuid_write(LoyaltyCall *call, const LoyaltyCustomer *customer, const LoyaltyProfile *profile,
				   bool replace)
{
	int64 customer_id = customer->customer_id;
	int32 org_id = call->org->org_id;
	const char *prefix;
	const char *value;
	const char *old;

	if (profile->cuid == NULL)
		return;
	prefix = loyalty_cuid_prefix(profile);
	value = psprintf("%s%s", prefix, profile->cuid);
	old = loyalty_identifier_scoped(org_id, customer_id, CUID, prefix);
	if (old != NULL && (!replace || strcmp(old, value) == 0))
		return;
	loyalty_status_hooks.guard(call, customer, "change_identifier");
	if (old != NULL)
		loyalty_identifier_close(org_id, customer_id, CUID, old, call->now, "upsert_profile", call->actor);
	loyalty_identifier_add(org_id, customer_id, CUID, value, call->now, call->actor);
}
