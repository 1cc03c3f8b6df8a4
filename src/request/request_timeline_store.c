/*
 * request_timeline_store.c: the statement behind the requests of customer_timeline: a line for whatever became of each. A customer
 * has few. Values that were asked for are in no line: change_requests shows them.
 */
#include "postgres.h"

#include "customer/timeline_store.h"
#include "request/request_timeline_store.h"

static LoyaltyQuery request_lines = LOYALTY_STATEMENT_SEEN(
	"SELECT t.logged_at, t.request_id, t.log_no::int8, loyalty_data.request_word(t.change, 'change'), t.logged_at,"
	" jsonb_build_object('request_type', loyalty_data.request_word(r.request_type, 'request_type'), 'origin',"
	" loyalty_data.request_word(r.origin, 'origin'), 'role', t.role, 'actor', t.actor)"
	" FROM loyalty_data.change_request_log t JOIN loyalty_data.change_request r ON r.org_id = $1 AND r.customer_id = $2"
	" AND r.request_id = t.request_id WHERE " LOYALTY_TIMELINE_OF("t")
		LOYALTY_TIMELINE_BEHIND("t.logged_at", "t.request_id", "t.log_no::int8"),
	LOYALTY_TIMELINE_TYPES);

const LoyaltyTimelineSource loyalty_request_timeline = { .kind = "request", .lines = &request_lines };
