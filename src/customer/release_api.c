/*
 * release_api.c: release_identifier: an identifier is given up, and nothing comes in its place.
 *
 * The customer's row is locked and the configuration held. All values of its merge group are read: one that stayed
 * with a victim is the survivor's to give up, and keeps finding the survivor until then. The rules say whether enough
 * is left (requirement_rules.c); history keeps what is given up, and anybody may have it at once. Whoever waits to
 * claim the key waits until the commit.
 */
#include "postgres.h"

#include "common/args.h"
#include "common/errors.h"
#include "common/pg_compat.h"
#include "customer/identifier_change.h"
#include "customer/requirement_rules.h"

LOYALTY_FUNCTION(loyalty_release_identifier);

/* Identifier that is to be given up. */
typedef struct Release
{
	LoyaltyMember member;
	IdentifierType type;	/* IDENTIFIER_TYPE_COUNT: a key of a source */
	const char *name;		/* of the type */
	LoyaltyProfile profile; /* source and account of such a key */
	const char *value;		/* as it is held */
	bool is_own;			/* on the customer's own record; else on that of one who was merged into it */
} Release;

/* Raises LY127. */
pg_noreturn static void
raise_not_held(const Release *release)
{
	ereport(ERROR,
			(errcode(ERRCODE_LOYALTY_IDENTIFIER_NOT_HELD),
			 errmsg("customer " INT64_FORMAT " has no such identifier", release->member.customer.customer_id),
			 errdetail("The type is \"%s\".", release->name)));
}

/* Reads type, source and account. The three types of any org belong to no source. */
static void
read_type(Release *release, FunctionCallInfo fcinfo)
{
	const char *source = loyalty_arg_text_or_null(fcinfo, 5, "source", LOYALTY_MAX_CODE);
	const char *account_id = loyalty_arg_text_or_null(fcinfo, 6, "account_id", LOYALTY_MAX_CODE);
	const char *given = loyalty_arg_text(fcinfo, 2, "identifier_type", LOYALTY_MAX_CODE);
	SourceKey key = loyalty_source_key_find(given);

	release->type = loyalty_identifier_type_find(given);
	if (release->type == IDENTIFIER_TYPE_COUNT && key == SOURCE_KEY_COUNT)
		loyalty_raise_identifier_type(LOYALTY_IDENTIFIER_TYPES ", " LOYALTY_SOURCE_KEYS);
	release->name = key != SOURCE_KEY_COUNT ? loyalty_source_key_names[key]
											: loyalty_identifier_type_names[release->type];
	if (release->type != IDENTIFIER_TYPE_COUNT && (source != NULL || account_id != NULL))
		loyalty_raise_not_allowed(source ? "source" : "account_id", "none for identifiers of this type");
	if (release->type != IDENTIFIER_TYPE_COUNT)
		return;
	if (source == NULL)
		loyalty_raise_missing("source");
	release->profile.source_id = loyalty_source_id(source);
	release->profile.account_id = account_id ? account_id : "";
}

/* Reads the value in its stored form; NULL where none is given. */
static const char *
read_value(Release *release, FunctionCallInfo fcinfo)
{
	SourceKey key = loyalty_source_key_find(release->name);
	const char *given = loyalty_arg_text_or_null(fcinfo, 3, "identifier_value", LOYALTY_MAX_TEXT);

	if (given == NULL)
		return NULL;
	if (release->type != IDENTIFIER_TYPE_COUNT)
		return loyalty_identifier_checked(release->member.call.org, release->type, given, "identifier_value",
										  NULL);
	release->profile.keys[key] = loyalty_source_key_checked(given, "identifier_value");
	return loyalty_source_key_value(&release->profile, key);
}

/* Notes what is left of one value that somebody of the group holds. */
static void
note_left(IdentifiersLeft *left, const LoyaltyHeld *held)
{
	IdentifierType type = loyalty_identifier_type_find(held->type);

	if (type != IDENTIFIER_TYPE_COUNT)
		left->types[type] = true;
	else if (loyalty_source_key_find(held->type) != SOURCE_KEY_COUNT)
		left->source_key = true;
}

/* Returns the value of the type, and of the source, that the customer's own record holds; NULL: none. */
static const char *
own_value(const Release *release)
{
	int32 org_id = release->member.call.org->org_id;
	int64 customer_id = release->member.customer.customer_id;
	const char *prefix =
		release->type == IDENTIFIER_TYPE_COUNT ? loyalty_source_prefix(&release->profile) : "";

	return loyalty_identifier_scoped(org_id, customer_id, release->name, prefix);
}

/*
 * Finds the value in the group, and what is left without it. A value that several records of the group hold goes from
 * all of them.
 */
static void
find_value(Release *release, const char *wanted, IdentifiersLeft *left)
{
	int32 org_id = release->member.call.org->org_id;
	const char *own = own_value(release);
	bool is_held = false;
	int64 *ids;
	int count = loyalty_customer_group(&release->member.customer, &ids);
	int i;

	release->value = wanted ? wanted : own;
	if (release->value == NULL)
		raise_not_held(release);
	release->is_own = own != NULL && strcmp(own, release->value) == 0;
	for (i = 0; i < count; i++)
	{
		LoyaltyHeld *held;
		int n = loyalty_identifiers_held(org_id, ids[i], false, &held);
		int h;

		for (h = 0; h < n; h++)
			if (strcmp(held[h].type, release->name) == 0 && strcmp(held[h].value, release->value) == 0)
				is_held = true;
			else
				note_left(left, &held[h]);
	}
	if (!is_held)
		raise_not_held(release);
}

/* Takes the value out of the profiles that show it. Profiles of victims stay as they are, as all of their records. */
static void
hide(const Release *release)
{
	const LoyaltyCall *call = &release->member.call;
	int64 customer_id = release->member.customer.customer_id;

	if (!release->is_own)
		return;
	if (release->type != IDENTIFIER_TYPE_COUNT)
		loyalty_profile_identifier(call->org->org_id, customer_id, NULL, release->type, NULL,
								   call->org->config_number[CONFIG_SYNC_IDENTIFIERS] != 0, call->now);
	else if (loyalty_source_key_find(release->name) == SOURCE_KEY_CUID)
		loyalty_profile_forget_cuid(call->org->org_id, customer_id, &release->profile, call->now);
}

/*
 * Gives the identifier up. The switches for updates hold: otherwise whoever may not replace an identifier could give it
 * up and then get another one.
 */
Datum
loyalty_release_identifier(PG_FUNCTION_ARGS)
{
	Release release = { .type = IDENTIFIER_TYPE_COUNT };
	LoyaltyCall *call = &release.member.call;
	RegistrationConfig config;
	IdentifiersLeft left = { .source_key = false };
	const char *reason;

	loyalty_member_begin_identifiers(&release.member, fcinfo, "change_identifier");
	read_type(&release, fcinfo);
	find_value(&release, read_value(&release, fcinfo), &left);
	reason = loyalty_arg_text_or_null(fcinfo, 4, "reason", LOYALTY_MAX_TEXT);
	call->actor = loyalty_arg_text_or_null(fcinfo, 7, "actor", LOYALTY_MAX_NAME);
	if (release.type != IDENTIFIER_TYPE_COUNT)
		loyalty_update_checked(call->org, release.type);
	loyalty_registration_config(call->org, &config);
	if (!loyalty_release_allowed(&config, release.member.customer.loyalty, release.type, &left))
		ereport(ERROR,
				(errcode(ERRCODE_LOYALTY_IDENTIFIER_NEEDED),
				 errmsg("customer " INT64_FORMAT " must keep identifier \"%s\"",
						release.member.customer.customer_id, release.name),
				 errhint("Give the customer another one first, or replace this one with loyalty.%s().",
						 release.type == IDENTIFIER_TYPE_COUNT ? "upsert_profile" : "change_identifier")));
	loyalty_identifier_close(call->org->org_id, release.member.customer.customer_id, release.name,
							 release.value, call->now, reason, call->actor);
	hide(&release);
	loyalty_member_end(&release.member);
	PG_RETURN_VOID();
}
