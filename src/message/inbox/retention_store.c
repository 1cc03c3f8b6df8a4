/*
 * retention_store.c: the statements on what is kept for a time. What is old is found by BRIN indexes of the times at which rows were
 * written: they cost a new row next to nothing, and old rows lie together. No order is asked for, as some of the old ones are as
 * good as others.
 */
#include "postgres.h"

#include "catalog/pg_type.h"

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

/* Tables of messages, what hangs on a message before the message. */
static LoyaltyQuery messages_delete[] = {
	DELETE_OF_MESSAGES("message_attachment"), DELETE_OF_MESSAGES("message_body"),
	DELETE_OF_MESSAGES("message_status"),	  DELETE_OF_MESSAGES("message_request"),
	DELETE_OF_MESSAGES("provider_message"),	  DELETE_OF_MESSAGES("message"),
};

static LoyaltyQuery inbound_delete[] = {
	DELETE_OF_MESSAGES("inbound_request"),
	DELETE_OF_MESSAGES("inbound_message"),
};

static LoyaltyQuery reports_forget = LOYALTY_STATEMENT(
	"DELETE FROM loyalty_data.message_status s WHERE (s.org_id, s.customer_id, s.message_id, s.status_no) IN (SELECT"
	" o.org_id, o.customer_id, o.message_id, o.status_no FROM loyalty_data.message_status o WHERE o.org_id = $1"
	" AND o.recorded_at < $2 LIMIT $3)",
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

/* Goes over the tables of messages. */
void
loyalty_messages_delete(int32 org_id, int64 customer_id, const int64 *message_ids, int n)
{
	delete_all(messages_delete, lengthof(messages_delete), org_id, customer_id, message_ids, n);
}

/* Goes over those of messages that came in. */
void
loyalty_inbound_delete(int32 org_id, int64 customer_id, const int64 *message_ids, int n)
{
	delete_all(inbound_delete, lengthof(inbound_delete), org_id, customer_id, message_ids, n);
}

/* Locks nobody: rows that are only added to, and that no call reads before it writes. */
int64
loyalty_reports_forget(LoyaltyCall *call, TimestampTz before, int limit)
{
	return (int64) LOYALTY_EXECUTE(&reports_forget, loyalty_int4(call->org->org_id), loyalty_time(before),
								   loyalty_int4(limit));
}
