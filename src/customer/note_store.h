/* note_store.h: what staff write down about a customer. */
#ifndef LOYALTY_NOTE_STORE_H
#define LOYALTY_NOTE_STORE_H

#include "postgres.h"

#include "datatype/timestamp.h"
#include "utils/uuid.h"

#include "customer/customer_store.h"

/* A note, and the request that brought it. */
typedef struct CustomerNote
{
	int64 note_id;
	TimestampTz noted_at;
	const char *note;
	const char *actor;	  /* NULL: nobody was named */
	bool has_key;		  /* the request has an idempotency key */
	pg_uuid_t key_digest; /* of the key */
	int64 request_digest; /* and of all arguments */
} CustomerNote;

/* Finds the note that a key brought before, of anybody in the merge group: sets its id and the digest of its request. */
extern bool loyalty_note_find(int32 org_id, const LoyaltyCustomer *root, CustomerNote *note);

extern void loyalty_note_insert(int32 org_id, int64 customer_id, const CustomerNote *note);

/* Deletes a note of anybody in the merge group; false: there is none. */
extern bool loyalty_note_delete(int32 org_id, const LoyaltyCustomer *root, int64 note_id);

#endif
