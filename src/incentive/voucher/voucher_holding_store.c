/*
 * voucher_holding_store.c: what is held of a person in the tables of gift vouchers, and whether those tables agree. A deletion takes
 * the holder from a voucher, not its money: whoever has the code may spend it. An export shows no digests.
 *
 * The check reads all vouchers of an org under one snapshot, up to the first divergence: each balance is the sum of its movements,
 * which are numbered without a gap and follow from each other; no more comes back of a redemption than it took; each voucher has
 * its code, and each code its voucher.
 */
#include "postgres.h"

#include "customer/erasure.h"
#include "incentive/voucher/voucher_holding_store.h"
#include "ledger/verify/verify_store.h"

/* Rows of a table of a customer's vouchers. */
#define OF_ITS_VOUCHERS(table_name) \
	" loyalty_data." table_name " t WHERE t.org_id = $1 AND t.voucher_id IN (SELECT g.voucher_id" \
	" FROM loyalty_data.gift_voucher g WHERE g.org_id = $1 AND g.customer_id = $2)"

#define SAYS_MOVEMENT \
	"'movement', CASE t.movement WHEN 'i' THEN 'issued' WHEN 'r' THEN 'redeemed' WHEN 'v' THEN 'reversed'" \
	" WHEN 'x' THEN 'expired' WHEN 'a' THEN 'adjusted' WHEN 'k' THEN 'revoked' ELSE 'code_replaced' END"

static LoyaltyHolding holdings[] = {
	{ .table = "voucher_note",
	  .shown = LOYALTY_STATEMENT_SEEN(HELD_ROW("") OF_ITS_VOUCHERS(
										  "voucher_note") " ORDER BY t.voucher_id, t.movement_no",
									  INT4OID, INT8OID),
	  .erased = LOYALTY_STATEMENT("DELETE FROM" OF_ITS_VOUCHERS("voucher_note"), INT4OID, INT8OID) },
	{ .table = "voucher_movement",
	  .shown = LOYALTY_STATEMENT_SEEN(HELD_ROW(SAYS_MOVEMENT ", " SAYS_SOURCE ", " SAYS_TILL ", " SAYS_STORE)
										  OF_ITS_VOUCHERS(
											  "voucher_movement") " ORDER BY t.voucher_id, t.movement_no",
									  INT4OID, INT8OID) },
	LOYALTY_HELD("gift_voucher", "", LOYALTY_BLANKS("gift_voucher", "customer_id = NULL")),
};

const LoyaltyHoldings loyalty_voucher_holdings = { holdings, lengthof(holdings) };

/* clang-format off */
static LoyaltyQuery wrong_vouchers = LOYALTY_CHECK(
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

/* Goes by the list, in its order: notes are found by the holder, who goes last. */
void
loyalty_vouchers_erase(LoyaltyCall *call, const LoyaltyCustomer *root)
{
	loyalty_holdings_erase(&loyalty_voucher_holdings, call->org->org_id, root);
}

/* Stops at the first. */
char *
loyalty_vouchers_check(int32 org_id)
{
	return loyalty_check_run(&wrong_vouchers, org_id);
}
