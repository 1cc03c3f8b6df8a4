/*
 * conversion_store.c: the statement that tells of an earlier conversion.
 */
#include "postgres.h"

#include "catalog/pg_type.h"

#include "common/query.h"
#include "ledger/jobs/conversion_store.h"

static LoyaltyQuery query =
	LOYALTY_STATEMENT("SELECT count(*)::int4, COALESCE(sum(m.points), 0), COALESCE(min(l.program_id), 0)"
					  " FROM loyalty_data.lot_movement m JOIN loyalty_data.points_lot l ON l.org_id = $1"
					  " AND l.customer_id = $2 AND l.lot_id = m.lot_id WHERE m.org_id = $1"
					  " AND m.customer_id = $2 AND m.event_id = $3"
					  " AND m.movement_type = 'c'",
					  INT4OID, INT8OID, INT8OID);

int
loyalty_event_conversion(int32 org_id, int64 customer_id, int64 event_id, int64 *points, int32 *program_id)
{
	LoyaltyParams params = { 0 };
	LoyaltyRows *rows;

	loyalty_param_int4(&params, org_id);
	loyalty_param_int8(&params, customer_id);
	loyalty_param_int8(&params, event_id);
	rows = loyalty_query(&query, &params);
	*points = loyalty_row_points(rows, 0, 2);
	*program_id = loyalty_row_int4(rows, 0, 3);
	return loyalty_row_int4(rows, 0, 1);
}
