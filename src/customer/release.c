/*
 * release.c: what giving an identifier up asks for and does, whoever asks: release_identifier, or the reallocation of a mobile
 * that somebody else has by now.
 *
 * All values of the customer's merge group are read: one that stayed with a victim is the survivor's to give up, and keeps
 * finding the survivor until then. The rules say whether enough is left (requirement_rules.c); history keeps what is given up,
 * and anybody may have it at once. Whoever waits to claim the key waits until the commit.
 */
#include "postgres.h"

#include "customer/identity.h"
#include "customer/release.h"
#include "customer/requirement_rules.h"

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
own_value(const LoyaltyRelease *release)
{
	int32 org_id = release->member->call.org->org_id;
	int64 customer_id = release->member->customer.customer_id;
	const char *prefix =
		release->type == IDENTIFIER_TYPE_COUNT ? loyalty_source_prefix(&release->profile) : "";

	return loyalty_identifier_scoped(org_id, customer_id, release->name, prefix);
}

/* Notes what is left in the whole group without the value; tells whether anybody holds it. */
static bool
look_through_group(const LoyaltyRelease *release, IdentifiersLeft *left)
{
	int32 org_id = release->member->call.org->org_id;
	bool is_held = false;
	int64 *ids;
	int count = loyalty_customer_group(&release->member->customer, &ids);
	int i;

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
	return is_held;
}

/*
 * Finds the value in the group, and what is left without it. A value that several records of the group hold goes from
 * all of them.
 */
bool
loyalty_release_find(LoyaltyRelease *release)
{
	const LoyaltyMember *member = release->member;
	const char *own = own_value(release);
	RegistrationConfig config;
	IdentifiersLeft left = { .source_key = false };
	bool is_held;

	if (release->value == NULL)
		release->value = own;
	if (release->value == NULL)
		return false;
	release->is_own = own != NULL && strcmp(own, release->value) == 0;
	is_held = look_through_group(release, &left);
	loyalty_registration_config(member->call.org, &config);
	release->is_needed = !loyalty_release_allowed(&config, member->customer.loyalty, release->type, &left);
	return is_held;
}

/* Takes the value out of the profiles that show it. Profiles of victims stay as they are, as all of their records. */
static void
hide(const LoyaltyRelease *release)
{
	const LoyaltyCall *call = &release->member->call;
	int64 customer_id = release->member->customer.customer_id;

	if (!release->is_own)
		return;
	if (release->type != IDENTIFIER_TYPE_COUNT)
		loyalty_profile_identifier(call->org->org_id, customer_id, NULL, release->type, NULL,
								   call->org->config_number[CONFIG_SYNC_IDENTIFIERS] != 0, call->now);
	else if (loyalty_source_key_find(release->name) == SOURCE_KEY_CUID)
		loyalty_profile_forget_cuid(call->org->org_id, customer_id, &release->profile, call->now);
}

/* Moves the value to history and hides it. */
void
loyalty_release_make(const LoyaltyRelease *release, const char *reason)
{
	const LoyaltyCall *call = &release->member->call;

	loyalty_identifier_close(call->org->org_id, release->member->customer.customer_id, release->name,
							 release->value, call->now, reason, call->actor);
	hide(release);
}
