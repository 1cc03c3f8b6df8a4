/*
 * voucher_holding_store.c: what is held of a person in the tables of gift vouchers. A deletion takes the holder from a voucher, not its
 * money: whoever has the code may spend it. An export shows no digests.
 *
 * Notes and movements name a voucher, not a person: they are found by the vouchers that the person holds, so that notes go before the
 * holder does. Movements stay: the org owes, or owed, that money to whoever it was.
 */
#include "postgres.h"

#include "customer/erasure.h"
#include "incentive/voucher/voucher_holding_store.h"

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

/* Goes by the list, in its order: notes are found by the holder, who goes last. */
void
loyalty_vouchers_erase(LoyaltyCall *call, const LoyaltyCustomer *root)
{
	loyalty_holdings_erase(&loyalty_voucher_holdings, call->org->org_id, root);
}
