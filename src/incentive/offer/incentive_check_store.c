/*
 * incentive_check_store.c: the statements of verify_incentives.
 *
 * Each finds the first row that breaks its invariant, and names it by ids. They read tables of an org as a whole under the caller's
 * snapshot, in which a use, its counters and its limits are all there or none is. A limit of all together is held against the uses of
 * its series; one of a customer against those of the whole merge group, under whichever of its ids they are counted.
 *
 * A limit may have been changed, closed or made since: what is used of it is its maximum less what its slots have left, in any case. One
 * without a maximum counts down from 10^18, which nobody uses up. Coupons that were revoked count as issued, and uses that were given back
 * count as none. Reads of an org as a whole may take long; they wait for nobody.
 */
#include "postgres.h"

#include "incentive/offer/incentive_check_store.h"
#include "ledger/verify/verify_store.h"

/* Uses "u" of an org that were not given back. */
#define USES_LEFT \
	"(SELECT x.* FROM loyalty_data.incentive_use x WHERE x.org_id = $1 AND NOT EXISTS (SELECT FROM loyalty_data.use_return r" \
	" WHERE r.org_id = $1 AND r.customer_id = x.customer_id AND r.use_id = x.use_id)) u"

/* Coupons "c" of an org that somebody holds. */
#define COUPONS_HELD \
	"(SELECT x.coupon_id, x.series_id, x.customer_id, x.redemptions FROM loyalty_data.coupon x WHERE x.org_id = $1" \
	" AND x.customer_id IS NOT NULL UNION ALL SELECT y.coupon_id, y.series_id, y.customer_id, y.redemptions" \
	" FROM loyalty_data.generic_coupon y WHERE y.org_id = $1) c"

/* Root of the merge group of a customer. */
#define ROOT_OF(customer) \
	"COALESCE((SELECT m.merged_into FROM loyalty_data.customer m WHERE m.org_id = $1 AND m.customer_id = " customer \
	"), " customer ")"

/* Limits of a kind whose slots do not say what was counted "n" of their owner. */
#define SLOTS_AGAINST(kind_letter, counted) \
	LOYALTY_CHECK( \
		"SELECT format('limit %s: slots say %s, counted are %s', l.limit_id, l.used, COALESCE(n.counted, 0))" \
		" FROM (SELECT y.limit_id, y.owner_id, COALESCE(y.maximum, 1000000000000000000) - (SELECT sum(s.remaining)" \
		" FROM loyalty_data.limit_slot s WHERE s.org_id = $1 AND s.limit_id = y.limit_id) AS used" \
		" FROM loyalty_data.use_limit y JOIN loyalty_data.coupon_series z ON z.org_id = $1 AND z.series_id = y.owner_id" \
		" WHERE y.org_id = $1 AND y.kind = '" kind_letter "') l LEFT JOIN (" counted \
		") n ON n.series_id = l.owner_id WHERE l.used IS DISTINCT FROM COALESCE(n.counted, 0)")

/* Coupons that count other uses than they have. */
static LoyaltyQuery coupon_uses =
	LOYALTY_CHECK("SELECT format('coupon %s: counted %s, uses %s', COALESCE(c.coupon_id, n.coupon_id),"
				  " COALESCE(c.redemptions, 0), COALESCE(n.uses, 0)) FROM " COUPONS_HELD
				  " FULL JOIN (SELECT u.coupon_id, count(*) AS uses FROM " USES_LEFT
				  " WHERE u.kind = 'c' GROUP BY u.coupon_id) n ON n.coupon_id = c.coupon_id"
				  " WHERE COALESCE(c.redemptions, 0) <> COALESCE(n.uses, 0)");

/* Returns of what nobody used. */
static LoyaltyQuery use_returns = LOYALTY_CHECK(
	"SELECT format('customer %s, use %s: returned without a use', r.customer_id, r.use_id)"
	" FROM loyalty_data.use_return r WHERE r.org_id = $1 AND NOT EXISTS (SELECT FROM loyalty_data.incentive_use u"
	" WHERE u.org_id = $1 AND u.customer_id = r.customer_id AND u.use_id = r.use_id)");

/* Series whose redemptions and slots do not add up. */
static LoyaltyQuery total_limits =
	SLOTS_AGAINST("t", "SELECT u.series_id, count(*) AS counted FROM " USES_LEFT " GROUP BY u.series_id");

/* Series whose coupons and slots do not. Revoked ones count as issued. */
static LoyaltyQuery issue_limits =
	SLOTS_AGAINST("i", "SELECT c.series_id, count(*) AS counted FROM " COUPONS_HELD " GROUP BY c.series_id");

/* Groups that are counted otherwise than they redeemed, or were issued coupons. */
static LoyaltyQuery customer_limits = LOYALTY_CHECK(
	"SELECT format('limit %s, customer %s: counted %s, rows %s', d.limit_id, d.root, sum(d.used), sum(d.counted))"
	" FROM (SELECT q.limit_id, " ROOT_OF(
		"q.customer_id") " AS root, q.used, 0 AS counted"
						 " FROM loyalty_data.customer_use q WHERE q.org_id = $1 UNION ALL"
						 " SELECT l.limit_id, " ROOT_OF(
							 "u.customer_id") ", 0, 1 FROM " USES_LEFT
											  " JOIN loyalty_data.use_limit l ON l.org_id = $1 AND l.kind = 'u' AND l.owner_id = u.series_id UNION ALL"
											  " SELECT l.limit_id, " ROOT_OF(
												  "c.customer_id") ", 0, 1 FROM " COUPONS_HELD
																   " JOIN loyalty_data.use_limit l ON l.org_id = $1 AND l.kind = 'h' AND l.owner_id = c.series_id) d"
																   " JOIN loyalty_data.use_limit k ON k.org_id = $1 AND k.limit_id = d.limit_id"
																   " JOIN loyalty_data.coupon_series s ON s.org_id = $1 AND s.series_id = k.owner_id"
																   " GROUP BY d.limit_id, d.root HAVING sum(d.used) <> sum(d.counted)");

/*
 * Vouchers whose balance is not the sum of their movements, which are numbered without a gap and follow from each other; redemptions
 * of which more came back than they took; vouchers without their code, and codes without their voucher.
 */
/* clang-format off */
static LoyaltyQuery voucher_balances = LOYALTY_CHECK(
	"SELECT format('voucher %s: balance %s, movements %s', COALESCE(g.voucher_id, m.voucher_id), g.balance, m.balance)"
	" FROM (SELECT * FROM loyalty_data.gift_voucher x WHERE x.org_id = $1) g"
	" FULL JOIN (SELECT y.voucher_id, sum(y.amount) AS balance, max(y.movement_no) AS last_movement, count(*) AS movements"
	"  FROM loyalty_data.voucher_movement y WHERE y.org_id = $1 GROUP BY y.voucher_id) m ON m.voucher_id = g.voucher_id"
	" WHERE g.balance IS DISTINCT FROM m.balance OR g.last_movement IS DISTINCT FROM m.last_movement"
	" OR m.movements <> m.last_movement"
	" UNION ALL SELECT format('voucher %s: movement %s', y.voucher_id, y.movement_no)"
	" FROM (SELECT z.*, sum(z.amount) OVER (PARTITION BY z.voucher_id ORDER BY z.movement_no) AS running"
	"  FROM loyalty_data.voucher_movement z WHERE z.org_id = $1) y WHERE y.running <> y.balance_after"
	" UNION ALL SELECT format('voucher %s: movement %s brings back %s of %s', v.voucher_id, v.reversed_no, v.amount, r.amount)"
	" FROM (SELECT z.voucher_id, z.reversed_no, sum(z.amount) AS amount FROM loyalty_data.voucher_movement z"
	"  WHERE z.org_id = $1 AND z.movement = 'v' GROUP BY z.voucher_id, z.reversed_no) v"
	" LEFT JOIN loyalty_data.voucher_movement r ON r.org_id = $1 AND r.voucher_id = v.voucher_id"
	"  AND r.movement_no = v.reversed_no AND r.movement = 'r'"
	" WHERE r.movement_no IS NULL OR v.amount > -r.amount"
	" UNION ALL SELECT format('voucher %s: code', COALESCE(g.voucher_id, c.voucher_id))"
	" FROM (SELECT * FROM loyalty_data.gift_voucher x WHERE x.org_id = $1) g"
	" FULL JOIN (SELECT * FROM loyalty_data.voucher_code y WHERE y.org_id = $1) c"
	"  ON c.voucher_id = g.voucher_id AND c.code_digest = g.code_digest"
	" WHERE g.voucher_id IS NULL OR c.voucher_id IS NULL");
/* clang-format on */

const IncentiveCheck loyalty_incentive_checks[INCENTIVE_CHECKS] = {
	{ "coupon_uses", &coupon_uses },		 { "use_returns", &use_returns },
	{ "total_limits", &total_limits },		 { "issue_limits", &issue_limits },
	{ "customer_limits", &customer_limits }, { "voucher_balances", &voucher_balances },
};
