/*
 * delivery_erasure_store.c: what is held of deliveries to a person: reports, and the ids that providers gave.
 *
 * Both are codes and stay, as facts under the bare id: no report keeps a text of the provider, and its address went with the
 * message. What a report taught of a mobile is in the do-not-call register, which goes by the mobile.
 */
#include "postgres.h"

#include "message/delivery/delivery_erasure_store.h"

/* Words for the codes of a report. */
#define REPORT_WORDS "'delivery_status', loyalty_data.message_word(t.delivery_status, 'delivery_status')"

static LoyaltyHolding holdings[] = {
	LOYALTY_HELD("message_status", REPORT_WORDS, LOYALTY_KEEPS),
	LOYALTY_HELD("provider_message", "", LOYALTY_KEEPS),
};

const LoyaltyHoldings loyalty_delivery_holdings = { holdings, lengthof(holdings) };

/* Runs what the list says, which is nothing so far. */
void
loyalty_delivery_erase(LoyaltyCall *call, const LoyaltyCustomer *root)
{
	loyalty_holdings_erase(&loyalty_delivery_holdings, call->org->org_id, root);
}
