/*
 * list_store.c: the statements that list change requests.
 *
 * A list is a union of three tables: requests, deletions, which stand with the statuses, and merges that nobody requested, which
 * are changes of the same kind and were made at once. Each is cut to the page before they are put together, so that a page reads
 * no more than three pages of rows by the index of requests; deletions and merges are few. All see the caller's snapshot and lock
 * nothing.
 *
 * Newest come first, by the time of the request and then by its id, or the merge's; both are drawn from one sequence, so that no
 * two rows of a list have the same. The key of a page is these two, and a page begins behind it: what is written meanwhile
 * comes in front, and moves nothing. A merge that a request made is listed as that request, with the values by which both were
 * named, and one that nobody asked for as a merge without a request.
 *
 * Rows stand under the customer for whom a request was made; the owner of today is found by the row of that customer. Names are those
 * of the former: a survivor has a name of its own, which would say that somebody else had asked.
 */
#include "postgres.h"

#include "catalog/pg_type.h"
#include "utils/fmgrprotos.h"

#include "customer/name_store.h"
#include "request/list_store.h"

#define ROWS_PER_FETCH 1000

/* The filter of each table, by its type, status, time and id as letters and columns; newest first. */
#define FILTERED(type, status, at, id, alias) \
	" WHERE " alias ".org_id = $1 AND ($2 IS NULL OR strpos($2, " type ") > 0) AND strpos($3, " status \
	") > 0 AND ($4 IS NULL OR " at " >= $4) AND ($5 IS NULL OR " at " < $5) AND ($6 IS NULL OR " alias \
	".customer_id = ANY ($6)) AND ($7 IS NULL OR " at " < $7 OR (" at " = $7 AND " id " < $8)) ORDER BY " at \
	" DESC, " id " DESC LIMIT $9)"

/* The columns of the union are named here, once for all three; those that a table lacks are NULL in it. */
#define REQUESTS \
	"(SELECT r.request_id AS row_id, r.request_id, r.request_type, r.status, r.requested_at, r.requested_by::text," \
	" r.origin, r.source_id, r.till_id, r.customer_id, r.target_id, r.decided_at, r.decided_by::text, r.one_step," \
	" r.auto_approved, r.result_id, r.escalated_step, NULL::text AS reason, NULL::text AS actor," \
	" NULL::text[] AS warnings, NULL::text AS decision_reason FROM loyalty_data.change_request r" FILTERED( \
		"r.request_type::text", "r.status::text", "r.requested_at", "r.request_id", "r")

/* A deletion is decided or open; one that was asked for by the call of its own has no origin. */
#define DELETIONS \
	"(SELECT d.request_id, d.request_id, 'r'::\"char\", COALESCE(d.decision, 'p'), d.requested_at, d.requested_by::text," \
	" d.origin, d.source_id, d.till_id, d.customer_id, NULL, d.decided_at, d.decided_by::text, false, false, NULL," \
	" d.escalated_step, d.reason, d.actor, NULL, d.decision_reason FROM loyalty_data.deletion_request d" FILTERED( \
		"'r'", "COALESCE(d.decision, 'p')::text", "d.requested_at", "d.request_id", "d")

/* A merge that a request made is the request. */
#define MERGES \
	"(SELECT m.merge_id, NULL, 'a'::\"char\", 'a'::\"char\", m.recorded_at, NULL, NULL, NULL, m.till_id, m.customer_id," \
	" m.survivor_id, m.recorded_at, NULL, false, false, m.merge_id, 0, m.reason, m.actor, m.warnings," \
	" NULL FROM (SELECT * FROM loyalty_data.merge_record n WHERE n.org_id = $1 AND n.origin <> 'q') m" FILTERED( \
		"'a'", "'a'", "m.recorded_at", "m.merge_id", "m")

/* All of them with what is said of each, and its order; what was erased has no content any more, and is listed all the same. */
#define LIST \
	" FROM (" REQUESTS " UNION ALL " DELETIONS " UNION ALL " MERGES ") l" \
	" JOIN loyalty_data.customer c ON c.org_id = $1 AND c.customer_id = l.customer_id" \
	" LEFT JOIN loyalty_data.change_request_content t ON t.org_id = $1 AND t.customer_id = l.customer_id" \
	" AND t.request_id = l.request_id" \
	" LEFT JOIN loyalty_data.source s ON s.source_id = l.source_id" \
	" LEFT JOIN loyalty_data.till k ON k.org_id = $1 AND k.till_id = l.till_id" \
	" ORDER BY l.requested_at DESC, l.row_id DESC LIMIT $9"

#define OWNER "COALESCE(c.merged_into, c.customer_id)"
#define WHOLE_NAME \
	"NULLIF(concat_ws(' ', " LOYALTY_NAME_OF("first_name", \
											 "l.customer_id") ", " LOYALTY_NAME_OF("last_name", \
																				   "l.customer_id") "), '')"

#define TYPES \
	INT4OID, TEXTOID, TEXTOID, TIMESTAMPTZOID, TIMESTAMPTZOID, INT8ARRAYOID, TIMESTAMPTZOID, INT8OID, \
		INT4OID, TEXTOID

/* A page of a list, in the columns of change_requests. */
static LoyaltyQuery requests_page = LOYALTY_STATEMENT_SEEN(
	"SELECT l.request_id, loyalty_data.request_word(l.request_type, 'request_type'),"
	" loyalty_data.request_word(l.status, 'status'), l.requested_at, l.requested_at AT TIME ZONE $10, l.requested_by,"
	" loyalty_data.request_word(l.origin, 'origin'), s.source::text, k.till::text, " OWNER
	", l.customer_id, " WHOLE_NAME ", t.old_value, t.new_value, l.target_id, t.payload,"
	" COALESCE(t.warnings, l.warnings, '{}'), COALESCE(t.reason, l.reason), COALESCE(t.actor, l.actor), l.decided_at,"
	" l.decided_by, COALESCE(t.decision_reason, l.decision_reason), l.one_step, l.auto_approved, l.result_id, l.escalated_step::int4,"
	" " LOYALTY_PAGE_KEY("l.requested_at", "l.row_id") LIST,
	TYPES);

/* A time on the org's clocks, to the second, for a file. */
#define CSV_TIME(column) "to_char(" column " AT TIME ZONE $10, 'YYYY-MM-DD HH24:MI:SS')"

/* The lines of a file, in the columns of change_requests_csv, all of them texts. */
static LoyaltyQuery requests_lines = LOYALTY_STATEMENT_SEEN(
	"SELECT l.request_id::text, loyalty_data.request_word(l.request_type, 'request_type'),"
	" loyalty_data.request_word(l.status, 'status'), " CSV_TIME(
		"l.requested_at") ", l.requested_by, s.source::text, k.till::text, " OWNER "::text, " WHOLE_NAME
						  ", t.old_value, t.new_value, l.target_id::text,"
						  " COALESCE(t.reason, l.reason), " CSV_TIME(
							  "l.decided_at") ", l.decided_by, COALESCE(t.decision_reason, l.decision_reason), l.one_step::text,"
											  " l.auto_approved::text" LIST,
	TYPES);

/* Requests of one record that wait, deletions among them, behind those of others; and the same as the section. */
static LoyaltyQuery pending_of_customer = LOYALTY_STATEMENT_SEEN(
	"SELECT p.list, jsonb_build_object('pending_requests', p.list) FROM (SELECT $3 || COALESCE(jsonb_agg(jsonb_build_object('request_id', l.request_id, 'request_type',"
	" loyalty_data.request_word(l.request_type, 'request_type'), 'requested_at', l.requested_at, 'origin',"
	" loyalty_data.request_word(l.origin, 'origin'), 'escalated_step', l.escalated_step)"
	" ORDER BY l.requested_at, l.request_id), '[]') AS list FROM (SELECT r.request_id, r.request_type, r.requested_at, r.origin,"
	" r.escalated_step FROM loyalty_data.change_request r WHERE r.org_id = $1 AND r.customer_id = $2"
	" AND r.status = 'p' UNION ALL SELECT d.request_id, 'r'::\"char\", d.requested_at, d.origin, d.escalated_step"
	" FROM loyalty_data.deletion_request d WHERE d.org_id = $1 AND d.customer_id = $2 AND d.decided_at IS NULL) l) p",
	INT4OID, INT8OID, JSONBOID);

/* Fills in the parameters that both lists have. */
static LoyaltyParams
params_of(const LoyaltyOrg *org, const RequestFilter *filter)
{
	int64 *group = NULL;
	int members = filter->customer == NULL ? 0 : loyalty_customer_group(filter->customer, &group);

	return LOYALTY_PARAMS(loyalty_int4(org->org_id), loyalty_text(filter->types),
						  loyalty_text(filter->statuses), loyalty_time(filter->from),
						  loyalty_time(filter->before),
						  filter->customer == NULL ? loyalty_datum(0, true) : loyalty_int8s(group, members),
						  loyalty_time(filter->after.at), loyalty_int8(filter->after.id),
						  loyalty_int4_or_null(filter->page_size),
						  loyalty_text(pg_get_timezone_name(org->zone)));
}

/* Reads no more than a page. */
LoyaltyRows *
loyalty_requests_list(const LoyaltyOrg *org, const RequestFilter *filter)
{
	LoyaltyParams params = params_of(org, filter);

	return loyalty_query(&requests_page, &params);
}

/* Opens a cursor: a file has all that there is. */
LoyaltyCursor *
loyalty_requests_open(const LoyaltyOrg *org, const RequestFilter *filter)
{
	LoyaltyParams params = params_of(org, filter);

	return loyalty_cursor_open(&requests_lines, &params, ROWS_PER_FETCH);
}

/* Asks for each of the group: requests of somebody who was merged are about the survivor now. */
Datum
loyalty_requests_section(LoyaltyCall *call, int64 customer_id)
{
	LoyaltyCustomer customer = { .customer_id = customer_id };
	Datum list = DirectFunctionCall1(jsonb_in, CStringGetDatum("[]"));
	Datum section = 0;
	int64 *group;
	int members;
	int i;

	(void) loyalty_customer_read(call->org->org_id, customer_id, &customer);
	members = loyalty_customer_group(&customer, &group);
	for (i = 0; i < members; i++)
	{
		LoyaltyRows *rows = LOYALTY_QUERY(&pending_of_customer, LOYALTY_CUSTOMER(call->org->org_id, group[i]),
										  loyalty_datum(list, false));

		list = loyalty_row_value(rows, 0, 1);
		section = loyalty_row_value(rows, 0, 2);
	}
	return section;
}
