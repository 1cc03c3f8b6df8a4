/*
 * verification_erasure_store.c: what is held of one-time codes of a person: all of it goes. Addresses are known by the codes that went
 * to them, so their counters go first. What was asked of an address before anybody was registered with it goes, too: the names of the
 * person say under which ids it stands, under each key that is there (whose is gone, nobody can find). An export shows no digests: whoever could compare them would learn of a guess before it
 * is judged.
 */
#include "postgres.h"

#include "common/secret_store.h"
#include "customer/erasure.h"
#include "verification/code_digest.h"
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

/* Erases what was asked of a name before it was anybody's, which stands under an id below zero of each key that was in use. */
static void
erase_of_nobody(int32 org_id, const LoyaltyName *name, const int16 *key_ids, int count)
{
	int i;

	for (i = 0; i < count; i++)
	{
		const LoyaltyCustomer nobody = { .customer_id =
											 loyalty_nobody_id(org_id, key_ids[i], name->type, name->value) };

		loyalty_holdings_erase(&loyalty_verification_holdings, org_id, &nobody);
	}
}

/* Goes by the list, in its order, for the group and for who it was before it registered. */
void
loyalty_verification_erase(LoyaltyCall *call, const LoyaltyCustomer *root)
{
	int32 org_id = call->org->org_id;
	int16 *key_ids;
	int count = loyalty_secrets_known(&key_ids);
	int64 *ids;
	int members = loyalty_customer_group(root, &ids);
	int m;
	int n;

	for (m = 0; m < members; m++)
	{
		LoyaltyName *names;
		int named = loyalty_names_read(org_id, root, ids[m], false, &names);

		for (n = 0; n < named; n++)
			erase_of_nobody(org_id, &names[n], key_ids, count);
	}
	loyalty_holdings_erase(&loyalty_verification_holdings, org_id, root);
}
