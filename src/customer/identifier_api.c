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
#include "common/json.h"
#include "common/pg_compat.h"
#include "customer/channels.h"
#include "customer/identifier_change.h"
#include "customer/proof_hooks.h"
#include "customer/status_hooks.h"
#include "customer/verified.h"

LOYALTY_FUNCTION(loyalty_change_identifier);
LOYALTY_FUNCTION(loyalty_upsert_profile);

#define CUID "cuid"
#define UPSERT "upsert_profile" /* the reason of what ends by it */

static void write_profile_identifier(LoyaltyMember *member, const LoyaltyProfile *profile,
									 const LoyaltyIdentifiers *held, const LoyaltyChange *change);
static void fill_instore_profile(const LoyaltyMember *member, const LoyaltyProfile *profile,
								 const LoyaltyIdentifiers *held);
static void write_source_keys(LoyaltyMember *member, const LoyaltyProfile *profile);

/* Uses up the proof of a change: that of the new address, where it is one. */
static void
take_proof(LoyaltyMember *member, FunctionCallInfo fcinfo, const LoyaltyChange *change,
		   LoyaltyProofUse *proof)
{
	*proof = (LoyaltyProofUse){ .purpose = "identifier_change",
								.attempt = loyalty_proof_given(&fcinfo->args[6]),
								.customer_id = member->customer.customer_id };
	if (change->type != IDENTIFIER_EXTERNAL_ID)
		proof->addresses[0] = change->value;
	loyalty_proof_consume(&member->call, proof);
}

/*
 * Replaces an identifier of a customer, or adds it where there is none of that type. The value that it has already
 * changes nothing and is no error. Steps: check, claim, end the old one, begin the new one, show it in profiles.
 */
Datum
loyalty_change_identifier(PG_FUNCTION_ARGS)
{
	LoyaltyMember member;
	LoyaltyChange change = { .is_proved = true };
	IdentifierType type;
	LoyaltyProofUse proof;

	loyalty_member_begin_identifiers(&member, fcinfo, "change_identifier");
	type = loyalty_identifier_type_arg(loyalty_arg_text(fcinfo, 2, "identifier_type", LOYALTY_MAX_CODE));
	loyalty_change_read(&member, type,
						loyalty_arg_text(fcinfo, 3, "new_value", loyalty_identifier_longest[type]),
						"identifier_type", "new_value", &change);
	change.reason = loyalty_arg_text_or_null(fcinfo, 4, "reason", LOYALTY_MAX_TEXT);
	member.call.actor = loyalty_arg_text_or_null(fcinfo, 5, "actor", LOYALTY_MAX_NAME);
	take_proof(&member, fcinfo, &change, &proof);
	loyalty_change_make(&member, &change);
	if (proof.confirmed != NULL)
		loyalty_address_verified(&member.call, member.customer.customer_id, proof.channel, proof.confirmed);
	loyalty_member_end(&member);
	PG_RETURN_VOID();
}

/*
 * Reads keys of the source from a document, as register_customer_json has them: a list of types and values, each type
 * once. Identifiers of other types have arguments of their own.
 */
static void
read_source_keys(LoyaltyProfile *profile, const Jsonb *document)
{
	static const char *const item_keys[] = { "type", "value", NULL };
	LoyaltyJsonList list = loyalty_json_root_list(document, "source_keys", item_keys);
	int i;

	for (i = 0; i < list.n; i++)
	{
		const char *type = loyalty_json_text(&list.items[i], "type", LOYALTY_MAX_CODE);
		SourceKey key;

		if (type == NULL)
			loyalty_raise_missing(loyalty_json_path(&list.items[i], "type"));
		key = loyalty_source_key_find(type);
		if (key == SOURCE_KEY_COUNT)
			loyalty_raise_identifier_type(LOYALTY_SOURCE_KEYS);
		if (profile->keys[key] != NULL)
			ereport(ERROR, (errcode(ERRCODE_LOYALTY_PAYLOAD_INVALID),
							errmsg("\"%s\" is of a type that came before", list.items[i].path)));
		profile->keys[key] = loyalty_source_key_checked(loyalty_json_text(&list.items[i], "value",
																		  loyalty_source_key_longest[key]),
														loyalty_json_path(&list.items[i], "value"));
	}
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
		given.values[type] =
			loyalty_arg_text_or_null(fcinfo, 6 + type, given.fields[type], loyalty_identifier_longest[type]);
	}
	profile.keys[SOURCE_KEY_CUID] = loyalty_source_key_checked(
		loyalty_arg_text_or_null(fcinfo, 9, CUID, loyalty_source_key_longest[SOURCE_KEY_CUID]), CUID);
	if (!PG_ARGISNULL(11))
		read_source_keys(&profile, PG_GETARG_JSONB_P(11));
	member.call.actor = loyalty_arg_text_or_null(fcinfo, 12, "actor", LOYALTY_MAX_NAME);
	loyalty_profile_upsert(&member, &profile, &given);
	if (!PG_ARGISNULL(10))
	{
		loyalty_proof_require_none(&member.call, "identifier_change", member.customer.customer_id);
		loyalty_channels_write(&member.call, member.customer.customer_id, &profile, PG_GETARG_JSONB_P(10));
	}
	loyalty_member_end(&member);
	PG_RETURN_VOID();
}

/*
 * Checks all identifiers, gives them to the customer type by type, then writes keys of the source and profile. The customer's values
 * are read once, before: each type is given once at most, so what is attached for one type says nothing about
 * another. An INSTORE profile that is new shows what the customer holds besides.
 */
void
loyalty_profile_upsert(LoyaltyMember *member, LoyaltyProfile *profile, const LoyaltyGiven *given)
{
	const char **shown[IDENTIFIER_TYPE_COUNT] = { &profile->mobile, &profile->email, &profile->external_id };
	LoyaltyIdentifiers held;
	LoyaltyIdentifiers values = { { NULL } };
	int type;
	int i;

	loyalty_orphan_checked(member->call.org, profile->source_id, member->customer.customer_id);
	loyalty_identifiers_read(member->call.org->org_id, member->customer.customer_id, &held);
	for (type = 0; type < IDENTIFIER_TYPE_COUNT; type++)
	{
		if (given->values[type] == NULL)
			continue;
		loyalty_campaign_user_checked(&member->customer, type, given->fields[type]);
		values.values[type] = loyalty_identifier_checked(member->call.org, type, given->values[type],
														 given->fields[type], shown[type]);
	}
	loyalty_primary_checked(member, &held, &values);
	for (i = 0; i < IDENTIFIER_TYPE_COUNT; i++)
	{
		type = loyalty_identifier_claim_order[i];
		if (values.values[type] != NULL)
			write_profile_identifier(member, profile, &held,
									 &(LoyaltyChange){ .type = type,
													   .value = values.values[type],
													   .shown = *shown[type],
													   .reason = UPSERT,
													   .is_proved = given->is_proved });
	}
	write_source_keys(member, profile);
	loyalty_profile_replace(member->call.org->org_id, member->customer.customer_id, profile,
							member->call.now);
	if (profile->source_id == SOURCE_INSTORE)
		fill_instore_profile(member, profile, &held);
}

/*
 * Gives the customer an identifier of a source. The INSTORE profile shows what the customer holds, so it changes both
 * or neither; what another source says is its own where the customer holds another value of that type. A key of
 * another customer is refused in either case: a profile must not show what finds somebody else. Its owner is looked
 * for, never claimed from: a claim that succeeds, because that owner let go meanwhile, would make a key of a value
 * that this customer does not hold.
 */
static void
write_profile_identifier(LoyaltyMember *member, const LoyaltyProfile *profile, const LoyaltyIdentifiers *held,
						 const LoyaltyChange *change)
{
	LoyaltyIdentifiers wanted = { { NULL } };
	int64 owners[IDENTIFIER_TYPE_COUNT];
	KeyConfig keys;

	if (held->values[change->type] == NULL || profile->source_id == SOURCE_INSTORE)
	{
		loyalty_identifier_change(member, held, change);
		return;
	}
	loyalty_key_config((const char *const *) member->call.org->config, &keys);
	if (!loyalty_identifier_is_key(&keys, change->type))
		return;
	wanted.values[change->type] = change->value;
	loyalty_identifier_owners(member->call.org->org_id, &wanted, owners);
	if (owners[change->type] != 0 && owners[change->type] != member->customer.customer_id)
		loyalty_raise_identifier_taken(loyalty_identifier_type_names[change->type], owners[change->type]);
}

/*
 * Fills what an INSTORE profile does not show yet of what its customer holds, as after profiles of other sources
 * alone; a profile without such gaps is not written.
 */
static void
fill_instore_profile(const LoyaltyMember *member, const LoyaltyProfile *profile,
					 const LoyaltyIdentifiers *held)
{
	LoyaltyProfile gaps = { .source_id = profile->source_id,
							.account_id = profile->account_id,
							.mobile = held->values[IDENTIFIER_MOBILE],
							.email = held->values[IDENTIFIER_EMAIL],
							.external_id = held->values[IDENTIFIER_EXTERNAL_ID] };

	loyalty_profile_store(member->call.org->org_id, member->customer.customer_id, &gaps, member->call.now);
}

/*
 * Writes the keys of a source, of which the customer has one of each type in an account: the old one goes to history
 * and is free. Where nothing would change the guard is not asked. A key of the customer's group is its own.
 */
static void
write_source_keys(LoyaltyMember *member, const LoyaltyProfile *profile)
{
	const LoyaltyCall *call = &member->call;
	int64 customer_id = member->customer.customer_id;
	int32 org_id = call->org->org_id;
	int key;

	for (key = 0; key < SOURCE_KEY_COUNT; key++)
	{
		const char *type = loyalty_source_key_names[key];
		const char *value = loyalty_source_key_value(profile, (SourceKey) key);
		const char *old;

		if (value == NULL)
			continue;
		old = loyalty_identifier_scoped(org_id, customer_id, type, loyalty_source_prefix(profile));
		if (old != NULL && strcmp(old, value) == 0)
			continue;
		loyalty_status_hooks.guard(&member->call, &member->customer, "change_identifier");
		loyalty_key_take(member, type, value);
		if (old != NULL)
			loyalty_identifier_close(org_id, customer_id, type, old, call->now, UPSERT, call->actor);
		loyalty_identifier_add(org_id, customer_id, type, value, call->now, call->actor);
	}
}
