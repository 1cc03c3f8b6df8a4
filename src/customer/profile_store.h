/* profile_store.h: the profiles of customers, one for each source and account, in tables. */
#ifndef LOYALTY_PROFILE_STORE_H
#define LOYALTY_PROFILE_STORE_H

#include "postgres.h"

#include "customer/identity_rules.h"
#include "org/call.h"

/* Sources that rules name; the install script seeds them under these ids. */
#define SOURCE_WEB_ENGAGE 9

/* Words of one source about a customer. */
typedef struct LoyaltyProfile
{
	int16 source_id;
	const char *account_id; /* '': the org's one account of that source */
	const char *first_name; /* NULL: not known, here and below */
	const char *last_name;
	const char *mobile;
	const char *email; /* as typed */
	const char *external_id;
	const char *keys[SOURCE_KEY_COUNT]; /* in normal form; the CUID is a column of profiles, too */
} LoyaltyProfile;

/* Writes a profile, or updates it: names that are given replace the old ones, identifiers only fill gaps. */
extern void loyalty_profile_store(int32 org_id, int64 customer_id, const LoyaltyProfile *profile,
								  TimestampTz now);

/* Writes a profile, or updates it: whatever is given replaces what was there. NULL replaces nothing. */
extern void loyalty_profile_replace(int32 org_id, int64 customer_id, const LoyaltyProfile *profile,
									TimestampTz now);

/*
 * Shows an identifier of the customer that has changed: in the INSTORE profiles, in that of "profile" (NULL: none),
 * and with "all" in every other one that showed one of that type.
 */
extern void loyalty_profile_identifier(int32 org_id, int64 customer_id, const LoyaltyProfile *profile,
									   IdentifierType type, const char *shown, bool all, TimestampTz now);

/* Takes the CUID out of a profile. */
extern void loyalty_profile_forget_cuid(int32 org_id, int64 customer_id, const LoyaltyProfile *profile,
										TimestampTz now);

/* Tells whether the customer has a profile of a source, whatever the account. */
extern bool loyalty_profile_exists(int32 org_id, int64 customer_id, int16 source_id);

#endif
