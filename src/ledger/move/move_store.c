/*
 * move_store.c: the statements of merges and of deletions that stand on the ledger. They read accounts and
 * open lots, by the partial index of the latter, so their cost does not go with the history.
 */
#include "postgres.h"

#include "catalog/pg_type.h"

#include "ledger/move/move_store.h"

/* All three categories are named, since the index of open lots has the category before the customer. */
static LoyaltyQuery lots_expiring = LOYALTY_STATEMENT(
	"SELECT l.program_id, l.category, l.expires_at, sum(l.remaining) FROM loyalty_data.points_lot l"
	" WHERE l.org_id = $1 AND l.customer_id = $2"
	" AND l.category = ANY ('{r,p,t}') AND l.is_open GROUP BY l.program_id, l.category, l.expires_at"
	" ORDER BY l.program_id, l.category, l.expires_at",
	INT4OID, INT8OID);

/*
 * Anything that a merge should have moved, and accounts that do not end with an entry of a merge: the check after one
 * reads anew, and trusts nothing that was kept in memory. The last entry and its event are looked up by their keys,
 * account by account, so that no plan reads the history.
 */
static LoyaltyQuery open_lot =
	LOYALTY_STATEMENT("SELECT 1 FROM loyalty_data.ledger_account a WHERE a.org_id = $1"
					  " AND a.customer_id = $2 AND (a.balance <> 0"
					  " OR a.arrears <> 0 OR a.next_expiry_at IS NOT NULL)"
					  " UNION ALL SELECT 1 FROM loyalty_data.points_lot l WHERE l.org_id = $1"
					  " AND l.customer_id = $2 AND l.category = ANY ('{r,p,t}')"
					  " AND l.is_open"
					  " UNION ALL SELECT 1 FROM loyalty_data.ledger_account a WHERE a.org_id = $1"
					  " AND a.customer_id = $2 AND (SELECT v.event_code FROM loyalty_data.ledger_event v"
					  " WHERE v.org_id = $1 AND v.customer_id = $2 AND v.event_id ="
					  " (SELECT e.event_id FROM loyalty_data.ledger_entry e WHERE e.org_id = $1"
					  " AND e.customer_id = $2 AND e.program_id = a.program_id AND e.category = a.category"
					  " AND e.entry_no = a.last_entry_no)) IS DISTINCT FROM 41 LIMIT 1",
					  INT4OID, INT8OID);

/* Runs a statement under the caller's snapshot, or as of now. */
static LoyaltyRows *
run(LoyaltyQuery *query, bool seen, LoyaltyParams *params)
{
	return seen ? loyalty_query_seen(query, params) : loyalty_query(query, params);
}

/* NULL in the table is NEVER here: points that do not expire have a sum of their own. */
int
loyalty_expiring_points(int32 org_id, int64 customer_id, bool seen, ExpiringPoints **expiring)
{
	uint64 i;
	LoyaltyRows *rows = run(&lots_expiring, seen, LOYALTY_GIVEN(LOYALTY_CUSTOMER(org_id, customer_id)));

	*expiring = palloc(sizeof(ExpiringPoints) * Max(rows->count, 1));
	for (i = 0; i < rows->count; i++)
		(*expiring)[i] = (ExpiringPoints){
			.program_id = loyalty_row_int4(rows, i, 1),
			.category = loyalty_row_char(rows, i, 2),
			.expires_at = loyalty_row_int8_or(rows, i, 3, NEVER),
			.points = loyalty_row_points(rows, i, 4),
		};
	return (int) rows->count;
}

/* Stops at the first row; which one it is does not matter. */
bool
loyalty_ledger_is_open(int32 org_id, int64 customer_id)
{
	return LOYALTY_EXECUTE(&open_lot, LOYALTY_CUSTOMER(org_id, customer_id)) > 0;
}

/* Rows that are held: the books of a customer, which stay as numbers, and the notes of its events, which go. */
static LoyaltyHolding holdings[] = {
	LOYALTY_HELD("ledger_account",
				 SAYS_PROGRAM
				 ", " SAYS_LEDGER_WORD("category") ", " SAYS_LAST_DAY("next_last_day", "next_expiry_at"),
				 LOYALTY_KEEPS),
	LOYALTY_HELD("ledger_event", SAYS_EVENT_NAME ", " SAYS_SOURCE ", " SAYS_TILL ", " SAYS_STORE,
				 LOYALTY_KEEPS),
	LOYALTY_HELD("event_note", "", LOYALTY_DELETES("event_note")),
	LOYALTY_HELD("ledger_entry",
				 SAYS_PROGRAM
				 ", " SAYS_LEDGER_WORD("category") ", " SAYS_LEDGER_WORD("entry_type") ", " SAYS_LEDGER_WORD(
					 "house_account") ", " SAYS_EVENT_NAME ", " SAYS_SOURCE ", " SAYS_TILL ", " SAYS_STORE,
				 LOYALTY_KEEPS),
	LOYALTY_HELD(
		"points_lot",
		SAYS_PROGRAM ", " SAYS_LEDGER_WORD("category") ", " SAYS_LEDGER_WORD(
			"award_type") ", " SAYS_TILL
						  ", " SAYS_LAST_DAY(
							  "last_day",
							  "expires_at") ", 'expiry_type', CASE t.expiry_type WHEN 'r' THEN 'rolling'"
											" ELSE 'fixed' END",
		LOYALTY_KEEPS),
	LOYALTY_HELD("lot_movement", SAYS_LEDGER_WORD("movement_type"), LOYALTY_KEEPS),
	LOYALTY_HELD("lot_expiry_change",
				 SAYS_LAST_DAY("old_last_day", "old_expires_at") ", " SAYS_LAST_DAY("new_last_day",
																					"new_expires_at"),
				 LOYALTY_KEEPS),
	LOYALTY_HELD("reversal", SAYS_PROGRAM, LOYALTY_KEEPS),
	LOYALTY_HELD("lot_claim", SAYS_PROGRAM ", " SAYS_LEDGER_WORD("category"), LOYALTY_KEEPS),
};

const LoyaltyHoldings loyalty_ledger_holdings = { holdings, lengthof(holdings) };
