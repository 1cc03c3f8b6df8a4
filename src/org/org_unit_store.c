/* org_unit_store.c: the statements about units of orgs, which are never removed: stores and senders name them. */
#include "postgres.h"

#include "catalog/pg_type.h"

#include "common/errors.h"
#include "org/org_unit_store.h"

static LoyaltyQuery unit_by_code = LOYALTY_STATEMENT("SELECT u.org_unit_id FROM loyalty_data.org_unit u"
													 " WHERE u.org_id = $1 AND u.org_unit = $2",
													 INT4OID, TEXTOID);

static LoyaltyQuery unit_insert =
	LOYALTY_STATEMENT("INSERT INTO loyalty_data.org_unit (org_id, org_unit_id, org_unit, name)"
					  " VALUES ($1, $2, $3, $4) ON CONFLICT DO NOTHING",
					  INT4OID, INT4OID, TEXTOID, TEXTOID);

static LoyaltyQuery unit_update = LOYALTY_STATEMENT("UPDATE loyalty_data.org_unit SET name = $3"
													" WHERE org_id = $1 AND org_unit_id = $2",
													INT4OID, INT4OID, TEXTOID);

static LoyaltyQuery store_unit = LOYALTY_STATEMENT("UPDATE loyalty_data.store SET org_unit_id = $3"
												   " WHERE org_id = $1 AND store_id = $2",
												   INT4OID, INT4OID, INT4OID);

/* Raises what it does not find. */
int32
loyalty_org_unit_id(int32 org_id, const char *org_unit)
{
	LoyaltyRows *rows = LOYALTY_QUERY(&unit_by_code, loyalty_int4(org_id), loyalty_text(org_unit));

	if (rows->count == 0)
		ereport(ERROR, (errcode(ERRCODE_LOYALTY_ORG_UNIT_UNKNOWN),
						errmsg("org unit \"%s\" does not exist", org_unit),
						errhint("Create it with loyalty.create_org_unit().")));
	return loyalty_row_int4(rows, 0, 1);
}

/* Needs no lock: a unit replaces nothing. */
bool
loyalty_org_unit_insert(int32 org_id, int32 org_unit_id, const char *org_unit, const char *name)
{
	return LOYALTY_EXECUTE(&unit_insert, loyalty_int4(org_id), loyalty_int4(org_unit_id),
						   loyalty_text(org_unit), loyalty_text(name)) == 1;
}

/* Writes the name. */
void
loyalty_org_unit_update(int32 org_id, int32 org_unit_id, const char *name)
{
	LOYALTY_EXECUTE(&unit_update, loyalty_int4(org_id), loyalty_int4(org_unit_id), loyalty_text(name));
}

/* Writes NULL for none. */
void
loyalty_store_set_org_unit(int32 org_id, int32 store_id, int32 org_unit_id)
{
	LOYALTY_EXECUTE(&store_unit, loyalty_int4(org_id), loyalty_int4(store_id),
					loyalty_int4_or_null(org_unit_id));
}
