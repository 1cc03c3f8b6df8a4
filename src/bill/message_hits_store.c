/*
 * message_hits_store.c: the statement that holds bills against messages.
 *
 * A customer counts once in a campaign and channel, as the survivor where it was merged, and is told by each message of the
 * campaign that was delivered; the control group, by those that were suppressed for it. What is bought from then on, to the end of
 * the last day on the org's clocks, is a hit: regular bills that nobody has marked as an outlier, each once, of any member of the merge
 * group, and what was paid for them is net of returns. A bill that was booked for the wrong customer and moved is none of its. All
 * is seen under the caller's snapshot; nothing is locked.
 */
#include "postgres.h"

#include "catalog/pg_type.h"

#include "bill/message_hits_store.h"

/* Instants of messages, by who is told. Who got a message of a campaign is not its control group, whatever else was suppressed. */
#define TOLD \
	"SELECT m.campaign, m.channel::text AS channel, COALESCE(c.merged_into, c.customer_id) AS root," \
	" bool_and(m.is_control) OVER (PARTITION BY m.campaign, m.channel, COALESCE(c.merged_into, c.customer_id))" \
	" AS is_control, m.is_control AS is_suppressed, m.told_at FROM loyalty_data.message_outcome m" \
	" JOIN loyalty_data.customer c ON c.org_id = $1 AND c.customer_id = m.customer_id WHERE m.org_id = $1" \
	" AND (m.is_delivered OR m.is_control) AND ($2 IS NULL OR m.message_day >= $2)" \
	" AND ($3 IS NULL OR m.message_day <= $3) AND ($4 IS NULL OR m.campaign = $4) AND ($5 IS NULL OR m.channel = $5)"

/* Bills in the days of any message, each once, with what came back of it. */
#define BOUGHT \
	"SELECT DISTINCT t.campaign, t.channel, t.root, t.is_control, b.transaction_id, b.amount - r.returned AS amount" \
	" FROM told t JOIN loyalty_data.customer g ON g.org_id = $1 AND COALESCE(g.merged_into, g.customer_id) = t.root" \
	" JOIN loyalty_data.transaction b ON b.org_id = $1 AND b.customer_id = g.customer_id" \
	" AND b.transaction_type = 'r' AND b.outlier_status = 'n' AND b.event_time >= t.told_at AND b.event_time <" \
	" ((t.told_at AT TIME ZONE $7)::date + $6 + 1)::timestamp AT TIME ZONE $7" \
	" CROSS JOIN LATERAL (SELECT COALESCE(sum(x.amount), 0) AS returned, bool_or(x.return_kind = 'm') AS is_moved" \
	" FROM loyalty_data.transaction x WHERE x.org_id = $1 AND x.parent_customer_id = b.customer_id" \
	" AND x.parent_id = b.transaction_id AND x.transaction_type = 'b') r" \
	" WHERE t.is_control = t.is_suppressed AND r.is_moved IS NOT TRUE"

/* Customers who were told, each with its bills: those without any have a row that is none. */
#define OF_CUSTOMER \
	"SELECT u.campaign, u.channel, u.root, u.is_control, count(u.transaction_id) AS bills, sum(u.amount) AS sales" \
	" FROM (SELECT t.campaign, t.channel, t.root, t.is_control, NULL::int8 AS transaction_id, 0::numeric AS amount" \
	" FROM told t UNION ALL " BOUGHT ") u GROUP BY u.campaign, u.channel, u.root, u.is_control"

#define COUNTED \
	"SELECT o.campaign, o.channel, count(*) FILTER (WHERE NOT o.is_control) AS delivered," \
	" count(*) FILTER (WHERE NOT o.is_control AND o.bills > 0) AS hits," \
	" COALESCE(sum(o.bills) FILTER (WHERE NOT o.is_control), 0)::int8 AS bills," \
	" COALESCE(sum(o.sales) FILTER (WHERE NOT o.is_control), 0) AS sales," \
	" count(*) FILTER (WHERE o.is_control) AS controls," \
	" COALESCE(sum(o.sales) FILTER (WHERE o.is_control), 0) AS control_sales" \
	" FROM of_customer o GROUP BY o.campaign, o.channel"

/* Reads most of what there is, so the planner goes by how much that is. */
static LoyaltyQuery hits = {
	.sql =
		"WITH told AS (" TOLD "), of_customer AS (" OF_CUSTOMER "), counted AS (" COUNTED ")"
		" SELECT n.campaign, n.channel, n.delivered, n.hits, round(n.hits::numeric / NULLIF(n.delivered, 0), 4),"
		" n.bills, n.sales, n.controls, n.control_sales,"
		" round(n.sales - n.control_sales * n.delivered / NULLIF(n.controls, 0), 3)"
		" FROM counted n ORDER BY n.campaign, n.channel",
	.types = { INT4OID, DATEOID, DATEOID, TEXTOID, TEXTOID, INT4OID, TEXTOID },
	.seen = true,
	.any_plan = true,
};

/* Reads the messages of an org, and the bills of those who were told. */
LoyaltyRows *
loyalty_message_hits_read(const LoyaltyOrg *org, int days, const ReportFilter *filter)
{
	return LOYALTY_QUERY(&hits, loyalty_int4(org->org_id), filter->from_date, filter->to_date,
						 loyalty_text(filter->campaign), loyalty_text(filter->channel), loyalty_int4(days),
						 loyalty_text(pg_get_timezone_name(org->zone)));
}
