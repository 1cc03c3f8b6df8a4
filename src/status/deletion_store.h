/*
 * deletion_store.h: requests to delete customers, in tables. The customer is locked. A customer has one open
 * request at most.
 */
#ifndef LOYALTY_DELETION_STORE_H
#define LOYALTY_DELETION_STORE_H

#include "postgres.h"

#include "datatype/timestamp.h"

/* A request that is open, or about to be. */
typedef struct DeletionRequest
{
	int64 request_id;
	int32 former_label_id;	  /* that declining gives back; 0: the built-in one of active */
	const char *requested_by; /* the role, which cannot approve it */
	const char *actor;		  /* in whose name it was asked for; NULL: nobody was named */
} DeletionRequest;

/* Origin of a request, and why it was made; all may be absent. */
typedef struct DeletionAsked
{
	const char *reason;
	const char *actor;
	int32 till_id;	 /* 0: none */
	int16 source_id; /* 0: none */
	char origin;	 /* of a change request; 0: it is none */
} DeletionAsked;

/* A decision: by which role and in whose name, why, and when. */
typedef struct DeletionDecision
{
	char decision;
	const char *role;
	const char *actor;	/* NULL: nobody was named */
	const char *reason; /* NULL: none */
	TimestampTz at;
} DeletionDecision;

/* Codes of a decision; NULL while the request is open. */
#define DELETION_APPROVED 'a'
#define DELETION_DECLINED 'd'

/* Writes a new request. */
extern void loyalty_deletion_request_insert(int32 org_id, int64 customer_id, const DeletionRequest *request,
											const DeletionAsked *asked, TimestampTz requested_at);

/* Reads the open request of a customer; false where there is none. */
extern bool loyalty_deletion_request_read(int32 org_id, int64 customer_id, DeletionRequest *request);

/* Closes an open request with a decision. */
extern void loyalty_deletion_request_decide(int32 org_id, int64 customer_id, int64 request_id,
											const DeletionDecision *decision);

/* Returns the customer whose deletion a request is about, or 0. */
extern int64 loyalty_deletion_request_customer(int32 org_id, int64 request_id);

#endif
