/*
 * redemption.c: what single redemptions and batches of them share.
 */
#include "postgres.h"

#include "common/crypto.h"
#include "ledger/ledger_store.h"
#include "ledger/redemption.h"

#define REDEMPTION_ID_LENGTH 6

const LoyaltyProgram *
loyalty_finest_program(const LoyaltyOrg *org)
{
	const LoyaltyProgram *finest = loyalty_org_program(org, NULL);
	int i;

	for (i = 0; i < org->program_count; i++)
		if (org->programs[i].rules.decimals > finest->rules.decimals)
			finest = &org->programs[i];
	return finest;
}

char *
loyalty_new_redemption_id(int32 org_id, int64 customer_id)
{
	char *redemption_id;

	do
		redemption_id = loyalty_random_code(REDEMPTION_ID_LENGTH);
	while (loyalty_redemption_exists(org_id, customer_id, redemption_id));
	return redemption_id;
}
