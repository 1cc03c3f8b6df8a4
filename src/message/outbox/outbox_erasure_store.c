/*
 * outbox_erasure_store.c: what is held of messages to a person: facts, texts, files, places in the queue, requests.
 *
 * Facts stay under the bare id, since reports count them; what a person wrote into them goes. Texts, addresses and files are
 * deleted. A message that is queued is canceled; one that a worker has at the moment keeps its place in the queue, so that the
 * worker can acknowledge it: should its lease run out, the next taking finds the customer erased and ends it.
 */
#include "postgres.h"

#include "customer/erasure.h"
#include "message/outbox/outbox.h"
#include "message/outbox/outbox_erasure_store.h"

/* Words for the codes of a message. */
#define MESSAGE_WORDS \
	SAYS_SOURCE ", 'purpose', loyalty_data.message_word(t.purpose, 'purpose'), 'state'," \
				" loyalty_data.message_word(t.state, 'state'), 'delivery_status'," \
				" loyalty_data.message_word(t.delivery_status, 'delivery_status')"
#define STATE_WORD "'state', loyalty_data.message_word(t.state, 'state')"

/* Rows that are held; what a deletion blanks are texts of callers. */
static LoyaltyHolding holdings[] = {
	LOYALTY_HELD("message", MESSAGE_WORDS,
				 LOYALTY_BLANKS("message", "campaign = NULL, actor = NULL, reason = NULL")),
	LOYALTY_HELD("message_body", "", LOYALTY_DELETES("message_body")),
	LOYALTY_HELD("message_attachment", "", LOYALTY_DELETES("message_attachment")),
	LOYALTY_HELD("message_queue", "", LOYALTY_KEEPS),
	LOYALTY_HELD("message_request", STATE_WORD, LOYALTY_DELETES("message_request")),
};

const LoyaltyHoldings loyalty_outbox_holdings = { holdings, lengthof(holdings) };

/* Cancels first: a cancellation writes the facts, and wipes a text that is deleted next. */
void
loyalty_outbox_erase(LoyaltyCall *call, const LoyaltyCustomer *root)
{
	int64 *ids;
	int members = loyalty_customer_group(root, &ids);
	int m;

	for (m = 0; m < members; m++)
		loyalty_messages_cancel_all(call, ids[m], "erasure");
	loyalty_holdings_erase(&loyalty_outbox_holdings, call->org->org_id, root);
}
