/*
 * notices.h: who is told of change requests: contacts of the org as one comes or waits, customers of what was changed. Messages go
 * with the caller's transaction, and each says in its campaign which type of requests it is about.
 */
#ifndef LOYALTY_REQUEST_NOTICES_H
#define LOYALTY_REQUEST_NOTICES_H

#include "postgres.h"

#include "customer/customer_store.h"
#include "org/call.h"
#include "request/setting_rules.h"

/* Request that somebody is told of. */
typedef struct LoyaltyRequestNews
{
	int64 request_id;
	RequestType type;
	TimestampTz requested_at;
	const LoyaltyCustomer
		*customer;		   /* locked, as it is: after a merge the survivor, under whom messages stand */
	const char *old_value; /* in normal form; NULL: there is none, or it is no business of messages */
	const char *new_value;
	const char *requestor[REQUEST_CHANNEL_COUNT]; /* addresses of who was merged; NULL: none */
	int step;									  /* of the escalation; 0: it has just come */
} LoyaltyRequestNews;

/* Tells contacts that a request came, as far as its type asks for it; returns how many. */
extern int loyalty_request_tell_arrival(LoyaltyCall *call, const LoyaltyRequestNews *news);

/* Tells the contacts of a step that a request waits; returns how many. */
extern int loyalty_request_tell_waiting(LoyaltyCall *call, const LoyaltyRequestNews *news);

/* Notes where a customer who is about to be merged can be told of it: afterwards its addresses are the survivor's. */
extern void loyalty_request_note_requestor(const LoyaltyCall *call, int64 customer_id,
										   LoyaltyRequestNews *news);

/* Tells whom the type names of a change that was made: the approval of a request, or one step. Returns how many messages there are. */
extern int loyalty_request_tell_change(LoyaltyCall *call, const LoyaltyRequestNews *news);

#endif
