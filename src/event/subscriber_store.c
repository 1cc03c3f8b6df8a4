/*
 * subscriber_store.c: the statements on subscribers, which are reference data, and what operators ask of all their events.
 *
 * Subscribers are read with their org and kept by each backend until one of them changes, so that an event asks nobody who
 * wants it. A call that began before a change tells those who were there as it read the org. A subscriber is locked by the
 * lock of its org and never deleted: what it was told names it. Secrets are not kept: a taking reads the one it needs.
 *
 * Since when a subscriber is told of everything that it wants is in its row: from its making, or from the last change of the names
 * of its events. What the org keeps is the same for all of them, and written to each, so that a later one takes it from those
 * before it.
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
	" include_identifiers, state, told_from, kept_from) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, 'a', $9,"
	" (SELECT max(s.kept_from) FROM loyalty_data.event_subscriber s WHERE s.org_id = $1)) ON CONFLICT DO NOTHING",
	INT4OID, INT4OID, TEXTOID, TEXTOID, TEXTARRAYOID, BYTEAOID, INT2OID, BOOLOID, TIMESTAMPTZOID);

static LoyaltyQuery subscriber_update = LOYALTY_STATEMENT(
	"UPDATE loyalty_data.event_subscriber SET endpoint = COALESCE($3, endpoint),"
	" event_names = CASE WHEN $4 THEN $5 ELSE event_names END, told_from = CASE WHEN $4 THEN $10 ELSE told_from END, key_id = CASE WHEN $6 IS NULL THEN key_id ELSE $7 END,"
	" secret = COALESCE($6, secret), include_identifiers = COALESCE($8, include_identifiers),"
	" state = COALESCE($9, state) WHERE org_id = $1 AND subscriber_id = $2",
	INT4OID, INT4OID, TEXTOID, BOOLOID, TEXTARRAYOID, BYTEAOID, INT2OID, BOOLOID, CHAROID, TIMESTAMPTZOID);

static LoyaltyQuery secret_of_subscriber =
	LOYALTY_STATEMENT("SELECT s.secret, s.key_id FROM loyalty_data.event_subscriber s WHERE s.org_id = $1"
					  " AND s.subscriber_id = $2",
					  INT4OID, INT4OID);

/*
 * Names of those who are late, and of those with dead events, each once, of orgs that the caller may see, by the indexes of such heads. A paused one
 * waits by somebody's will and is not late; one that is leased again and again without an answer is, by its attempts.
 */
static LoyaltyQuery subscribers_late = LOYALTY_STATEMENT_SEEN(
	"SELECT NULLIF(concat_ws('; ', 'late: ' || string_agg(DISTINCT l.subscriber, ', ') FILTER (WHERE l.is_late),"
	" 'with dead events: ' || string_agg(DISTINCT l.subscriber, ', ') FILTER (WHERE l.is_dead)), '')"
	" FROM (SELECT s.subscriber::text, s.state = 'a' AND EXISTS (SELECT FROM loyalty_data.event_head h"
	" WHERE h.org_id = s.org_id AND h.subscriber_id = s.subscriber_id AND h.is_waiting"
	" AND (h.available_at < $2 OR h.attempts >= 3)) AS is_late,"
	" EXISTS (SELECT FROM loyalty_data.event_head d WHERE d.org_id = s.org_id AND d.subscriber_id = s.subscriber_id"
	" AND d.dead > 0) AS is_dead FROM loyalty_data.event_subscriber s WHERE s.org_id = ANY ($1) AND s.state <> 'r') l",
	INT4ARRAYOID, TIMESTAMPTZOID);

/* Secrets of orgs that the caller may see, as they are sealed; what is retired signs nothing. */
static LoyaltyQuery secrets_of_orgs = LOYALTY_STATEMENT_SEEN(
	"SELECT s.org_id, s.subscriber_id, s.subscriber::text, s.secret, s.key_id FROM loyalty_data.event_subscriber s"
	" WHERE s.org_id = ANY ($1) AND s.state <> 'r' AND s.secret IS NOT NULL ORDER BY s.subscriber, s.org_id",
	INT4ARRAYOID);

static LoyaltyQuery kept_from =
	LOYALTY_STATEMENT("SELECT max(s.kept_from) FROM loyalty_data.event_subscriber s WHERE s.org_id = $1",
					  INT4OID);

static LoyaltyQuery kept_from_now =
	LOYALTY_STATEMENT("UPDATE loyalty_data.event_subscriber SET kept_from = $2 WHERE org_id = $1", INT4OID,
					  TIMESTAMPTZOID);

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
loyalty_subscriber_insert(int32 org_id, const SubscriberRow *row, TimestampTz now)
{
	return LOYALTY_EXECUTE(&subscriber_insert, loyalty_int4(org_id), loyalty_int4(row->subscriber_id),
						   loyalty_text(row->subscriber), loyalty_text(row->endpoint),
						   loyalty_datum(row->names, row->names == 0), secret_or_null(row),
						   loyalty_int2(row->key_id), loyalty_bool(row->include_identifiers),
						   loyalty_time(now)) == 1;
}

/* Changes what is given. */
void
loyalty_subscriber_update(int32 org_id, const SubscriberRow *row, TimestampTz now)
{
	(void) LOYALTY_EXECUTE(&subscriber_update, loyalty_int4(org_id), loyalty_int4(row->subscriber_id),
						   loyalty_text(row->endpoint), loyalty_bool(row->has_names),
						   loyalty_datum(row->names, row->names == 0), secret_or_null(row),
						   loyalty_int2(row->key_id),
						   loyalty_datum(BoolGetDatum(row->include_identifiers), !row->has_include),
						   loyalty_datum(CharGetDatum(row->state), row->state == 0), loyalty_time(now));
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

/* Makes a parameter of ids. */
static NullableDatum
ids_of_orgs(const int32 *org_ids, int count)
{
	Datum *items = palloc(sizeof(Datum) * Max(count, 1));
	int i;

	for (i = 0; i < count; i++)
		items[i] = Int32GetDatum(org_ids[i]);
	return loyalty_datum(PointerGetDatum(construct_array(items, count, INT4OID, 4, true, TYPALIGN_INT)),
						 false);
}

/* Looks for one head of each subscriber that is late, and one with something dead. */
const char *
loyalty_subscribers_late(const int32 *org_ids, int count)
{
	return loyalty_row_text_or_null(LOYALTY_QUERY(&subscribers_late, ids_of_orgs(org_ids, count),
												  loyalty_time(loyalty_now() - USECS_PER_HOUR)),
									0, 1);
}

/* Leaves opening them to the caller. */
int
loyalty_subscriber_secrets(const int32 *org_ids, int count, SubscriberSecret **secrets)
{
	LoyaltyRows *rows = LOYALTY_QUERY(&secrets_of_orgs, ids_of_orgs(org_ids, count));
	uint64 i;

	*secrets = palloc(sizeof(SubscriberSecret) * Max(rows->count, 1));
	for (i = 0; i < rows->count; i++)
		(*secrets)[i] = (SubscriberSecret){ .org_id = loyalty_row_int4(rows, i, 1),
											.subscriber_id = loyalty_row_int4(rows, i, 2),
											.subscriber = loyalty_row_text(rows, i, 3),
											.secret = loyalty_row_bytes(rows, i, 4),
											.key_id = loyalty_row_int2(rows, i, 5) };
	return (int) rows->count;
}

/* Asks all subscribers, retired ones too: the org keeps the same for each. */
TimestampTz
loyalty_events_kept_from(int32 org_id)
{
	LoyaltyRows *rows = LOYALTY_QUERY(&kept_from, loyalty_int4(org_id));

	return (TimestampTz) loyalty_row_int8_or(rows, 0, 1, DT_NOBEGIN);
}

/* Writes it to each, under the org's lock. */
void
loyalty_events_keep_from(int32 org_id, TimestampTz from)
{
	(void) LOYALTY_EXECUTE(&kept_from_now, loyalty_int4(org_id), loyalty_time(from));
}
