/*
 * verify_store.c: the statements that recompute what one pass over the books cannot: what ties events to each other,
 * and bills to their numbers.
 */
#include "postgres.h"

#include "catalog/pg_type.h"

#include "common/query.h"
#include "ledger/verify_store.h"

typedef struct Check
{
	Invariant invariant;
	LoyaltyQuery query;
} Check;

/* IS DISTINCT FROM would look for an operator on the caller's search_path. */
#define DIFFERS(a, b) "(" a " <> " b " OR (" a " IS NULL) <> (" b " IS NULL))"

#define CHECK_QUERY(text) \
	{ \
		.sql = text, .types = { INT4OID }, .seen = true, .any_plan = true, .limit = 1 \
	}

/* clang-format off */
static Check checks[] = {
	/*
	 * A reversal may be written for another customer of the merge group than what it takes back. The limit keeps the
	 * planner from joining all events.
	 */
	[CHECK_REVERSALS] = { INVARIANT_REVERSALS, CHECK_QUERY(
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
		" WHERE v.net_points IS NULL OR abs(r.net) > abs(v.net_points)") },

	/* A return may have no number; a bill that is tagged to an identifier has its number already, under customer 0. */
	[CHECK_TRANSACTIONS] = { INVARIANT_TRANSACTIONS, CHECK_QUERY(
		"SELECT format('customer %s, bill %s', COALESCE(b.customer_id, n.customer_id, 0),"
		" COALESCE(b.transaction_id, n.transaction_id, g.transaction_id))"
		" FROM (SELECT * FROM loyalty_data.transaction z WHERE z.org_id = $1) b"
		" FULL JOIN (SELECT * FROM loyalty_data.transaction_number y WHERE y.org_id = $1) n"
		" ON n.org_id = b.org_id AND n.customer_id = b.customer_id"
		" AND n.transaction_id = b.transaction_id"
		" FULL JOIN (SELECT * FROM loyalty_data.tagged_transaction x WHERE x.org_id = $1) g"
		" ON g.org_id = n.org_id AND g.transaction_id = n.transaction_id"
		" AND n.customer_id = 0"
		" LEFT JOIN loyalty_data.ledger_event v ON v.org_id = b.org_id"
		"  AND v.customer_id = b.customer_id AND v.event_id = b.transaction_id"
		"  AND v.event_code = CASE WHEN b.transaction_type = 'b' THEN 32 ELSE 10 END"
		" WHERE CASE WHEN g.transaction_id IS NOT NULL THEN n.transaction_id IS NULL OR b.transaction_id IS NOT NULL"
		"   OR n.transaction_number <> g.transaction_number"
		"   OR n.till_id <> COALESCE(g.till_id, 0)"
		"  WHEN b.transaction_id IS NULL OR v.event_id IS NULL THEN true"
		"  WHEN n.transaction_id IS NULL THEN b.transaction_type <> 'b' OR b.transaction_number IS NOT NULL"
		"  ELSE " DIFFERS("n.transaction_number", "b.transaction_number")
		"   OR n.till_id <> COALESCE(b.till_id, 0) END") },

	/* What came back of a bill and of its lines, by the customers of one merge group; the points that it brought. */
	[CHECK_RETURNS] = { INVARIANT_RETURNS, CHECK_QUERY(
		"SELECT format('customer %s, bill %s: amount %s, returned %s', r.parent_customer_id, r.parent_id, t.amount,"
		" r.amount)"
		" FROM (SELECT x.parent_customer_id, x.parent_id, sum(x.amount) AS amount,"
		"  min(x.event_time) AS first_time, min(COALESCE(c.merged_into, x.customer_id)) AS owner,"
		"  max(COALESCE(c.merged_into, x.customer_id)) AS other_owner"
		"  FROM loyalty_data.transaction x LEFT JOIN loyalty_data.customer c ON c.org_id = $1"
		"   AND c.customer_id = x.customer_id"
		"  WHERE x.org_id = $1 AND x.transaction_type = 'b'"
		"  GROUP BY x.parent_customer_id, x.parent_id) r"
		" LEFT JOIN loyalty_data.transaction t ON t.org_id = $1"
		"  AND t.customer_id = r.parent_customer_id AND t.transaction_id = r.parent_id"
		" LEFT JOIN loyalty_data.customer d ON d.org_id = $1"
		"  AND d.customer_id = r.parent_customer_id"
		" WHERE t.transaction_id IS NULL OR t.transaction_type = 'b'"
		" OR r.amount > t.amount OR r.first_time < t.event_time"
		" OR " DIFFERS("r.owner", "COALESCE(d.merged_into, r.parent_customer_id)")
		" OR " DIFFERS("r.other_owner", "r.owner")
		" UNION ALL SELECT format('customer %s, bill %s, line %s: quantity %s, returned %s', r.parent_customer_id,"
		"  r.parent_id, r.line_no, l.quantity, r.quantity)"
		" FROM (SELECT x.parent_customer_id, x.parent_id, y.line_no, sum(y.quantity) AS quantity,"
		"  sum(y.amount) AS amount FROM loyalty_data.transaction x"
		"  JOIN loyalty_data.transaction_line y ON y.org_id = $1"
		"   AND y.customer_id = x.customer_id AND y.transaction_id = x.transaction_id"
		"  WHERE x.org_id = $1 AND x.transaction_type = 'b'"
		"  GROUP BY x.parent_customer_id, x.parent_id, y.line_no) r"
		" LEFT JOIN loyalty_data.transaction_line l ON l.org_id = $1"
		"  AND l.customer_id = r.parent_customer_id AND l.transaction_id = r.parent_id"
		"  AND l.line_no = r.line_no"
		" WHERE l.line_no IS NULL OR r.quantity > l.quantity OR r.amount > l.amount"
		" UNION ALL SELECT format('customer %s, bill %s: earned %s, lots %s, returned %s', o.customer_id,"
		"  o.transaction_id, v.net_points, o.points, o.returned)"
		" FROM (SELECT l.customer_id, l.transaction_id, sum(l.points) AS points, sum(l.returned) AS returned"
		"  FROM loyalty_data.points_lot l WHERE l.org_id = $1 AND l.transaction_id IS NOT NULL"
		"  AND l.award_type <> 'd' AND l.origin_lot_id IS NULL"
		"  GROUP BY l.customer_id, l.transaction_id) o"
		" LEFT JOIN loyalty_data.ledger_event v ON v.org_id = $1"
		"  AND v.customer_id = o.customer_id AND v.event_id = o.transaction_id"
		" WHERE " DIFFERS("v.net_points", "o.points")
		" OR (o.returned > 0 AND NOT EXISTS (SELECT FROM loyalty_data.transaction r"
		"  WHERE r.org_id = $1 AND r.parent_customer_id = o.customer_id"
		"  AND r.parent_id = o.transaction_id))") },
};
/* clang-format on */
StaticAssertDecl(lengthof(checks) == CHECK_COUNT, "checks[] is out of step with LoyaltyCheck");

Invariant
loyalty_check_invariant(LoyaltyCheck check)
{
	return checks[check].invariant;
}

char *
loyalty_check_run(LoyaltyCheck check, int32 org_id)
{
	LoyaltyParams params = { 0 };
	LoyaltyRows *rows;

	loyalty_param_int4(&params, org_id);
	rows = loyalty_query(&checks[check].query, &params);
	if (rows->count == 0)
		return NULL;
	return loyalty_row_text_or_null(rows, 0, 1) ? loyalty_row_text(rows, 0, 1)
												: pstrdup("a row without its account");
}
