/*
 * event_retention_store.c: events that an org keeps for a time only.
 *
 * An event goes with all that was told of it, once nobody waits for it any more, however old it is. What a retired subscriber was
 * told goes with the first event of the customer that goes: nobody will ask for it. Heads stay, so that numbers and the event
 * before the next one go on as they were; what was dead and is gone is not counted any more.
 *
 * Events are found without a lock, some at a time, whichever they are; then their customers are locked ascending, and each event is
 * looked at anew, since a replay may have put it behind what waits. Workers lock heads without the customer, but all that they do
 * to a delivery is to settle it. That something is gone is noted with the first batch, in its transaction: a replay that misses
 * an event sees the note.
 */
#include "postgres.h"

#include "catalog/pg_type.h"
#include "utils/timestamp.h"

#include "event/event_store.h"

/* An event of an org and customer for which a subscriber waits that is not retired. */
#define AWAITED(org, customer) \
	"EXISTS (SELECT FROM loyalty_data.event_delivery d JOIN loyalty_data.event_subscriber s ON s.org_id = d.org_id" \
	" AND s.subscriber_id = d.subscriber_id AND s.state <> 'r' WHERE d.org_id = " org \
	" AND d.customer_id = " customer " AND d.event_id = n.event_id AND d.state = 'w')"

/* Deliveries of events that are gone. */
#define OF_GONE(delivery) \
	delivery ".org_id = $1 AND " delivery ".customer_id = $2 AND " delivery \
			 ".event_id = ANY ($3) AND NOT EXISTS (SELECT" \
			 " FROM loyalty_data.event_notification n WHERE n.org_id = $1 AND n.customer_id = $2" \
			 " AND n.event_id = " delivery ".event_id)"

static LoyaltyQuery events_old = LOYALTY_STATEMENT(
	"SELECT o.customer_id, o.event_id FROM (SELECT n.customer_id, n.event_id FROM loyalty_data.event_notification n"
	" WHERE n.org_id = $1 AND n.recorded_at < $2 AND NOT " AWAITED(
		"n.org_id", "n.customer_id") " LIMIT $3) o"
									 " ORDER BY o.customer_id, o.event_id",
	INT4OID, TIMESTAMPTZOID, INT4OID);

/* A customer's, of a subscriber that is retired. */
#define OF_RETIRED(table) \
	LOYALTY_STATEMENT( \
		"DELETE FROM loyalty_data." table " t USING loyalty_data.event_subscriber s WHERE t.org_id = $1" \
		" AND t.customer_id = $2 AND s.org_id = $1 AND s.subscriber_id = t.subscriber_id AND s.state = 'r'", \
		INT4OID, INT8OID)

static LoyaltyQuery retired_forget[] = { OF_RETIRED("event_delivery"), OF_RETIRED("event_head") };

/* Rows of some events of a customer, in the order in which they go. */
static LoyaltyQuery events_forget[] = {
	LOYALTY_STATEMENT(
		"DELETE FROM loyalty_data.event_notification n WHERE n.org_id = $1 AND n.customer_id = $2"
		" AND n.event_id = ANY ($3) AND NOT " AWAITED("$1", "$2"),
		INT4OID, INT8OID, INT8ARRAYOID),
	LOYALTY_STATEMENT(
		"UPDATE loyalty_data.event_head h SET dead = h.dead - g.gone FROM (SELECT d.subscriber_id,"
		" count(*)::int4 AS gone FROM loyalty_data.event_delivery d WHERE d.state = 'x' AND " OF_GONE(
			"d") " GROUP BY d.subscriber_id) g WHERE h.org_id = $1 AND h.customer_id = $2"
				 " AND h.subscriber_id = g.subscriber_id",
		INT4OID, INT8OID, INT8ARRAYOID),
	LOYALTY_STATEMENT("DELETE FROM loyalty_data.event_delivery t WHERE " OF_GONE("t"), INT4OID, INT8OID,
					  INT8ARRAYOID),
};

/* Deletes some events of a customer, who is locked. */
static void
forget_of_customer(int32 org_id, int64 customer_id, const int64 *event_ids, int count)
{
	int i;

	for (i = 0; i < (int) lengthof(retired_forget); i++)
		(void) LOYALTY_EXECUTE(&retired_forget[i], LOYALTY_CUSTOMER(org_id, customer_id));
	for (i = 0; i < (int) lengthof(events_forget); i++)
		(void) LOYALTY_EXECUTE(&events_forget[i], LOYALTY_CUSTOMER(org_id, customer_id),
							   loyalty_int8s(event_ids, count));
}

/* Notes once in a run what will be gone; the org's row is locked in front of customers, as everywhere. */
static void
note(LoyaltyCall *call, TimestampTz before)
{
	if (loyalty_events_kept_from(call->org->org_id) >= before)
		return;
	loyalty_call_lock_org(call);
	loyalty_events_keep_from(call->org->org_id, before);
}

/* Goes customer by customer, in ascending order. */
int64
loyalty_events_forget(LoyaltyCall *call, TimestampTz before, int limit)
{
	int32 org_id = call->org->org_id;
	LoyaltyRows *rows =
		LOYALTY_QUERY(&events_old, loyalty_int4(org_id), loyalty_time(before), loyalty_int4(limit));
	int64 *ids = palloc(sizeof(int64) * Max(rows->count, 1));
	LoyaltyCustomer customer;
	uint64 first;
	uint64 n = 0;

	if (rows->count > 0)
		note(call, before);
	for (first = 0; first < rows->count; first += n)
	{
		int64 customer_id = loyalty_row_int8(rows, first, 1);

		for (n = 0; first + n < rows->count && loyalty_row_int8(rows, first + n, 1) == customer_id; n++)
			ids[n] = loyalty_row_int8(rows, first + n, 2);
		(void) loyalty_customer_lock(org_id, customer_id, &customer);
		forget_of_customer(org_id, customer_id, ids, (int) n);
	}
	return (int64) rows->count;
}
