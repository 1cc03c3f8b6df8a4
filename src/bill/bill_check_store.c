/*
 * bill_check_store.c: what verify_ledger asks of bills.
 *
 * Two invariants. A bill, its number and its event belong together: each is there with the others and says the
 * same. And no more of a bill, or of one of its lines, came back than was bought, by returns of one merge group
 * and none older than the bill; the lots that a bill brought add up to what its event earned, and show nothing
 * as returned without a return.
 *
 * Both read tables as a whole and stop at the first divergence, which is told by ids alone. Nothing is locked:
 * they see one snapshot, in which every committed call is whole.
 */
#include "postgres.h"

#include "catalog/pg_type.h"

#include "bill/bill_check_store.h"

/* clang-format off */
/*
 * Full joins, since any of the three may be missing. A return may have no number; a bill that is tagged to an
 * identifier has its number already, under customer 0, and no row of its own yet. The event's code is that of a
 * return (32) or of a bill (10).
 */
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
	"   OR n.transaction_number IS DISTINCT FROM g.transaction_number"
	"   OR n.till_id IS DISTINCT FROM COALESCE(g.till_id, 0)"
	"  WHEN b.transaction_id IS NULL OR v.event_id IS NULL THEN true"
	"  WHEN n.transaction_id IS NULL THEN"
	"   (b.transaction_type <> 'b' OR b.transaction_number IS NOT NULL) AND NOT EXISTS ("
	"   SELECT FROM loyalty_data.transaction r JOIN loyalty_data.transaction m ON m.org_id = $1"
	"    AND m.parent_customer_id = r.parent_customer_id AND m.parent_id = r.parent_id AND m.transaction_type <> 'b'"
	"    AND m.transaction_number = b.transaction_number AND m.till_id IS NOT DISTINCT FROM b.till_id"
	"   WHERE r.org_id = $1 AND r.parent_customer_id = b.customer_id AND r.parent_id = b.transaction_id"
	"    AND r.return_kind = 'm')"
	"  ELSE n.transaction_number IS DISTINCT FROM b.transaction_number"
	"   OR n.till_id IS DISTINCT FROM COALESCE(b.till_id, 0) END");

/*
 * Four parts: the amounts of whole bills with the group and time of their returns; quantities and amounts of
 * lines; points; and awards of referrals, of which no more comes back than there was.
 */
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
	"  AND r.parent_id = o.transaction_id))"
	" UNION ALL SELECT format('referral %s: awarded %s, returned %s', f.pair_id, f.awarded, f.returned)"
	" FROM (SELECT v.pair_id, sum(v.net_points) FILTER (WHERE v.event_code <> 33) AS awarded,"
	"  - sum(v.net_points) FILTER (WHERE v.event_code = 33) AS returned"
	"  FROM loyalty_data.ledger_event v WHERE v.org_id = $1 AND v.event_code = ANY ('{17,18,33}'::int2[])"
	"  GROUP BY v.pair_id) f WHERE f.returned > COALESCE(f.awarded, 0)");

/*
 * A referral and its two events name each other: both events have it as their pair, and its bill; the referee's lot, which
 * has the event's id, knows the program. Events 17 and 18 are awards of referrals, and have no other source.
 */
static LoyaltyQuery wrong_referrals = LOYALTY_CHECK(
	"SELECT format('customer %s, referral %s', COALESCE(r.customer_id, v.customer_id), COALESCE(r.referral_id, v.event_id))"
	" FROM (SELECT * FROM loyalty_data.referral x WHERE x.org_id = $1) r"
	" FULL JOIN (SELECT * FROM loyalty_data.ledger_event y WHERE y.org_id = $1 AND y.event_code = 18) v"
	" ON v.customer_id = r.customer_id AND v.event_id = r.referral_id"
	" LEFT JOIN loyalty_data.ledger_event w ON w.org_id = $1 AND w.customer_id = r.referrer_id"
	"  AND w.event_id = r.referrer_event_id AND w.event_code = 17"
	" LEFT JOIN loyalty_data.points_lot l ON l.org_id = $1 AND l.customer_id = r.customer_id"
	"  AND l.lot_id = r.referral_id"
	" WHERE r.referral_id IS NULL OR v.event_id IS NULL OR w.event_id IS NULL OR l.lot_id IS NULL"
	" OR v.pair_id IS DISTINCT FROM r.referral_id OR w.pair_id IS DISTINCT FROM r.referral_id"
	" OR v.transaction_id IS DISTINCT FROM r.transaction_id OR l.program_id IS DISTINCT FROM r.program_id"
	" UNION ALL SELECT format('customer %s, event %s: an award for a referral that there is not', w.customer_id, w.event_id)"
	" FROM loyalty_data.ledger_event w LEFT JOIN loyalty_data.referral r ON r.org_id = $1"
	"  AND r.referrer_id = w.customer_id AND r.referrer_event_id = w.event_id"
	" WHERE w.org_id = $1 AND w.event_code = 17 AND r.referral_id IS NULL");
/* clang-format on */

/* Returns the first bill that does not belong together, or NULL. */
static char *
check_bills(int32 org_id)
{
	return loyalty_check_run(&wrong_bills, org_id);
}

/* Returns the first bill of which too much came back, or NULL. */
static char *
check_returns(int32 org_id)
{
	return loyalty_check_run(&wrong_returns, org_id);
}

/* Returns the first referral that does not follow from its events, or NULL. */
static char *
check_referrals(int32 org_id)
{
	return loyalty_check_run(&wrong_referrals, org_id);
}

const LoyaltyCheck loyalty_bills_check = { .invariant = INVARIANT_TRANSACTIONS, .find = check_bills };
const LoyaltyCheck loyalty_returns_check = { .invariant = INVARIANT_RETURNS, .find = check_returns };
const LoyaltyCheck loyalty_referrals_check = { .invariant = INVARIANT_REFERRALS, .find = check_referrals };
