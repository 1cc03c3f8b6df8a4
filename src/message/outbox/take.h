/* take.h: handing messages out to workers, and ending what none comes for. */
#ifndef LOYALTY_TAKE_H
#define LOYALTY_TAKE_H

#include "postgres.h"

#include "message/outbox/body_store.h"
#include "message/outbox/outbox_store.h"
#include "org/call.h"

/* Message that a worker gets. */
typedef struct LoyaltyTaken
{
	LoyaltyMessage message;
	LoyaltyQueued queued;
	LoyaltyBody body; /* open */
} LoyaltyTaken;

/* Wish of a worker, and who is told of each message that it gets. */
typedef struct LoyaltyTakeRequest
{
	const char *channel;
	int quantity;
	TimestampTz lease_until;						   /* when others get what is not acknowledged */
	void (*give)(const LoyaltyTaken *taken, void *to); /* once for each, in their order */
	void *to;
} LoyaltyTakeRequest;

/*
 * Leases messages that are available, codes first, and ends on the way those that may not be sent any more. Fewer than wanted
 * may come though there are more: the number of messages that a call looks at is bounded.
 */
extern void loyalty_messages_take(LoyaltyCall *call, const LoyaltyTakeRequest *request);

/* Ends up to so many messages whose end has come; returns how many. */
extern int loyalty_messages_finish(LoyaltyCall *call, TimestampTz as_of, int limit);

#endif
