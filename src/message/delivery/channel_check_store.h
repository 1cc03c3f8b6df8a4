/* channel_check_store.h: the invariants of messages, each with the statement that finds what breaks it. */
#ifndef LOYALTY_CHANNEL_CHECK_STORE_H
#define LOYALTY_CHANNEL_CHECK_STORE_H

#include "postgres.h"

#include "common/query.h"

/* An invariant, and what finds its first break under the caller's snapshot: a text of ids alone. */
typedef struct ChannelCheck
{
	const char *invariant;
	LoyaltyQuery *first_break;
} ChannelCheck;

#define CHANNEL_CHECKS 4
extern const ChannelCheck loyalty_channel_checks[CHANNEL_CHECKS];

/* Returns the first break of an invariant in an org, in the current memory context; NULL: there is none. */
extern const char *loyalty_channel_break(const ChannelCheck *check, int32 org_id);

#endif
