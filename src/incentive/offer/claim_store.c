/* claim_store.c: the statements that write claims of offers; an offer has one at most. */
#include "postgres.h"

#include "catalog/pg_type.h"

#include "common/query.h"
#include "incentive/offer/claim_store.h"

/* Inserts a claim: by a campaign, or by a program. */
static LoyaltyQuery claim_insert = LOYALTY_STATEMENT(
	"INSERT INTO loyalty_data.offer_claim (org_id, offer_id, program_id, claimed_at, campaign, actor)"
	" VALUES ($1, $2, $3, $4, $5, $6)",
	INT4OID, INT4OID, INT4OID, TIMESTAMPTZOID, TEXTOID, TEXTOID);

/* Ends it, whoever's it is. */
static LoyaltyQuery claim_delete =
	LOYALTY_STATEMENT("DELETE FROM loyalty_data.offer_claim c WHERE c.org_id = $1 AND c.offer_id = $2",
					  INT4OID, INT4OID);

/* Writes it under the org's lock, behind which the caller has looked. */
void
loyalty_offer_claim_insert(int32 org_id, int32 offer_id, const OfferClaim *claim, TimestampTz now,
						   const char *actor)
{
	LOYALTY_EXECUTE(&claim_insert, loyalty_int4(org_id), loyalty_int4(offer_id),
					loyalty_int4_or_null(claim->program_id), loyalty_time(now), loyalty_text(claim->campaign),
					loyalty_text(actor));
}

/* Counts what went. */
bool
loyalty_offer_claim_delete(int32 org_id, int32 offer_id)
{
	return LOYALTY_EXECUTE(&claim_delete, loyalty_int4(org_id), loyalty_int4(offer_id)) == 1;
}
