/*
 * customer_merge_store.h: what a merge writes of identity: identifiers, profiles, fields, registration, and the
 * group. All take times from the caller, and both customers are locked with their groups.
 */
#ifndef LOYALTY_CUSTOMER_MERGE_STORE_H
#define LOYALTY_CUSTOMER_MERGE_STORE_H

#include "postgres.h"

#include "customer/customer_store.h"
#include "customer/fields.h"

/* Two customers of an org, both locked. */
typedef struct MergePair
{
	int32 org_id;
	int64 survivor_id;
	int64 victim_id;
} MergePair;

/*
 * Makes the keys of a victim and of its group find the survivor. Comes before identifiers are taken, which are found
 * by the victim's record.
 */
extern void loyalty_keys_follow(const MergePair *pair, const LoyaltyCustomer *victim);

/* Gives the survivor the identifiers of a type that begin with a prefix; they end on the victim's record. */
extern void loyalty_identifiers_take(const MergePair *pair, const char *type, const char *prefix,
									 TimestampTz now);

/*
 * Adds the victim's profile of a source and account to the survivor's, with its CUIDs: the survivor has none of that
 * source and account. Or fills what the survivor's profile lacks.
 */
extern void loyalty_profile_take(const MergePair *pair, int16 source_id, const char *account_id,
								 TimestampTz now);
extern void loyalty_profile_fill(const MergePair *pair, int16 source_id, const char *account_id,
								 TimestampTz now);

/* Shows identifiers that the survivor has in its INSTORE profiles, where those lacked them. */
extern void loyalty_instore_fill(const MergePair *pair, TimestampTz now);

/* Gives the survivor the victim's value of a field, in place of its own. */
extern void loyalty_field_take(const MergePair *pair, int32 field_id, TimestampTz now);

/* Gives the survivor date, till, source and base till of the victim's registration. */
extern void loyalty_registration_take(const MergePair *pair);

/*
 * Joins the groups: the victim and everybody merged into it belong to the survivor. Both are as they were locked; the
 * survivor's struct is as its row afterwards.
 */
extern void loyalty_groups_join(int32 org_id, LoyaltyCustomer *survivor, const LoyaltyCustomer *victim);

#endif
