/*
 * details_store.c: the statement that explodes an event into its entries and what each did to lots.
 *
 * Each entry is joined with the lots that it brought, the movements, and the changes of expiry, of its account and
 * number; one that did nothing to lots has a row without. Parts are found among the customer's rows: they have no
 * index by event, which every award would pay for, and this is asked about single events.
 */
#include "postgres.h"

#include "catalog/pg_type.h"

#include "ledger/read/details_store.h"

/* A lot of the entry's account: entry numbers are those of an account. */
#define SAME_ACCOUNT \
	" WHERE l.org_id = $1 AND l.customer_id = $2" \
	" AND l.program_id = e.program_id AND l.category = e.category"

/* Columns of a lot that every row shows. */
#define LOT_COLUMNS "l.award_type, l.awarded_at, l.redeemable_from"

/*
 * An award comes before movements and changes of expiry. It shows the expiry that it had then: the first change has
 * the old one.
 */
static LoyaltyQuery query = LOYALTY_STATEMENT_SEEN(
	"SELECT e.customer_id, e.entry_no, loyalty_data.ledger_word(e.entry_type, 'entry_type'), p.program,"
	" loyalty_data.ledger_word(e.category, 'category'), loyalty_data.ledger_word(e.house_account, 'house_account'),"
	" e.points, e.balance_after, d.lot_id, d.what, d.points, loyalty_data.ledger_word(d.award_type, 'award_type'),"
	" d.awarded_at, d.redeemable_from, d.expires_at, loyalty_data.last_day(d.expires_at, $4), d.old_expires_at,"
	" loyalty_data.last_day(d.old_expires_at, $4), d.origin_customer_id, d.origin_lot_id"
	" FROM loyalty_data.ledger_entry e JOIN loyalty_data.program p ON p.org_id = $1"
	" AND p.program_id = e.program_id"
	" LEFT JOIN LATERAL (SELECT 1 AS rank, l.lot_id, 'awarded' AS what, l.points, " LOT_COLUMNS ","
	" COALESCE(x.old_expires_at, l.expires_at) AS expires_at, NULL::timestamptz AS old_expires_at,"
	" l.origin_customer_id, l.origin_lot_id FROM loyalty_data.points_lot l"
	" LEFT JOIN LATERAL (SELECT y.old_expires_at FROM loyalty_data.lot_expiry_change y"
	"  WHERE y.org_id = $1 AND y.customer_id = $2"
	"  AND y.lot_id = l.lot_id ORDER BY y.entry_no LIMIT 1) x ON true" SAME_ACCOUNT
	" AND l.entry_no = e.entry_no"
	" UNION ALL SELECT 2, m.lot_id, loyalty_data.ledger_word(m.movement_type, 'movement_type'), m.points, " LOT_COLUMNS
	","
	" NULL, NULL, NULL, NULL FROM loyalty_data.lot_movement m JOIN loyalty_data.points_lot l"
	" ON l.lot_id = m.lot_id" SAME_ACCOUNT " AND m.org_id = $1"
	" AND m.customer_id = $2 AND m.entry_no = e.entry_no"
	" UNION ALL SELECT 3, c.lot_id, 'expiry_changed', NULL, " LOT_COLUMNS
	", c.new_expires_at, c.old_expires_at,"
	" NULL, NULL FROM loyalty_data.lot_expiry_change c JOIN loyalty_data.points_lot l"
	" ON l.lot_id = c.lot_id" SAME_ACCOUNT " AND c.org_id = $1"
	" AND c.customer_id = $2 AND c.entry_no = e.entry_no) d ON true"
	" WHERE e.org_id = $1 AND e.customer_id = $2"
	" AND e.event_id = $3"
	" ORDER BY e.program_id, e.category, e.entry_no, d.rank, d.lot_id, d.what",
	INT4OID, INT8OID, INT8OID, TEXTOID);

/* Runs the statement for one customer. */
LoyaltyRows *
loyalty_read_details(const LoyaltyOrg *org, int64 customer_id, int64 event_id)
{
	return LOYALTY_QUERY(&query, LOYALTY_CUSTOMER(org->org_id, customer_id), loyalty_int8(event_id),
						 loyalty_text(pg_get_timezone_name(org->zone)));
}
