/*
 * told_store.c: whether subscribers were told of what was posted, and of nothing else: an event of the ledger and what is told of it
 * have one id, and are written in one transaction.
 *
 * Names are those of table event_type, but for what moved in a merge, since the merge itself is told under that name; the event that
 * opens the accounts of a registration is not told.
 */
#include "postgres.h"

#include "ledger/verify/told_store.h"

/* Codes stand in the text as code_rules.h has them: 1 is a registration, 41 a merge. */
#define NAME "CASE y.event_code WHEN 41 THEN 'points_merge' ELSE y.event_name::text END"

static LoyaltyQuery postings_untold = LOYALTY_UNTOLD(
	"SELECT v.customer_id, v.event_id, " NAME
	" AS event_name, v.recorded_at FROM (SELECT w.customer_id, w.event_id,"
	" w.event_code, w.recorded_at FROM loyalty_data.ledger_event w WHERE w.org_id = $1 AND w.event_code <> 1"
	" UNION ALL SELECT e.customer_id, e.event_id, e.event_code, e.recorded_at FROM loyalty_data.ledger_entry e"
	" WHERE e.org_id = $1 AND e.event_code <> 1) v JOIN loyalty_data.event_type y ON y.event_code = v.event_code");

static LoyaltyQuery told_unposted = LOYALTY_EVENT_CHECK(
	"SELECT format('customer %s: %s %s', n.customer_id, n.event_name, n.event_id) FROM loyalty_data.event_delivery n"
	" WHERE n.org_id = $1 AND n.event_name IN (SELECT " NAME
	" FROM loyalty_data.event_type y WHERE y.event_code <> 1)"
	" AND NOT EXISTS (SELECT FROM loyalty_data.ledger_event w WHERE w.org_id = $1 AND w.customer_id = n.customer_id"
	" AND w.event_id = n.event_id)"
	" AND NOT EXISTS (SELECT FROM loyalty_data.ledger_entry e WHERE e.org_id = $1 AND e.customer_id = n.customer_id"
	" AND e.event_id = n.event_id)");

const LoyaltyEventCheck loyalty_ledger_told_check = { "what was posted was told", &postings_untold };
const LoyaltyEventCheck loyalty_ledger_only_told_check = { "what was told of points was posted",
														   &told_unposted };
