/*
 * subscriber_store.c: the statements on subscribers, which are reference data, and what operators ask of all their events.
 *
 * Subscribers are read with their org and kept by each backend until one of them changes, so that an event asks nobody who
 * wants it. A call that began before a change tells those who were there as it read the org. A subscriber is locked by the
 * lock of its org and never deleted: what it was told names it. Secrets are not kept: a taking reads the one it needs.
 *
 * The check reads heads and deliveries of the whole org once, each by the index of its key. It never looks for an event of
 * the ledger that was not told: whether a subscriber wanted it then is not kept.
 */
#include "postgres.h"

#include "catalog/pg_type.h"
#include "utils/array.h"
#include "utils/builtins.h"

#include "event/event_store.h"

static LoyaltyQuery subscribers_of_org = LOYALTY_STATEMENT(
	"SELECT s.subscriber_id, s.state, s.subscriber::text, s.include_identifiers, s.event_names"
	" FROM loyalty_data.event_subscriber s WHERE s.org_id = $1 AND s.state <> 'r' ORDER BY s.subscriber_id",
	INT4OID);

static LoyaltyQuery subscriber_insert = LOYALTY_STATEMENT(
	"INSERT INTO loyalty_data.event_subscriber (org_id, subscriber_id, subscriber, endpoint, event_names, secret, key_id,"
	" include_identifiers, state) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, 'a') ON CONFLICT DO NOTHING",
	INT4OID, INT4OID, TEXTOID, TEXTOID, TEXTARRAYOID, BYTEAOID, INT2OID, BOOLOID);

static LoyaltyQuery subscriber_update = LOYALTY_STATEMENT(
	"UPDATE loyalty_data.event_subscriber SET endpoint = COALESCE($3, endpoint),"
	" event_names = CASE WHEN $4 THEN $5 ELSE event_names END, key_id = CASE WHEN $6 IS NULL THEN key_id ELSE $7 END,"
	" secret = COALESCE($6, secret), include_identifiers = COALESCE($8, include_identifiers),"
	" state = COALESCE($9, state) WHERE org_id = $1 AND subscriber_id = $2",
	INT4OID, INT4OID, TEXTOID, BOOLOID, TEXTARRAYOID, BYTEAOID, INT2OID, BOOLOID, CHAROID);

static LoyaltyQuery secret_of_subscriber =
	LOYALTY_STATEMENT("SELECT s.secret, s.key_id FROM loyalty_data.event_subscriber s WHERE s.org_id = $1"
					  " AND s.subscriber_id = $2",
					  INT4OID, INT4OID);

/*
 * The first break of what holds: a head waits exactly while there is something to take; deliveries have no gap up to its end;
 * each names what was told, and the one before it.
 */
static LoyaltyQuery first_break = LOYALTY_STATEMENT_SEEN(
	"SELECT b.what FROM ("
	" SELECT h.customer_id, h.subscriber_id, 'its head does not say what waits' AS what FROM loyalty_data.event_head h"
	" WHERE h.org_id = $1 AND (h.is_waiting <> (h.next_no <= h.last_no) OR h.next_no > h.last_no + 1)"
	" UNION ALL SELECT h.customer_id, h.subscriber_id, 'deliveries are missing or too many' FROM loyalty_data.event_head h"
	" WHERE h.org_id = $1 AND (SELECT count(*) FROM loyalty_data.event_delivery d WHERE d.org_id = h.org_id"
	" AND d.customer_id = h.customer_id AND d.subscriber_id = h.subscriber_id AND d.event_no >= h.next_no)"
	" <> h.last_no - h.next_no + 1"
	" UNION ALL SELECT d.customer_id, d.subscriber_id, 'a delivery has another state than its head says'"
	" FROM loyalty_data.event_delivery d LEFT JOIN loyalty_data.event_head h ON h.org_id = d.org_id"
	" AND h.customer_id = d.customer_id AND h.subscriber_id = d.subscriber_id"
	" WHERE d.org_id = $1 AND (h.customer_id IS NULL OR (d.state = 'w') <> (d.event_no >= h.next_no))"
	" UNION ALL SELECT d.customer_id, d.subscriber_id, 'a delivery names another one before it'"
	" FROM loyalty_data.event_delivery d JOIN loyalty_data.event_delivery p ON p.org_id = d.org_id"
	" AND p.customer_id = d.customer_id AND p.subscriber_id = d.subscriber_id AND p.event_no = d.event_no - 1"
	" WHERE d.org_id = $1 AND d.previous_event_id IS DISTINCT FROM p.event_id"
	" UNION ALL SELECT d.customer_id, d.subscriber_id, 'a delivery tells of no event' FROM loyalty_data.event_delivery d"
	" WHERE d.org_id = $1 AND d.state = 'w' AND NOT EXISTS (SELECT FROM loyalty_data.event_notification n"
	" WHERE n.org_id = d.org_id AND n.customer_id = d.customer_id AND n.event_id = d.event_id)"
	") b ORDER BY b.customer_id, b.subscriber_id, b.what LIMIT 1",
	INT4OID);

/*
 * Names of those who are late, each once, of orgs that the caller may see. A paused one waits by somebody's will and is
 * not named; one that is leased again and again without an answer is, by its attempts.
 */
static LoyaltyQuery subscribers_late = LOYALTY_STATEMENT_SEEN(
	"SELECT string_agg(l.subscriber, ', ') FROM (SELECT DISTINCT s.subscriber FROM loyalty_data.event_subscriber s"
	" WHERE s.org_id = ANY ($1) AND s.state = 'a' AND EXISTS (SELECT FROM loyalty_data.event_head h"
	" WHERE h.org_id = s.org_id AND h.subscriber_id = s.subscriber_id AND h.is_waiting"
	" AND (h.available_at < $2 OR h.attempts >= 3)) ORDER BY s.subscriber) l",
	INT4ARRAYOID, TIMESTAMPTZOID);

/* Takes the names as they stand in the table, which are words of event_rules.c. */
static void
read_names(LoyaltySubscriber *subscriber, LoyaltyRows *rows, int row)
{
	bool isnull;
	Datum names = loyalty_row_datum(rows, row, 5, &isnull);
	Datum *items;
	int i;

	subscriber->name_count = -1;
	if (isnull)
		return;
	deconstruct_array(DatumGetArrayTypeP(names), TEXTOID, -1, false, TYPALIGN_INT, &items, NULL,
					  &subscriber->name_count);
	subscriber->names = palloc(sizeof(char *) * Max(subscriber->name_count, 1));
	for (i = 0; i < subscriber->name_count; i++)
		subscriber->names[i] = TextDatumGetCString(items[i]);
}

/* Reads under a snapshot taken now, as all that is cached with an org. */
const LoyaltySubscribers *
loyalty_subscribers_load(int32 org_id)
{
	LoyaltyRows *rows = loyalty_query_latest(&subscribers_of_org, LOYALTY_GIVEN(loyalty_int4(org_id)));
	LoyaltySubscribers *subscribers = NULL;
	int i;

	if (rows->count > 0)
	{
		subscribers = palloc(sizeof(LoyaltySubscribers));
		subscribers->n = (int) rows->count;
		subscribers->items = palloc0(sizeof(LoyaltySubscriber) * subscribers->n);
		for (i = 0; i < subscribers->n; i++)
		{
			subscribers->items[i].subscriber_id = loyalty_row_int4(rows, i, 1);
			subscribers->items[i].state = loyalty_row_char(rows, i, 2);
			subscribers->items[i].subscriber = loyalty_row_text(rows, i, 3);
			subscribers->items[i].include_identifiers = loyalty_row_bool(rows, i, 4);
			read_names(&subscribers->items[i], rows, i);
		}
	}
	loyalty_rows_free(rows);
	return subscribers;
}

/* Makes the parameters that both writes have behind org, id and text. */
static NullableDatum
secret_or_null(const SubscriberRow *row)
{
	return loyalty_datum(PointerGetDatum(row->secret), row->secret == NULL);
}

/* A name is unique in the org, also that of a retired one. */
bool
loyalty_subscriber_insert(int32 org_id, const SubscriberRow *row)
{
	return LOYALTY_EXECUTE(&subscriber_insert, loyalty_int4(org_id), loyalty_int4(row->subscriber_id),
						   loyalty_text(row->subscriber), loyalty_text(row->endpoint),
						   loyalty_datum(row->names, row->names == 0), secret_or_null(row),
						   loyalty_int2(row->key_id), loyalty_bool(row->include_identifiers)) == 1;
}

/* Changes what is given. */
void
loyalty_subscriber_update(int32 org_id, const SubscriberRow *row)
{
	(void) LOYALTY_EXECUTE(&subscriber_update, loyalty_int4(org_id), loyalty_int4(row->subscriber_id),
						   loyalty_text(row->endpoint), loyalty_bool(row->has_names),
						   loyalty_datum(row->names, row->names == 0), secret_or_null(row),
						   loyalty_int2(row->key_id),
						   loyalty_datum(BoolGetDatum(row->include_identifiers), !row->has_include),
						   loyalty_datum(CharGetDatum(row->state), row->state == 0));
}

/* Reads it apart, so that no secret stands in a cache. */
bytea *
loyalty_subscriber_secret(int32 org_id, int32 subscriber_id, int16 *key_id)
{
	LoyaltyRows *rows =
		LOYALTY_QUERY(&secret_of_subscriber, loyalty_int4(org_id), loyalty_int4(subscriber_id));
	bool isnull;
	Datum secret = loyalty_row_datum(rows, 0, 1, &isnull);

	*key_id = loyalty_row_int2(rows, 0, 2);
	return isnull ? NULL : DatumGetByteaPCopy(secret);
}

/* Reads the events of the whole org once. */
const char *
loyalty_events_check(int32 org_id)
{
	LoyaltyRows *rows = LOYALTY_QUERY(&first_break, loyalty_int4(org_id));

	return rows->count == 0 ? NULL : loyalty_row_text(rows, 0, 1);
}

/* Looks for one head of each subscriber, by the index of those that wait. */
const char *
loyalty_subscribers_late(const int32 *org_ids, int count)
{
	Datum *items = palloc(sizeof(Datum) * Max(count, 1));
	LoyaltyRows *rows;
	int i;

	for (i = 0; i < count; i++)
		items[i] = Int32GetDatum(org_ids[i]);
	rows = LOYALTY_QUERY(
		&subscribers_late,
		loyalty_datum(PointerGetDatum(construct_array(items, count, INT4OID, 4, true, TYPALIGN_INT)), false),
		loyalty_time(loyalty_now() - USECS_PER_HOUR));
	return loyalty_row_text_or_null(rows, 0, 1);
}
