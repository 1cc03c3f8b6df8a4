/*
 * closing_store.c: the statement that erases the notes of events.
 */
#include "postgres.h"

#include "catalog/pg_type.h"

#include "ledger/move/closing_store.h"

static LoyaltyQuery query = LOYALTY_STATEMENT("DELETE FROM loyalty_data.event_note WHERE org_id = $1"
											  " AND customer_id = $2",
											  INT4OID, INT8OID);

void
loyalty_event_notes_erase(int32 org_id, const LoyaltyCustomer *root)
{
	loyalty_execute_of_group(&query, org_id, root, NULL);
}
