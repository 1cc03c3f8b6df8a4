/* request_store.h: change requests in tables. The customer of a request, or its survivor, is locked by who writes. */
#ifndef LOYALTY_REQUEST_STORE_H
#define LOYALTY_REQUEST_STORE_H

#include "common/query.h"
#include "customer/customer_store.h"
#include "request/change_request.h"

/* Returns the customer under whose id a request stands, or 0. */
extern int64 loyalty_change_request_customer(int32 org_id, int64 request_id);

/* Reads a request; false: it is not there. */
extern bool loyalty_change_request_read(int32 org_id, int64 customer_id, int64 request_id,
										ChangeRequest *request);

/* Writes a new request, with its content and its key. */
extern void loyalty_change_request_insert(const ChangeRequest *request, const ChangeRequestContent *content);

/* Writes the row of a request anew. */
extern void loyalty_change_request_update(const ChangeRequest *request);

/* Reads what a request says; all is NULL where it was erased. */
extern void loyalty_change_request_content(const ChangeRequest *request, ChangeRequestContent *content);

/* Takes away what requests of others say of a customer who is deleted, and of everybody merged into it. */
extern void loyalty_change_requests_forget_target(int32 org_id, const LoyaltyCustomer *root);

/* Notes the reason of a decision and who made it. */
extern void loyalty_change_request_decided(const ChangeRequest *request, const char *reason,
										   const char *actor);

/* Adds a line to the log; "subject_id" is 0 for none. */
extern void loyalty_change_request_log(const ChangeRequest *request, RequestEvent event, int64 subject_id,
									   TimestampTz at, const char *role, const char *actor);

/*
 * Reads the pending requests of a merge group; returns how many there are. They are few: one of each type, and gifts and bills
 * that wait.
 */
extern int loyalty_change_requests_pending(int32 org_id, const LoyaltyCustomer *root,
										   ChangeRequest **requests);

/* Counts them; "seen": under the caller's snapshot. */
extern int64 loyalty_change_requests_waiting(int32 org_id, const LoyaltyCustomer *root, bool seen);

/*
 * Claims what a pending request keeps others from asking for; false: another one has it. Waits for a transaction that has claimed
 * it and is still open, and has it if that one goes back.
 */
extern bool loyalty_change_request_claim(const ChangeRequest *request, const pg_uuid_t *digest);

/* Returns the request that has such a claim, 0 for none. */
extern int64 loyalty_change_request_claimed(int32 org_id, const pg_uuid_t *digest);

/* Gives the claims of a request up. */
extern void loyalty_change_request_unclaim(int32 org_id, int64 request_id, const pg_uuid_t *digest);

/*
 * Request that came with an idempotency key: which it was, and the digest of what was asked. Keys are the org's and not the
 * customer's: a call that names a customer by the mobile that it changes finds nobody when it is repeated.
 */
typedef struct ChangeRequestRepeat
{
	pg_uuid_t digest; /* of the key */
	int64 request_digest;
	int64 customer_id;
	int64 request_id;
} ChangeRequestRepeat;

/* Finds the request of a key; false: there is none. */
extern bool loyalty_change_request_repeat(int32 org_id, ChangeRequestRepeat *repeat);

/* Notes the key of a request; false where another one has it. Waits for a call that is under way. */
extern bool loyalty_change_request_keep_key(int32 org_id, const ChangeRequestRepeat *repeat);

#endif
