/*
 * inbound.c: the steps of a message that somebody wrote to the org: who was it, is it new, what does it ask for.
 *
 * The sender is looked for as find_customer does, and where that finds nobody, among the addresses of channels; it counts only
 * where exactly one customer has the address. A customer who is found is locked, at the survivor where it was merged meanwhile.
 * A message of nobody stands under customer 0, for which nothing is locked: a flood of unknown numbers holds nobody up.
 *
 * Then its keys are claimed, the provider's first: of two calls about one message the second one waits on the index and gets
 * the answer of the first. Both have locked the same customer by then, if they have found one, so they never wait in a circle.
 *
 * A word that ends messages counts for the channel, whatever the source: an opt-in for one source would win over an opt-out
 * for any, so such an opt-in is ended, too. A word that begins them again brings back what was ended that way. All of it are
 * consents as set_subscription writes them.
 */
#include "postgres.h"

#include "common/ids.h"
#include "common/pg_compat.h"
#include "common/request.h"
#include "common/text.h"
#include "customer/channels.h"
#include "customer/find.h"
#include "customer/member.h"
#include "event/notify.h"
#include "message/inbox/inbound.h"
#include "message/inbox/inbox_store.h"
#include "status/status_guard.h"

/* The consents that a word is about. */
#define PURPOSE "promotional"
#define CONSENT_SOURCE "inbound message"

/* Returns the type of identifier that addresses of a channel are, or NULL. */
static const char *
identifier_type(const char *channel)
{
	if (strcmp(channel, "mobile") == 0 || strcmp(channel, "whatsapp") == 0)
		return loyalty_identifier_type_names[IDENTIFIER_MOBILE];
	if (strcmp(channel, "email") == 0)
		return loyalty_identifier_type_names[IDENTIFIER_EMAIL];
	return NULL;
}

/* Returns the one customer that an address belongs to, or 0. */
static int64
find_writer(LoyaltyCall *call, const Inbound *inbound)
{
	const char *type = identifier_type(inbound->channel);
	int64 customer_id = type ? loyalty_customer_find(call, type, inbound->address) : 0;

	if (customer_id == 0)
		customer_id = loyalty_address_holder(call->org->org_id, inbound->channel, inbound->address);
	return customer_id;
}

/* Finds and locks the customer. One that was deleted before its lock came is nobody any more. */
static void
lock_writer(LoyaltyCall *call, Inbound *inbound)
{
	LoyaltyCustomer customer;

	inbound->customer_id = find_writer(call, inbound);
	if (inbound->customer_id == 0)
		return;
	loyalty_customers_lock_roots(call->org->org_id, &inbound->customer_id, 1);
	if (!loyalty_customer_read_now(call->org->org_id, inbound->customer_id, &customer) || customer.erased)
		inbound->customer_id = 0;
	else
		(void) loyalty_status_guard(call, &customer, GUARD_RECORD_INBOUND);
}

/*
 * Decides what the text asks for; nobody has no consents. A word that comes late begins nothing again that was refused after it
 * was written; one that ends messages counts whenever it comes.
 */
static void
judge(const LoyaltyCall *call, Inbound *inbound)
{
	inbound->action = INBOUND_NONE;
	if (inbound->customer_id != 0)
		inbound->action = loyalty_inbound_action(inbound->body, call->org->config[CONFIG_INBOUND_STOP_WORDS],
												 call->org->config[CONFIG_INBOUND_START_WORDS]);
	if (inbound->action == INBOUND_OPTED_IN &&
		loyalty_refused_since(call->org->org_id, inbound->customer_id, inbound->channel, PURPOSE,
							  inbound->received_at))
		inbound->action = INBOUND_NONE;
}

/* Claims the keys; false where one was claimed before: the message becomes the one of that time. */
static bool
claim(const LoyaltyCall *call, Inbound *inbound)
{
	int i;

	for (i = 0; i < inbound->key_count; i++)
	{
		const InboundKey *key = &inbound->keys[i];
		InboundKey first;

		if (loyalty_inbound_claim(call->org->org_id, inbound, key))
			continue;
		loyalty_inbound_first(call->org->org_id, key, inbound, &first);
		if (key->has_request && first.request_digest != key->request_digest)
			loyalty_raise_idempotency_mismatch();
		return false;
	}
	return true;
}

/* Writes a consent of the channel for a source, 0 for any. */
static void
write_consent(LoyaltyCall *call, const Inbound *inbound, int16 source_id, const char *account_id)
{
	LoyaltyConsent consent = {
		.channel = inbound->channel,
		.source_id = source_id,
		.account_id = account_id,
		.purpose = PURPOSE,
		.opted_in = inbound->action == INBOUND_OPTED_IN,
		.consented_at = inbound->received_at,
		.consent_source = CONSENT_SOURCE,
	};

	loyalty_consent_write(call, inbound->customer_id, &consent);
}

/* Writes the consents that a word asks for: of any source, and of those sources that have their own. */
static void
act(LoyaltyCall *call, const Inbound *inbound)
{
	LoyaltyRows *rows;
	uint64 i;

	if (inbound->action == INBOUND_NONE)
		return;
	rows = loyalty_source_consents(call->org->org_id, inbound->customer_id, inbound->channel, PURPOSE,
								   inbound->action == INBOUND_OPTED_OUT ? NULL : CONSENT_SOURCE);
	write_consent(call, inbound, 0, NULL);
	for (i = 0; i < rows->count; i++)
		write_consent(call, inbound, loyalty_row_int2(rows, i, 1), loyalty_row_text(rows, i, 2));
}

/* Tells subscribers, ids and words alone: a bot that answers asks for the text. What nobody wrote is in nobody's stream. */
static void
tell(LoyaltyCall *call, const Inbound *inbound)
{
	LoyaltyNotice notice = {
		.customer_id = inbound->customer_id,
		.event_name = "message_received",
		.event_time = inbound->received_at,
	};

	if (inbound->customer_id == 0 || !loyalty_notice_wanted(call, notice.event_name))
		return;
	notice.details =
		psprintf("\"message_id\": " INT64_FORMAT ", \"channel\": \"%s\", \"action\": \"%s\"",
				 inbound->message_id, inbound->channel, loyalty_inbound_action_name(inbound->action));
	loyalty_notify(call, &notice);
}

/* Keeps the order that the head of this file gives. */
void
loyalty_inbound_record(LoyaltyCall *call, Inbound *inbound)
{
	lock_writer(call, inbound);
	judge(call, inbound);
	inbound->message_id = loyalty_next_id();
	if (!claim(call, inbound))
		return;
	loyalty_inbound_insert(call->org->org_id, inbound, call->now);
	act(call, inbound);
	tell(call, inbound);
}
