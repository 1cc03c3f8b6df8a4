/*
 * verification_erasure_store.c: what is held of one-time codes of a person: all of it goes. Addresses are known by the codes that went
 * to them, so their counters go first. An export shows no digests: whoever could compare them would learn of a guess before it
 * is judged.
 */
#include "postgres.h"

#include "customer/erasure.h"
#include "verification/verification_erasure_store.h"

/* Addresses that codes of the customer went to, whoever else has them: a counter of a day is no loss. */
#define OF_ITS_CODES \
	" loyalty_data.verification_address t WHERE t.org_id = $1 AND t.address_digest IN (SELECT c.address_digest" \
	" FROM loyalty_data.verification_code c WHERE c.org_id = $1 AND c.customer_id = $2)"

static LoyaltyHolding holdings[] = {
	{ .table = "verification_address",
	  .shown = LOYALTY_STATEMENT_SEEN(HELD_ROW("") OF_ITS_CODES " ORDER BY t.sent_on", INT4OID, INT8OID),
	  .erased = LOYALTY_STATEMENT("DELETE FROM" OF_ITS_CODES, INT4OID, INT8OID) },
	LOYALTY_HELD("verification_code", SAYS_PROGRAM, LOYALTY_DELETES("verification_code")),
	LOYALTY_HELD("verification_attempt", "", LOYALTY_DELETES("verification_attempt")),
	LOYALTY_HELD("verification_token", "", LOYALTY_DELETES("verification_token")),
	LOYALTY_HELD("verification_use", "", LOYALTY_DELETES("verification_use")),
	LOYALTY_HELD("verification_release", "", LOYALTY_DELETES("verification_release")),
};

const LoyaltyHoldings loyalty_verification_holdings = { holdings, lengthof(holdings) };

/* Goes by the list, in its order. */
void
loyalty_verification_erase(LoyaltyCall *call, const LoyaltyCustomer *root)
{
	loyalty_holdings_erase(&loyalty_verification_holdings, call->org->org_id, root);
}
