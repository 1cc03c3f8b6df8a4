/* channel_store.h: channels, subscriptions and the do-not-call register in tables. */
#ifndef LOYALTY_CHANNEL_STORE_H
#define LOYALTY_CHANNEL_STORE_H

#include "postgres.h"

#include "customer/channels.h"

/* Writes an address of a channel; the first one of a channel is its primary one. */
extern void loyalty_channel_store(int32 org_id, int64 customer_id, const LoyaltyProfile *profile,
								  const LoyaltyChannel *channel, TimestampTz now);

/* No address of a channel is the primary one any more. */
extern void loyalty_channel_clear_primary(int32 org_id, int64 customer_id, const char *channel);

typedef struct LoyaltyConsent
{
	const char *channel;
	int16 source_id; /* 0: whatever the source */
	const char *purpose;
	bool opted_in;
	TimestampTz consented_at;
	const char *consent_source;
} LoyaltyConsent;

/* Adds a consent of a customer who is locked. */
extern void loyalty_consent_insert(int32 org_id, int64 customer_id, const LoyaltyConsent *consent,
								   TimestampTz now);

extern void loyalty_ndnc_store(int32 org_id, const char *mobile, const char *status, TimestampTz now);

/* What the register says of a mobile, or NULL; "seen": under the caller's snapshot. */
extern const char *loyalty_ndnc_read(int32 org_id, const char *mobile, bool seen);

#endif
