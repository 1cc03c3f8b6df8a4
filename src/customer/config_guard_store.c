/*
 * config_guard_store.c: the statements that turn an identifier type into a key, and back into contact data. They read
 * the identifiers of a whole org, so any plan will do, and cost what the org has customers; a change of this kind is
 * rare.
 */
#include "postgres.h"

#include "catalog/pg_type.h"

#include "common/query.h"
#include "customer/config_guard_store.h"

/*
 * Counts values with several owners; the owner of an identifier is the root of its holder's merge group, so a
 * survivor and its victim do not share.
 */
static LoyaltyQuery shared_value = {
	.sql = "SELECT count(*) FROM (SELECT FROM loyalty_data.customer_identifier i"
		   " JOIN loyalty_data.customer c ON c.org_id = i.org_id"
		   " AND c.customer_id = i.customer_id"
		   " WHERE i.org_id = $1 AND i.identifier_type = $2"
		   " AND i.held_until IS NULL GROUP BY i.identifier_value"
		   " HAVING count(DISTINCT COALESCE(c.merged_into, c.customer_id)) > 1) s",
	.types = { INT4OID, TEXTOID },
	.any_plan = true
};

/* Drops all keys of a type in an org. */
static LoyaltyQuery keys_drop = { .sql = "DELETE FROM loyalty_data.identifier WHERE org_id = $1"
										 " AND identifier_type = $2",
								  .types = { INT4OID, TEXTOID },
								  .any_plan = true };

/* Makes a key of each value that is held now, and gives it to the root. min() has one value to choose from. */
static LoyaltyQuery keys_make = {
	.sql = "INSERT INTO loyalty_data.identifier (org_id, identifier_type, identifier_value, customer_id)"
		   " SELECT i.org_id, i.identifier_type, i.identifier_value,"
		   " min(COALESCE(c.merged_into, c.customer_id)) FROM loyalty_data.customer_identifier i"
		   " JOIN loyalty_data.customer c ON c.org_id = i.org_id"
		   " AND c.customer_id = i.customer_id"
		   " WHERE i.org_id = $1 AND i.identifier_type = $2"
		   " AND i.held_until IS NULL GROUP BY i.org_id, i.identifier_type, i.identifier_value",
	.types = { INT4OID, TEXTOID },
	.any_plan = true
};

/* Tells by its count whether there is such a field. */
static LoyaltyQuery custom_field_used =
	LOYALTY_STATEMENT("SELECT FROM loyalty_data.field f WHERE f.org_id = $1"
					  " AND f.kind = 'custom' AND f.entity = 'customer'"
					  " AND f.name = $2",
					  INT4OID, TEXTOID);

/* Runs a statement about an org and a text. */
static uint64
run_for(LoyaltyQuery *query, int32 org_id, const char *type)
{
	return LOYALTY_EXECUTE(query, loyalty_int4(org_id), loyalty_text(type));
}

/* Reads under a snapshot that is taken after the lock. */
int64
loyalty_identifiers_shared(int32 org_id, const char *type)
{
	LoyaltyRows *rows = LOYALTY_QUERY(&shared_value, loyalty_int4(org_id), loyalty_text(type));

	return loyalty_row_int8(rows, 0, 1);
}

/* Leaves what customers hold alone: it is contact data from now on. */
void
loyalty_identifier_keys_drop(int32 org_id, const char *type)
{
	run_for(&keys_drop, org_id, type);
}

/* Reads the same rows as the count before it; the lock is held. */
void
loyalty_identifier_keys_make(int32 org_id, const char *type)
{
	run_for(&keys_make, org_id, type);
}

/* Reads reference data, which no lock of this file covers: fields are never dropped. */
bool
loyalty_custom_field_exists(int32 org_id, const char *name)
{
	return run_for(&custom_field_used, org_id, name) > 0;
}
