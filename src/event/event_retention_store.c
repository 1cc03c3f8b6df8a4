/*
 * event_retention_store.c: events that an org keeps for a time only.
 *
 * A delivery goes once its subscriber has it, or nobody will ask for it since the subscriber is retired; what still waits stays,
 * however old it is. Heads stay, so that numbers and the event before the next one go on as they were, but for those of retired
 * subscribers that have nothing left; what was dead and is gone is not counted any more.
 *
 * Customers with old deliveries are found without a lock, some at a time, in the order of the primary key: no index is kept of
 * times, since each event would pay for it and one run a day needs it. So a run goes once through the deliveries of its org, and
 * notes how far it came. Each customer is locked then, and all that is old of it goes. Workers lock heads without the customer, but
 * all that they do to a delivery is to settle it. That something is gone is noted with the first batch, in its transaction: a
 * replay that misses an event sees the note.
 */
#include "postgres.h"

#include "catalog/pg_type.h"
#include "utils/timestamp.h"

#include "event/event_store.h"

/* A delivery that is told to nobody any more. */
#define IS_TOLD \
	"(d.state <> 'w' OR EXISTS (SELECT FROM loyalty_data.event_subscriber s WHERE s.org_id = d.org_id" \
	" AND s.subscriber_id = d.subscriber_id AND s.state = 'r'))"

static LoyaltyQuery customers_old = LOYALTY_STATEMENT(
	"SELECT o.customer_id, count(*) FROM (SELECT d.customer_id FROM loyalty_data.event_delivery d WHERE d.org_id = $1"
	" AND d.customer_id > $2 AND d.recorded_at < $3 AND " IS_TOLD
	" ORDER BY d.customer_id LIMIT $4) o GROUP BY o.customer_id ORDER BY o.customer_id",
	INT4OID, INT8OID, TIMESTAMPTZOID, INT4OID);

/* Deletes and counts by one statement: what a worker settles meanwhile is in both or in neither. */
static LoyaltyQuery deliveries_forget = LOYALTY_STATEMENT(
	"WITH gone AS (DELETE FROM loyalty_data.event_delivery d WHERE d.org_id = $1 AND d.customer_id = $2"
	" AND d.recorded_at < $3 AND " IS_TOLD " RETURNING d.subscriber_id, d.state)"
	" UPDATE loyalty_data.event_head h SET dead = h.dead - g.dead FROM (SELECT x.subscriber_id, count(*)::int4 AS dead"
	" FROM gone x WHERE x.state = 'x' GROUP BY x.subscriber_id) g"
	" WHERE h.org_id = $1 AND h.customer_id = $2 AND h.subscriber_id = g.subscriber_id",
	INT4OID, INT8OID, TIMESTAMPTZOID);

static LoyaltyQuery retired_forget = LOYALTY_STATEMENT(
	"DELETE FROM loyalty_data.event_head h USING loyalty_data.event_subscriber s WHERE h.org_id = $1"
	" AND h.customer_id = $2 AND s.org_id = $1 AND s.subscriber_id = h.subscriber_id AND s.state = 'r'"
	" AND NOT EXISTS (SELECT FROM loyalty_data.event_delivery d WHERE d.org_id = $1 AND d.customer_id = $2"
	" AND d.subscriber_id = h.subscriber_id)",
	INT4OID, INT8OID);

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
loyalty_events_forget(LoyaltyCall *call, TimestampTz before, int limit, int64 *after)
{
	int32 org_id = call->org->org_id;
	LoyaltyRows *rows = LOYALTY_QUERY(&customers_old, LOYALTY_CUSTOMER(org_id, *after), loyalty_time(before),
									  loyalty_int4(limit));
	LoyaltyCustomer customer;
	int64 count = 0;
	uint64 i;

	if (rows->count > 0)
		note(call, before);
	for (i = 0; i < rows->count; i++)
	{
		*after = loyalty_row_int8(rows, i, 1);
		count += loyalty_row_int8(rows, i, 2);
		(void) loyalty_customer_lock(org_id, *after, &customer);
		(void) LOYALTY_EXECUTE(&deliveries_forget, LOYALTY_CUSTOMER(org_id, *after), loyalty_time(before));
		(void) LOYALTY_EXECUTE(&retired_forget, LOYALTY_CUSTOMER(org_id, *after));
	}
	return count;
}
