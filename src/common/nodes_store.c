/*
 * nodes_store.c: the catalogues of Citus. They stand in pg_catalog, and only where Citus is installed, so each is
 * looked for before it is read.
 */
#include "postgres.h"

#include "catalog/pg_namespace.h"
#include "utils/lsyscache.h"

#include "common/nodes_store.h"
#include "common/query.h"

static LoyaltyQuery distributed_tables = {
	.sql = "SELECT string_agg(c.relname::text, ', ' ORDER BY c.relname) FROM pg_dist_partition d"
		   " JOIN pg_class c ON c.oid = d.logicalrelid JOIN pg_namespace n ON n.oid = c.relnamespace"
		   " WHERE n.nspname = 'loyalty_data'",
	.any_plan = true,
};

/* The coordinator is group 0, and so is a server that belongs to no cluster yet. */
static LoyaltyQuery worker_group = {
	.sql = "SELECT FROM pg_dist_local_group g WHERE g.groupid <> 0",
	.any_plan = true,
};

/* Tells whether PostgreSQL's schema has a table of that name, which Citus puts there. */
static bool
has_catalogue(const char *name)
{
	return OidIsValid(get_relname_relid(name, PG_CATALOG_NAMESPACE));
}

/* Reads the newest snapshot: a table may have been distributed since the transaction began. */
const char *
loyalty_distributed_tables(void)
{
	LoyaltyRows *rows;

	if (!has_catalogue("pg_dist_partition"))
		return NULL;
	rows = loyalty_query_latest(&distributed_tables, NULL);
	return loyalty_row_text_or_null(rows, 0, 1);
}

/* Tells whether the group of this server is another one than the coordinator's. */
bool
loyalty_is_worker(void)
{
	return has_catalogue("pg_dist_local_group") && loyalty_query_latest(&worker_group, NULL)->count > 0;
}
