/*
 * registration_owners.c: whom the identifiers of a registration name.
 *
 * Keys name their owners, a probe of an index each. An e-mail that is contact data names nobody, but for campaign
 * users, who may be known by nothing else: in a registration of one it names the one campaign user who has it. With a
 * mobile or a key of the source beside it, it names only one who has no mobile, since people with mobiles of their own
 * share e-mails.
 */
#include "postgres.h"

#include "common/ids.h"
#include "customer/campaign_email.h"
#include "customer/registration.h"

/* Tells whether the e-mail of the registration is contact data that may name a campaign user. */
static bool
email_may_name(const Registration *reg)
{
	const KeyConfig *keys = &reg->facts.config.keys;

	return !reg->facts.loyalty && reg->facts.incoming[IDENTIFIER_EMAIL] != NULL && !keys->dual &&
		   !loyalty_identifier_is_key(keys, IDENTIFIER_EMAIL);
}

/* Holds the e-mail under the id that a new customer would get. */
void
loyalty_registration_hold_email(Registration *reg)
{
	if (!email_may_name(reg))
		return;
	if (reg->new_id == 0)
		reg->new_id = loyalty_next_id();
	loyalty_email_hold(reg->call.org->org_id, reg->facts.incoming[IDENTIFIER_EMAIL], reg->new_id);
}

/* Gives up what that took, if anything: the place is named with its holder. */
void
loyalty_registration_release_email(const Registration *reg)
{
	if (email_may_name(reg))
		loyalty_identifier_release(reg->call.org->org_id, reg->new_id, IDENTIFIER_EMAIL,
								   reg->facts.incoming[IDENTIFIER_EMAIL]);
}

/* Tells whether nothing else names the customer. A campaign user has no external id. */
static bool
email_is_alone(const Registration *reg)
{
	int key;

	for (key = 0; key < SOURCE_KEY_COUNT; key++)
		if (reg->source_keys[key] != NULL)
			return false;
	return reg->facts.incoming[IDENTIFIER_MOBILE] == NULL;
}

/* Looks for whom the e-mail names. Beside something else, several who have it are nobody. */
static int64
owner_of_email(const Registration *reg, bool seen)
{
	int32 org_id = reg->call.org->org_id;
	const char *email = reg->facts.incoming[IDENTIFIER_EMAIL];
	bool several;

	if (email_is_alone(reg))
		return loyalty_campaign_user_of_email(org_id, email, seen);
	return loyalty_campaign_email_find(org_id, email, false, seen, &several);
}

/* Asks for the keys, for the e-mail where it is none, and for the keys of the source. */
void
loyalty_registration_owners(Registration *reg, bool seen, int64 *owners)
{
	int32 org_id = reg->call.org->org_id;
	int key;

	if (seen)
		loyalty_identifier_owners_seen(org_id, &reg->keys, owners);
	else
		loyalty_identifier_owners(org_id, &reg->keys, owners);
	if (email_may_name(reg))
	{
		owners[IDENTIFIER_EMAIL] = owner_of_email(reg, seen);
		reg->facts.email_names = owners[IDENTIFIER_EMAIL] != 0;
	}
	for (key = 0; key < SOURCE_KEY_COUNT; key++)
		owners[IDENTIFIER_TYPE_COUNT + key] =
			reg->source_keys[key]
				? loyalty_key_owner(org_id, loyalty_source_key_names[key], reg->source_keys[key], seen)
				: 0;
}

/* Sorts by insertion: there are few. The order is the one in which the owners are locked. */
int
loyalty_registration_distinct(const int64 *owners, int64 *distinct)
{
	int count = 0;
	int type;

	for (type = 0; type < REGISTRATION_OWNERS; type++)
	{
		int at = 0;

		if (owners[type] == 0)
			continue;
		while (at < count && distinct[at] < owners[type])
			at++;
		if (at < count && distinct[at] == owners[type])
			continue;
		memmove(&distinct[at + 1], &distinct[at], sizeof(int64) * (count - at));
		distinct[at] = owners[type];
		count++;
	}
	return count;
}

/* Tells whether a customer has another key of that type from the source than the one that came in. */
static bool
has_other_key(const Registration *reg, int64 customer_id, int key)
{
	const char *held;

	if (reg->source_keys[key] == NULL)
		return false;
	held = loyalty_identifier_scoped(reg->call.org->org_id, customer_id, loyalty_source_key_names[key],
									 loyalty_source_prefix(&reg->profile));
	return held != NULL && strcmp(held, reg->source_keys[key]) != 0;
}

/* Starts with nobody. */
void
loyalty_registration_no_owners(Registration *reg)
{
	int i;

	reg->facts.owner_count = 0;
	for (i = 0; i < IDENTIFIER_TYPE_COUNT; i++)
		reg->facts.owner[i] = REGISTRATION_NOBODY;
	for (i = 0; i < SOURCE_KEY_COUNT; i++)
		reg->facts.key_owner[i] = REGISTRATION_NOBODY;
}

/*
 * Appends to the owners of the facts and points each key that this customer owns to its index. The values that it
 * holds are borrowed: those texts live in the context of the call.
 */
void
loyalty_registration_add_owner(Registration *reg, const LoyaltyCustomer *customer,
							   const LoyaltyIdentifiers *held)
{
	RegistrationCase *facts = &reg->facts;
	int index = facts->owner_count++;
	RegistrationOwner *owner = &facts->owners[index];
	int i;

	owner->customer_id = customer->customer_id;
	owner->registered_on = customer->registered_on;
	owner->loyalty = customer->loyalty;
	memcpy(owner->held, held->values, sizeof(held->values));
	for (i = 0; i < IDENTIFIER_TYPE_COUNT; i++)
		if (reg->owners[i] == customer->customer_id)
			facts->owner[i] = index;
	for (i = 0; i < SOURCE_KEY_COUNT; i++)
	{
		owner->other_key[i] = has_other_key(reg, customer->customer_id, i);
		if (reg->owners[IDENTIFIER_TYPE_COUNT + i] == customer->customer_id)
			facts->key_owner[i] = index;
	}
}
