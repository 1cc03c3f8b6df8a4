/*
 * names.c: oids of our own relations, and the one relcache callback of the extension.
 *
 * Oids are looked up by name once and kept until the relcache says that something changed. Reference data (orgs,
 * programs, configuration) is cached by others under a generation, which this callback raises: the triggers of those
 * tables invalidate loyalty_data.org, and the message reaches every backend with the commit. Pending messages are
 * taken in when a transaction begins and when a relation is locked, so a cache may be late by as much as a call that
 * has begun already; no lock is taken here.
 */
#include "postgres.h"

#include "access/htup_details.h"
#include "catalog/namespace.h"
#include "catalog/pg_class.h"
#include "utils/inval.h"
#include "utils/lsyscache.h"
#include "utils/syscache.h"

#include "common/names.h"
#include "common/table.h"

static const char *const relation_names[LOYALTY_REL_COUNT] = {
	[LOYALTY_REL_ORG] = "org",
	[LOYALTY_REL_ID_SEQ] = "id_seq",
	[LOYALTY_REL_REFERENCE_ID_SEQ] = "reference_id_seq",
	[LOYALTY_REL_SOURCE_ID_SEQ] = "source_id_seq",
};

static Oid relations[LOYALTY_REL_COUNT]; /* InvalidOid: not looked up since the last invalidation */
static Oid owner_role;
static uint64 generation = 1;

/* Looks a relation up by name, each time anew. */
Oid
loyalty_table_oid(const char *table)
{
	return get_relname_relid(table, get_namespace_oid(LOYALTY_TABLES_SCHEMA, false));
}

/* Returns a relation that calls use all the time. */
Oid
loyalty_relation(LoyaltyRelation relation)
{
	if (!OidIsValid(relations[relation]))
	{
		Oid found = loyalty_table_oid(relation_names[relation]);

		if (!OidIsValid(found))
			elog(ERROR, "relation " LOYALTY_TABLES_SCHEMA ".%s does not exist", relation_names[relation]);
		relations[relation] = found;
	}
	return relations[relation];
}

/* Returns the owner of the tables, who is that of table org. */
Oid
loyalty_owner_role(void)
{
	if (!OidIsValid(owner_role))
	{
		Oid org = loyalty_relation(LOYALTY_REL_ORG);
		HeapTuple tuple = SearchSysCache1(RELOID, ObjectIdGetDatum(org));

		if (!HeapTupleIsValid(tuple))
			elog(ERROR, "cache lookup failed for relation %u", org);
		owner_role = ((Form_pg_class) GETSTRUCT(tuple))->relowner;
		ReleaseSysCache(tuple);
	}
	return owner_role;
}

/* Returns the current generation: a cache that was read in an earlier one is stale. */
uint64
loyalty_reference_generation(void)
{
	return generation;
}

/*
 * Drops what is kept. Reference data changed (the triggers invalidate loyalty_data.org), one of our relations did, or
 * everything is in doubt. Nothing is looked up here: callbacks must not touch catalogues.
 */
static void
relation_invalidated(Datum arg, Oid relid)
{
	bool ours = !OidIsValid(relid);
	int i;

	loyalty_tables_invalidate(relid);
	for (i = 0; i < LOYALTY_REL_COUNT; i++)
		ours = ours || relations[i] == relid;
	if (!ours)
		return;
	memset(relations, 0, sizeof(relations));
	owner_role = InvalidOid;
	generation++;
}

/* Drops what is known of roles: memberships decide who may act in an org. */
static void
roles_invalidated(Datum arg, int cacheid, uint32 hashvalue)
{
	generation++;
}

/* Registers the callbacks. */
void
loyalty_names_init(void)
{
	CacheRegisterRelcacheCallback(relation_invalidated, (Datum) 0);
	CacheRegisterSyscacheCallback(AUTHOID, roles_invalidated, (Datum) 0);
	CacheRegisterSyscacheCallback(AUTHMEMROLEMEM, roles_invalidated, (Datum) 0);
}
