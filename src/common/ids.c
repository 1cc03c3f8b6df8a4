/*
 * ids.c: new ids from the extension's sequences.
 *
 * A sequence gives 48 bits, and loyalty.node_id stands above them, so that several nodes never make the same id. Ids of
 * two customers say nothing about order, since a transaction may commit long after it drew; those of one customer do,
 * for its lock makes one call draw after the other. A call that is rolled back leaves gaps.
 */
#include "postgres.h"

#include "commands/sequence.h"

#include "common/guc.h"
#include "common/ids.h"
#include "common/names.h"
#include "common/nodes.h"
#include "common/owner.h"
#include "common/pg_compat.h"

#define SEQUENCE_BITS 48

LOYALTY_FUNCTION(loyalty_next_id_sql);

/* Returns a new id to the defaults of columns, which run as whoever writes. */
Datum
loyalty_next_id_sql(PG_FUNCTION_ARGS)
{
	LoyaltyOwner owner;
	int64 id;

	loyalty_owner_enter(&owner);
	id = loyalty_next_id();
	loyalty_owner_leave(&owner);
	PG_RETURN_INT64(id);
}

/* Draws an id without the checks that nextval() makes of the caller: the owner is on. */
int64
loyalty_next_id(void)
{
	int64 low = nextval_internal(loyalty_relation(LOYALTY_REL_ID_SEQ), false);

	return ((int64) loyalty_node_id << SEQUENCE_BITS) | low;
}

/* Draws an id of reference data. It is an int4 that has no part for a node, so two nodes would make the same. */
int32
loyalty_next_reference_id(void)
{
	loyalty_nodes_require_coordinator();
	return (int32) nextval_internal(loyalty_relation(LOYALTY_REL_REFERENCE_ID_SEQ), false);
}

/* Draws the id of a source. */
int16
loyalty_next_source_id(void)
{
	loyalty_nodes_require_coordinator();
	return (int16) nextval_internal(loyalty_relation(LOYALTY_REL_SOURCE_ID_SEQ), false);
}
