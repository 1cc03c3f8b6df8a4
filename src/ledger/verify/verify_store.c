/*
 * verify_store.c: statements that recompute what one pass over the books cannot: what ties rows of several customers of a
 * merge group to each other, as a reversal may be another customer's than what it takes back.
 */
#include "postgres.h"

#include "catalog/pg_type.h"

#include "ledger/verify/verify_store.h"

/* clang-format off */
/*
 * Draws of which more went back than was drawn, or which are not there, or whose redemption is that of another group;
 * and entries whose reversals of a lot are not what came to that lot, or to a new one that continues it.
 */
static LoyaltyQuery wrong_reversals = LOYALTY_CHECK(
		"SELECT format('customer %s, event %s, lot %s: drawn %s, reversed %s', r.customer_id, r.event_id, r.lot_id,"
		" x.points, r.points)"
		" FROM (SELECT w.reversed_customer_id AS customer_id, w.reversed_event_id AS event_id, w.lot_id,"
		"  sum(w.points) AS points, bool_and(COALESCE(c.merged_into, w.customer_id)"
		"   = COALESCE(d.merged_into, w.reversed_customer_id)) AS is_of_group"
		"  FROM loyalty_data.reversal w"
		"  LEFT JOIN loyalty_data.customer c ON c.org_id = w.org_id AND c.customer_id = w.customer_id"
		"  LEFT JOIN loyalty_data.customer d ON d.org_id = w.org_id AND d.customer_id = w.reversed_customer_id"
		"  WHERE w.org_id = $1 GROUP BY w.reversed_customer_id, w.reversed_event_id, w.lot_id) r"
		" LEFT JOIN loyalty_data.lot_movement x ON x.org_id = $1 AND x.customer_id = r.customer_id"
		"  AND x.lot_id = r.lot_id AND x.event_id = r.event_id AND x.movement_type = 'r'"
		" WHERE x.points IS NULL OR r.points > x.points OR NOT r.is_of_group"
		" UNION ALL SELECT format('customer %s, lot %s: entry %s reversed %s, put back %s',"
		"  COALESCE(r.customer_id, p.customer_id), COALESCE(r.lot_id, p.lot_id),"
		"  COALESCE(r.entry_no, p.entry_no), r.points, p.points)"
		" FROM (SELECT w.customer_id, w.program_id, w.entry_no, w.lot_id, sum(w.points) AS points"
		"  FROM loyalty_data.reversal w WHERE w.org_id = $1"
		"  GROUP BY w.customer_id, w.program_id, w.entry_no, w.lot_id) r"
		" FULL JOIN (SELECT b.customer_id, b.program_id, b.entry_no, b.lot_id, sum(b.points) AS points"
		"  FROM (SELECT m.customer_id, l.program_id, m.entry_no, m.lot_id, m.points"
		"   FROM loyalty_data.lot_movement m JOIN loyalty_data.points_lot l ON l.org_id = m.org_id"
		"    AND l.customer_id = m.customer_id AND l.lot_id = m.lot_id"
		"   WHERE m.org_id = $1 AND m.movement_type = 'R'"
		"   UNION ALL SELECT n.customer_id, n.program_id, n.entry_no, n.origin_lot_id, n.points"
		"   FROM loyalty_data.points_lot n JOIN loyalty_data.ledger_entry e ON e.org_id = n.org_id"
		"    AND e.customer_id = n.customer_id AND e.program_id = n.program_id AND e.category = n.category"
		"    AND e.entry_no = n.entry_no"
		"   WHERE n.org_id = $1 AND n.origin_lot_id IS NOT NULL AND e.house_account = 'r'"
		"    AND e.entry_type = 'c') b"
		"  GROUP BY b.customer_id, b.program_id, b.entry_no, b.lot_id) p"
		"  ON p.customer_id = r.customer_id AND p.program_id = r.program_id AND p.entry_no = r.entry_no"
		"  AND p.lot_id = r.lot_id"
		" WHERE r.points IS DISTINCT FROM p.points");

/*
 * Claims beyond what is out of their lot: of the lots that it goes on as in the group, what was spent, given away or
 * paid for arrears. What is claimed or covered is a part of what was awarded, and no claim is settled twice.
 */
static LoyaltyQuery wrong_claims = LOYALTY_CHECK(
		"SELECT format('customer %s, lot %s: awarded %s, claimed %s, covered %s, out %s', k.lot_customer_id, k.lot_id,"
		" l.points, k.claimed, k.covered, o.points)"
		" FROM (SELECT q.lot_customer_id, q.lot_id, sum(q.claimed) AS claimed, sum(q.covered) AS covered"
		"  FROM loyalty_data.lot_claim q WHERE q.org_id = $1 GROUP BY q.lot_customer_id, q.lot_id) k"
		" LEFT JOIN loyalty_data.points_lot l ON l.org_id = $1 AND l.customer_id = k.lot_customer_id"
		"  AND l.lot_id = k.lot_id"
		" LEFT JOIN loyalty_data.customer c ON c.org_id = $1 AND c.customer_id = k.lot_customer_id"
		" LEFT JOIN loyalty_data.customer d ON d.org_id = $1"
		"  AND d.customer_id = COALESCE(c.merged_into, c.customer_id)"
		" CROSS JOIN LATERAL (WITH RECURSIVE tree (customer_id, lot_id) AS (SELECT k.lot_customer_id, k.lot_id"
		"   UNION ALL SELECT n.customer_id, n.lot_id FROM tree t JOIN loyalty_data.points_lot n ON n.org_id = $1"
		"    AND n.customer_id = ANY (array_prepend(d.customer_id, d.merged_ids))"
		"    AND n.origin_lot_id = t.lot_id AND n.origin_customer_id = t.customer_id)"
		"  SELECT COALESCE(sum(z.redeemed + z.transferred + z.arrears_paid), 0) AS points"
		"  FROM tree t JOIN loyalty_data.points_lot z ON z.org_id = $1 AND z.customer_id = t.customer_id"
		"   AND z.lot_id = t.lot_id) o"
		" WHERE l.points IS NULL OR k.claimed < 0 OR k.claimed + k.covered > l.points OR k.claimed > o.points");

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

/* Runs the check of claims. */
static char *
check_claims(int32 org_id)
{
	return loyalty_check_run(&wrong_claims, org_id);
}

/* Runs the check of accounts. */
static char *
check_enrolments(int32 org_id)
{
	return loyalty_check_run(&wrong_enrolments, org_id);
}

const LoyaltyCheck loyalty_reversals_check = { .invariant = INVARIANT_REVERSALS, .find = check_reversals };
const LoyaltyCheck loyalty_claims_check = { .invariant = INVARIANT_RETURNS, .find = check_claims };
const LoyaltyCheck loyalty_enrolments_check = { .invariant = INVARIANT_ENROLMENTS, .find = check_enrolments };
