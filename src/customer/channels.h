/* channels.h: how customers can be reached. */
#ifndef LOYALTY_CHANNELS_H
#define LOYALTY_CHANNELS_H

#include "postgres.h"

#include "utils/jsonb.h"

#include "common/json.h"
#include "customer/profile_store.h"

#define CHANNEL_NAMES "wechat, mobile, ios, line, email, whatsapp, android, postmail, mobile_push"

typedef struct LoyaltyChannel
{
	const char *channel;
	const char *address;
	bool has_verified;
	bool is_verified;
	bool has_primary;
	bool is_primary;
} LoyaltyChannel;

/* The channel of that name; for mobile_push the device says which. "field" is for messages. */
extern const char *loyalty_channel_checked(const char *channel, const char *device, const char *field);

/* An address in the normal form of its channel. */
extern const char *loyalty_address_checked(const LoyaltyOrg *org, const char *channel, const char *address,
										   const char *field);

/* Writes one of a customer who is locked. */
extern void loyalty_channel_write(LoyaltyCall *call, int64 customer_id, const LoyaltyProfile *profile,
								  const LoyaltyChannel *channel);

/* The keys of a channel in a document, and such a list, checked, written. */
extern const char *const loyalty_channel_keys[];
extern void loyalty_channel_items_write(LoyaltyCall *call, int64 customer_id, const LoyaltyProfile *profile,
										const LoyaltyJsonList *items);

/* Writes a list [{type, value, verified, primary, device}] of a profile. */
extern void loyalty_channels_write(LoyaltyCall *call, int64 customer_id, const LoyaltyProfile *profile,
								   const Jsonb *list);

#endif
