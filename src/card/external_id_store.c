/*
 * external_id_store.c: the statements on generated external ids.
 */
#include "postgres.h"

#include "catalog/pg_type.h"

#include "card/external_id_store.h"
#include "common/query.h"

typedef enum GeneratedQueryId
{
	Q_CLAIM,
	Q_KNOWN,
	Q_COUNT
} GeneratedQueryId;

static const LoyaltyQuery queries[] = {
	[Q_CLAIM] = {
		.sql = "INSERT INTO loyalty_data.generated_external_id (org_id, external_id_digest) VALUES ($1, $2)"
		" ON CONFLICT DO NOTHING",
		.nargs = 2, .argtypes = { INT4OID, UUIDOID }, .expect = SPI_OK_INSERT,
	},
	[Q_KNOWN] = {
		.sql = "SELECT 1 FROM loyalty_data.generated_external_id g WHERE g.org_id = $1"
		" AND g.external_id_digest = $2",
		.nargs = 2, .argtypes = { INT4OID, UUIDOID }, .expect = SPI_OK_SELECT, .read_only = true,
	},
};
StaticAssertDecl(lengthof(queries) == Q_COUNT, "queries[] is out of step with GeneratedQueryId");

static LoyaltyPlan plans[Q_COUNT];

static uint64
run(GeneratedQueryId id, int32 org_id, const pg_uuid_t *digest)
{
	LoyaltyParams params = { 0 };

	loyalty_param_int4(&params, org_id);
	loyalty_param(&params, UUIDPGetDatum(digest), false);
	return loyalty_query(&queries[id], &plans[id], &params);
}

bool
loyalty_generated_id_claim(int32 org_id, const pg_uuid_t *digest)
{
	return run(Q_CLAIM, org_id, digest) == 1;
}

bool
loyalty_generated_id_known(int32 org_id, const pg_uuid_t *digest)
{
	return run(Q_KNOWN, org_id, digest) > 0;
}
