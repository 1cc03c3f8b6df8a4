/* merge_store.h: the records of merges in tables. */
#ifndef LOYALTY_MERGE_STORE_H
#define LOYALTY_MERGE_STORE_H

#include "postgres.h"

#include "utils/uuid.h"

#include "merge/merge.h"

/* Record of a merge, beside its lines. */
typedef struct MergeRecord
{
	int64 merge_id;
	int64 survivor_id; /* of then; it may have been merged since */
	char origin;	   /* MERGE_BY_CALL or another one of these */
	bool has_key;	   /* false: the two digests are none */
	pg_uuid_t idempotency_digest;
	int64 request_digest;
	Datum warnings; /* a text array */
	const char *reason;
	const char *actor;
} MergeRecord;

/* Origins of merges, as the table has them. */
#define MERGE_BY_CALL 'c'
#define MERGE_BY_REGISTRATION 'r'
#define MERGE_BY_REQUEST 'q'

/* Writes the record of a merge and its lines, under the victim, who is merged once. */
extern void loyalty_merge_record_insert(const LoyaltyMerge *merge, const MergeRecord *record);

/* Reads the merge of a victim: its id, survivor, digests and warnings. False where there is none. */
extern bool loyalty_merge_record_read(int32 org_id, int64 victim_id, MergeRecord *record);

/* Returns the org of a customer id, or 0: ids are unique over all orgs. */
extern int32 loyalty_org_of_customer(int64 customer_id);

#endif
