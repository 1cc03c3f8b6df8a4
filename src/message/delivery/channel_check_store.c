/*
 * channel_check_store.c: what verify_channels asks of messages.
 *
 * A message has a row in the queue exactly while it is queued or leased, and as many attempts as leases were given for it. Its
 * delivery status is the highest of its reports, by the ranks of delivery_rules.c, which the text of the statement repeats
 * so that the rule is held by another way; where reports were forgotten, it is no lower than those that are left. And no text outlives its wiping: one of a code goes as its message is done with, and
 * all that was sent to a person, or written by it, as the person is deleted.
 *
 * The statements read tables as a whole, once, and stop at the first break; nothing is locked, since every committed call
 * is whole.
 */
#include "postgres.h"

#include "catalog/pg_type.h"

#include "message/delivery/channel_check_store.h"

#define CHECK(text) \
	{ \
		.sql = text, .types = { INT4OID }, .seen = true, .any_plan = true, .limit = 1 \
	}
#define SAYS(alias) "format('customer %s, message %s', " alias ".customer_id, " alias ".message_id)"

static LoyaltyQuery queue_breaks = CHECK(
	"SELECT format('customer %s, message %s', COALESCE(m.customer_id, q.customer_id), COALESCE(m.message_id,"
	" q.message_id)) FROM (SELECT * FROM loyalty_data.message z WHERE z.org_id = $1 AND z.state = ANY"
	" ('{q,l}'::\"char\"[])) m FULL JOIN (SELECT * FROM loyalty_data.message_queue y WHERE y.org_id = $1) q"
	" ON q.org_id = m.org_id AND q.customer_id = m.customer_id AND q.message_id = m.message_id"
	" WHERE m.message_id IS NULL OR q.message_id IS NULL OR q.channel <> m.channel");

static LoyaltyQuery lease_breaks = CHECK("SELECT " SAYS(
	"m") " FROM loyalty_data.message m JOIN loyalty_data.message_queue q ON q.org_id = m.org_id"
		 " AND q.customer_id = m.customer_id AND q.message_id = m.message_id WHERE m.org_id = $1"
		 " AND (q.lease_no <> m.attempts OR (m.state = 'l' AND m.attempts = 0))");

static LoyaltyQuery status_breaks = CHECK("SELECT " SAYS(
	"m") " FROM loyalty_data.message m LEFT JOIN (SELECT s.org_id, s.customer_id, s.message_id,"
		 " max(strpos('sfudr', s.delivery_status::text)) AS highest FROM"
		 " loyalty_data.message_status s WHERE s.org_id = $1 GROUP BY s.org_id, s.customer_id,"
		 " s.message_id) r ON r.org_id = m.org_id AND r.customer_id = m.customer_id"
		 " AND r.message_id = m.message_id WHERE m.org_id = $1"
		 " AND strpos('sfudr', m.delivery_status::text) IS DISTINCT FROM r.highest"
		 " AND (m.forgotten_reports IS NULL OR m.delivery_status IS NULL"
		 " OR strpos('sfudr', m.delivery_status::text) < r.highest)");

/* A customer who was deleted; what tells of the deletion itself has its text until it is sent. */
#define OF_DELETED(alias) \
	" JOIN loyalty_data.customer c ON c.org_id = " alias ".org_id AND c.customer_id = " alias ".customer_id" \
	" AND c.erased_at IS NOT NULL"
#define IS_OPEN "m.state = ANY ('{q,l}'::\"char\"[])"
#define MESSAGE_OF(alias) \
	" JOIN loyalty_data.message m ON m.org_id = " alias ".org_id AND m.customer_id = " alias ".customer_id" \
	" AND m.message_id = " alias ".message_id"
#define OUTLIVES " AND NOT (m.is_about_deletion AND " IS_OPEN ")"

static LoyaltyQuery text_breaks =
	CHECK("SELECT " SAYS("b") " FROM loyalty_data.message_body b" MESSAGE_OF(
		"b") " WHERE b.org_id = $1 AND m.purpose = 'c' AND NOT " IS_OPEN
			 " AND (b.sealed IS NOT NULL OR b.body IS NOT NULL OR b.html IS NOT NULL OR b.variables IS NOT NULL"
			 " OR b.components IS NOT NULL OR b.customer_id = 0)"
			 " UNION ALL SELECT " SAYS("b") " FROM loyalty_data.message_body b" MESSAGE_OF("b")
				 OF_DELETED("b") " WHERE b.org_id = $1" OUTLIVES " UNION ALL SELECT " SAYS(
					 "a") " FROM loyalty_data.message_attachment a" MESSAGE_OF("a")
					 OF_DELETED(
						 "a") " WHERE a.org_id = $1" OUTLIVES
							  " UNION ALL SELECT " SAYS("i") " FROM loyalty_data.inbound_message i" OF_DELETED(
								  "i") " WHERE i.org_id = $1 AND (i.address IS NOT NULL OR i.body IS NOT NULL)");

const ChannelCheck loyalty_channel_checks[CHANNEL_CHECKS] = {
	{ "messages that are queued or leased are in the queue, and no others", &queue_breaks },
	{ "a message was attempted as often as it was leased", &lease_breaks },
	{ "the delivery status is the highest that was reported", &status_breaks },
	{ "no text outlives its wiping", &text_breaks },
};

/* Returns ids, which are no personal data. */
const char *
loyalty_channel_break(const ChannelCheck *check, int32 org_id)
{
	LoyaltyRows *rows = LOYALTY_QUERY(check->first_break, loyalty_int4(org_id));

	return rows->count > 0 ? loyalty_row_text(rows, 0, 1) : NULL;
}
