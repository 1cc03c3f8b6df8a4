/* settle.h: how messages end, or come back to the queue. */
#ifndef LOYALTY_SETTLE_H
#define LOYALTY_SETTLE_H

#include "postgres.h"

#include "message/outbox/outbox_store.h"
#include "org/call.h"

/* Ends a message whose rows are both locked: it leaves the queue, and the text of a code goes. */
extern void loyalty_message_end(const LoyaltyCall *call, LoyaltyMessage *message, const LoyaltyQueued *queued,
								MessageState state, const char *cause);

/* Report of a worker on a message that it took. */
typedef struct LoyaltyAcknowledgement
{
	int64 customer_id;
	int64 message_id;
	int32 lease_no; /* by which the worker knows its attempt */
	SendOutcome outcome;
	const char *provider_message_id; /* NULL: none */
	const char *error_code;			 /* NULL: none */
} LoyaltyAcknowledgement;

/* Records it; returns the state, or MESSAGE_UNCHANGED where the lease is lost. LYM02 where there is no such message. */
extern MessageState loyalty_message_acknowledge(LoyaltyCall *call, const LoyaltyAcknowledgement *told);

/*
 * Moves the end of a lease; false where it is lost: somebody else has taken the message, or it has ended. One that ran out
 * and that nobody has taken is not lost. LYM02.
 */
extern bool loyalty_lease_extend(LoyaltyCall *call, int64 customer_id, int64 message_id, int32 lease_no,
								 TimestampTz until);

/* Cancels a message with what the caller says of it; false where it is not queued any more. LYM02. */
extern bool loyalty_message_cancel_for(LoyaltyCall *call, int64 customer_id, int64 message_id,
									   const char *cause, const char *reason);

#endif
