/*
 * status_store.c: the statements on labels, their restrictions, and the statuses of customers.
 */
#include "postgres.h"

#include "catalog/pg_type.h"
#include "utils/array.h"
#include "utils/timestamp.h"

#include "common/ids.h"
#include "common/query.h"
#include "status/status_store.h"

typedef enum StatusQueryId
{
	Q_SETTING,
	Q_LABELS,
	Q_LABEL_INSERT,
	Q_LABEL_CLEAR_DEFAULT,
	Q_LABEL_SET_DEFAULT,
	Q_RESTRICT_LABELS,
	Q_RESTRICT_ALL,
	Q_CHANGE_INSERT,
	Q_SET_LABEL,
	Q_SET_FRAUD_STATUS,
	Q_HOLD,
	Q_ENABLE,
	Q_FRAUD_LOCK,
	Q_FRAUD_CHANGES,
	Q_FRAUD_REQUESTS,
	Q_FRAUD_REPLACE,
	Q_MAY_SET,
	Q_SECTION,
	Q_ERASE_HISTORY,
	Q_ERASE_REQUESTS,
	Q_COUNT
} StatusQueryId;

/* Customers of one fraud status; their open request for deletion, if there is one. */
#define OF_FRAUD_STATUS " WHERE c.org_id = $1 AND c.fraud_status = $2"
#define OPEN_REQUEST \
	"loyalty_data.deletion_request r" \
	" WHERE r.org_id = c.org_id" \
	" AND r.customer_id = c.customer_id" \
	" AND r.decided_at IS NULL"

static const LoyaltyQuery queries[] = {
	[Q_SETTING] = {
		.sql = "SELECT s.enabled_at IS NOT NULL, s.restrictions_of_all FROM loyalty_data.status_setting s"
		" WHERE s.org_id = $1",
		.nargs = 1, .argtypes = { INT4OID }, .expect = SPI_OK_SELECT,
	},
	[Q_LABELS] = {
		.sql = "SELECT l.label_id, l.status, l.is_default, l.restrictions, l.label FROM loyalty_data.status_label l"
		" WHERE l.org_id = $1 ORDER BY l.label_id",
		.nargs = 1, .argtypes = { INT4OID }, .expect = SPI_OK_SELECT,
	},
	[Q_LABEL_INSERT] = {
		.sql = "INSERT INTO loyalty_data.status_label (org_id, label_id, status, label, description, is_default)"
		" SELECT $1, $2, $3, $4, $5, NOT EXISTS (SELECT FROM loyalty_data.status_label l"
		" WHERE l.org_id = $1 AND l.status = $3) ON CONFLICT DO NOTHING",
		.nargs = 5, .argtypes = { INT4OID, INT4OID, CHAROID, TEXTOID, TEXTOID }, .expect = SPI_OK_INSERT,
	},
	/* Two statements: a unique index checks each row as it is written, so the old default goes first. */
	[Q_LABEL_CLEAR_DEFAULT] = {
		.sql = "UPDATE loyalty_data.status_label SET is_default = false WHERE org_id = $1"
		" AND status = $2 AND label_id <> $3 AND is_default",
		.nargs = 3, .argtypes = { INT4OID, CHAROID, INT4OID }, .expect = SPI_OK_UPDATE,
	},
	[Q_LABEL_SET_DEFAULT] = {
		.sql = "UPDATE loyalty_data.status_label SET is_default = true WHERE org_id = $1"
		" AND status = $2 AND label_id = $3 AND NOT is_default",
		.nargs = 3, .argtypes = { INT4OID, CHAROID, INT4OID }, .expect = SPI_OK_UPDATE,
	},
	[Q_RESTRICT_LABELS] = {
		.sql = "UPDATE loyalty_data.status_label SET restrictions = CASE WHEN label_id = ANY ($3)"
		" THEN restrictions | $2"
		" ELSE restrictions & (~ $2) END"
		" WHERE org_id = $1",
		.nargs = 3, .argtypes = { INT4OID, INT4OID, INT4ARRAYOID }, .expect = SPI_OK_UPDATE,
	},
	[Q_RESTRICT_ALL] = {
		.sql = "INSERT INTO loyalty_data.status_setting AS s (org_id, restrictions_of_all)"
		" VALUES ($1, CASE WHEN $3 THEN $2 ELSE 0 END) ON CONFLICT (org_id) DO UPDATE SET restrictions_of_all ="
		" CASE WHEN $3 THEN s.restrictions_of_all | $2"
		" ELSE s.restrictions_of_all & (~ $2) END",
		.nargs = 3, .argtypes = { INT4OID, INT4OID, BOOLOID }, .expect = SPI_OK_INSERT,
	},
	[Q_CHANGE_INSERT] = {
		.sql = "INSERT INTO loyalty_data.customer_status_change (org_id, customer_id, change_id, changed_at, label_id,"
		" previous_label_id, fraud_status, previous_fraud_status, reason, actor)"
		" VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)",
		.nargs = 10, .argtypes = { INT4OID, INT8OID, INT8OID, TIMESTAMPTZOID, INT4OID, INT4OID, CHAROID, CHAROID,
								   TEXTOID, TEXTOID },
		.expect = SPI_OK_INSERT,
	},
	[Q_SET_LABEL] = {
		.sql = "UPDATE loyalty_data.customer SET status_label_id = $3"
		" WHERE org_id = $1 AND customer_id = $2",
		.nargs = 3, .argtypes = { INT4OID, INT8OID, INT4OID }, .expect = SPI_OK_UPDATE,
	},
	[Q_SET_FRAUD_STATUS] = {
		.sql = "UPDATE loyalty_data.customer SET fraud_status = $3"
		" WHERE org_id = $1 AND customer_id = $2",
		.nargs = 3, .argtypes = { INT4OID, INT8OID, CHAROID }, .expect = SPI_OK_UPDATE,
	},
	[Q_HOLD] = {
		.sql = "SELECT FROM loyalty_data.org o WHERE o.org_id = $1 FOR SHARE",
		.nargs = 1, .argtypes = { INT4OID }, .expect = SPI_OK_SELECT,
	},
	[Q_ENABLE] = {
		.sql = "INSERT INTO loyalty_data.status_setting AS s (org_id, enabled_at) VALUES ($1, $2)"
		" ON CONFLICT (org_id) DO UPDATE SET enabled_at = EXCLUDED.enabled_at",
		.nargs = 2, .argtypes = { INT4OID, TIMESTAMPTZOID }, .expect = SPI_OK_INSERT,
	},
	[Q_FRAUD_LOCK] = {
		.sql = "SELECT DISTINCT l.fraud_status FROM (SELECT c.fraud_status FROM loyalty_data.customer c"
		" WHERE c.org_id = $1 AND c.fraud_status IS NOT NULL"
		" ORDER BY c.customer_id FOR NO KEY UPDATE) l",
		.nargs = 1, .argtypes = { INT4OID }, .expect = SPI_OK_SELECT,
	},
	[Q_FRAUD_CHANGES] = {
		.sql = "INSERT INTO loyalty_data.customer_status_change (org_id, customer_id, change_id, changed_at, label_id,"
		" previous_label_id, previous_fraud_status, reason, actor)"
		" SELECT c.org_id, c.customer_id, loyalty_data.next_id(), $5, $3, c.status_label_id, c.fraud_status,"
		" 'enable_customer_status', $4 FROM loyalty_data.customer c" OF_FRAUD_STATUS
		" AND NOT EXISTS (SELECT FROM " OPEN_REQUEST ")",
		.nargs = 5, .argtypes = { INT4OID, CHAROID, INT4OID, TEXTOID, TIMESTAMPTZOID }, .expect = SPI_OK_INSERT,
	},
	[Q_FRAUD_REQUESTS] = {
		.sql = "UPDATE loyalty_data.deletion_request r SET former_label_id = $3 FROM loyalty_data.customer c" OF_FRAUD_STATUS
		" AND r.org_id = c.org_id AND r.customer_id = c.customer_id"
		" AND r.decided_at IS NULL",
		.nargs = 3, .argtypes = { INT4OID, CHAROID, INT4OID }, .expect = SPI_OK_UPDATE,
	},
	[Q_FRAUD_REPLACE] = {
		.sql = "UPDATE loyalty_data.customer c SET fraud_status = NULL, status_label_id = CASE WHEN $3 IS NULL"
		" OR EXISTS (SELECT FROM " OPEN_REQUEST ") THEN c.status_label_id ELSE $3 END" OF_FRAUD_STATUS,
		.nargs = 3, .argtypes = { INT4OID, CHAROID, INT4OID }, .expect = SPI_OK_UPDATE,
	},
	[Q_MAY_SET] = {
		.sql = "SELECT has_function_privilege($1, 'loyalty.set_customer_status(text,"
		" int8, text, text, text)', 'EXECUTE')",
		.nargs = 1, .argtypes = { OIDOID }, .expect = SPI_OK_SELECT,
	},
	[Q_SECTION] = {
		.sql = "SELECT jsonb_build_object('status', jsonb_build_object('status',"
		" loyalty_data.status_word($3), 'label', $4, 'restrictions', loyalty_data.label_restriction_list($4, $3, $5, 0),"
		" 'fraud_status', CASE WHEN NOT $6 THEN COALESCE(loyalty_data.fraud_status_word($7), 'not_fraud') END,"
		" 'since', (SELECT max(h.changed_at) FROM loyalty_data.customer_status_change h"
		" WHERE h.org_id = $1 AND h.customer_id = $2),"
		" 'deletion_requested_at', (SELECT r.requested_at FROM loyalty_data.deletion_request r"
		" WHERE r.org_id = $1 AND r.customer_id = $2"
		" AND r.decided_at IS NULL)))",
		.nargs = 7, .argtypes = { INT4OID, INT8OID, CHAROID, TEXTOID, INT4OID, BOOLOID, CHAROID },
		.expect = SPI_OK_SELECT, .read_only = true,
	},
	[Q_ERASE_HISTORY] = {
		.sql = "UPDATE loyalty_data.customer_status_change SET reason = NULL, actor = NULL"
		" WHERE org_id = $1 AND customer_id = ANY ($2)",
		.nargs = 2, .argtypes = { INT4OID, INT8ARRAYOID }, .expect = SPI_OK_UPDATE,
	},
	[Q_ERASE_REQUESTS] = {
		.sql = "UPDATE loyalty_data.deletion_request SET reason = NULL"
		" WHERE org_id = $1 AND customer_id = ANY ($2)",
		.nargs = 2, .argtypes = { INT4OID, INT8ARRAYOID }, .expect = SPI_OK_UPDATE,
	},
};
StaticAssertDecl(lengthof(queries) == Q_COUNT, "queries[] is out of step with StatusQueryId");

static LoyaltyPlan plans[Q_COUNT];

static uint64
run(StatusQueryId id, LoyaltyParams *params)
{
	return loyalty_query(&queries[id], &plans[id], params);
}

static uint64
load(StatusQueryId id, int32 org_id)
{
	LoyaltyParams params = { 0 };

	loyalty_param_int4(&params, org_id);
	return loyalty_query_latest(&queries[id], &plans[id], &params);
}

const LoyaltyStatusLabels *
loyalty_status_load(int32 org_id)
{
	LoyaltyStatusLabels *loaded = palloc0(sizeof(LoyaltyStatusLabels));
	int i;

	if (load(Q_SETTING, org_id) > 0)
	{
		loaded->enabled = loyalty_row_bool(0, 1);
		loaded->of_all = (uint32) loyalty_row_int4(0, 2);
	}
	loaded->count = (int) load(Q_LABELS, org_id);
	loaded->labels = palloc0(sizeof(LoyaltyStatusLabel) * Max(loaded->count, 1));
	for (i = 0; i < loaded->count; i++)
	{
		LoyaltyStatusLabel *label = &loaded->labels[i];

		label->label_id = loyalty_row_int4(i, 1);
		label->status = (CustomerStatus) loyalty_row_char(i, 2);
		label->is_default = loyalty_row_bool(i, 3);
		label->own = (uint32) loyalty_row_int4(i, 4);
		label->label = loyalty_row_text(i, 5);
		label->restrictions =
			loyalty_label_restrictions(label->label, label->status, label->own, loaded->of_all);
	}
	return loaded;
}

bool
loyalty_label_insert(int32 org_id, int32 label_id, CustomerStatus status, const char *label,
					 const char *description)
{
	LoyaltyParams params = { 0 };

	loyalty_param_int4(&params, org_id);
	loyalty_param_int4(&params, label_id);
	loyalty_param_char(&params, (char) status);
	loyalty_param_text(&params, label);
	loyalty_param_text(&params, description);
	return run(Q_LABEL_INSERT, &params) == 1;
}

void
loyalty_label_set_default(int32 org_id, CustomerStatus status, int32 label_id)
{
	LoyaltyParams params = { 0 };

	loyalty_param_int4(&params, org_id);
	loyalty_param_char(&params, (char) status);
	loyalty_param_int4(&params, label_id);
	run(Q_LABEL_CLEAR_DEFAULT, &params);
	run(Q_LABEL_SET_DEFAULT, &params);
}

void
loyalty_restriction_set(int32 org_id, uint32 restriction, const int32 *label_ids, int count, bool of_all)
{
	LoyaltyParams labels = { 0 };
	LoyaltyParams setting = { 0 };
	Datum *ids = palloc(sizeof(Datum) * Max(count, 1));
	int i;

	for (i = 0; i < count; i++)
		ids[i] = Int32GetDatum(label_ids[i]);
	loyalty_param_int4(&labels, org_id);
	loyalty_param_int4(&labels, (int32) restriction);
	loyalty_param(&labels,
				  PointerGetDatum(construct_array(ids, count, INT4OID, sizeof(int32), true, TYPALIGN_INT)),
				  false);
	run(Q_RESTRICT_LABELS, &labels);
	loyalty_param_int4(&setting, org_id);
	loyalty_param_int4(&setting, (int32) restriction);
	loyalty_param_bool(&setting, of_all);
	run(Q_RESTRICT_ALL, &setting);
}

static void
param_char_or_null(LoyaltyParams *params, char value)
{
	loyalty_param(params, CharGetDatum(value), value == 0);
}

void
loyalty_status_change_insert(int32 org_id, int64 customer_id, const StatusChange *change,
							 TimestampTz changed_at)
{
	LoyaltyParams params = { 0 };

	loyalty_param_int4(&params, org_id);
	loyalty_param_int8(&params, customer_id);
	loyalty_param_int8(&params, loyalty_next_id());
	loyalty_param_time(&params, changed_at);
	loyalty_param_int4_or_null(&params, change->label_id);
	loyalty_param_int4_or_null(&params, change->previous_label_id);
	param_char_or_null(&params, change->fraud_status);
	param_char_or_null(&params, change->previous_fraud_status);
	loyalty_param_text(&params, change->reason);
	loyalty_param_text(&params, change->actor);
	run(Q_CHANGE_INSERT, &params);
}

void
loyalty_customer_set_label(int32 org_id, int64 customer_id, int32 label_id)
{
	LoyaltyParams params = { 0 };

	loyalty_param_int4(&params, org_id);
	loyalty_param_int8(&params, customer_id);
	loyalty_param_int4_or_null(&params, label_id);
	run(Q_SET_LABEL, &params);
}

void
loyalty_customer_set_fraud_status(int32 org_id, int64 customer_id, char fraud_status)
{
	LoyaltyParams params = { 0 };

	loyalty_param_int4(&params, org_id);
	loyalty_param_int8(&params, customer_id);
	loyalty_param_char(&params, fraud_status);
	run(Q_SET_FRAUD_STATUS, &params);
}

void
loyalty_status_hold(int32 org_id)
{
	LoyaltyParams params = { 0 };

	loyalty_param_int4(&params, org_id);
	run(Q_HOLD, &params);
}

void
loyalty_status_enable(int32 org_id, TimestampTz enabled_at)
{
	LoyaltyParams params = { 0 };

	loyalty_param_int4(&params, org_id);
	loyalty_param_time(&params, enabled_at);
	run(Q_ENABLE, &params);
}

void
loyalty_fraud_statuses_lock(int32 org_id, FraudStatuses *used)
{
	LoyaltyParams params = { 0 };
	uint64 rows;
	uint64 i;

	loyalty_param_int4(&params, org_id);
	rows = run(Q_FRAUD_LOCK, &params);
	for (i = 0; i < rows; i++)
		LOYALTY_APPEND(*used, loyalty_row_char(i, 1));
}

uint64
loyalty_fraud_status_replace(int32 org_id, char fraud_status, int32 label_id, const char *actor,
							 TimestampTz now)
{
	LoyaltyParams params = { 0 };
	LoyaltyParams history = { 0 };

	loyalty_param_int4(&params, org_id);
	loyalty_param_char(&params, fraud_status);
	loyalty_param_int4_or_null(&params, label_id);
	history = params;
	loyalty_param_text(&history, actor);
	loyalty_param_time(&history, now);
	if (label_id != 0)
	{
		run(Q_FRAUD_CHANGES, &history);
		run(Q_FRAUD_REQUESTS, &params);
	}
	return run(Q_FRAUD_REPLACE, &params);
}

bool
loyalty_status_may_set(Oid role)
{
	LoyaltyParams params = { 0 };

	loyalty_param(&params, ObjectIdGetDatum(role), false);
	run(Q_MAY_SET, &params);
	return loyalty_row_bool(0, 1);
}

Datum
loyalty_status_section(int32 org_id, const LoyaltyCustomer *customer, const LoyaltyStatusLabel *label,
					   bool enabled)
{
	LoyaltyParams params = { 0 };
	bool isnull;

	loyalty_param_int4(&params, org_id);
	loyalty_param_int8(&params, customer->customer_id);
	loyalty_param_char(&params, (char) label->status);
	loyalty_param_text(&params, label->label);
	loyalty_param_int4(&params, (int32) label->restrictions);
	loyalty_param_bool(&params, enabled);
	param_char_or_null(&params, customer->fraud_status);
	run(Q_SECTION, &params);
	return loyalty_row_datum(0, 1, &isnull);
}

void
loyalty_status_texts_erase(int32 org_id, const LoyaltyCustomer *root)
{
	LoyaltyParams params = { 0 };

	loyalty_param_int4(&params, org_id);
	loyalty_param_group(&params, root);
	run(Q_ERASE_HISTORY, &params);
	run(Q_ERASE_REQUESTS, &params);
}
