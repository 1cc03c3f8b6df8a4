/*
 * event_check_store.c: the list of what is asked of events, and the checks that stand here: of heads and deliveries, and of what
 * happens to customers and statuses, which know nothing of events.
 *
 * Each reads tables of the whole org once, by people and once in a while; nothing is locked, since every committed call is whole.
 * What was told of a registration or a deletion is found by its name, which a customer has once; a change of status by its id.
 */
#include "postgres.h"

#include "event/event_check.h"

static const LoyaltyEventCheck *checks[LOYALTY_MAX_EVENT_CHECKS];
static int check_count;

/*
 * Heads and deliveries: a head waits exactly while there is something to take, and counts what is dead; deliveries
 * have no gap up to its end; each names the one before it. What a retired one was told may go before it was taken.
 */
static LoyaltyQuery order_breaks = LOYALTY_EVENT_CHECK(
	"SELECT format('customer %s, subscriber %s: %s', b.customer_id, s.subscriber, b.what) FROM ("
	" SELECT h.customer_id, h.subscriber_id, 'its head does not say what waits' AS what FROM loyalty_data.event_head h"
	" WHERE h.org_id = $1 AND (h.is_waiting <> (h.next_no <= h.last_no) OR h.next_no > h.last_no + 1)"
	" UNION ALL SELECT h.customer_id, h.subscriber_id, 'deliveries are missing or too many' FROM loyalty_data.event_head h"
	" WHERE h.org_id = $1 AND (SELECT count(*) FROM loyalty_data.event_delivery d WHERE d.org_id = h.org_id"
	" AND d.customer_id = h.customer_id AND d.subscriber_id = h.subscriber_id AND d.event_no >= h.next_no)"
	" <> h.last_no - h.next_no + 1"
	" UNION ALL SELECT h.customer_id, h.subscriber_id, 'its head counts other dead ones' FROM loyalty_data.event_head h"
	" WHERE h.org_id = $1 AND (SELECT count(*) FROM loyalty_data.event_delivery d WHERE d.org_id = h.org_id"
	" AND d.customer_id = h.customer_id AND d.subscriber_id = h.subscriber_id AND d.state = 'x') <> h.dead"
	" UNION ALL SELECT h.customer_id, h.subscriber_id, 'its head ends with another event' FROM loyalty_data.event_head h"
	" JOIN loyalty_data.event_delivery d ON d.org_id = h.org_id AND d.customer_id = h.customer_id"
	" AND d.subscriber_id = h.subscriber_id AND d.event_no = h.last_no"
	" WHERE h.org_id = $1 AND d.event_id <> h.last_event_id"
	" UNION ALL SELECT d.customer_id, d.subscriber_id, 'a delivery has another state than its head says'"
	" FROM loyalty_data.event_delivery d LEFT JOIN loyalty_data.event_head h ON h.org_id = d.org_id"
	" AND h.customer_id = d.customer_id AND h.subscriber_id = d.subscriber_id"
	" WHERE d.org_id = $1 AND (h.customer_id IS NULL OR (d.state = 'w') <> (d.event_no >= h.next_no))"
	" UNION ALL SELECT d.customer_id, d.subscriber_id, 'a delivery names another one before it'"
	" FROM loyalty_data.event_delivery d LEFT JOIN loyalty_data.event_delivery p ON p.org_id = d.org_id"
	" AND p.customer_id = d.customer_id AND p.subscriber_id = d.subscriber_id AND p.event_no = d.event_no - 1"
	" WHERE d.org_id = $1 AND (d.event_no = 1 OR p.event_no IS NOT NULL)"
	" AND d.previous_event_id IS DISTINCT FROM p.event_id"
	") b JOIN loyalty_data.event_subscriber s ON s.org_id = $1 AND s.subscriber_id = b.subscriber_id AND s.state <> 'r'"
	" ORDER BY b.customer_id, b.subscriber_id, b.what");

/* Event of a customer that was told under a name; 0: there is none. */
#define TOLD_AS(name) \
	"COALESCE((SELECT n.event_id FROM loyalty_data.event_delivery n WHERE n.org_id = c.org_id" \
	" AND n.customer_id = c.customer_id AND n.event_name = '" name "' LIMIT 1), 0)"

static LoyaltyQuery registrations_untold = LOYALTY_UNTOLD("SELECT c.customer_id, " TOLD_AS(
	"customer_registration") " AS event_id,"
							 " 'customer_registration' AS event_name, c.recorded_at FROM loyalty_data.customer c WHERE c.org_id = $1"
							 " UNION ALL SELECT c.customer_id, " TOLD_AS(
								 "customer_deleted") ", 'customer_deleted', c.erased_at"
													 " FROM loyalty_data.customer c WHERE c.org_id = $1 AND c.erased_at IS NOT NULL AND c.merged_into IS NULL");

/* Changes that enable_customer_status makes of a whole org are not told: they take a fraud status away and set none. */
static LoyaltyQuery statuses_untold = LOYALTY_UNTOLD(
	"SELECT h.customer_id, h.change_id AS event_id, 'customer_status_change' AS event_name,"
	" h.changed_at AS recorded_at FROM loyalty_data.customer_status_change h WHERE h.org_id = $1"
	" AND NOT (h.fraud_status IS NULL AND h.previous_fraud_status IS NOT NULL)");

const LoyaltyEventCheck loyalty_event_order_check = {
	"events are told without a gap, each with the one before it", &order_breaks
};
const LoyaltyEventCheck loyalty_registrations_told_check = { "registrations and deletions were told",
															 &registrations_untold };
const LoyaltyEventCheck loyalty_statuses_told_check = { "changes of statuses were told", &statuses_untold };

/* Appends: the order is that of answers. */
void
loyalty_event_check_add(const LoyaltyEventCheck *check)
{
	if (check_count == LOYALTY_MAX_EVENT_CHECKS)
		elog(ERROR, "no room for another check of events");
	checks[check_count++] = check;
}

/* Returns NULL behind the last one. */
const LoyaltyEventCheck *
loyalty_event_check_at(int i)
{
	return i < check_count ? checks[i] : NULL;
}

/* Runs the statement, which answers the first break alone. */
const char *
loyalty_event_break(const LoyaltyEventCheck *check, int32 org_id)
{
	LoyaltyRows *rows = LOYALTY_QUERY(check->first_break, loyalty_int4(org_id));

	return rows->count == 0 ? NULL : loyalty_row_text(rows, 0, 1);
}
