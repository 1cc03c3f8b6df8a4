/* deletion_store.h: requests to delete customers, in tables. The customer is locked. */
#ifndef LOYALTY_DELETION_STORE_H
#define LOYALTY_DELETION_STORE_H

#include "postgres.h"

#include "datatype/timestamp.h"

typedef struct DeletionRequest
{
	int64 request_id;
	int32 former_label_id; /* 0: the built-in one of active */
	const char *requested_by;
} DeletionRequest;

#define DELETION_APPROVED 'a'
#define DELETION_DECLINED 'd'

extern void loyalty_deletion_request_insert(int32 org_id, int64 customer_id, const DeletionRequest *request,
											const char *reason, TimestampTz requested_at);

/* The open request of a customer; false where there is none. */
extern bool loyalty_deletion_request_read(int32 org_id, int64 customer_id, DeletionRequest *request);

extern void loyalty_deletion_request_decide(int32 org_id, int64 customer_id, int64 request_id, char decision,
											const char *decided_by, TimestampTz decided_at);

#endif
