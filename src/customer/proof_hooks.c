/*
 * proof_hooks.c: proofs, as operations ask for them.
 *
 * Most orgs require none, which the cached org says: then nothing is asked of anybody, and no row is read. The caller has locked
 * the customer, or has nobody to lock yet; nothing is locked here.
 */
#include "postgres.h"

#include "customer/proof_hooks.h"

LoyaltyProofHooks loyalty_proof_hooks;

/* Without rules of the org nothing is required. */
bool
loyalty_proof_judge(LoyaltyCall *call, LoyaltyProofUse *use, LoyaltyRefusal *refusal)
{
	if (use->attempt == NULL && call->org->verification_rules == NULL)
		return true;
	return loyalty_proof_hooks.judge(call, use, refusal);
}

/* Does nothing where nothing was given: it was not required then. */
void
loyalty_proof_use_up(LoyaltyCall *call, const LoyaltyProofUse *use)
{
	if (use->attempt != NULL)
		loyalty_proof_hooks.use(call, use);
}

/* Raises before it writes. */
void
loyalty_proof_consume(LoyaltyCall *call, LoyaltyProofUse *use)
{
	(void) loyalty_proof_judge(call, use, LOYALTY_RAISES);
	loyalty_proof_use_up(call, use);
}

/* Judges a proof that nobody gave. */
void
loyalty_proof_require_none(LoyaltyCall *call, const char *purpose, int64 customer_id)
{
	LoyaltyProofUse use = { .purpose = purpose, .customer_id = customer_id };

	(void) loyalty_proof_judge(call, &use, LOYALTY_RAISES);
}

/* Points into the arguments of the call. */
const pg_uuid_t *
loyalty_proof_given(const NullableDatum *given)
{
	return given->isnull ? NULL : DatumGetUUIDP(given->value);
}
