/*
 * config_guard_store.c: the statements that turn an identifier type into a key, and back into contact data.
 */
#include "postgres.h"

#include "catalog/pg_type.h"

#include "common/query.h"
#include "customer/config_guard_store.h"

typedef enum GuardQueryId
{
	Q_LOCK,
	Q_SHARED,
	Q_KEYS_DROP,
	Q_KEYS_MAKE,
	Q_CUSTOM_FIELD,
	Q_COUNT
} GuardQueryId;

/* The owner of an identifier is the root of its holder's merge group. */
static const LoyaltyQuery queries[] = {
	[Q_LOCK] = {
		.sql = "LOCK TABLE loyalty_data.customer_identifier IN SHARE ROW EXCLUSIVE MODE",
		.nargs = 0, .expect = SPI_OK_UTILITY,
	},
	[Q_SHARED] = {
		.sql = "SELECT count(*) FROM (SELECT FROM loyalty_data.customer_identifier i"
		" JOIN loyalty_data.customer c ON c.org_id = i.org_id"
		" AND c.customer_id = i.customer_id"
		" WHERE i.org_id = $1 AND i.identifier_type = $2"
		" AND i.held_until IS NULL GROUP BY i.identifier_value"
		" HAVING count(DISTINCT COALESCE(c.merged_into, c.customer_id)) > 1) s",
		.nargs = 2, .argtypes = { INT4OID, TEXTOID }, .expect = SPI_OK_SELECT, .whole = true,
	},
	[Q_KEYS_DROP] = {
		.sql = "DELETE FROM loyalty_data.identifier WHERE org_id = $1"
		" AND identifier_type = $2",
		.nargs = 2, .argtypes = { INT4OID, TEXTOID }, .expect = SPI_OK_DELETE, .whole = true,
	},
	[Q_KEYS_MAKE] = {
		.sql = "INSERT INTO loyalty_data.identifier (org_id, identifier_type, identifier_value, customer_id)"
		" SELECT i.org_id, i.identifier_type, i.identifier_value,"
		" min(COALESCE(c.merged_into, c.customer_id)) FROM loyalty_data.customer_identifier i"
		" JOIN loyalty_data.customer c ON c.org_id = i.org_id"
		" AND c.customer_id = i.customer_id"
		" WHERE i.org_id = $1 AND i.identifier_type = $2"
		" AND i.held_until IS NULL GROUP BY i.org_id, i.identifier_type, i.identifier_value",
		.nargs = 2, .argtypes = { INT4OID, TEXTOID }, .expect = SPI_OK_INSERT, .whole = true,
	},
	[Q_CUSTOM_FIELD] = {
		.sql = "SELECT FROM loyalty_data.field f WHERE f.org_id = $1"
		" AND f.kind = 'custom' AND f.entity = 'customer'"
		" AND f.name = $2",
		.nargs = 2, .argtypes = { INT4OID, TEXTOID }, .expect = SPI_OK_SELECT,
	},
};
StaticAssertDecl(lengthof(queries) == Q_COUNT, "queries[] is out of step with GuardQueryId");

static LoyaltyPlan plans[Q_COUNT];

static uint64
run_for(GuardQueryId id, int32 org_id, const char *type)
{
	LoyaltyParams params = { 0 };

	loyalty_param_int4(&params, org_id);
	loyalty_param_text(&params, type);
	return loyalty_query(&queries[id], &plans[id], &params);
}

void
loyalty_identifiers_lock(void)
{
	loyalty_query(&queries[Q_LOCK], &plans[Q_LOCK], NULL);
}

int64
loyalty_identifiers_shared(int32 org_id, const char *type)
{
	run_for(Q_SHARED, org_id, type);
	return loyalty_row_int8(0, 1);
}

void
loyalty_identifier_keys_drop(int32 org_id, const char *type)
{
	run_for(Q_KEYS_DROP, org_id, type);
}

void
loyalty_identifier_keys_make(int32 org_id, const char *type)
{
	run_for(Q_KEYS_MAKE, org_id, type);
}

bool
loyalty_custom_field_exists(int32 org_id, const char *name)
{
	return run_for(Q_CUSTOM_FIELD, org_id, name) > 0;
}
