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

/*
 * Loyalty customers who lack an account. A program opens accounts at its customers' registration, so whoever registered
 * after somebody else had an account of it by then has all three of it. Customers who are older than a program have
 * theirs from when they are first posted to.
 */
static LoyaltyQuery wrong_enrolments = LOYALTY_CHECK(
		"SELECT format('customer %s, program %s: %s accounts', c.customer_id, p.program_id, count(a.category))"
		" FROM (SELECT e.program_id, min(COALESCE(e.recorded_at, v.recorded_at)) AS known_at"
		"  FROM loyalty_data.ledger_entry e LEFT JOIN loyalty_data.ledger_event v ON v.org_id = $1"
		"   AND v.customer_id = e.customer_id AND v.event_id = e.event_id"
		"  WHERE e.org_id = $1 AND e.entry_no = 1 GROUP BY e.program_id) p"
		" JOIN loyalty_data.customer c ON c.org_id = $1 AND c.loyalty_type = 'l'"
		" LEFT JOIN loyalty_data.ledger_account a ON a.org_id = $1 AND a.customer_id = c.customer_id"
		"  AND a.program_id = p.program_id"
		" GROUP BY c.customer_id, c.recorded_at, p.program_id, p.known_at"
		" HAVING count(a.category) <> 3 AND (count(a.category) > 0 OR c.recorded_at > p.known_at)");
/* clang-format on */

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

/* Runs the check of accounts. */
static char *
check_enrolments(int32 org_id)
{
	return loyalty_check_run(&wrong_enrolments, org_id);
}

const LoyaltyCheck loyalty_reversals_check = { .invariant = INVARIANT_REVERSALS, .find = check_reversals };
const LoyaltyCheck loyalty_enrolments_check = { .invariant = INVARIANT_ENROLMENTS, .find = check_enrolments };
