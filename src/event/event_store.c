/*
 * event_store.c: the statements on deliveries and heads.
 *
 * What an award writes is said in words and needs no executor: for each subscriber a delivery and its head. The customer is
 * locked then, and the head besides, which workers lock without the customer. Workers pass over heads
 * that somebody holds; so they wait for nobody, and whoever writes waits for a worker's taking or acknowledgement alone.
 *
 * What can be taken is told by heads alone, by an index of those that wait: however many events of a customer wait, there is
 * one entry, and an event that comes behind others changes the head in place. Deliveries are read by their whole key.
 */
#include "postgres.h"

#include "catalog/pg_type.h"
#include "utils/array.h"
#include "utils/builtins.h"
#include "utils/timestamp.h"

#include "customer/erasure.h"
#include "event/event_store.h"

#define DELIVERY(name, type, member) LOYALTY_COLUMN(name, type, DeliveryRow, member)
#define HEAD(name, type, member) LOYALTY_COLUMN(name, type, HeadRow, member)

static const LoyaltyColumn delivery_columns[] = {
	DELIVERY("customer_id", INT8, customer_id),
	DELIVERY("event_id", INT8, event_id),
	DELIVERY("previous_event_id", INT8_OR_0, previous_event_id),
	DELIVERY("recorded_at", TIME, recorded_at),
	DELIVERY("org_id", INT4, org_id),
	DELIVERY("subscriber_id", INT4, subscriber_id),
	DELIVERY("event_no", INT4, event_no),
	DELIVERY("state", CHAR, state),
	DELIVERY("is_replay", BOOL, is_replay),
	DELIVERY("event_name", TEXT, event_name),
	DELIVERY("payload", TEXT, payload),
};

static const LoyaltyColumn head_columns[] = {
	HEAD("customer_id", INT8, customer_id),
	HEAD("last_event_id", INT8, last_event_id),
	HEAD("available_at", TIME, head.available_at),
	HEAD("last_recorded_at", TIME, last_recorded_at),
	HEAD("org_id", INT4, org_id),
	HEAD("subscriber_id", INT4, subscriber_id),
	HEAD("next_no", INT4, head.next_no),
	HEAD("last_no", INT4, head.last_no),
	HEAD("lease_no", INT4, head.lease_no),
	HEAD("dead", INT4, head.dead),
	HEAD("attempts", INT2, head.attempts),
	HEAD("is_waiting", BOOL, head.is_waiting),
};

static const LoyaltyLayout delivery_layout = LOYALTY_LAYOUT("event_delivery", DeliveryRow, delivery_columns);
static const LoyaltyLayout head_layout = LOYALTY_LAYOUT_WITH_TID("event_head", HeadRow, head_columns, tid);

static LoyaltyQuery deliveries_insert = LOYALTY_INSERT(delivery_layout);
static LoyaltyQuery heads_insert = LOYALTY_INSERT(head_layout);
static LoyaltyQuery heads_update = LOYALTY_UPDATE(head_layout, "org_id, customer_id, subscriber_id");
static LoyaltyQuery delivery_of_no =
	LOYALTY_FIND(delivery_layout, "org_id, customer_id, subscriber_id, event_no");
static LoyaltyQuery head_locked = LOYALTY_LOCK(head_layout, "org_id, customer_id, subscriber_id");

/*
 * Heads that can be taken, by the index of those that wait. The row is locked as it is then: one that was taken meanwhile
 * fails the condition anew and is left out, so that no event is leased twice at a time.
 */
static LoyaltyQuery heads_available = LOYALTY_STATEMENT(
	"SELECT h FROM loyalty_data.event_head h WHERE h.org_id = $1 AND h.subscriber_id = $2 AND h.is_waiting"
	" AND h.available_at <= $3 ORDER BY h.available_at, h.customer_id LIMIT $4 FOR NO KEY UPDATE SKIP LOCKED",
	INT4OID, INT4OID, TIMESTAMPTZOID, INT4OID);

static LoyaltyQuery delivery_ended = LOYALTY_STATEMENT(
	"UPDATE loyalty_data.event_delivery SET state = $5 WHERE org_id = $1 AND customer_id = $2"
	" AND subscriber_id = $3 AND event_no = $4",
	INT4OID, INT8OID, INT4OID, INT4OID, CHAROID);

static LoyaltyQuery deliveries_replayed = LOYALTY_STATEMENT(
	"UPDATE loyalty_data.event_delivery SET state = 'r' WHERE org_id = $1 AND customer_id = $2"
	" AND subscriber_id = $3 AND state = 'x' AND event_id = ANY ($4)",
	INT4OID, INT8OID, INT4OID, INT8ARRAYOID);

/* All of an org whose head was written since: a replay is rare. */
static LoyaltyQuery customers_told = LOYALTY_STATEMENT(
	"SELECT DISTINCT h.customer_id FROM loyalty_data.event_head h WHERE h.org_id = $1 AND h.last_recorded_at >= $2"
	" ORDER BY h.customer_id",
	INT4OID, TIMESTAMPTZOID);

static LoyaltyQuery events_told = LOYALTY_STATEMENT(
	"SELECT e.event_id, e.recorded_at, e.event_name::text, e.payload FROM (SELECT DISTINCT ON (d.event_id) d.event_id,"
	" d.recorded_at, d.event_name, d.payload FROM loyalty_data.event_delivery d WHERE d.org_id = $1 AND d.customer_id = $2"
	" AND d.recorded_at >= $3 AND d.recorded_at < $4 ORDER BY d.event_id) e ORDER BY e.recorded_at, e.event_id",
	INT4OID, INT8OID, TIMESTAMPTZOID, TIMESTAMPTZOID);

/* Rows that are held: they say what happened in ids and amounts, and stay. */
static LoyaltyHolding holdings[] = {
	LOYALTY_HELD("event_delivery", "", LOYALTY_KEEPS),
	LOYALTY_HELD("event_head", "", LOYALTY_KEEPS),
};

const LoyaltyHoldings loyalty_event_holdings = { holdings, lengthof(holdings) };

/* Takes nothing away; the list says so. */
void
loyalty_events_erase(LoyaltyCall *call, const LoyaltyCustomer *root)
{
	loyalty_holdings_erase(&loyalty_event_holdings, call->org->org_id, root);
}

/* Locks the row alone: the next statement sees it as it is. */
bool
loyalty_event_head_lock(int32 org_id, int64 customer_id, int32 subscriber_id, HeadRow *row)
{
	LoyaltyRows *rows =
		LOYALTY_QUERY(&head_locked, LOYALTY_CUSTOMER(org_id, customer_id), loyalty_int4(subscriber_id));

	if (rows->count == 0)
		return false;
	*row = (HeadRow){ 0 };
	loyalty_row_read(rows, 0, &head_layout, row);
	return true;
}

/* Writes the head, which is updated in place where nothing but its end changes. */
void
loyalty_event_head_write(const HeadRow *row, bool is_new)
{
	(void) loyalty_write(is_new ? &heads_insert : &heads_update, row, 1);
}

/* Adds them together: an event for several subscribers opens the table once. */
void
loyalty_deliveries_insert(const DeliveryRow *rows, int count)
{
	(void) loyalty_write(&deliveries_insert, rows, count);
}

/* Notes what became of a delivery, in place. */
void
loyalty_delivery_end(const HeadRow *head, int32 event_no, char state)
{
	(void) LOYALTY_EXECUTE(&delivery_ended, LOYALTY_CUSTOMER(head->org_id, head->customer_id),
						   loyalty_int4(head->subscriber_id), loyalty_int4(event_no), loyalty_char(state));
}

/* Asks nothing where nothing is dead, which is nearly always. */
int
loyalty_deliveries_replayed(const HeadRow *head, const int64 *event_ids, int count)
{
	if (head->head.dead == 0 || count == 0)
		return 0;
	return (int) LOYALTY_EXECUTE(&deliveries_replayed, LOYALTY_CUSTOMER(head->org_id, head->customer_id),
								 loyalty_int4(head->subscriber_id), loyalty_int8s(event_ids, count));
}

/* Reads them as structs, one behind the other. */
int
loyalty_event_heads_take(int32 org_id, int32 subscriber_id, TimestampTz now, int32 quantity, HeadRow **rows)
{
	LoyaltyRows *found = LOYALTY_QUERY(&heads_available, loyalty_int4(org_id), loyalty_int4(subscriber_id),
									   loyalty_time(now), loyalty_int4(quantity));
	int i;

	*rows = palloc0(sizeof(HeadRow) * Max(found->count, 1));
	for (i = 0; i < (int) found->count; i++)
		loyalty_row_read(found, i, &head_layout, &(*rows)[i]);
	return (int) found->count;
}

/* Raises where it is not there: heads and deliveries are written together. */
void
loyalty_delivery_read(const HeadRow *head, int32 event_no, DeliveryRow *row)
{
	LoyaltyRows *rows = LOYALTY_QUERY(&delivery_of_no, LOYALTY_CUSTOMER(head->org_id, head->customer_id),
									  loyalty_int4(head->subscriber_id), loyalty_int4(event_no));

	if (rows->count != 1)
		elog(ERROR, "delivery %d of customer " INT64_FORMAT " is not there", event_no, head->customer_id);
	loyalty_row_read(rows, 0, &delivery_layout, row);
}

/* Asks nothing for a customer who is named. */
int64 *
loyalty_customers_told(int32 org_id, int64 customer_id, TimestampTz from, int *count)
{
	LoyaltyRows *rows;
	int64 *ids;
	int i;

	if (customer_id != 0)
	{
		*count = 1;
		ids = palloc(sizeof(int64));
		ids[0] = customer_id;
		return ids;
	}
	rows = LOYALTY_QUERY(&customers_told, loyalty_int4(org_id), loyalty_time(from));
	*count = (int) rows->count;
	ids = palloc(sizeof(int64) * Max(*count, 1));
	for (i = 0; i < *count; i++)
		ids[i] = loyalty_row_int8(rows, i, 1);
	return ids;
}

/* Ids within a moment come in the order in which they were drawn. */
LoyaltyRows *
loyalty_events_told(int32 org_id, int64 customer_id, TimestampTz from, TimestampTz to)
{
	return LOYALTY_QUERY(&events_told, LOYALTY_CUSTOMER(org_id, customer_id), loyalty_time(from),
						 loyalty_time(to));
}
