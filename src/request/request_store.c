/*
 * request_store.c: the statements on change requests.
 *
 * Rows of a request stand under the customer for whom it was made: a merge moves no row, and the survivor's group finds them.
 * Whose a request is, is read by its id alone, before anybody is locked; it never changes. Claims and keys are the org's: of two
 * calls that want the same one the second waits at the unique index until the first is done.
 */
#include "postgres.h"

#include "catalog/pg_type.h"
#include "utils/fmgrprotos.h"

#include "customer/erasure.h"
#include "request/request_holdings.h"
#include "request/request_store.h"

#define COLUMN(name, type, member) LOYALTY_COLUMN(name, type, ChangeRequest, member)

static const LoyaltyColumn request_columns[] = {
	COLUMN("customer_id", INT8, customer_id),
	COLUMN("request_id", INT8, request_id),
	COLUMN("target_id", INT8_OR_0, target_id),
	COLUMN("result_id", INT8_OR_0, result_id),
	COLUMN("requested_at", TIME, requested_at),
	COLUMN("decided_at", TIME_OR_END, decided_at),
	COLUMN("org_id", INT4, org_id),
	COLUMN("till_id", INT4_OR_0, till_id),
	COLUMN("source_id", INT2_OR_0, source_id),
	COLUMN("escalated_step", INT2, escalated_step),
	COLUMN("request_type", CODE, type),
	COLUMN("status", CODE, status),
	COLUMN("origin", CHAR, origin),
	COLUMN("accept_warnings", BOOL, accept_warnings),
	COLUMN("one_step", BOOL, one_step),
	COLUMN("auto_approved", BOOL, auto_approved),
	COLUMN("is_old_proved", BOOL, is_old_proved),
	COLUMN("is_new_proved", BOOL, is_new_proved),
	COLUMN("requested_by", TEXT, requested_by),
	COLUMN("decided_by", TEXT, decided_by),
};

static const LoyaltyLayout request_layout = LOYALTY_LAYOUT("change_request", ChangeRequest, request_columns);

static LoyaltyQuery request_find = LOYALTY_FIND(request_layout, "org_id, customer_id, request_id");
static LoyaltyQuery request_insert = LOYALTY_INSERT(request_layout);
static LoyaltyQuery request_update = LOYALTY_UPDATE(request_layout, "org_id, customer_id, request_id");

static LoyaltyQuery key_insert =
	LOYALTY_STATEMENT("INSERT INTO loyalty_data.change_request_key (org_id, customer_id, request_id)"
					  " VALUES ($1, $2, $3)",
					  INT4OID, INT8OID, INT8OID);

static LoyaltyQuery key_find = LOYALTY_STATEMENT(
	"SELECT k.customer_id FROM loyalty_data.change_request_key k WHERE k.org_id = $1 AND k.request_id = $2",
	INT4OID, INT8OID);

static LoyaltyQuery content_insert = LOYALTY_STATEMENT(
	"INSERT INTO loyalty_data.change_request_content (org_id, customer_id, request_id, old_value, new_value, payload,"
	" relied_on, warnings, reason, actor) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)",
	INT4OID, INT8OID, INT8OID, TEXTOID, TEXTOID, JSONBOID, JSONBOID, TEXTARRAYOID, TEXTOID, TEXTOID);

static LoyaltyQuery content_find = LOYALTY_STATEMENT(
	"SELECT c.old_value, c.new_value, c.payload, c.relied_on, c.warnings, c.reason, c.actor, c.decision_reason,"
	" c.decided_actor FROM loyalty_data.change_request_content c WHERE c.org_id = $1 AND c.customer_id = $2"
	" AND c.request_id = $3",
	INT4OID, INT8OID, INT8OID);

/*
 * Takes away what requests of others say of a second customer: how the survivor of a merge was named, and the number that one
 * got. A number that nobody got yet is the first one's alone.
 */
static LoyaltyQuery target_forget = LOYALTY_STATEMENT(
	"UPDATE loyalty_data.change_request_content c SET"
	" new_value = CASE r.request_type WHEN 'a' THEN NULL ELSE c.new_value END,"
	" old_value = CASE WHEN r.request_type = 'n' AND r.status = 'a' THEN NULL ELSE c.old_value END"
	" FROM loyalty_data.change_request r WHERE r.org_id = $1 AND r.target_id = $2 AND r.request_type IN ('a', 'n')"
	" AND c.org_id = $1 AND c.customer_id = r.customer_id AND c.request_id = r.request_id",
	INT4OID, INT8OID);

static LoyaltyQuery content_decided = LOYALTY_STATEMENT(
	"UPDATE loyalty_data.change_request_content SET decision_reason = $4, decided_actor = $5 WHERE org_id = $1"
	" AND customer_id = $2 AND request_id = $3",
	INT4OID, INT8OID, INT8OID, TEXTOID, TEXTOID);

/* Numbers a line after the last one of its request: the customer's lock keeps two from taking one number. */
static LoyaltyQuery log_insert = LOYALTY_STATEMENT(
	"INSERT INTO loyalty_data.change_request_log (org_id, customer_id, request_id, log_no, change, subject_id, logged_at,"
	" role, actor) SELECT $1, $2, $3, COALESCE(max(l.log_no), 0) + 1, $4, $5, $6, $7, $8"
	" FROM loyalty_data.change_request_log l WHERE l.org_id = $1 AND l.customer_id = $2 AND l.request_id = $3",
	INT4OID, INT8OID, INT8OID, CHAROID, INT8OID, TIMESTAMPTZOID, TEXTOID, TEXTOID);

/* By an index of those alone that wait, and without a statement: every merge asks, and most customers have none. */
#define PENDING "org_id, customer_id", .where = "status = 'p'::\"char\""
static LoyaltyQuery pending_of_customer = LOYALTY_FIND(request_layout, PENDING);
static LoyaltyQuery pending_seen = LOYALTY_FIND_SEEN(request_layout, PENDING);

static LoyaltyQuery claim_insert = LOYALTY_STATEMENT(
	"INSERT INTO loyalty_data.change_request_claim (org_id, claim_digest, customer_id, request_id)"
	" VALUES ($1, $2, $3, $4) ON CONFLICT DO NOTHING",
	INT4OID, UUIDOID, INT8OID, INT8OID);

static LoyaltyQuery claim_find = LOYALTY_STATEMENT(
	"SELECT c.request_id FROM loyalty_data.change_request_claim c WHERE c.org_id = $1 AND c.claim_digest = $2",
	INT4OID, UUIDOID);

static LoyaltyQuery claim_delete = LOYALTY_STATEMENT(
	"DELETE FROM loyalty_data.change_request_claim WHERE org_id = $1 AND claim_digest = $2 AND request_id = $3",
	INT4OID, UUIDOID, INT8OID);

static LoyaltyQuery repeat_insert = LOYALTY_STATEMENT(
	"INSERT INTO loyalty_data.change_request_repeat (org_id, idempotency_digest, customer_id, request_id, request_digest)"
	" VALUES ($1, $2, $3, $4, $5) ON CONFLICT DO NOTHING",
	INT4OID, UUIDOID, INT8OID, INT8OID, INT8OID);

static LoyaltyQuery repeat_find = LOYALTY_STATEMENT(
	"SELECT r.request_digest, r.customer_id, r.request_id FROM loyalty_data.change_request_repeat r"
	" WHERE r.org_id = $1 AND r.idempotency_digest = $2",
	INT4OID, UUIDOID);

/* Words of the codes of a request, for exports. */
#define SAYS_TYPE \
	"'request_type', (SELECT q.name FROM (VALUES ('m', 'mobile'), ('e', 'email'), ('x', 'external_id')," \
	" ('a', 'account_merge'), ('n', 'mobile_reallocation'), ('g', 'goodwill_points'), ('c', 'goodwill_coupon')," \
	" ('p', 'edit_profile'), ('t', 'retro_transaction')) q (code, name) WHERE q.code = t.request_type::text)"
#define SAYS_STATUS \
	"'status', CASE t.status WHEN 'p' THEN 'pending' WHEN 'a' THEN 'approved' ELSE 'declined' END"

/* Rows of the org that name a request by its id. */
#define HELD_BY_REQUEST(table_name) \
	{ \
		.table = table_name, .shown = LOYALTY_STATEMENT_SEEN( \
								 HELD_ROW("") " loyalty_data.change_request r JOIN loyalty_data." table_name \
											  " t ON t.org_id = r.org_id AND t.request_id = r.request_id" \
											  " WHERE r.org_id = $1 AND r.customer_id = $2", \
								 INT4OID, INT8OID) \
	}

/*
 * Rows that are held: a deletion takes what requests say, and who asked and decided; that there were requests, of which types,
 * and what became of them stays under the bare id.
 */
static LoyaltyHolding holdings[] = {
	LOYALTY_HELD("change_request", SAYS_TYPE ", " SAYS_STATUS ", " SAYS_SOURCE ", " SAYS_TILL, LOYALTY_KEEPS),
	LOYALTY_HELD("change_request_content", "", LOYALTY_DELETES("change_request_content")),
	LOYALTY_HELD("change_request_log", "", LOYALTY_BLANKS("change_request_log", "actor = NULL")),
	HELD_BY_REQUEST("change_request_claim"),
	HELD_BY_REQUEST("change_request_key"),
	HELD_BY_REQUEST("change_request_repeat"),
};

const LoyaltyHoldings loyalty_request_holdings = { holdings, lengthof(holdings) };

/* Needs no lock: it never changes. */
int64
loyalty_change_request_customer(int32 org_id, int64 request_id)
{
	LoyaltyRows *rows = LOYALTY_QUERY(&key_find, loyalty_int4(org_id), loyalty_int8(request_id));

	return rows->count == 0 ? 0 : loyalty_row_int8(rows, 0, 1);
}

/* Reads as committed, and as this transaction wrote. */
bool
loyalty_change_request_read(int32 org_id, int64 customer_id, int64 request_id, ChangeRequest *request)
{
	LoyaltyRows *rows =
		LOYALTY_QUERY(&request_find, LOYALTY_CUSTOMER(org_id, customer_id), loyalty_int8(request_id));

	if (rows->count == 0)
		return false;
	*request = (ChangeRequest){ 0 };
	loyalty_row_read(rows, 0, &request_layout, request);
	return true;
}

/* Makes a parameter of a document that may be none. */
static NullableDatum
document(const Jsonb *json)
{
	return loyalty_datum(JsonbPGetDatum(json), json == NULL);
}

/* Writes three rows: the request, what it says, and where it is found. */
void
loyalty_change_request_insert(const ChangeRequest *request, const ChangeRequestContent *content)
{
	(void) loyalty_write(&request_insert, request, 1);
	LOYALTY_EXECUTE(&key_insert, LOYALTY_CUSTOMER(request->org_id, request->customer_id),
					loyalty_int8(request->request_id));
	LOYALTY_EXECUTE(&content_insert, LOYALTY_CUSTOMER(request->org_id, request->customer_id),
					loyalty_int8(request->request_id), loyalty_text(content->old_value),
					loyalty_text(content->new_value), document(content->payload),
					document(content->relied_on),
					loyalty_datum(content->warnings, content->warnings == (Datum) 0),
					loyalty_text(content->reason), loyalty_text(content->actor));
}

/* Replaces the row of the same key. */
void
loyalty_change_request_update(const ChangeRequest *request)
{
	(void) loyalty_write(&request_update, request, 1);
}

/* Copies a document out of a row; NULL for a null. */
static Jsonb *
row_document(LoyaltyRows *rows, int column)
{
	bool isnull;
	Datum value = loyalty_row_datum(rows, 0, column, &isnull);

	return isnull ? NULL : DatumGetJsonbPCopy(value);
}

/* Reads the columns in the order of the statement. */
void
loyalty_change_request_content(const ChangeRequest *request, ChangeRequestContent *content)
{
	LoyaltyRows *rows = LOYALTY_QUERY(&content_find, LOYALTY_CUSTOMER(request->org_id, request->customer_id),
									  loyalty_int8(request->request_id));
	bool isnull;

	*content = (ChangeRequestContent){ 0 };
	if (rows->count == 0)
		return;
	content->old_value = loyalty_row_text_or_null(rows, 0, 1);
	content->new_value = loyalty_row_text_or_null(rows, 0, 2);
	content->payload = row_document(rows, 3);
	content->relied_on = row_document(rows, 4);
	content->warnings = loyalty_row_datum(rows, 0, 5, &isnull);
	content->reason = loyalty_row_text_or_null(rows, 0, 6);
	content->actor = loyalty_row_text_or_null(rows, 0, 7);
	content->decision_reason = loyalty_row_text_or_null(rows, 0, 8);
	content->decided_actor = loyalty_row_text_or_null(rows, 0, 9);
}

/* Writes nothing where the content is gone. */
void
loyalty_change_request_decided(const ChangeRequest *request, const char *reason, const char *actor)
{
	LOYALTY_EXECUTE(&content_decided, LOYALTY_CUSTOMER(request->org_id, request->customer_id),
					loyalty_int8(request->request_id), loyalty_text(reason), loyalty_text(actor));
}

/* Goes through the group: requests name a second customer by the id that it had then. */
void
loyalty_change_requests_forget_target(int32 org_id, const LoyaltyCustomer *root)
{
	int64 *ids;
	int count = loyalty_customer_group(root, &ids);
	int i;

	for (i = 0; i < count; i++)
		LOYALTY_EXECUTE(&target_forget, LOYALTY_CUSTOMER(org_id, ids[i]));
}

/* Appends. */
void
loyalty_change_request_log(const ChangeRequest *request, RequestEvent event, int64 subject_id, TimestampTz at,
						   const char *role, const char *actor)
{
	LOYALTY_EXECUTE(&log_insert, LOYALTY_CUSTOMER(request->org_id, request->customer_id),
					loyalty_int8(request->request_id), loyalty_char((char) event),
					loyalty_int8_or_null(subject_id), loyalty_time(at), loyalty_text(role),
					loyalty_text(actor));
}

/* Asks member by member: rows stand under whom they were made for. */
int
loyalty_change_requests_pending(int32 org_id, const LoyaltyCustomer *root, ChangeRequest **requests)
{
	int64 *ids;
	int count = loyalty_customer_group(root, &ids);
	LoyaltyRows **found = palloc(sizeof(LoyaltyRows *) * count);
	int total = 0;
	int i;
	uint64 row;

	for (i = 0; i < count; i++)
	{
		found[i] = LOYALTY_QUERY(&pending_of_customer, LOYALTY_CUSTOMER(org_id, ids[i]));
		total += (int) found[i]->count;
	}
	*requests = palloc0(sizeof(ChangeRequest) * Max(total, 1));
	total = 0;
	for (i = 0; i < count; i++)
		for (row = 0; row < found[i]->count; row++)
			loyalty_row_read(found[i], row, &request_layout, &(*requests)[total++]);
	return total;
}

/* Adds up over the group. */
int64
loyalty_change_requests_waiting(int32 org_id, const LoyaltyCustomer *root, bool seen)
{
	int64 *ids;
	int count = loyalty_customer_group(root, &ids);
	int64 total = 0;
	int i;

	for (i = 0; i < count; i++)
		total += (int64) LOYALTY_QUERY(seen ? &pending_seen : &pending_of_customer,
									   LOYALTY_CUSTOMER(org_id, ids[i]))
					 ->count;
	return total;
}

/* Tells by the count whether it was free. */
bool
loyalty_change_request_claim(const ChangeRequest *request, const pg_uuid_t *digest)
{
	return LOYALTY_EXECUTE(&claim_insert, loyalty_int4(request->org_id),
						   loyalty_datum(UUIDPGetDatum(digest), false), loyalty_int8(request->customer_id),
						   loyalty_int8(request->request_id)) == 1;
}

/* Looks one up. */
int64
loyalty_change_request_claimed(int32 org_id, const pg_uuid_t *digest)
{
	LoyaltyRows *rows =
		LOYALTY_QUERY(&claim_find, loyalty_int4(org_id), loyalty_datum(UUIDPGetDatum(digest), false));

	return rows->count == 0 ? 0 : loyalty_row_int8(rows, 0, 1);
}

/* Leaves one alone that is another request's. */
void
loyalty_change_request_unclaim(int32 org_id, int64 request_id, const pg_uuid_t *digest)
{
	LOYALTY_EXECUTE(&claim_delete, loyalty_int4(org_id), loyalty_datum(UUIDPGetDatum(digest), false),
					loyalty_int8(request_id));
}

/* Fills what the repeat is compared with. */
bool
loyalty_change_request_repeat(int32 org_id, ChangeRequestRepeat *repeat)
{
	LoyaltyRows *rows = LOYALTY_QUERY(&repeat_find, loyalty_int4(org_id),
									  loyalty_datum(UUIDPGetDatum(&repeat->digest), false));

	if (rows->count == 0)
		return false;
	repeat->request_digest = loyalty_row_int8(rows, 0, 1);
	repeat->customer_id = loyalty_row_int8(rows, 0, 2);
	repeat->request_id = loyalty_row_int8(rows, 0, 3);
	return true;
}

/* Tells by the count whether it was free. */
bool
loyalty_change_request_keep_key(int32 org_id, const ChangeRequestRepeat *repeat)
{
	return LOYALTY_EXECUTE(&repeat_insert, loyalty_int4(org_id),
						   loyalty_datum(UUIDPGetDatum(&repeat->digest), false),
						   loyalty_int8(repeat->customer_id), loyalty_int8(repeat->request_id),
						   loyalty_int8(repeat->request_digest)) == 1;
}
