/* channels.h: how customers can be reached: addresses of channels, checked and written. */
#ifndef LOYALTY_CHANNELS_H
#define LOYALTY_CHANNELS_H

#include "postgres.h"

#include "utils/jsonb.h"

#include "common/json.h"
#include "customer/profile_store.h"

/* Names for messages. The last one stands for ios or android, as the device says. */
#define CHANNEL_NAMES "wechat, mobile, ios, line, email, whatsapp, android, postmail, mobile_push"

/* Address of a channel, as a call gives it. */
typedef struct LoyaltyChannel
{
	const char *channel; /* one of the constant names */
	const char *address; /* in normal form */
	bool has_verified;	 /* false: nothing is said, and a known address keeps what it has */
	bool is_verified;
	bool has_primary; /* the same of being primary */
	bool is_primary;
} LoyaltyChannel;

/* Returns the channel of that name; for mobile_push the device says which. "field" is for messages. */
extern const char *loyalty_channel_checked(const char *channel, const char *device, const char *field);

/* Returns an address in the normal form of its channel, in the current context. */
extern const char *loyalty_address_checked(const LoyaltyOrg *org, const char *channel, const char *address,
										   const char *field);

/* Writes one address of a customer who is locked. */
extern void loyalty_channel_write(LoyaltyCall *call, int64 customer_id, const LoyaltyProfile *profile,
								  const LoyaltyChannel *channel);

/* Keys that a channel in a document may have; NULL ends them. */
extern const char *const loyalty_channel_keys[];

/* Checks and writes a list of objects with these keys, for a customer who is locked. */
extern void loyalty_channel_items_write(LoyaltyCall *call, int64 customer_id, const LoyaltyProfile *profile,
										const LoyaltyJsonList *items);

/* Writes a list [{type, value, verified, primary, device}] of a profile. */
extern void loyalty_channels_write(LoyaltyCall *call, int64 customer_id, const LoyaltyProfile *profile,
								   const Jsonb *list);

#endif
