/*
 * contact_notice.c: telling contacts of the org of something.
 *
 * In this order: does the topic ask for it, and from this amount on; who of its contacts has an address on the channel of the
 * template; what is said, which raises where the template cannot say it; has it been told before. The last writes the one row
 * that rivals meet at, and holds it until the transaction ends: of sixteen sessions that pass a threshold at once the first to
 * commit tells, and those who waited tell nobody; where it is undone the next one tells. Then a message for each contact, under
 * customer 0, which is the org itself: nothing is locked for it.
 *
 * What nobody would be told of is not noted, so that it is told as soon as somebody can be.
 */
#include "postgres.h"

#include "message/outbox/contact_notice.h"
#include "message/outbox/contact_notice_store.h"
#include "message/outbox/outbox.h"
#include "message/sender/contact_store.h"

#define EMAIL_COLUMN 1 /* of the contacts of a topic */
#define MOBILE_COLUMN 2

/* Tells whether the topic is told of at all, and from this amount on. */
static bool
is_asked_for(const LoyaltyCall *call, const LoyaltyContactNotice *notice)
{
	ContactTopic topic;

	loyalty_contact_topic_read(call->org->org_id, notice->topic, &topic);
	return loyalty_contacts_told(topic.notify, topic.amount, notice->has_amount, notice->amount);
}

/* Reads the addresses that the contacts of a topic have on a channel; returns how many there are. */
static int
addresses_of(const LoyaltyCall *call, const char *topic, const char *channel, const char ***addresses)
{
	LoyaltyRows *rows = loyalty_contacts_of_topic(call->org->org_id, topic);
	bool by_email = strcmp(channel, "email") == 0;
	bool by_number = strcmp(channel, "mobile") == 0 || strcmp(channel, "whatsapp") == 0;
	int count = 0;
	uint64 i;

	*addresses = palloc(sizeof(char *) * Max(rows->count, 1));
	for (i = 0; i < rows->count && (by_email || by_number); i++)
	{
		const char *address = loyalty_row_text_or_null(rows, i, by_email ? EMAIL_COLUMN : MOBILE_COLUMN);

		if (address != NULL)
			(*addresses)[count++] = address;
	}
	return count;
}

/* Renders the text once for all: contacts have no language but the org's. */
int
loyalty_contacts_notify(LoyaltyCall *call, const LoyaltyContactNotice *notice)
{
	LoyaltyTextRequest wanted = { .template_name = notice->template_name, .variables = notice->variables };
	LoyaltyMessageRequest request = { .purpose = PURPOSE_CONTACT };
	LoyaltyMessageAnswer answer;
	const char **addresses;
	int count;
	int i;

	if (!is_asked_for(call, notice))
		return 0;
	loyalty_template_text(call, &wanted, &request.text);
	count = addresses_of(call, notice->topic, request.text.channel, &addresses);
	if (count == 0 ||
		!loyalty_contact_notice_note(call->org->org_id, notice->topic, notice->dedupe_key, call->now))
		return 0;
	for (i = 0; i < count; i++)
	{
		request.address = addresses[i];
		loyalty_message_send(call, &request, &answer);
	}
	return count;
}
