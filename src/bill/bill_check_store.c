/*
 * bill_check_store.c: what verify_ledger asks of bills: that bills, their numbers and events belong together, and that no
 * more came back than was bought.
 */
#include "postgres.h"

#include "catalog/pg_type.h"

#include "bill/bill_check_store.h"

/* clang-format off */
/* A return may have no number; a bill that is tagged to an identifier has its number already, under customer 0. */
static LoyaltyQuery wrong_bills = LOYALTY_CHECK(
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
	"  ELSE n.transaction_number IS DISTINCT FROM b.transaction_number"
	"   OR n.till_id <> COALESCE(b.till_id, 0) END");

/* What came back of a bill and of its lines, by the customers of one merge group; the points that it brought. */
static LoyaltyQuery wrong_returns = LOYALTY_CHECK(
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
	" OR r.owner IS DISTINCT FROM COALESCE(d.merged_into, r.parent_customer_id)"
	" OR r.other_owner IS DISTINCT FROM r.owner"
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
	" WHERE v.net_points IS DISTINCT FROM o.points"
	" OR (o.returned > 0 AND NOT EXISTS (SELECT FROM loyalty_data.transaction r"
	"  WHERE r.org_id = $1 AND r.parent_customer_id = o.customer_id"
	"  AND r.parent_id = o.transaction_id))");
/* clang-format on */

static char *
check_bills(int32 org_id)
{
	return loyalty_check_run(&wrong_bills, org_id);
}

static char *
check_returns(int32 org_id)
{
	return loyalty_check_run(&wrong_returns, org_id);
}

const LoyaltyCheck loyalty_bills_check = { INVARIANT_TRANSACTIONS, check_bills };
const LoyaltyCheck loyalty_returns_check = { INVARIANT_RETURNS, check_returns };
