/*
 * external_id_store.c: the statements on generated external ids. A digest is claimed by inserting it: of two sessions
 * one wins.
 */
#include "postgres.h"

#include "catalog/pg_type.h"

#include "card/external_id_store.h"
#include "common/query.h"

/* Inserts a digest, unless it is there. */
static LoyaltyQuery digest_claim = LOYALTY_STATEMENT(
	"INSERT INTO loyalty_data.generated_external_id (org_id, external_id_digest) VALUES ($1, $2)"
	" ON CONFLICT DO NOTHING",
	INT4OID, UUIDOID);

/* Looks a digest up under the caller's snapshot, for previews. */
static LoyaltyQuery digest_known =
	LOYALTY_STATEMENT_SEEN("SELECT 1 FROM loyalty_data.generated_external_id g WHERE g.org_id = $1"
						   " AND g.external_id_digest = $2",
						   INT4OID, UUIDOID);

/* Runs a statement on a digest. */
static uint64
run(LoyaltyQuery *query, int32 org_id, const pg_uuid_t *digest)
{
	return LOYALTY_EXECUTE(query, loyalty_int4(org_id), loyalty_datum(UUIDPGetDatum(digest), false));
}

/* Claims a digest; it stays for good unless the transaction is rolled back. */
bool
loyalty_generated_id_claim(int32 org_id, const pg_uuid_t *digest)
{
	return run(&digest_claim, org_id, digest) == 1;
}

/* Looks a digest up. */
bool
loyalty_generated_id_known(int32 org_id, const pg_uuid_t *digest)
{
	return run(&digest_known, org_id, digest) > 0;
}
