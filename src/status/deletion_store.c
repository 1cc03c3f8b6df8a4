/*
 * deletion_store.c: the statements on requests to delete customers. Requests are kept after they are decided:
 * they say which role asked and which one decided, and their reason goes with the person.
 */
#include "postgres.h"

#include "catalog/pg_type.h"

#include "common/query.h"
#include "status/deletion_store.h"

static LoyaltyQuery request_insert = LOYALTY_STATEMENT(
	"INSERT INTO loyalty_data.deletion_request (org_id, customer_id, request_id, requested_at, requested_by,"
	" former_label_id, reason, actor, till_id, source_id, origin) VALUES ($1, $2, $3, $4, $5::name, $6, $7, $8, $9, $10, $11)",
	INT4OID, INT8OID, INT8OID, TIMESTAMPTZOID, TEXTOID, INT4OID, TEXTOID, TEXTOID, INT4OID, INT2OID, CHAROID);

/* Requests are decided by their ids alone, too: this table tells whose they are. */
static LoyaltyQuery request_key_insert = LOYALTY_STATEMENT(
	"INSERT INTO loyalty_data.deletion_request_key (org_id, customer_id, request_id) VALUES ($1, $2, $3)",
	INT4OID, INT8OID, INT8OID);

static LoyaltyQuery request_key_read =
	LOYALTY_STATEMENT("SELECT k.customer_id FROM loyalty_data.deletion_request_key k WHERE k.org_id = $1"
					  " AND k.request_id = $2",
					  INT4OID, INT8OID);

/* A partial unique index has the open request of a customer. */
static LoyaltyQuery request_pending = LOYALTY_STATEMENT(
	"SELECT r.request_id, r.former_label_id, r.requested_by::text, r.actor FROM loyalty_data.deletion_request r"
	" WHERE r.org_id = $1 AND r.customer_id = $2"
	" AND r.decided_at IS NULL",
	INT4OID, INT8OID);

static LoyaltyQuery request_decide = LOYALTY_STATEMENT(
	"UPDATE loyalty_data.deletion_request SET decision = $4, decided_by = $5::name, decided_at = $6,"
	" decision_reason = $7, decided_actor = $8 WHERE org_id = $1 AND customer_id = $2"
	" AND request_id = $3",
	INT4OID, INT8OID, INT8OID, CHAROID, TEXTOID, TIMESTAMPTZOID, TEXTOID, TEXTOID);

/* Raises the index's own error for a second open request, which the caller has looked for under the lock. */
void
loyalty_deletion_request_insert(int32 org_id, int64 customer_id, const DeletionRequest *request,
								const DeletionAsked *asked, TimestampTz requested_at)
{
	LOYALTY_EXECUTE(&request_insert, LOYALTY_CUSTOMER(org_id, customer_id), loyalty_int8(request->request_id),
					loyalty_time(requested_at), loyalty_text(request->requested_by),
					loyalty_int4_or_null(request->former_label_id), loyalty_text(asked->reason),
					loyalty_text(asked->actor), loyalty_int4_or_null(asked->till_id),
					loyalty_datum(Int16GetDatum(asked->source_id), asked->source_id == 0),
					asked->origin == 0 ? loyalty_datum((Datum) 0, true) : loyalty_char(asked->origin));
	LOYALTY_EXECUTE(&request_key_insert, LOYALTY_CUSTOMER(org_id, customer_id),
					loyalty_int8(request->request_id));
}

/* Needs no lock: whose a request is never changes. */
int64
loyalty_deletion_request_customer(int32 org_id, int64 request_id)
{
	LoyaltyRows *rows = LOYALTY_QUERY(&request_key_read, loyalty_int4(org_id), loyalty_int8(request_id));

	return rows->count == 0 ? 0 : loyalty_row_int8(rows, 0, 1);
}

/* Leaves the request as it is where there is none. */
bool
loyalty_deletion_request_read(int32 org_id, int64 customer_id, DeletionRequest *request)
{
	LoyaltyRows *rows = LOYALTY_QUERY(&request_pending, LOYALTY_CUSTOMER(org_id, customer_id));

	if (rows->count == 0)
		return false;
	request->request_id = loyalty_row_int8(rows, 0, 1);
	request->former_label_id = loyalty_row_int4_or(rows, 0, 2, 0);
	request->requested_by = loyalty_row_text(rows, 0, 3);
	request->actor = loyalty_row_text_or_null(rows, 0, 4);
	return true;
}

/* Names the request by its id: the open one was read under the same lock. */
void
loyalty_deletion_request_decide(int32 org_id, int64 customer_id, int64 request_id,
								const DeletionDecision *decision)
{
	LOYALTY_EXECUTE(&request_decide, LOYALTY_CUSTOMER(org_id, customer_id), loyalty_int8(request_id),
					loyalty_char(decision->decision), loyalty_text(decision->role),
					loyalty_time(decision->at), loyalty_text(decision->reason),
					loyalty_text(decision->actor));
}
