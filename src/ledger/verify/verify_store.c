/*
 * verify_store.c: the statement that recomputes what one pass over the books cannot: what ties events to each other,
 * as a reversal may be another customer's than what it takes back.
 */
#include "postgres.h"

#include "catalog/pg_type.h"

#include "ledger/verify/verify_store.h"

/* clang-format off */
/*
 * Events of which more was taken back than they posted, or that are not there. A reversal may be written for another
 * customer of the merge group than what it takes back, so both are looked for under the survivor and all its members.
 * The limit keeps the planner from joining all events.
 */
static LoyaltyQuery wrong_reversals = LOYALTY_CHECK(
		"SELECT format('customer %s, event %s: net points %s, reversed %s', r.customer_id, r.reverses_event_id,"
		" v.net_points, r.net)"
		" FROM (SELECT COALESCE(c.merged_into, x.customer_id) AS customer_id, x.reverses_event_id,"
		"  sum(x.net_points) AS net FROM loyalty_data.ledger_event x"
		"  LEFT JOIN loyalty_data.customer c ON c.org_id = x.org_id"
		"   AND c.customer_id = x.customer_id"
		"  WHERE x.org_id = $1 AND x.reverses_event_id IS NOT NULL"
		"  GROUP BY COALESCE(c.merged_into, x.customer_id), x.reverses_event_id) r"
		" LEFT JOIN loyalty_data.customer d ON d.org_id = $1"
		"  AND d.customer_id = r.customer_id"
		" LEFT JOIN LATERAL (SELECT y.net_points FROM loyalty_data.ledger_event y WHERE y.org_id = $1"
		"  AND y.customer_id = ANY (array_prepend(r.customer_id, d.merged_ids))"
		"  AND y.event_id = r.reverses_event_id LIMIT 1) v ON true"
		" WHERE v.net_points IS NULL OR abs(r.net) > abs(v.net_points)");
/* Runs a check. A text that is null had a null in it: a row whose account or event is not there. */
char *
loyalty_check_run(LoyaltyQuery *check, int32 org_id)
{
	LoyaltyRows *rows = LOYALTY_QUERY(check, loyalty_int4(org_id));

	if (rows->count == 0)
		return NULL;
	return loyalty_row_isnull(rows, 0, 1) ? pstrdup("a row without its account")
										  : loyalty_row_text(rows, 0, 1);
}

/* Runs the check of reversals. */
static char *
check_reversals(int32 org_id)
{
	return loyalty_check_run(&wrong_reversals, org_id);
}

const LoyaltyCheck loyalty_reversals_check = { INVARIANT_REVERSALS, check_reversals };
