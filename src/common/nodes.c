/*
 * nodes.c: the extension where one database has several servers.
 *
 * Keys of tables are ready to be distributed (loyalty_data.table_distribution says how), statements are not all: some
 * would fail, others report success for what they did not do. So a database where Citus has distributed a table of
 * ours is refused when an org is read into the cache, which costs a call nothing.
 */
#include "postgres.h"

#include "common/errors.h"
#include "common/nodes.h"
#include "common/nodes_store.h"

/* Asks the catalogues of Citus and raises LY022. */
void
loyalty_nodes_require_one(void)
{
	const char *tables = loyalty_distributed_tables();

	if (tables == NULL)
		return;
	ereport(ERROR,
			(errcode(ERRCODE_LOYALTY_DISTRIBUTED),
			 errmsg("tables of loyalty are distributed over several servers, which is not supported"),
			 errdetail("Distributed are: %s.", tables),
			 errhint("Undistribute them. For many servers, give each its own database and its own orgs.")));
}

/* Asks whether this server is a worker and raises LY023. */
void
loyalty_nodes_require_coordinator(void)
{
	if (loyalty_is_worker())
		ereport(
			ERROR,
			(errcode(ERRCODE_LOYALTY_NOT_COORDINATOR),
			 errmsg("reference data and numbers of cards are made on the coordinator alone"),
			 errhint(
				 "This server is a worker: its counters know nothing of the coordinator's. Call there.")));
}

/* Returns the state for health_check. */
const char *
loyalty_nodes_state(void)
{
	const char *tables = loyalty_distributed_tables();

	if (tables != NULL)
		return psprintf("not supported, distributed: %s", tables);
	return loyalty_is_worker() ? "a worker, where no reference data is made" : "one server";
}
