/*
 * release_api.c: release_identifier: an identifier is given up, and nothing comes in its place.
 *
 * The customer's row is locked and the configuration held. The arguments are read here; what is asked and done is in
 * release.c. Nothing is late here: an identifier is given up with the commit, and whoever waits for the customer finds it gone.
 */
#include "postgres.h"

#include "common/args.h"
#include "common/errors.h"
#include "common/pg_compat.h"
#include "customer/identifier_change.h"
#include "customer/release.h"

LOYALTY_FUNCTION(loyalty_release_identifier);

/* Reads type, source and account. The three types of any org belong to no source. */
static void
read_type(LoyaltyRelease *release, FunctionCallInfo fcinfo)
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
read_value(LoyaltyRelease *release, FunctionCallInfo fcinfo)
{
	SourceKey key = loyalty_source_key_find(release->name);
	const char *given = loyalty_arg_text_or_null(fcinfo, 3, "identifier_value", LOYALTY_MAX_TEXT);

	if (given == NULL)
		return NULL;
	if (release->type != IDENTIFIER_TYPE_COUNT)
		return loyalty_identifier_checked(release->member->call.org, release->type, given, "identifier_value",
										  NULL);
	release->profile.keys[key] = loyalty_source_key_checked(given, "identifier_value");
	return loyalty_source_key_value(&release->profile, key);
}

/* Raises LY127. */
pg_noreturn static void
raise_not_held(const LoyaltyRelease *release)
{
	ereport(ERROR, (errcode(ERRCODE_LOYALTY_IDENTIFIER_NOT_HELD),
					errmsg("customer " INT64_FORMAT " has no such identifier",
						   release->member->customer.customer_id),
					errdetail("The type is \"%s\".", release->name)));
}

/* Raises LY126. */
pg_noreturn static void
raise_needed(const LoyaltyRelease *release)
{
	ereport(ERROR,
			(errcode(ERRCODE_LOYALTY_IDENTIFIER_NEEDED),
			 errmsg("customer " INT64_FORMAT " must keep identifier \"%s\"",
					release->member->customer.customer_id, release->name),
			 errhint("Give the customer another one first, or replace this one with loyalty.%s().",
					 release->type == IDENTIFIER_TYPE_COUNT ? "upsert_profile" : "change_identifier")));
}

/*
 * Gives the identifier up. The switches for updates hold: otherwise whoever may not replace an identifier could give it
 * up and then get another one.
 */
Datum
loyalty_release_identifier(PG_FUNCTION_ARGS)
{
	LoyaltyMember member;
	LoyaltyRelease release = { .member = &member, .type = IDENTIFIER_TYPE_COUNT };
	const char *reason;

	loyalty_member_begin_identifiers(&member, fcinfo, "change_identifier");
	read_type(&release, fcinfo);
	release.value = read_value(&release, fcinfo);
	if (!loyalty_release_find(&release))
		raise_not_held(&release);
	reason = loyalty_arg_text_or_null(fcinfo, 4, "reason", LOYALTY_MAX_TEXT);
	member.call.actor = loyalty_arg_text_or_null(fcinfo, 7, "actor", LOYALTY_MAX_NAME);
	if (release.type != IDENTIFIER_TYPE_COUNT)
		loyalty_update_checked(member.call.org, release.type);
	if (release.is_needed)
		raise_needed(&release);
	loyalty_release_make(&release, reason);
	loyalty_member_end(&member);
	PG_RETURN_VOID();
}
