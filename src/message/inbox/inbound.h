/* inbound.h: a message that somebody wrote to the org. */
#ifndef LOYALTY_INBOUND_H
#define LOYALTY_INBOUND_H

#include "postgres.h"

#include "utils/uuid.h"

#include "message/inbox/keyword_rules.h"
#include "org/call.h"

#define INBOUND_KEYS_MAX 2 /* the provider's id of the message, and the caller's key */

/* Key by which a message is known again. */
typedef struct InboundKey
{
	pg_uuid_t digest;
	int64 request_digest; /* of all arguments */
	bool has_request;	  /* false: whatever else is said, it is the same message */
} InboundKey;

/* Message as a call brings it, and what becomes of it. */
typedef struct Inbound
{
	const char *channel; /* one of the constant names */
	const char *address; /* in normal form */
	const char *body;	 /* NULL: it has no text */
	const char *sender;	 /* of ours, that it was written to; NULL: unknown */
	TimestampTz received_at;
	InboundKey keys[INBOUND_KEYS_MAX];
	int key_count;

	int64 message_id;
	int64 customer_id; /* 0: nobody, or several */
	InboundAction action;
} Inbound;

/*
 * Keeps a message, finds and locks who wrote it, and does what its words ask for; one that was kept before is only answered
 * again. LY020 for a key that came with other arguments.
 */
extern void loyalty_inbound_record(LoyaltyCall *call, Inbound *inbound);

#endif
