/*
 * channel_store.h: channels, subscriptions and the do-not-call register in tables. Customers are locked by the
 * caller.
 */
#ifndef LOYALTY_CHANNEL_STORE_H
#define LOYALTY_CHANNEL_STORE_H

#include "postgres.h"

#include "customer/channels.h"

/* Writes an address of a channel. Where nothing is said of it, the first one of a channel is its primary one. */
extern void loyalty_channel_store(int32 org_id, int64 customer_id, const LoyaltyProfile *profile,
								  const LoyaltyChannel *channel, TimestampTz now);

/* Leaves a channel without a primary address. */
extern void loyalty_channel_clear_primary(int32 org_id, int64 customer_id, const char *channel);

/* Adds a consent of a customer who is locked. */
extern void loyalty_consent_insert(int32 org_id, int64 customer_id, const LoyaltyConsent *consent,
								   TimestampTz now);

/* Writes the status of a mobile in normal form, whoever has it. No customer is locked for it. */
extern void loyalty_ndnc_store(int32 org_id, const char *mobile, const char *status, TimestampTz now);

/* The item of the status of a mobile in lists of what is known of a customer. */
#define NDNC_ITEM "ndnc_status"

/* Words for staff in the place of a status of a mobile that nobody has set. */
#define NDNC_NOT_AVAILABLE "Info not Available"

/* Returns the status of a mobile, or NULL; "seen": under the caller's snapshot. */
extern const char *loyalty_ndnc_read(int32 org_id, const char *mobile, bool seen);

#endif
