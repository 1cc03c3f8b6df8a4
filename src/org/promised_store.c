/*
 * promised_store.c: the statement that writes what a program says about promised points. Both are columns of
 * the program, which is read with them (org_load_store.c). Lots that were promised before keep the day that
 * they have.
 */
#include "postgres.h"

#include "catalog/pg_type.h"

#include "common/query.h"
#include "org/promised_store.h"

static LoyaltyQuery query =
	LOYALTY_STATEMENT("UPDATE loyalty_data.program SET promised_days = $3, promised_expiry_from_award = $4"
					  " WHERE org_id = $1 AND program_id = $2",
					  INT4OID, INT4OID, INT4OID, BOOLOID);

/* Writes both at once, under the org's lock. */
void
loyalty_promised_rules_store(int32 org_id, int32 program_id, int32 delay_days, bool expiry_from_award)
{
	LOYALTY_EXECUTE(&query, loyalty_int4(org_id), loyalty_int4(program_id), loyalty_int4(delay_days),
					loyalty_bool(expiry_from_award));
}
