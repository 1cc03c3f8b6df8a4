/*
 * status_store.c: the statements on labels, their restrictions, and the statuses of customers.
 *
 * A label is reference data: a trigger on its table makes every backend read the org anew, and the guard never
 * asks these tables. The status of a customer is a column of its row, which every writing call locks and reads
 * anyway.
 *
 * Only the statements of enable_customer_status, which happens once, are about all customers of an org. It locks
 * everybody who has a fraud status, in one statement and in ascending order, then replaces each fraud status by at
 * most three statements. It takes as many locks as there are such customers; calls about them wait until it
 * commits.
 */
#include "postgres.h"

#include "catalog/pg_type.h"
#include "utils/array.h"
#include "utils/timestamp.h"

#include "common/ids.h"
#include "common/query.h"
#include "status/status_store.h"

/* Customers of one fraud status. */
#define OF_FRAUD_STATUS " WHERE c.org_id = $1 AND c.fraud_status = $2"
/* The open request for deletion of such a customer, if there is one: a unique index has one at most. */
#define OPEN_REQUEST \
	"loyalty_data.deletion_request r" \
	" WHERE r.org_id = c.org_id" \
	" AND r.customer_id = c.customer_id" \
	" AND r.decided_at IS NULL"

/* No row: the org has decided nothing yet. */
static LoyaltyQuery setting_of_org = LOYALTY_STATEMENT(
	"SELECT s.enabled_at IS NOT NULL, s.restrictions_of_all FROM loyalty_data.status_setting s"
	" WHERE s.org_id = $1",
	INT4OID);

static LoyaltyQuery labels_of_org = LOYALTY_STATEMENT(
	"SELECT l.label_id, l.status, l.is_default, l.restrictions, l.label FROM loyalty_data.status_label l"
	" WHERE l.org_id = $1 ORDER BY l.label_id",
	INT4OID);

/* A name is unique in the org, whatever the status: the conflict says that it is taken. */
static LoyaltyQuery label_insert = LOYALTY_STATEMENT(
	"INSERT INTO loyalty_data.status_label (org_id, label_id, status, label, description, is_default)"
	" VALUES ($1, $2, $3, $4, $5, $6) ON CONFLICT DO NOTHING",
	INT4OID, INT4OID, CHAROID, TEXTOID, TEXTOID, BOOLOID);

/* Asks for any label of a status. */
static LoyaltyQuery label_known =
	LOYALTY_STATEMENT("SELECT FROM loyalty_data.status_label l WHERE l.org_id = $1"
					  " AND l.status = $2 LIMIT 1",
					  INT4OID, CHAROID);

/* Two statements: a unique index checks each row as it is written, so the old default goes first. */
static LoyaltyQuery label_clear_default =
	LOYALTY_STATEMENT("UPDATE loyalty_data.status_label SET is_default = false WHERE org_id = $1"
					  " AND status = $2 AND label_id <> $3 AND is_default",
					  INT4OID, CHAROID, INT4OID);

static LoyaltyQuery label_set_default =
	LOYALTY_STATEMENT("UPDATE loyalty_data.status_label SET is_default = true WHERE org_id = $1"
					  " AND status = $2 AND label_id = $3 AND NOT is_default",
					  INT4OID, CHAROID, INT4OID);

/* Writes all labels of the org by one statement, so that none keeps a restriction that was not named. */
static LoyaltyQuery restrict_labels =
	LOYALTY_STATEMENT("UPDATE loyalty_data.status_label SET restrictions = CASE WHEN label_id = ANY ($3)"
					  " THEN restrictions | $2"
					  " ELSE restrictions & (~ $2) END"
					  " WHERE org_id = $1",
					  INT4OID, INT4OID, INT4ARRAYOID);

/* The restrictions of all labels stand apart, so that labels to come have them. */
static LoyaltyQuery restrict_all = LOYALTY_STATEMENT(
	"INSERT INTO loyalty_data.status_setting AS s (org_id, restrictions_of_all)"
	" VALUES ($1, CASE WHEN $3 THEN $2 ELSE 0 END) ON CONFLICT (org_id) DO UPDATE SET restrictions_of_all ="
	" CASE WHEN $3 THEN s.restrictions_of_all | $2"
	" ELSE s.restrictions_of_all & (~ $2) END",
	INT4OID, INT4OID, BOOLOID);

static LoyaltyQuery change_insert = LOYALTY_STATEMENT(
	"INSERT INTO loyalty_data.customer_status_change (org_id, customer_id, change_id, changed_at, label_id,"
	" previous_label_id, fraud_status, previous_fraud_status, reason, actor)"
	" VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)",
	INT4OID, INT8OID, INT8OID, TIMESTAMPTZOID, INT4OID, INT4OID, CHAROID, CHAROID, TEXTOID, TEXTOID);

static LoyaltyQuery set_label = LOYALTY_STATEMENT("UPDATE loyalty_data.customer SET status_label_id = $3"
												  " WHERE org_id = $1 AND customer_id = $2",
												  INT4OID, INT8OID, INT4OID);

static LoyaltyQuery set_fraud_status = LOYALTY_STATEMENT("UPDATE loyalty_data.customer SET fraud_status = $3"
														 " WHERE org_id = $1 AND customer_id = $2",
														 INT4OID, INT8OID, CHAROID);

/* A share of the lock that changes of reference data take: holders do not wait for each other. */
static LoyaltyQuery request_hold =
	LOYALTY_STATEMENT("SELECT FROM loyalty_data.org o WHERE o.org_id = $1 FOR SHARE", INT4OID);

static LoyaltyQuery org_enable =
	LOYALTY_STATEMENT("INSERT INTO loyalty_data.status_setting AS s (org_id, enabled_at) VALUES ($1, $2)"
					  " ON CONFLICT (org_id) DO UPDATE SET enabled_at = EXCLUDED.enabled_at",
					  INT4OID, TIMESTAMPTZOID);

/* Locks in the order of ids inside, and tells apart outside: DISTINCT and a lock cannot stand in one query. */
static LoyaltyQuery fraud_lock = LOYALTY_STATEMENT(
	"SELECT DISTINCT l.fraud_status FROM (SELECT c.fraud_status FROM loyalty_data.customer c"
	" WHERE c.org_id = $1 AND c.fraud_status IS NOT NULL"
	" ORDER BY c.customer_id FOR NO KEY UPDATE) l",
	INT4OID);

/* History of those who get the label now; each row draws an id of its own. */
static LoyaltyQuery fraud_changes = LOYALTY_STATEMENT(
	"INSERT INTO loyalty_data.customer_status_change (org_id, customer_id, change_id, changed_at, label_id,"
	" previous_label_id, previous_fraud_status, reason, actor)"
	" SELECT c.org_id, c.customer_id, loyalty_data.next_id(), $5, $3, c.status_label_id, c.fraud_status,"
	" 'enable_customer_status', $4 FROM loyalty_data.customer c" OF_FRAUD_STATUS
	" AND NOT EXISTS (SELECT FROM " OPEN_REQUEST ")",
	INT4OID, CHAROID, INT4OID, TEXTOID, TIMESTAMPTZOID);

/* Open requests remember the label instead, which declining gives back. */
static LoyaltyQuery fraud_requests = LOYALTY_STATEMENT(
	"UPDATE loyalty_data.deletion_request r SET former_label_id = $3 FROM loyalty_data.customer c" OF_FRAUD_STATUS
	" AND r.org_id = c.org_id AND r.customer_id = c.customer_id"
	" AND r.decided_at IS NULL",
	INT4OID, CHAROID, INT4OID);

/* The fraud status goes in any case; the label comes where one takes its place and no request is open. */
static LoyaltyQuery fraud_replace = LOYALTY_STATEMENT(
	"UPDATE loyalty_data.customer c SET fraud_status = NULL, status_label_id = CASE WHEN $3 IS NULL"
	" OR EXISTS (SELECT FROM " OPEN_REQUEST ") THEN c.status_label_id ELSE $3 END" OF_FRAUD_STATUS,
	INT4OID, CHAROID, INT4OID);

/* Roles that may call the function that sets statuses may set them by a registration: there is no second list of roles. */
static LoyaltyQuery label_allowed =
	LOYALTY_STATEMENT("SELECT has_function_privilege($1, 'loyalty.set_customer_status(text,"
					  " int8, text, text, text, uuid)', 'EXECUTE')",
					  OIDOID);

/* Labels, words and restrictions as the guard has them: they come as parameters from the cache. */
static LoyaltyQuery status_section = LOYALTY_STATEMENT_SEEN(
	"SELECT jsonb_build_object('status', jsonb_build_object('status',"
	" loyalty_data.status_word($3), 'label', $4, 'restrictions', to_jsonb($5),"
	" 'fraud_status', CASE WHEN NOT $6 THEN COALESCE(loyalty_data.fraud_status_word($7), 'not_fraud') END,"
	" 'since', (SELECT max(h.changed_at) FROM loyalty_data.customer_status_change h"
	" WHERE h.org_id = $1 AND h.customer_id = $2),"
	" 'deletion_requested_at', (SELECT r.requested_at FROM loyalty_data.deletion_request r"
	" WHERE r.org_id = $1 AND r.customer_id = $2"
	" AND r.decided_at IS NULL)))",
	INT4OID, INT8OID, CHAROID, TEXTOID, TEXTARRAYOID, BOOLOID, CHAROID);

/* A label of a customer's history, by a column of ids. */
#define LABEL_WORD(key, column) \
	"'" key \
	"', COALESCE((SELECT q.label FROM loyalty_data.status_label q WHERE q.org_id = t.org_id AND q.label_id" \
	" = t." column "), 'active')"

/* Rows that are held: the status today, and its history and requests for deletion, of which the free texts are erased. */
static LoyaltyHolding holdings[] = {
	{ .table = "status_label",
	  .shown = LOYALTY_STATEMENT_SEEN(
		  "SELECT jsonb_build_object('customer_id', t.customer_id, 'status', COALESCE(loyalty_data.status_word(q.status),"
		  " 'active'), 'label', COALESCE(q.label, 'active'), 'fraud_status',"
		  " loyalty_data.fraud_status_word(t.fraud_status)) FROM loyalty_data.customer t LEFT JOIN"
		  " loyalty_data.status_label q ON q.org_id = t.org_id AND q.label_id = t.status_label_id"
		  " WHERE t.org_id = $1 AND t.customer_id = $2",
		  INT4OID, INT8OID) },
	LOYALTY_HELD(
		"customer_status_change",
		LABEL_WORD("label", "label_id") ", " LABEL_WORD(
			"previous_label",
			"previous_label_id") ","
								 " 'fraud_status', loyalty_data.fraud_status_word(t.fraud_status), 'previous_fraud_status',"
								 " loyalty_data.fraud_status_word(t.previous_fraud_status)",
		LOYALTY_BLANKS("customer_status_change", "reason = NULL, actor = NULL")),
	LOYALTY_HELD("deletion_request",
				 LABEL_WORD("former_label",
							"former_label_id") ", 'decision', CASE t.decision WHEN 'a' THEN 'approved'"
											   " WHEN 'd' THEN 'declined' ELSE 'open' END, " SAYS_SOURCE
											   ", " SAYS_TILL,
				 LOYALTY_BLANKS("deletion_request",
								"reason = NULL, actor = NULL, decision_reason = NULL, decided_actor = NULL")),
	{ .table = "deletion_request_key",
	  .shown = LOYALTY_STATEMENT_SEEN(
		  HELD_ROW(
			  "") " loyalty_data.deletion_request r JOIN loyalty_data.deletion_request_key t ON t.org_id = r.org_id"
				  " AND t.request_id = r.request_id WHERE r.org_id = $1 AND r.customer_id = $2",
		  INT4OID, INT8OID) },
};

const LoyaltyHoldings loyalty_status_holdings = { holdings, lengthof(holdings) };

/*
 * Runs a statement about the org under a snapshot taken now: an org that is read from an older one would stay
 * in the cache.
 */
static LoyaltyRows *
load(LoyaltyQuery *query, int32 org_id)
{
	return loyalty_query_latest(query, LOYALTY_GIVEN(loyalty_int4(org_id)));
}

/*
 * Computes once for each label what is in force, so that the guard needs no rule. All is allocated in the
 * caller's context, which is that of the cached org; the rows are freed, for the context lives long.
 */
const LoyaltyStatusLabels *
loyalty_status_load(int32 org_id)
{
	LoyaltyStatusLabels *loaded = palloc0(sizeof(LoyaltyStatusLabels));
	LoyaltyRows *rows = load(&setting_of_org, org_id);
	int i;

	if (rows->count > 0)
	{
		loaded->enabled = loyalty_row_bool(rows, 0, 1);
		loaded->of_all = (uint32) loyalty_row_int4(rows, 0, 2);
	}
	loyalty_rows_free(rows);
	rows = load(&labels_of_org, org_id);
	loaded->count = (int) rows->count;
	loaded->labels = palloc0(sizeof(LoyaltyStatusLabel) * Max(loaded->count, 1));
	for (i = 0; i < loaded->count; i++)
	{
		LoyaltyStatusLabel *label = &loaded->labels[i];

		label->label_id = loyalty_row_int4(rows, i, 1);
		label->status = (CustomerStatus) loyalty_row_char(rows, i, 2);
		label->is_default = loyalty_row_bool(rows, i, 3);
		label->own = (uint32) loyalty_row_int4(rows, i, 4);
		label->label = loyalty_row_text(rows, i, 5);
		label->restrictions =
			loyalty_label_restrictions(label->label, label->status, label->own, loaded->of_all);
	}
	loyalty_rows_free(rows);
	return loaded;
}

/* Tells whether the org has any label of a status. */
static bool
has_label(int32 org_id, CustomerStatus status)
{
	return LOYALTY_EXECUTE(&label_known, loyalty_int4(org_id), loyalty_char((char) status)) > 0;
}

/* Makes the first label of a status its default one. The org is locked: no two are the first. */
bool
loyalty_label_insert(int32 org_id, int32 label_id, CustomerStatus status, const char *label,
					 const char *description)
{
	bool is_first = !has_label(org_id, status);

	return LOYALTY_EXECUTE(&label_insert, loyalty_int4(org_id), loyalty_int4(label_id),
						   loyalty_char((char) status), loyalty_text(label), loyalty_text(description),
						   loyalty_bool(is_first)) == 1;
}

/* Writes nothing where the label is the default already. */
void
loyalty_label_set_default(int32 org_id, CustomerStatus status, int32 label_id)
{
	LoyaltyParams params =
		LOYALTY_PARAMS(loyalty_int4(org_id), loyalty_char((char) status), loyalty_int4(label_id));

	loyalty_execute(&label_clear_default, &params);
	loyalty_execute(&label_set_default, &params);
}

/* Writes a restriction to the labels' rows and to the org's setting, which is made where it is absent. */
void
loyalty_restriction_set(int32 org_id, uint32 restriction, const int32 *label_ids, int count, bool of_all)
{
	LoyaltyParams labels = { 0 };
	LoyaltyParams setting = { 0 };
	Datum *ids = palloc(sizeof(Datum) * Max(count, 1));
	int i;

	for (i = 0; i < count; i++)
		ids[i] = Int32GetDatum(label_ids[i]);
	loyalty_param(&labels, loyalty_int4(org_id));
	loyalty_param(&labels, loyalty_int4((int32) restriction));
	loyalty_param(&labels, loyalty_datum(PointerGetDatum(construct_array(ids, count, INT4OID, sizeof(int32),
																		 true, TYPALIGN_INT)),
										 false));
	loyalty_execute(&restrict_labels, &labels);
	loyalty_param(&setting, loyalty_int4(org_id));
	loyalty_param(&setting, loyalty_int4((int32) restriction));
	loyalty_param(&setting, loyalty_bool(of_all));
	loyalty_execute(&restrict_all, &setting);
}

/* Adds a code, NULL where it is 0. */
static void
param_char_or_null(LoyaltyParams *params, char value)
{
	loyalty_param(params, loyalty_datum(CharGetDatum(value), value == 0));
}

/* Adds a row and returns its id; history is never changed but for the texts that a deletion takes out. */
int64
loyalty_status_change_insert(int32 org_id, int64 customer_id, const StatusChange *change,
							 TimestampTz changed_at)
{
	int64 change_id = loyalty_next_id();
	LoyaltyParams params = LOYALTY_PARAMS(LOYALTY_CUSTOMER(org_id, customer_id), loyalty_int8(change_id),
										  loyalty_time(changed_at), loyalty_int4_or_null(change->label_id),
										  loyalty_int4_or_null(change->previous_label_id));

	param_char_or_null(&params, change->fraud_status);
	param_char_or_null(&params, change->previous_fraud_status);
	loyalty_param(&params, loyalty_text(change->reason));
	loyalty_param(&params, loyalty_text(change->actor));
	loyalty_execute(&change_insert, &params);
	return change_id;
}

/* Writes NULL for the built-in label, which has no row. */
void
loyalty_customer_set_label(int32 org_id, int64 customer_id, int32 label_id)
{
	LOYALTY_EXECUTE(&set_label, LOYALTY_CUSTOMER(org_id, customer_id), loyalty_int4_or_null(label_id));
}

/* Writes the code; a fraud status is taken away by enable_customer_status alone. */
void
loyalty_customer_set_fraud_status(int32 org_id, int64 customer_id, char fraud_status)
{
	LOYALTY_EXECUTE(&set_fraud_status, LOYALTY_CUSTOMER(org_id, customer_id), loyalty_char(fraud_status));
}

/* Locks the org's row for a share. */
void
loyalty_status_hold(int32 org_id)
{
	LOYALTY_EXECUTE(&request_hold, loyalty_int4(org_id));
}

/* Keeps the restrictions that the setting may have already: they can be prepared before. */
void
loyalty_status_enable(int32 org_id, TimestampTz enabled_at)
{
	LOYALTY_EXECUTE(&org_enable, loyalty_int4(org_id), loyalty_time(enabled_at));
}

/* Returns one of each fraud status, at most five. */
void
loyalty_fraud_statuses_lock(int32 org_id, FraudStatuses *used)
{
	uint64 i;
	LoyaltyRows *rows = LOYALTY_QUERY(&fraud_lock, loyalty_int4(org_id));

	for (i = 0; i < rows->count; i++)
		LOYALTY_APPEND(*used, loyalty_row_char(rows, i, 1));
}

/* Writes history and requests first, which read the fraud status that the last statement takes away. */
uint64
loyalty_fraud_status_replace(int32 org_id, char fraud_status, int32 label_id, const char *actor,
							 TimestampTz now)
{
	LoyaltyParams history = { 0 };
	LoyaltyParams params =
		LOYALTY_PARAMS(loyalty_int4(org_id), loyalty_char(fraud_status), loyalty_int4_or_null(label_id));

	history = params;
	loyalty_param(&history, loyalty_text(actor));
	loyalty_param(&history, loyalty_time(now));
	if (label_id != 0)
	{
		loyalty_execute(&fraud_changes, &history);
		loyalty_execute(&fraud_requests, &params);
	}
	return loyalty_execute(&fraud_replace, &params);
}

/* Asks PostgreSQL for the role, which is the caller and not the owner. */
bool
loyalty_status_may_set(Oid role)
{
	LoyaltyRows *rows = LOYALTY_QUERY(&label_allowed, loyalty_datum(ObjectIdGetDatum(role), false));

	return loyalty_row_bool(rows, 0, 1);
}

/* Leaves the fraud status out of the section where the org uses the customer status. */
Datum
loyalty_status_section(int32 org_id, const LoyaltyCustomer *customer, const LoyaltyStatusLabel *label,
					   Datum restrictions, bool enabled)
{
	bool isnull;
	LoyaltyRows *rows;
	LoyaltyParams params =
		LOYALTY_PARAMS(LOYALTY_CUSTOMER(org_id, customer->customer_id), loyalty_char((char) label->status),
					   loyalty_text(label->label), loyalty_datum(restrictions, false), loyalty_bool(enabled));

	param_char_or_null(&params, customer->fraud_status);
	rows = loyalty_query(&status_section, &params);
	return loyalty_row_datum(rows, 0, 1, &isnull);
}
