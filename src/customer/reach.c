/*
 * reach.c: where a customer may be reached, and what it said to that.
 *
 * Addresses of channels are chosen by whoever keeps the profile, so a primary one wins; the mobile and the e-mail that
 * identify a customer reach it, too. Consents are the same rows, in force by the same rule, as merges compare. Nobody is
 * locked here: a sender holds the customer's lock, and a taker judges by what is committed.
 */
#include "postgres.h"

#include "common/crypto.h"
#include "customer/channels.h"
#include "customer/reach.h"
#include "customer/reach_store.h"

/* Returns the type of identifier that is an address of a channel; IDENTIFIER_TYPE_COUNT: none is. */
static IdentifierType
identifier_of(const char *channel)
{
	if (strcmp(channel, "mobile") == 0 || strcmp(channel, "whatsapp") == 0)
		return IDENTIFIER_MOBILE;
	return strcmp(channel, "email") == 0 ? IDENTIFIER_EMAIL : IDENTIFIER_TYPE_COUNT;
}

/* Reads identifiers only where no primary address says more. */
const char *
loyalty_reach_address(int32 org_id, int64 customer_id, const char *channel)
{
	IdentifierType type = identifier_of(channel);
	bool is_primary;
	const char *address = loyalty_channel_address(org_id, customer_id, channel, &is_primary);
	LoyaltyIdentifiers held;

	if (is_primary || type == IDENTIFIER_TYPE_COUNT)
		return address;
	loyalty_identifiers_read(org_id, customer_id, &held);
	return held.values[type] ? held.values[type] : address;
}

/* Tells whether a consent comes before another one of the same source: it is newer, or refuses at the same instant. */
static bool
comes_before(const HeldConsent *one, const HeldConsent *other)
{
	if (one->consented_at != other->consented_at)
		return one->consented_at > other->consented_at;
	return !one->opted_in && other->opted_in;
}

/* Goes through all consents, which are few. */
const HeldConsent *
loyalty_consent_newest(const HeldConsent *consents, int count, const char *channel, const char *purpose,
					   int16 source_id)
{
	const HeldConsent *newest = NULL;
	int i;

	for (i = 0; i < count; i++)
	{
		const HeldConsent *consent = &consents[i];

		if (consent->source_id == source_id && strcmp(consent->purpose, purpose) == 0 &&
			loyalty_consent_channels_meet(consent->channel, channel) &&
			(newest == NULL || comes_before(consent, newest)))
			newest = consent;
	}
	return newest;
}

/* Reads all consents of the customer, which are few. */
bool
loyalty_reach_consent(int32 org_id, int64 customer_id, const char *channel, const char *purpose,
					  int16 source_id, HeldConsent *consent)
{
	HeldConsent *consents;
	int count = loyalty_consents_of(org_id, customer_id, &consents);
	const HeldConsent *newest = NULL;

	if (source_id != 0)
		newest = loyalty_consent_newest(consents, count, channel, purpose, source_id);
	if (newest == NULL)
		newest = loyalty_consent_newest(consents, count, channel, purpose, 0);
	if (newest != NULL)
		*consent = *newest;
	return newest != NULL;
}

/*
 * Returns the group that a percentage gives: a hundredth of the customers for each per cent, by a digest of the id,
 * so that others who join, and a percentage that grows, move nobody out of control.
 */
const char *
loyalty_automatic_group(const LoyaltyOrg *org, int64 customer_id)
{
	LoyaltyDigest digest;

	loyalty_digest_begin(&digest, LOYALTY_NO_KEY);
	loyalty_digest_int8(&digest, org->org_id);
	loyalty_digest_int8(&digest, customer_id);
	return (uint64) loyalty_digest_end_int8(&digest) % 100 <
				   (uint64) org->config_number[CONFIG_CONTROL_PERCENTAGE]
			   ? "control"
			   : "test";
}

/* Asks for the group that was set by hand first. */
bool
loyalty_reach_is_control(const LoyaltyOrg *org, int64 customer_id)
{
	char by_hand = loyalty_customer_group_by_hand(org->org_id, customer_id);

	if (by_hand != 0)
		return by_hand == 'c';
	return strcmp(loyalty_automatic_group(org, customer_id), "control") == 0;
}

/* Reads the field that every org has from its beginning. */
const char *
loyalty_reach_language(int32 org_id, int64 customer_id)
{
	return loyalty_standard_field(org_id, customer_id, "language");
}
