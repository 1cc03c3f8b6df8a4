/*
 * retention_store.c: the statements on what is kept for a time. What is old is found by BRIN indexes of the times at which rows were
 * written: they cost a new row next to nothing, and old rows lie together. No order is asked for, as some of the old ones are as
 * good as others.
 */
#include "postgres.h"

#include "catalog/pg_type.h"

#include "customer/ndnc_store.h"
#include "message/inbox/retention_store.h"

static LoyaltyQuery retention_store = LOYALTY_STATEMENT(
	"INSERT INTO loyalty_data.retention AS r (org_id, what, days) VALUES ($1, $2, $3)"
	" ON CONFLICT (org_id, what) DO UPDATE SET days = EXCLUDED.days WHERE r.days <> EXCLUDED.days",
	INT4OID, TEXTOID, INT4OID);

static LoyaltyQuery retention_clear =
	LOYALTY_STATEMENT("DELETE FROM loyalty_data.retention r WHERE r.org_id = $1 AND r.what = $2", INT4OID,
					  TEXTOID);

static LoyaltyQuery retention_days =
	LOYALTY_STATEMENT("SELECT r.days FROM loyalty_data.retention r WHERE r.org_id = $1 AND r.what = $2",
					  INT4OID, TEXTOID);

/* Messages that are neither queued nor leased. */
static LoyaltyQuery messages_old = LOYALTY_STATEMENT(
	"SELECT o.customer_id, o.message_id FROM (SELECT m.customer_id, m.message_id FROM loyalty_data.message m"
	" WHERE m.org_id = $1 AND m.created_at < $2 AND m.state <> ALL ('{q,l}'::\"char\"[]) LIMIT $3) o"
	" ORDER BY o.customer_id, o.message_id",
	INT4OID, TIMESTAMPTZOID, INT4OID);

/* Messages of which a report came before a time. */
static LoyaltyQuery reported_old = LOYALTY_STATEMENT(
	"SELECT DISTINCT o.customer_id, o.message_id FROM (SELECT s.customer_id, s.message_id"
	" FROM loyalty_data.message_status s WHERE s.org_id = $1 AND s.recorded_at < $2 LIMIT $3) o"
	" ORDER BY o.customer_id, o.message_id",
	INT4OID, TIMESTAMPTZOID, INT4OID);

static LoyaltyQuery inbound_old =
	LOYALTY_STATEMENT("SELECT o.customer_id, o.message_id FROM (SELECT m.customer_id, m.message_id FROM"
					  " loyalty_data.inbound_message m WHERE m.org_id = $1 AND m.recorded_at < $2 LIMIT $3) o"
					  " ORDER BY o.customer_id, o.message_id",
					  INT4OID, TIMESTAMPTZOID, INT4OID);

/* Rows of a table of some messages of a customer. */
#define DELETE_OF_MESSAGES(table) \
	LOYALTY_STATEMENT("DELETE FROM loyalty_data." table " t WHERE t.org_id = $1 AND t.customer_id = $2" \
					  " AND t.message_id = ANY ($3)", \
					  INT4OID, INT8OID, INT8ARRAYOID)

/*
 * Tables of messages. The message goes first: whoever is about to record a report holds it, so that what hangs on it comes into
 * being no more once it is gone.
 */
static LoyaltyQuery messages_delete[] = {
	DELETE_OF_MESSAGES("message"),		   DELETE_OF_MESSAGES("message_attachment"),
	DELETE_OF_MESSAGES("message_body"),	   DELETE_OF_MESSAGES("message_status"),
	DELETE_OF_MESSAGES("message_request"), DELETE_OF_MESSAGES("provider_message"),
};

static LoyaltyQuery inbound_delete[] = {
	DELETE_OF_MESSAGES("inbound_request"),
	DELETE_OF_MESSAGES("inbound_message"),
};

/* Takes the old reports of some messages of a customer, and has the messages say how many were theirs. */
static LoyaltyQuery reports_delete = LOYALTY_STATEMENT(
	"WITH gone AS (DELETE FROM loyalty_data.message_status s WHERE s.org_id = $1 AND s.customer_id = $2"
	" AND s.message_id = ANY ($3) AND s.recorded_at < $4 RETURNING s.message_id)"
	" UPDATE loyalty_data.message m SET forgotten_reports = COALESCE(m.forgotten_reports, 0) + g.count"
	" FROM (SELECT gone.message_id, count(*) AS count FROM gone GROUP BY gone.message_id) g"
	" WHERE m.org_id = $1 AND m.customer_id = $2 AND m.message_id = g.message_id",
	INT4OID, INT8OID, INT8ARRAYOID, TIMESTAMPTZOID);

/* Reports that have waited for their message for too long. One that is claimed meanwhile is waited for, and stays. */
static LoyaltyQuery waiting_forget = LOYALTY_STATEMENT(
	"DELETE FROM loyalty_data.provider_message p WHERE p.message_id IS NULL AND (p.org_id, p.bsp_account_id,"
	" p.provider_message_id) IN (SELECT o.org_id, o.bsp_account_id, o.provider_message_id"
	" FROM loyalty_data.provider_message o WHERE o.org_id = $1 AND o.waiting_since < $2 LIMIT $3)",
	INT4OID, TIMESTAMPTZOID, INT4OID);

/* Writes the days of a kind, new or known. */
void
loyalty_retention_store(int32 org_id, const char *what, int32 days)
{
	LOYALTY_EXECUTE(&retention_store, loyalty_int4(org_id), loyalty_text(what), loyalty_int4(days));
}

/* Takes them away; nothing happens where there are none. */
void
loyalty_retention_clear(int32 org_id, const char *what)
{
	LOYALTY_EXECUTE(&retention_clear, loyalty_int4(org_id), loyalty_text(what));
}

/* Reads one row at most. */
int32
loyalty_retention_days(int32 org_id, const char *what)
{
	LoyaltyRows *rows = LOYALTY_QUERY(&retention_days, loyalty_int4(org_id), loyalty_text(what));

	return rows->count > 0 ? loyalty_row_int4(rows, 0, 1) : 0;
}

/* Runs a statement that finds messages. */
static int
find(LoyaltyQuery *query, int32 org_id, TimestampTz before, int limit, LoyaltyForgotten **found)
{
	LoyaltyRows *rows = LOYALTY_QUERY(query, loyalty_int4(org_id), loyalty_time(before), loyalty_int4(limit));
	uint64 i;

	*found = palloc(sizeof(LoyaltyForgotten) * Max(rows->count, 1));
	for (i = 0; i < rows->count; i++)
		(*found)[i] = (LoyaltyForgotten){
			.customer_id = loyalty_row_int8(rows, i, 1),
			.message_id = loyalty_row_int8(rows, i, 2),
		};
	return (int) rows->count;
}

/* Finds messages that were sent. */
int
loyalty_messages_old(int32 org_id, TimestampTz before, int limit, LoyaltyForgotten **found)
{
	return find(&messages_old, org_id, before, limit, found);
}

/* Finds messages that providers reported of. */
int
loyalty_reported_old(int32 org_id, TimestampTz before, int limit, LoyaltyForgotten **found)
{
	return find(&reported_old, org_id, before, limit, found);
}

/* Finds messages that came in. */
int
loyalty_inbound_old(int32 org_id, TimestampTz before, int limit, LoyaltyForgotten **found)
{
	return find(&inbound_old, org_id, before, limit, found);
}

/* Runs statements that delete, one after the other. */
static void
delete_all(LoyaltyQuery *queries, int count, int32 org_id, int64 customer_id, const int64 *message_ids, int n)
{
	int i;

	for (i = 0; i < count; i++)
		LOYALTY_EXECUTE(&queries[i], LOYALTY_CUSTOMER(org_id, customer_id), loyalty_int8s(message_ids, n));
}

/* Goes over the tables of messages. What one of them taught of a mobile stays known. */
void
loyalty_messages_delete(int32 org_id, int64 customer_id, const int64 *message_ids, int n, TimestampTz before)
{
	(void) before;
	delete_all(messages_delete, lengthof(messages_delete), org_id, customer_id, message_ids, n);
	loyalty_ndnc_forget_messages(org_id, customer_id, message_ids, n);
}

/* Goes over those of messages that came in. */
void
loyalty_inbound_delete(int32 org_id, int64 customer_id, const int64 *message_ids, int n, TimestampTz before)
{
	(void) before;
	delete_all(inbound_delete, lengthof(inbound_delete), org_id, customer_id, message_ids, n);
}

/* Leaves the messages, and the reports that came later. */
void
loyalty_reports_delete(int32 org_id, int64 customer_id, const int64 *message_ids, int n, TimestampTz before)
{
	LOYALTY_EXECUTE(&reports_delete, LOYALTY_CUSTOMER(org_id, customer_id), loyalty_int8s(message_ids, n),
					loyalty_time(before));
}

/* Locks nobody: these are nobody's. */
int
loyalty_waiting_forget(int32 org_id, TimestampTz before, int limit)
{
	return (int) LOYALTY_EXECUTE(&waiting_forget, loyalty_int4(org_id), loyalty_time(before),
								 loyalty_int4(limit));
}
