/* channels.h: how customers can be reached: addresses of channels, checked and written. */
#ifndef LOYALTY_CHANNELS_H
#define LOYALTY_CHANNELS_H

#include "postgres.h"

#include "utils/jsonb.h"

#include "common/json.h"
#include "customer/member.h"
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

/* Returns the same, or NULL where there is none. */
extern const char *loyalty_address_normal(const LoyaltyOrg *org, const char *channel, const char *address);

/* Writes one address of a customer who is locked. */
extern void loyalty_channel_write(LoyaltyCall *call, int64 customer_id, const LoyaltyProfile *profile,
								  const LoyaltyChannel *channel);

/* Consent to be written to, or its end, for a channel and a purpose. */
typedef struct LoyaltyConsent
{
	const char *channel;
	int16 source_id;		/* 0: whatever the source */
	const char *account_id; /* of that source; NULL: whatever account */
	const char *purpose;
	bool opted_in;				/* false: opted out */
	TimestampTz consented_at;	/* as the caller says, perhaps long ago */
	const char *consent_source; /* free text; NULL: none */
} LoyaltyConsent;

/*
 * Returns the channel that a consent is about: one of loyalty_channel_checked, or mobile_push, which stands without a
 * device for push messages to any.
 */
extern const char *loyalty_consent_channel_checked(const char *channel, const char *device,
												   const char *field);

/* Tells whether consents to two channels can be about one message: mobile_push is about messages to every device. */
extern bool loyalty_consent_channels_meet(const char *left, const char *right);

/* Returns the purpose of that word, as the table has it; raises LY003. */
extern const char *loyalty_purpose_checked(const char *purpose, const char *field);

/* Adds a consent of a customer who is locked; LY408 where it lies after the clock and its tolerance. */
extern void loyalty_consent_write(LoyaltyCall *call, int64 customer_id, const LoyaltyConsent *consent);

/* Keys that a channel in a document may have; NULL ends them. */
extern const char *const loyalty_channel_keys[];

/* Checks and writes a list of objects with these keys, for a customer who is locked. */
extern void loyalty_channel_items_write(LoyaltyCall *call, int64 customer_id, const LoyaltyProfile *profile,
										const LoyaltyJsonList *items);

/* Tells whether one-time codes go to addresses of its channel. */
extern bool loyalty_channel_gets_codes(const LoyaltyChannel *channel);

/* Writes a list [{type, value, verified, primary, device}] of a profile. Raises LY710 where it needs a proof that the call has not. */
extern void loyalty_channels_write(LoyaltyMember *member, const LoyaltyProfile *profile, const Jsonb *list);

#endif
