/*
 * closing_store.c: the statement that erases the notes of events.
 */
#include "postgres.h"

#include "catalog/pg_type.h"

#include "ledger/move/closing_store.h"

static LoyaltyQuery query = LOYALTY_STATEMENT("DELETE FROM loyalty_data.event_note WHERE org_id = $1"
											  " AND customer_id = ANY ($2)",
											  INT4OID, INT8ARRAYOID);

void
loyalty_event_notes_erase(int32 org_id, const LoyaltyCustomer *root)
{
	LoyaltyParams params = { 0 };

	loyalty_param_int4(&params, org_id);
	loyalty_param_group(&params, root);
	loyalty_execute(&query, &params);
}
