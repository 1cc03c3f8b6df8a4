/*
 * channels.c: which channels there are, and the addresses they take.
 *
 * Addresses are no identifiers: several customers may share one, and none finds anybody. Telephone numbers and
 * e-mails have the normal forms of identifiers all the same, so that the do-not-call register knows a mobile by the
 * same text.
 */
#include "postgres.h"

#include "common/args.h"
#include "common/errors.h"
#include "common/json.h"
#include "common/pg_compat.h"
#include "common/text.h"
#include "common/word_rules.h"
#include "customer/channel_store.h"
#include "customer/identifier_change.h"
#include "customer/identity.h"

/* Names as tables have them. */
static const char *const names[] = { "wechat", "mobile",   "ios",	  "line",
									 "email",  "whatsapp", "android", "postmail" };

/* A channel of messages to a device, which stands in tables by the device, but in consents to any. */
#define MOBILE_PUSH "mobile_push"

/* Words that the table of consents has, too. */
static const char *const purposes[] = { "promotional", "transactional" };

const char *const loyalty_channel_keys[] = { "type", "value", "verified", "primary", "device", NULL };

/* Raises the error for a channel that is none, with the list of those there are. */
pg_noreturn static void
raise_channel(const char *field)
{
	ereport(ERROR,
			(errcode(ERRCODE_LOYALTY_CHANNEL_INVALID), errmsg("argument \"%s\" is not a channel", field),
			 errhint("Channels are %s; for mobile_push the device is ios or android.", CHANNEL_NAMES)));
}

/* Returns the constant, not the caller's text: the result outlives the arguments. */
const char *
loyalty_channel_checked(const char *channel, const char *device, const char *field)
{
	int place;

	if (loyalty_same_word(channel, MOBILE_PUSH))
	{
		if (device == NULL || (!loyalty_same_word(device, "ios") && !loyalty_same_word(device, "android")))
			raise_channel(field);
		channel = device;
	}
	place = loyalty_word_place(channel, names, lengthof(names));
	if (place < 0)
		raise_channel(field);
	return names[place];
}

/* Takes mobile_push as it is where no device is named: who agrees to push messages need not say to which device. */
const char *
loyalty_consent_channel_checked(const char *channel, const char *device, const char *field)
{
	if (device == NULL && loyalty_same_word(channel, MOBILE_PUSH))
		return MOBILE_PUSH;
	return loyalty_channel_checked(channel, device, field);
}

/* Tells whether messages of a channel go to a device. */
static bool
is_device(const char *channel)
{
	return strcmp(channel, "ios") == 0 || strcmp(channel, "android") == 0;
}

/* Takes names as tables have them. */
bool
loyalty_consent_channels_meet(const char *left, const char *right)
{
	return strcmp(left, right) == 0 || (strcmp(left, MOBILE_PUSH) == 0 && is_device(right)) ||
		   (strcmp(right, MOBILE_PUSH) == 0 && is_device(left));
}

/* Searches two words. */
const char *
loyalty_purpose_checked(const char *purpose, const char *field)
{
	int place = loyalty_word_place(purpose, purposes, lengthof(purposes));

	if (place < 0)
		loyalty_raise_not_allowed(field, "promotional, transactional");
	return purposes[place];
}

/* Takes a time that is past as it is: only the future is refused, with the tolerance that events have. */
void
loyalty_consent_write(LoyaltyCall *call, int64 customer_id, const LoyaltyConsent *consent)
{
	if (consent->consented_at >
		call->now + call->org->config_number[CONFIG_EVENT_TIME_TOLERANCE] * USECS_PER_SEC)
		ereport(ERROR, (errcode(ERRCODE_LOYALTY_TIME_IN_FUTURE), errmsg("consented_at lies in the future")));
	loyalty_consent_insert(call->org->org_id, customer_id, consent, call->now);
}

/* Returns the type of identifier whose form addresses of a channel have, or IDENTIFIER_TYPE_COUNT. */
static IdentifierType
address_type(const char *channel)
{
	if (strcmp(channel, "mobile") == 0 || strcmp(channel, "whatsapp") == 0)
		return IDENTIFIER_MOBILE;
	if (strcmp(channel, "email") == 0)
		return IDENTIFIER_EMAIL;
	return IDENTIFIER_TYPE_COUNT;
}

/*
 * Normalises telephone numbers and e-mails; other addresses are kept in the normal form of all texts, since only their
 * networks know more of it.
 */
const char *
loyalty_address_normal(const LoyaltyOrg *org, const char *channel, const char *address)
{
	char key[IDENTIFIER_VALUE_BYTES];
	char shown[IDENTIFIER_VALUE_BYTES];
	IdentifierType type = address_type(channel);
	const char *normal;

	if (type != IDENTIFIER_TYPE_COUNT)
		return loyalty_identifier_normalise(org, type, address, key, shown) ? pstrdup(key) : NULL;
	normal = loyalty_normal_text(address);
	return normal != NULL && normal[0] != '\0' ? normal : NULL;
}

/* Asks for identifiers where they raise an error of their own. */
const char *
loyalty_address_checked(const LoyaltyOrg *org, const char *channel, const char *address, const char *field)
{
	IdentifierType type = address_type(channel);
	const char *normal;

	if (type != IDENTIFIER_TYPE_COUNT)
		return loyalty_identifier_checked(org, type, address, field, NULL);
	normal = loyalty_address_normal(org, channel, address);
	if (normal == NULL)
		ereport(ERROR,
				(errcode(ERRCODE_LOYALTY_CHANNEL_INVALID), errmsg("argument \"%s\" is not an address", field),
				 errhint("Give a text without control characters and others that are not seen.")));
	return normal;
}

/* Keeps one address of a channel primary: a new one takes the place of the old one, which is cleared first. */
void
loyalty_channel_write(LoyaltyCall *call, int64 customer_id, const LoyaltyProfile *profile,
					  const LoyaltyChannel *channel)
{
	if (channel->has_primary && channel->is_primary)
		loyalty_channel_clear_primary(call->org->org_id, customer_id, channel->channel);
	loyalty_channel_store(call->org->org_id, customer_id, profile, channel, call->now);
}

/* Reads an object of a list, and checks it. */
static void
read_item(const LoyaltyCall *call, const LoyaltyJsonObject *item, LoyaltyChannel *channel)
{
	const char *type = loyalty_json_text(item, "type", LOYALTY_MAX_CODE);
	const char *address = loyalty_json_text(item, "value", LOYALTY_MAX_TEXT);

	*channel = (LoyaltyChannel){ 0 };
	if (type == NULL)
		loyalty_raise_missing(loyalty_json_path(item, "type"));
	if (address == NULL)
		loyalty_raise_missing(loyalty_json_path(item, "value"));
	channel->channel = loyalty_channel_checked(type, loyalty_json_text(item, "device", LOYALTY_MAX_CODE),
											   loyalty_json_path(item, "type"));
	channel->address =
		loyalty_address_checked(call->org, channel->channel, address, loyalty_json_path(item, "value"));
	channel->has_verified = loyalty_json_bool(item, "verified", &channel->is_verified);
	channel->has_primary = loyalty_json_bool(item, "primary", &channel->is_primary);
}

/* Writes as set_channel does, and asks for a proof as it does. An error in the third takes back the first two with the call. */
void
loyalty_channels_write(LoyaltyMember *member, const LoyaltyProfile *profile, const Jsonb *list)
{
	LoyaltyJsonList items = loyalty_json_root_list(list, "channels", loyalty_channel_keys);
	LoyaltyChannel channel;
	int i;

	for (i = 0; i < items.n; i++)
	{
		read_item(&member->call, &items.items[i], &channel);
		loyalty_change_require_proof(member, loyalty_channel_gets_codes(&channel) ? channel.address : NULL);
		loyalty_channel_write(&member->call, member->customer.customer_id, profile, &channel);
	}
}

/* Writes in the order of the list: of two that say primary, the last one is. */
void
loyalty_channel_items_write(LoyaltyCall *call, int64 customer_id, const LoyaltyProfile *profile,
							const LoyaltyJsonList *items)
{
	LoyaltyChannel channel;
	int i;

	for (i = 0; i < items->n; i++)
	{
		read_item(call, &items->items[i], &channel);
		loyalty_channel_write(call, customer_id, profile, &channel);
	}
}

/* Names of these two channels are those of the types of identifiers. */
bool
loyalty_channel_gets_codes(const LoyaltyChannel *channel)
{
	return strcmp(channel->channel, "mobile") == 0 || strcmp(channel->channel, "email") == 0;
}
