/*
 * campaign_email.c: campaign users who are known by an e-mail that is contact data.
 *
 * No index keeps two calls from registering the same contact e-mail twice. So whoever registers a campaign user by it,
 * or tags a bill to it, claims its place among the keys first and gives that up before the commit: the second call
 * waits there until the first one ends, and looks then. No other transaction ever sees such a key. The place comes
 * before all rows of customers, so that nobody waits for it who holds one.
 */
#include "postgres.h"

#include "miscadmin.h"

#include "common/errors.h"
#include "customer/campaign_email.h"

/* Raises LY112 where several have the e-mail, which must name one of them. */
int64
loyalty_campaign_user_of_email(int32 org_id, const char *email, bool seen)
{
	bool several;
	int64 customer_id = loyalty_campaign_email_find(org_id, email, true, seen, &several);

	if (several)
		ereport(ERROR,
				(errcode(ERRCODE_LOYALTY_EMAIL_AMBIGUOUS),
				 errmsg("several non_loyalty customers have the e-mail"),
				 errhint("Give the mobile, or merge those customers with loyalty.merge_customers().")));
	return customer_id;
}

/* Takes the place; claims it until nobody else has it. */
void
loyalty_email_hold(int32 org_id, const char *email, int64 holder_id)
{
	LoyaltyIdentifiers keys = { { NULL } };

	keys.values[IDENTIFIER_EMAIL] = email;
	while (loyalty_identifier_claim(org_id, holder_id, &keys) != 1)
		CHECK_FOR_INTERRUPTS();
}
