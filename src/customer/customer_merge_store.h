/* customer_merge_store.h: what a merge reads and writes of identity: identifiers, profiles, fields, registration. */
#ifndef LOYALTY_CUSTOMER_MERGE_STORE_H
#define LOYALTY_CUSTOMER_MERGE_STORE_H

#include "postgres.h"

#include "customer/customer_store.h"
#include "customer/fields.h"

/* Kinds of things that are known of a customer; within one, an item names it. */
typedef enum IdentityPart
{
	PART_IDENTIFIER = 'i',
	PART_REGISTRATION = 'r',
	PART_NDNC = 'n', /* of the mobile, where there is one */
	PART_SUBSCRIPTIONS = 's',
	PART_TEST_CONTROL = 't',
	PART_LOYALTY_TYPE = 'l',
	PART_PROFILE = 'p',
	PART_FIELD = 'f',
} IdentityPart;

typedef struct IdentityValue
{
	IdentityPart part;
	const char *item;
	const char *value;	/* NULL: none */
	int32 id;			/* of the source, or of the field */
	const char *detail; /* the source's account id, or the kind of the field */
} IdentityValue;

/* Everything of a customer by part and item; "seen": under the caller's snapshot. Returns how many. */
extern int loyalty_identity_values(int32 org_id, int64 customer_id, bool seen, IdentityValue **values);

/* Their order. */
extern int loyalty_identity_compare(const IdentityValue *left, const IdentityValue *right);

/* Two customers of an org, both locked. */
typedef struct MergePair
{
	int32 org_id;
	int64 survivor_id;
	int64 victim_id;
} MergePair;

/* The keys of a victim and of its group find the survivor from now on. */
extern void loyalty_keys_follow(const MergePair *pair, const LoyaltyCustomer *victim);

/* The identifiers of a type that begin with a prefix become the survivor's; they end on the victim's record. */
extern void loyalty_identifiers_take(const MergePair *pair, const char *type, const char *prefix,
									 TimestampTz now);

/* The profile of a source and account is the survivor's too, with its channels and CUIDs. */
extern void loyalty_profile_take(const MergePair *pair, int16 source_id, const char *account_id,
								 TimestampTz now);

/* The survivor's INSTORE profiles show the identifiers that they lacked and the survivor has. */
extern void loyalty_instore_fill(const MergePair *pair, TimestampTz now);

/* The value of a field becomes the survivor's. */
extern void loyalty_field_take(const MergePair *pair, int32 field_id, TimestampTz now);

/* When, where and how the survivor was registered is what it was for the victim. */
extern void loyalty_registration_take(const MergePair *pair);

/* The victim and its group belong to the survivor; both are as they were locked, and the survivor is as it is now. */
extern void loyalty_groups_join(int32 org_id, LoyaltyCustomer *survivor, const LoyaltyCustomer *victim);

#endif
