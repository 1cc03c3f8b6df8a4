/*
 * contact_merge_store.h: how a customer may be reached, as merges compare it: addresses by channel, and consents in
 * force.
 */
#ifndef LOYALTY_CONTACT_MERGE_STORE_H
#define LOYALTY_CONTACT_MERGE_STORE_H

#include "postgres.h"

#include "datatype/timestamp.h"

#include "customer/customer_merge_store.h"

/* Address of a channel. */
typedef struct HeldAddress
{
	const char *channel;
	const char *address;
} HeldAddress;

/* Consent in force. */
typedef struct HeldConsent
{
	const char *channel;
	const char *purpose;
	int16 source_id;		/* 0: whatever the source */
	const char *source;		/* NULL: whatever the source */
	const char *account_id; /* of the source; '': none is named */
	bool opted_in;
	TimestampTz consented_at;
} HeldConsent;

/* Read what a customer has by channel, in one order; "seen": under the caller's snapshot. Return how many. */
extern int loyalty_addresses_held(int32 org_id, int64 customer_id, bool seen, HeldAddress **addresses);
extern int loyalty_consents_held(int32 org_id, int64 customer_id, bool seen, HeldConsent **consents);

/*
 * Adds a consent behind others, in the place of the last one where that is about the same thing: of consents in the order in which
 * they were recorded, those in force stay.
 */
extern void loyalty_consent_hold(HeldConsent *consents, int *count, const HeldConsent *consent);

/*
 * Gives the survivor the addresses of the victim that it lacks. One is primary where it was and the survivor has no
 * primary one of its channel.
 */
extern void loyalty_addresses_take(const MergePair *pair, TimestampTz now);

#endif
