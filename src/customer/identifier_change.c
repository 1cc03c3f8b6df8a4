/*
 * identifier_change.c: the one way in which an identifier of a customer is replaced or added after its registration.
 *
 * change_identifier and an INSTORE profile of upsert_profile both come here, so that the switches of the org hold for
 * both and a profile never shows what its customer does not hold. The customer is locked and the configuration held,
 * so a type that is a key at the check is one at the write. A key is claimed before the old value is given up: a call
 * that waits for another one has given up nothing yet, and one that loses has changed nothing. Whoever holds a fresh
 * key waits for no row after it, so one claim cannot close a circle; a call with several makes them in the order in
 * which registrations claim theirs.
 */
#include "postgres.h"

#include "common/args.h"
#include "common/clock.h"
#include "common/errors.h"
#include "common/phone.h"
#include "customer/identifier_change.h"
#include "customer/proof_hooks.h"
#include "customer/status_hooks.h"
#include "customer/verified.h"

/* Purpose of the codes that prove a change of identifiers or addresses. */
#define CHANGE_PURPOSE "identifier_change"

const int loyalty_identifier_longest[IDENTIFIER_TYPE_COUNT] = {
	[IDENTIFIER_MOBILE] = LOYALTY_PHONE_MAX,
	[IDENTIFIER_EMAIL] = EMAIL_MAX_BYTES,
	[IDENTIFIER_EXTERNAL_ID] = EXTERNAL_ID_MAX,
};

/* Says what campaign users are known by; LY003 has no other words for it. */
void
loyalty_campaign_user_checked(const LoyaltyCustomer *customer, IdentifierType type, const char *field)
{
	if (type == IDENTIFIER_EXTERNAL_ID && !customer->loyalty)
		loyalty_raise_not_allowed(field, LOYALTY_CAMPAIGN_USER_KNOWN_BY);
}

/*
 * Asks nothing of campaign users, whom the primary identifier of the org may not even suit. One that stayed with a
 * victim finds the customer, and is enough, as it is for whoever gives its own up.
 */
void
loyalty_primary_checked(const LoyaltyMember *member, const LoyaltyIdentifiers *held,
						const LoyaltyIdentifiers *given)
{
	RegistrationConfig config;
	IdentifierType primary;

	loyalty_registration_config(member->call.org, &config);
	primary = config.keys.primary;
	if (!config.primary_required || !member->customer.loyalty || held->values[primary] != NULL ||
		given->values[primary] != NULL ||
		loyalty_group_holds(member->call.org->org_id, &member->customer, primary))
		return;
	ereport(ERROR, (errcode(ERRCODE_LOYALTY_IDENTIFIER_MISSING),
					errmsg("update needs identifier \"%s\"", loyalty_identifier_type_names[primary]),
					errhint("CONF_REGISTRATION_PRIMARY_KEY_REQUIRED is on, and the customer has none.")));
}

/* Names the key that allows it in the hint. */
void
loyalty_update_checked(const LoyaltyOrg *org, IdentifierType type)
{
	static const ConfigKey keys[IDENTIFIER_TYPE_COUNT] = { CONFIG_ALLOW_MOBILE_UPDATE,
														   CONFIG_ALLOW_EMAIL_UPDATE,
														   CONFIG_ALLOW_EXTERNAL_ID_UPDATE };

	if (org->config_number[keys[type]] == 0)
		ereport(ERROR, (errcode(ERRCODE_LOYALTY_UPDATE_NOT_ALLOWED),
						errmsg("identifier \"%s\" may not be changed", loyalty_identifier_type_names[type]),
						errhint("%s allows it.", loyalty_config_entries[keys[type]].key)));
}

/* Names the owner by its id. */
void
loyalty_raise_identifier_taken(const char *type, int64 owner_id)
{
	ereport(ERROR, (errcode(ERRCODE_LOYALTY_IDENTIFIER_TAKEN),
					errmsg("identifier \"%s\" belongs to another customer", type),
					errdetail("It belongs to customer " INT64_FORMAT ".", owner_id),
					errhint("If both are one person, merge them with loyalty.merge_customers().")));
}

/*
 * Claims the key; one of its group is the customer's own. It may be gone again when its owner is looked for, where that
 * one gave it up meanwhile: nothing is known then, and the call is to be repeated.
 */
void
loyalty_key_take(const LoyaltyMember *member, const char *type, const char *value)
{
	int32 org_id = member->call.org->org_id;
	int64 owner;

	if (loyalty_key_claim(org_id, member->customer.customer_id, type, value))
		return;
	owner = loyalty_key_owner(org_id, type, value, false);
	if (owner == 0)
		ereport(ERROR, (errcode(ERRCODE_T_R_SERIALIZATION_FAILURE),
						errmsg("could not take the identifier because of a concurrent change"),
						errhint("Repeat the call.")));
	if (owner != member->customer.customer_id)
		loyalty_raise_identifier_taken(type, owner);
}

/* A proof that was refused is kept; the call writes nothing before it. */
void
loyalty_change_take_proof(LoyaltyMember *member, const pg_uuid_t *given, const char *mobile,
						  const char *email)
{
	if (given == NULL)
		return;
	member->proof = (LoyaltyProofUse){ .purpose = CHANGE_PURPOSE,
									   .attempt = given,
									   .customer_id = member->customer.customer_id,
									   .addresses = { mobile, email } };
	loyalty_proof_consume(&member->call, &member->proof);
	member->is_proved = true;
}

/*
 * Asks as if none was given where the one that was is of another address: one code must not let a second address through. The
 * address is NULL for what codes do not go to.
 */
void
loyalty_change_require_proof(LoyaltyMember *member, const char *address)
{
	const char *confirmed = member->proof.confirmed;

	if (!member->is_proved || (address != NULL && confirmed != NULL && strcmp(address, confirmed) != 0))
		loyalty_proof_require_none(&member->call, CHANGE_PURPOSE, member->customer.customer_id);
}

/* Comes behind the change: a mark stands on a row that is there. */
void
loyalty_change_mark(const LoyaltyMember *member)
{
	if (member->proof.confirmed != NULL)
		loyalty_address_verified(&member->call, member->customer.customer_id, member->proof.channel,
								 member->proof.confirmed, loyalty_wall_clock());
}

/*
 * Checks, asks the guard of statuses (a caller may be allowed to write a profile and not to change who its customer
 * is), claims, ends the old one, begins the new one, and shows it.
 */
void
loyalty_identifier_change(LoyaltyMember *member, const LoyaltyIdentifiers *held, const LoyaltyChange *change)
{
	const LoyaltyCall *call = &member->call;
	const char *name = loyalty_identifier_type_names[change->type];
	const char *old = held->values[change->type];
	int32 org_id = call->org->org_id;
	int64 customer_id = member->customer.customer_id;
	KeyConfig keys;

	if (old != NULL && strcmp(old, change->value) == 0)
		return;
	if (old != NULL && !change->is_permitted)
		loyalty_update_checked(call->org, change->type);
	loyalty_status_hooks.guard(&member->call, &member->customer, "change_identifier");
	loyalty_change_require_proof(member, change->type == IDENTIFIER_EXTERNAL_ID ? NULL : change->value);
	loyalty_key_config((const char *const *) call->org->config, &keys);
	if (loyalty_identifier_is_key(&keys, change->type))
		loyalty_key_take(member, name, change->value);
	if (old != NULL)
		loyalty_identifier_close(org_id, customer_id, name, old, call->now, change->reason, call->actor);
	loyalty_identifier_add(org_id, customer_id, name, change->value, call->now, call->actor);
	loyalty_profile_identifier(org_id, customer_id, NULL, change->type, change->shown,
							   call->org->config_number[CONFIG_SYNC_IDENTIFIERS] != 0, call->now);
}

/* Raises the error of the type, which names the field and never the value. */
void
loyalty_change_read(const LoyaltyMember *member, IdentifierType type, const char *given,
					const char *type_field, const char *field, LoyaltyChange *change)
{
	change->type = type;
	loyalty_campaign_user_checked(&member->customer, type, type_field);
	change->value = loyalty_identifier_checked(member->call.org, type, given, field, &change->shown);
}

/* Reads what the customer holds once, and asks whether enough is left. */
void
loyalty_change_make(LoyaltyMember *member, const LoyaltyChange *change)
{
	LoyaltyIdentifiers held;
	LoyaltyIdentifiers given = { { NULL } };

	given.values[change->type] = change->value;
	loyalty_identifiers_read(member->call.org->org_id, member->customer.customer_id, &held);
	loyalty_primary_checked(member, &held, &given);
	loyalty_identifier_change(member, &held, change);
}
