/*
 * expiry_change_store.c: the statements on single lots and the changes of their expiry.
 */
#include "postgres.h"

#include "catalog/pg_type.h"

#include "common/query.h"
#include "ledger/jobs/expiry_change_store.h"
#include "ledger/tables/lot_store.h"

static LoyaltyQuery lot_by_id =
	LOYALTY_STATEMENT("SELECT " LOYALTY_LOT_COLUMN " FROM loyalty_data.points_lot l WHERE l.org_id = $1"
					  " AND l.customer_id = $2 AND l.lot_id = $3",
					  INT4OID, INT8OID, INT8OID);

/* What expired with the change did so by an event whose id was drawn before the change's. */
static LoyaltyQuery change_of_event = LOYALTY_STATEMENT(
	"SELECT c.lot_id, c.entry_no, c.old_expires_at, c.new_expires_at, (SELECT COALESCE(sum(x.points), 0)"
	" FROM loyalty_data.lot_movement x WHERE x.org_id = $1 AND x.customer_id = $2"
	" AND x.lot_id = c.lot_id AND x.movement_type = 'e'"
	" AND x.entry_no > c.entry_no AND x.event_id < $3),"
	" (SELECT l.program_id FROM loyalty_data.points_lot l WHERE l.org_id = $1 AND l.customer_id = $2"
	" AND l.lot_id = c.lot_id)"
	" FROM loyalty_data.lot_expiry_change c WHERE c.org_id = $1"
	" AND c.customer_id = $2 AND c.event_id = $3",
	INT4OID, INT8OID, INT8OID);

static LoyaltyRows *
run(LoyaltyQuery *query, int32 org_id, int64 customer_id, int64 key)
{
	return LOYALTY_QUERY(query, LOYALTY_CUSTOMER(org_id, customer_id), loyalty_int8(key));
}

bool
loyalty_lot_find(int32 org_id, int64 customer_id, int64 lot_id, Lot *lot)
{
	LoyaltyRows *rows = run(&lot_by_id, org_id, customer_id, lot_id);

	if (rows->count == 0)
		return false;
	*lot = loyalty_lot_of_row(rows, 0);
	return true;
}

bool
loyalty_expiry_change_of_event(int32 org_id, int64 customer_id, int64 event_id, ExpiryChange *change,
							   int64 *expired, int32 *program_id)
{
	LoyaltyRows *rows = run(&change_of_event, org_id, customer_id, event_id);

	if (rows->count == 0)
		return false;
	*change = (ExpiryChange){
		.lot_id = loyalty_row_int8(rows, 0, 1),
		.entry_no = loyalty_row_int4(rows, 0, 2),
		.old_expires_at = loyalty_row_int8_or(rows, 0, 3, NEVER),
		.new_expires_at = loyalty_row_int8_or(rows, 0, 4, NEVER),
	};
	*expired = loyalty_row_points(rows, 0, 5);
	*program_id = loyalty_row_int4(rows, 0, 6);
	return true;
}
