/*
 * report_store.c: the statements of reports: interactions of a customer, counts of an org, consents for operators.
 *
 * All see the caller's snapshot and lock nothing. Interactions are those of the customer alone: what was sent to somebody who
 * was merged into it went to another record. Their times are those of the org's clocks, whatever the server's or the
 * session's zone.
 */
#include "postgres.h"

#include "catalog/pg_type.h"

#include "message/delivery/report_store.h"

#define ROWS_PER_FETCH 1000

/*
 * Messages of a customer, the newest first, which are those of the highest ids: the primary key has them in that order, so that
 * a page costs a page, however many there are.
 */
static LoyaltyQuery interactions = LOYALTY_STATEMENT_SEEN(
	"SELECT m.message_id, m.channel::text, loyalty_data.message_word(m.purpose, 'purpose'),"
	" loyalty_data.message_word(m.state, 'state'), loyalty_data.message_word(m.delivery_status, 'delivery_status'),"
	" m.cause::text, e.template::text, n.sender::text, s.source::text, m.campaign, b.address, b.subject, b.body, m.created_at, m.changed_at,"
	" m.changed_at AT TIME ZONE $3, m.message_id::text"
	" FROM loyalty_data.message m LEFT JOIN loyalty_data.message_body b ON b.org_id = $1"
	" AND b.customer_id = $2 AND b.message_id = m.message_id"
	" LEFT JOIN loyalty_data.source s ON s.source_id = m.source_id"
	" LEFT JOIN loyalty_data.sender n ON n.org_id = m.org_id AND n.sender_id = m.sender_id"
	" LEFT JOIN loyalty_data.message_template e ON e.org_id = m.org_id AND e.template_id = m.template_id"
	" WHERE m.org_id = $1 AND m.customer_id = $2 AND ($4 IS NULL OR m.channel = $4)"
	" AND ($5 IS NULL OR m.changed_at >= $5) AND ($6 IS NULL OR m.changed_at < $6)"
	" AND m.message_id < $7 ORDER BY m.message_id DESC LIMIT $8",
	INT4OID, INT8OID, TEXTOID, TEXTOID, TIMESTAMPTZOID, TIMESTAMPTZOID, INT8OID, INT4OID);

/* The last messages of a customer as a section of its single view. */
static LoyaltyQuery last_interactions = LOYALTY_STATEMENT_SEEN(
	"SELECT jsonb_build_object('last_interactions', COALESCE(jsonb_agg(jsonb_build_object('message_id', l.message_id,"
	" 'channel', l.channel, 'purpose', loyalty_data.message_word(l.purpose, 'purpose'), 'state',"
	" loyalty_data.message_word(l.state, 'state'), 'delivery_status',"
	" loyalty_data.message_word(l.delivery_status, 'delivery_status'), 'cause', l.cause, 'campaign', l.campaign,"
	" 'changed_at', l.changed_at, 'local_time', l.changed_at AT TIME ZONE $3) ORDER BY l.message_id DESC),"
	" '[]')) FROM (SELECT m.* FROM loyalty_data.message m WHERE m.org_id = $1 AND m.customer_id = $2"
	" ORDER BY m.message_id DESC LIMIT 10) l",
	INT4OID, INT8OID, TEXTOID);

/* Counts of an org by campaign, channel and day. Messages to its contacts are none of a campaign. */
static LoyaltyQuery report = LOYALTY_STATEMENT_SEEN(
	"SELECT m.campaign, m.channel::text, m.message_day, count(*) FILTER (WHERE m.is_sent),"
	" count(*) FILTER (WHERE m.is_delivered), count(*) FILTER (WHERE m.is_read), count(*) FILTER (WHERE m.is_failed),"
	" count(*) FILTER (WHERE m.is_dnd) FROM loyalty_data.message_outcome m WHERE m.org_id = $1 AND m.customer_id <> 0"
	" AND ($2 IS NULL OR m.message_day >= $2) AND ($3 IS NULL OR m.message_day <= $3) AND ($4 IS NULL OR m.campaign = $4)"
	" AND ($5 IS NULL OR m.channel = $5) GROUP BY m.campaign, m.channel, m.message_day ORDER BY m.message_day, m.campaign, m.channel",
	INT4OID, DATEOID, DATEOID, TEXTOID, TEXTOID);

/* Fields between quotes, in which quotes are doubled, times in UTC. */
#define CSV(value) "'\"' || replace(COALESCE(" value ", ''), '\"', '\"\"') || '\"'"
#define CSV_TIME(column) CSV("to_char(" column " AT TIME ZONE 'UTC', 'YYYY-MM-DD\"T\"HH24:MI:SS\"Z\"')")

static LoyaltyQuery consent_lines = LOYALTY_STATEMENT_SEEN(
	"SELECT " CSV("d.mobile::text") " || ',' || " CSV_TIME("d.consented_at") " || ',' || " CSV_TIME(
		"d.valid_until") " || ',' || " CSV("d.source::text") " || ',' || " CSV("d.consent_source") " FROM loyalty_data.dnd_consent d WHERE d.org_id = $1 ORDER BY d.mobile, d.consented_at, d.source, d.account_id",
	INT4OID);

/* Returns the name of the org's zone as a parameter. */
static NullableDatum
zone_of(const LoyaltyOrg *org)
{
	return loyalty_text(pg_get_timezone_name(org->zone));
}

/* Reads no more than a page. */
LoyaltyRows *
loyalty_interactions_read(const LoyaltyOrg *org, int64 customer_id, const InteractionFilter *filter)
{
	return LOYALTY_QUERY(&interactions, LOYALTY_CUSTOMER(org->org_id, customer_id), zone_of(org),
						 loyalty_text(filter->channel), loyalty_time(filter->from),
						 loyalty_time(filter->before), loyalty_int8(filter->below),
						 loyalty_int4(filter->page_size));
}

/* Reads all messages of the org that are done with: an org has no index by days, which every send would pay for. */
LoyaltyRows *
loyalty_message_report_read(const LoyaltyOrg *org, const ReportFilter *filter)
{
	return LOYALTY_QUERY(&report, loyalty_int4(org->org_id), filter->from_date, filter->to_date,
						 loyalty_text(filter->campaign), loyalty_text(filter->channel));
}

/* Opens a cursor: there may be a line for each customer. */
LoyaltyCursor *
loyalty_dnd_consents_open(int32 org_id)
{
	return loyalty_cursor_open(&consent_lines, LOYALTY_GIVEN(loyalty_int4(org_id)), ROWS_PER_FETCH);
}

/* Runs inside the call of the single view. */
Datum
loyalty_interactions_section(LoyaltyCall *call, int64 customer_id)
{
	LoyaltyRows *rows = LOYALTY_QUERY(&last_interactions, LOYALTY_CUSTOMER(call->org->org_id, customer_id),
									  zone_of(call->org));

	return loyalty_row_value(rows, 0, 1);
}
