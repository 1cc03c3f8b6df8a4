/* escalation_store.h: requests that wait, for the escalation. */
#ifndef LOYALTY_ESCALATION_STORE_H
#define LOYALTY_ESCALATION_STORE_H

#include "postgres.h"

#include "datatype/timestamp.h"

#include "org/call.h"
#include "request/request_rules.h"

/*
 * Request that waits, of whatever table. It stands under the id for which it was made, whoever its customer is today; whoever
 * writes to it holds the lock of that one.
 */
typedef struct WaitingRequest
{
	int64 customer_id; /* under whose id it stands */
	int64 request_id;
	TimestampTz requested_at;
	RequestType type;
	int escalated_step;
} WaitingRequest;

/* Finds up to "limit" customers behind an id, ascending, who have requests with a step that is due. Nobody is locked. */
extern int loyalty_requests_due(int32 org_id, TimestampTz as_of, int64 after, int limit, int64 *customers);

/* Reads the requests of a customer that wait, in the order of their ids. Returns how many. */
extern int loyalty_requests_waiting(int32 org_id, int64 customer_id, WaitingRequest **requests);

/* Reads the values before and after the change that is asked for; NULL: there is none. */
extern void loyalty_request_waiting_values(const LoyaltyCall *call, const WaitingRequest *request,
										   const char **old_value, const char **new_value);

/* Notes that contacts were told of a step; the log of the request has it. */
extern void loyalty_request_escalated(const LoyaltyCall *call, const WaitingRequest *request, int step);

#endif
