/*
 * note_store.c: the statements on notes.
 *
 * A note stands under the id of the customer it was written for, also after a merge: so each member of the group is asked. The
 * root is locked by the caller, which keeps a key from being used twice at a time.
 */
#include "postgres.h"

#include "catalog/pg_type.h"

#include "common/query.h"
#include "customer/note_store.h"

static LoyaltyQuery note_of_key = LOYALTY_STATEMENT(
	"SELECT n.note_id, n.request_digest FROM loyalty_data.customer_note n WHERE n.org_id = $1"
	" AND n.customer_id = $2 AND n.idempotency_digest = $3",
	INT4OID, INT8OID, UUIDOID);

static LoyaltyQuery note_insert = LOYALTY_STATEMENT(
	"INSERT INTO loyalty_data.customer_note (org_id, customer_id, note_id, noted_at, note, actor, request_digest,"
	" idempotency_digest) VALUES ($1, $2, $3, $4, $5, $6, $7, $8)",
	INT4OID, INT8OID, INT8OID, TIMESTAMPTZOID, TEXTOID, TEXTOID, INT8OID, UUIDOID);

static LoyaltyQuery note_delete =
	LOYALTY_STATEMENT("DELETE FROM loyalty_data.customer_note n WHERE n.org_id = $1 AND n.customer_id = $2"
					  " AND n.note_id = $3",
					  INT4OID, INT8OID, INT8OID);

/* Returns the digest of the key as a parameter; NULL where there is none. */
static NullableDatum
key_of(const CustomerNote *note)
{
	return loyalty_datum(UUIDPGetDatum(&note->key_digest), !note->has_key);
}

/* Asks member by member: a statement is about one customer. */
bool
loyalty_note_find(int32 org_id, const LoyaltyCustomer *root, CustomerNote *note)
{
	int64 *group;
	int members = loyalty_customer_group(root, &group);
	int m;

	for (m = 0; m < members; m++)
	{
		LoyaltyRows *rows = LOYALTY_QUERY(&note_of_key, LOYALTY_CUSTOMER(org_id, group[m]), key_of(note));

		if (rows->count == 0)
			continue;
		note->note_id = loyalty_row_int8(rows, 0, 1);
		note->request_digest = loyalty_row_int8(rows, 0, 2);
		return true;
	}
	return false;
}

/* Writes a row that nothing changes any more. */
void
loyalty_note_insert(int32 org_id, int64 customer_id, const CustomerNote *note)
{
	LOYALTY_EXECUTE(&note_insert, LOYALTY_CUSTOMER(org_id, customer_id), loyalty_int8(note->note_id),
					loyalty_time(note->noted_at), loyalty_text(note->note), loyalty_text(note->actor),
					note->has_key ? loyalty_int8(note->request_digest) : loyalty_datum(0, true),
					key_of(note));
}

/* Ids are unique in the database: one member has the note at most. */
bool
loyalty_note_delete(int32 org_id, const LoyaltyCustomer *root, int64 note_id)
{
	int64 *group;
	int members = loyalty_customer_group(root, &group);
	int m;

	for (m = 0; m < members; m++)
		if (LOYALTY_EXECUTE(&note_delete, LOYALTY_CUSTOMER(org_id, group[m]), loyalty_int8(note_id)) > 0)
			return true;
	return false;
}
