/*
 * outbox_store.c: the statements on messages, their queue and requests.
 *
 * Facts stay; the queue has a row while a message is queued or leased, and is the one table of messages that is written all
 * day. Its index is in the order in which messages are taken, so what waits behind costs nothing. A lease is a time in the
 * row and no lock: it outlives the session of whoever took it.
 */
#include "postgres.h"

#include "catalog/pg_type.h"
#include "utils/array.h"
#include "utils/timestamp.h"

#include "common/clock.h"
#include "common/query.h"
#include "message/outbox/outbox.h"
#include "message/outbox/outbox_store.h"

#define MESSAGE(name, type, member) LOYALTY_COLUMN(name, type, LoyaltyMessage, member)

static const LoyaltyColumn message_columns[] = {
	MESSAGE("customer_id", INT8, customer_id),
	MESSAGE("message_id", INT8, message_id),
	MESSAGE("created_at", TIME, created_at),
	MESSAGE("not_before", TIME, not_before),
	MESSAGE("valid_until", TIME_OR_END, valid_until),
	MESSAGE("changed_at", TIME, changed_at),
	MESSAGE("org_id", INT4, org_id),
	MESSAGE("template_id", INT4_OR_0, template_id),
	MESSAGE("version_no", INT4_OR_0, version_no),
	MESSAGE("sender_id", INT4_OR_0, sender_id),
	MESSAGE("bsp_account_id", INT4_OR_0, bsp_account_id),
	MESSAGE("source_id", INT2_OR_0, source_id),
	MESSAGE("attempts", INT2, attempts),
	MESSAGE("purpose", CHAR, purpose),
	MESSAGE("state", CODE, state),
	MESSAGE("delivery_status", CHAR_OR_0, delivery_status),
	MESSAGE("channel", TEXT, channel),
	MESSAGE("cause", TEXT, cause),
	MESSAGE("language", TEXT, language),
	MESSAGE("campaign", TEXT, campaign),
	MESSAGE("actor", TEXT, actor),
	MESSAGE("parts", INT2_OR_0, parts),
	MESSAGE("is_about_deletion", BOOL, about_deletion),
	MESSAGE("reason", TEXT, reason),
	MESSAGE("forgotten_reports", INT4_OR_0, forgotten_reports),
};

static const LoyaltyLayout message_layout = LOYALTY_LAYOUT("message", LoyaltyMessage, message_columns);

#define QUEUED(name, type, member) LOYALTY_COLUMN(name, type, LoyaltyQueued, member)

static const LoyaltyColumn queued_columns[] = {
	QUEUED("customer_id", INT8, customer_id),
	QUEUED("message_id", INT8, message_id),
	QUEUED("available_at", TIME, available_at),
	QUEUED("valid_until", TIME_OR_END, valid_until),
	QUEUED("org_id", INT4, org_id),
	QUEUED("lease_no", INT4, lease_no),
	QUEUED("priority", INT2, priority),
	QUEUED("channel", TEXT, channel),
};

static const LoyaltyLayout queued_layout = LOYALTY_LAYOUT("message_queue", LoyaltyQueued, queued_columns);

#define MESSAGE_KEY "org_id, customer_id, message_id"

/*
 * A message and its row of the queue are found by one key, locked, and replaced whole by whoever holds the lock. Both tables are
 * written all day, so these are said in words and run without the executor where they can.
 */
static LoyaltyQuery message_insert = LOYALTY_INSERT(message_layout);
static LoyaltyQuery message_lock = LOYALTY_LOCK(message_layout, MESSAGE_KEY);
static LoyaltyQuery message_update = LOYALTY_UPDATE(message_layout, MESSAGE_KEY);
static LoyaltyQuery queued_insert = LOYALTY_INSERT(queued_layout);
static LoyaltyQuery queued_lock = LOYALTY_LOCK(queued_layout, MESSAGE_KEY);
static LoyaltyQuery queued_update = LOYALTY_UPDATE(queued_layout, MESSAGE_KEY);
static LoyaltyQuery queued_delete = LOYALTY_DELETE(queued_layout, MESSAGE_KEY);

/* Probes the index once, and ends at the limit. Whoever comes second finds the rows behind those of the first. */
static LoyaltyQuery queued_available = LOYALTY_STATEMENT(
	"SELECT q FROM loyalty_data.message_queue q WHERE q.org_id = $1 AND q.channel = $2 AND q.priority = $3"
	" AND q.available_at <= $4 ORDER BY q.available_at, q.message_id LIMIT $5 FOR NO KEY UPDATE SKIP LOCKED",
	INT4OID, TEXTOID, INT2OID, TIMESTAMPTZOID, INT4OID);

/*
 * Finds what is of no use any more by an index of its own, which messages without an end do not enter. A lease that lasts is left
 * to its worker.
 */
static LoyaltyQuery queued_over = LOYALTY_STATEMENT(
	"SELECT q FROM loyalty_data.message_queue q WHERE q.org_id = $1 AND q.valid_until <= $2 AND q.available_at <= $2"
	" ORDER BY q.valid_until LIMIT $3 FOR NO KEY UPDATE SKIP LOCKED",
	INT4OID, TIMESTAMPTZOID, INT4OID);

/* Reads what waits for one customer, by the key that begins with it. */
static LoyaltyQuery queued_of_customer =
	LOYALTY_STATEMENT("SELECT q.message_id FROM loyalty_data.message_queue q WHERE q.org_id = $1"
					  " AND q.customer_id = $2 ORDER BY q.message_id",
					  INT4OID, INT8OID);

/*
 * Counts what a customer has got, or will, by the time of the last change. It is asked only where the org has a cap, and reads
 * the messages of one customer.
 */
static LoyaltyQuery promotional_count = LOYALTY_STATEMENT(
	"SELECT count(*) FROM loyalty_data.message m WHERE m.org_id = $1 AND m.customer_id = $2 AND m.message_id <> $3"
	" AND m.purpose = 'p' AND m.changed_at > $4 AND (m.state IN ('l', 's') OR m.state = 'q' AND NOT $5)",
	INT4OID, INT8OID, INT8OID, TIMESTAMPTZOID, BOOLOID);

/* Counts what waits for one customer and is leased to nobody. */
static LoyaltyQuery messages_waiting = LOYALTY_STATEMENT(
	"SELECT count(*) FROM loyalty_data.message_queue q JOIN loyalty_data.message m ON m.org_id = q.org_id"
	" AND m.customer_id = q.customer_id AND m.message_id = q.message_id WHERE q.org_id = $1 AND q.customer_id = $2"
	" AND m.org_id = $1 AND m.customer_id = $2 AND m.state = 'q'",
	INT4OID, INT8OID);

/*
 * Goes from channel to channel by the index of the order, and looks at the front of each class alone, so that a million messages
 * that wait cost as much as one. A lease that lasts and a message for later are not available, and so not late.
 */
static LoyaltyQuery messages_late = LOYALTY_STATEMENT_SEEN(
	"WITH RECURSIVE waiting (org_id, channel) AS (SELECT o.org_id, (SELECT min(q.channel)"
	" FROM loyalty_data.message_queue q WHERE q.org_id = o.org_id) FROM unnest($1) o (org_id)"
	" UNION ALL SELECT w.org_id, (SELECT min(q.channel) FROM loyalty_data.message_queue q"
	" WHERE q.org_id = w.org_id AND q.channel > w.channel) FROM waiting w WHERE w.channel IS NOT NULL)"
	" SELECT string_agg(o.org || ' ' || w.channel, ', ' ORDER BY o.org, w.channel)"
	" FROM waiting w JOIN loyalty_data.org o ON o.org_id = w.org_id WHERE EXISTS (SELECT"
	" FROM loyalty_data.message_queue q WHERE q.org_id = w.org_id AND q.channel = w.channel"
	" AND q.priority = ANY ('{0,1,2}') AND q.available_at < $2)",
	INT4ARRAYOID, TIMESTAMPTZOID);

/* Keeps the answer beside the digest of what was asked for. */
static LoyaltyQuery request_insert = LOYALTY_STATEMENT(
	"INSERT INTO loyalty_data.message_request (org_id, customer_id, message_id, request_digest, sender_id, state,"
	" cause, key_digest, warnings) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)",
	INT4OID, INT8OID, INT8OID, INT8OID, INT4OID, CHAROID, TEXTOID, UUIDOID, TEXTARRAYOID);

/* Finds the answer of a key under one id of a merge group. */
static LoyaltyQuery request_find = LOYALTY_STATEMENT(
	"SELECT r.request_digest, r.message_id, r.sender_id, r.state, r.cause::text, r.warnings"
	" FROM loyalty_data.message_request r WHERE r.org_id = $1 AND r.customer_id = $2 AND r.key_digest = $3",
	INT4OID, INT8OID, UUIDOID);

/* Writes a row in words, as its layout has it. */
void
loyalty_message_insert(const LoyaltyMessage *message)
{
	loyalty_write(&message_insert, message, 1);
}

/* Writes a row of the queue, whose message was written before. */
void
loyalty_queued_insert(const LoyaltyQueued *queued)
{
	loyalty_write(&queued_insert, queued, 1);
}

/* Reads behind the lock, so that nothing that another one has written is lost. */
bool
loyalty_message_lock(int32 org_id, int64 customer_id, int64 message_id, LoyaltyMessage *message)
{
	LoyaltyRows *rows =
		LOYALTY_QUERY(&message_lock, LOYALTY_CUSTOMER(org_id, customer_id), loyalty_int8(message_id));

	if (rows->count > 0)
		loyalty_row_read(rows, 0, &message_layout, message);
	return rows->count > 0;
}

/* Waits for whoever looks at the message this moment. */
bool
loyalty_queued_lock(int32 org_id, int64 customer_id, int64 message_id, LoyaltyQueued *queued)
{
	LoyaltyRows *rows =
		LOYALTY_QUERY(&queued_lock, LOYALTY_CUSTOMER(org_id, customer_id), loyalty_int8(message_id));

	if (rows->count > 0)
		loyalty_row_read(rows, 0, &queued_layout, queued);
	return rows->count > 0;
}

/* Writes the whole row; its reader holds the lock. */
void
loyalty_message_update(const LoyaltyMessage *message)
{
	loyalty_write(&message_update, message, 1);
}

/* Moves the row in the index of the order, where its time has changed. */
void
loyalty_queued_update(const LoyaltyQueued *queued)
{
	loyalty_write(&queued_update, queued, 1);
}

/* Takes the row away as its message ends. */
void
loyalty_queued_delete(const LoyaltyQueued *queued)
{
	loyalty_write(&queued_delete, queued, 1);
}

/* Reads the rows of a statement that has locked them. */
static int
read_queued(LoyaltyRows *rows, LoyaltyQueued **queued)
{
	uint64 i;

	*queued = palloc0(sizeof(LoyaltyQueued) * Max(rows->count, 1));
	for (i = 0; i < rows->count; i++)
		loyalty_row_read(rows, i, &queued_layout, &(*queued)[i]);
	return (int) rows->count;
}

/* Returns fewer than the limit where others are looking at some. */
int
loyalty_queued_available(int32 org_id, const char *channel, int priority, TimestampTz now, int limit,
						 LoyaltyQueued **queued)
{
	return read_queued(LOYALTY_QUERY(&queued_available, loyalty_int4(org_id), loyalty_text(channel),
									 loyalty_int2(priority), loyalty_time(now), loyalty_int4(limit)),
					   queued);
}

/* Leaves a lease that lasts to its worker, who may have sent the message already. */
int
loyalty_queued_over(int32 org_id, TimestampTz as_of, int limit, LoyaltyQueued **queued)
{
	return read_queued(LOYALTY_QUERY(&queued_over, loyalty_int4(org_id), loyalty_time(as_of),
									 loyalty_int4(limit)),
					   queued);
}

/* Reads ids alone: each row is locked by itself, next. */
int
loyalty_queued_of_customer(int32 org_id, int64 customer_id, int64 **message_ids)
{
	LoyaltyRows *rows = LOYALTY_QUERY(&queued_of_customer, LOYALTY_CUSTOMER(org_id, customer_id));
	uint64 i;

	*message_ids = palloc(sizeof(int64) * Max(rows->count, 1));
	for (i = 0; i < rows->count; i++)
		(*message_ids)[i] = loyalty_row_int8(rows, i, 1);
	return (int) rows->count;
}

/* Counts by the time of the last change, which is that of the sending once a message went out. */
int64
loyalty_promotional_count(int32 org_id, int64 customer_id, int64 but_for, TimestampTz since, bool taken)
{
	LoyaltyRows *rows = LOYALTY_QUERY(&promotional_count, LOYALTY_CUSTOMER(org_id, customer_id),
									  loyalty_int8(but_for), loyalty_time(since), loyalty_bool(taken));

	return loyalty_row_int8(rows, 0, 1);
}

/* Joins the two tables by their key: where the lease stands and where the state. */
int64
loyalty_messages_waiting(int32 org_id, int64 customer_id, bool seen)
{
	LoyaltyParams params = LOYALTY_PARAMS(LOYALTY_CUSTOMER(org_id, customer_id));
	LoyaltyRows *rows =
		seen ? loyalty_query_seen(&messages_waiting, &params) : loyalty_query(&messages_waiting, &params);

	return loyalty_row_int8(rows, 0, 1);
}

/* Asks for what was available an hour ago. */
const char *
loyalty_messages_late(const int32 *org_ids, int count)
{
	Datum *items = palloc(sizeof(Datum) * Max(count, 1));
	LoyaltyRows *rows;
	int i;

	for (i = 0; i < count; i++)
		items[i] = Int32GetDatum(org_ids[i]);
	rows = LOYALTY_QUERY(&messages_late,
						 loyalty_varlena(construct_array(items, count, INT4OID, 4, true, TYPALIGN_INT)),
						 loyalty_time(loyalty_now() - USECS_PER_HOUR));
	return loyalty_row_text_or_null(rows, 0, 1);
}

/* Writes the first answer; the lock of the customer keeps two from using one key. */
void
loyalty_send_request_insert(int32 org_id, int64 customer_id, const LoyaltySendRequest *request)
{
	LOYALTY_EXECUTE(&request_insert, LOYALTY_CUSTOMER(org_id, customer_id), loyalty_int8(request->message_id),
					loyalty_int8(request->request_digest), loyalty_int4_or_null(request->sender_id),
					loyalty_char(request->state), loyalty_text(request->cause),
					loyalty_datum(UUIDPGetDatum(&request->key), false),
					loyalty_datum(request->warnings, false));
}

/* Looks under each id of the group: a key from before a merge stays a key. */
bool
loyalty_send_request_find(int32 org_id, const LoyaltyCustomer *customer, LoyaltySendRequest *request)
{
	int64 *ids;
	int count = loyalty_customer_group(customer, &ids);
	int i;

	for (i = 0; i < count; i++)
	{
		LoyaltyRows *rows = LOYALTY_QUERY(&request_find, LOYALTY_CUSTOMER(org_id, ids[i]),
										  loyalty_datum(UUIDPGetDatum(&request->key), false));

		if (rows->count == 0)
			continue;
		request->request_digest = loyalty_row_int8(rows, 0, 1);
		request->message_id = loyalty_row_int8(rows, 0, 2);
		request->sender_id = loyalty_row_int4_or(rows, 0, 3, 0);
		request->state = (MessageState) loyalty_row_char(rows, 0, 4);
		request->cause = loyalty_row_text_or_null(rows, 0, 5);
		request->warnings = loyalty_row_value(rows, 0, 6);
		return true;
	}
	return false;
}
