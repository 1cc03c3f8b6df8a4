/*
 * channel_store.h: channels and subscriptions in tables. Customers are locked by the caller.
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

#endif
