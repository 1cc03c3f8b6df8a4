/*
 * notices.c: messages about change requests.
 *
 * Contacts are told under customer 0, which is the org itself, and nothing is locked for them: one message each, by e-mail where
 * the contact has one, else to the mobile. Customers are told after the change, each audience by the channels that it has a text
 * for. The identifier before a change and the one after it are addresses that are given with the message: by the time it is taken
 * the customer has another one, and the message is about just that. So are the addresses of somebody who was merged, which are
 * read before the merge. Whether a customer wants such messages is judged as for any other, and what is suppressed stays as a fact.
 *
 * A message that cannot be made (no sender for the channel) is an error of the call: a change of which nobody is told, though the
 * org says that somebody shall be, is not made.
 */
#include "postgres.h"

#include "bill/purchases_section_store.h"
#include "customer/reach.h"
#include "message/outbox/outbox.h"
#include "request/notice_values.h"
#include "request/setting_store.h"

/* Returns the language that a message will be in, whose files go with it: the customer's, if the template has it, else the org's. */
static const char *
language_of(const LoyaltyCall *call, const LoyaltyMessageRequest *request)
{
	const LoyaltyTextRequest text = {
		.template_name = request->template_name,
		.channel = request->channel,
		.language = request->customer == NULL
						? NULL
						: loyalty_reach_language(call->org->org_id, request->customer->customer_id),
	};

	return loyalty_template_language(call, &text);
}

/* Sends by the text that the org has for an audience; false: it has none for the channel. */
static bool
send_text(LoyaltyCall *call, const LoyaltyRequestNews *news, RequestAudience audience, RequestChannel channel,
		  const char *address)
{
	LoyaltyMessageRequest request = {
		.customer = audience == AUDIENCE_CONTACT ? NULL : news->customer,
		.purpose = audience == AUDIENCE_CONTACT ? PURPOSE_CONTACT : PURPOSE_TRANSACTIONAL,
		.channel = loyalty_request_channels[channel],
		.address = address,
	};
	LoyaltyAttachment *attachments = NULL;
	LoyaltyMessageAnswer answer;
	RequestTemplate template;
	Jsonb *files;

	if (!loyalty_request_template_read(call->org->org_id, news->type, audience, request.channel, &template))
		return false;
	request.template_name = template.template_name;
	request.language = language_of(call, &request);
	request.variables = loyalty_request_values(call, news);
	(void) loyalty_request_files_read(call->org->org_id, template.template_id, request.language, &files);
	if (files != NULL)
		request.attachment_count = loyalty_attachments_read(files, &attachments);
	request.attachments = attachments;
	loyalty_message_send(call, &request, &answer);
	return true;
}

/* Sends the text that a contact gets where the org has none: it says which request, and nothing of the customer. */
static void
send_default(LoyaltyCall *call, const LoyaltyRequestNews *news, RequestChannel channel, const char *address)
{
	LoyaltyMessageRequest request = {
		.purpose = PURPOSE_CONTACT,
		.text = { .channel = loyalty_request_channels[channel] },
		.address = address,
	};
	LoyaltyMessageAnswer answer;
	const char *subject =
		psprintf("Change request " INT64_FORMAT " (%s) %s", news->request_id,
				 loyalty_request_type_name(news->type), news->step == 0 ? "has come" : "still waits");

	request.text.body = psprintf("%s.", subject);
	if (channel == REQUEST_BY_EMAIL)
		request.text.subject = subject;
	loyalty_message_send(call, &request, &answer);
}

/* Tells the contacts of a step, each once. */
static int
tell_contacts(LoyaltyCall *call, const LoyaltyRequestNews *news)
{
	const RequestContact *contacts;
	int count = loyalty_request_contacts_read(call->org->org_id, news->type, news->step, &contacts);
	int i;

	for (i = 0; i < count; i++)
	{
		RequestChannel channel = contacts[i].email != NULL ? REQUEST_BY_EMAIL : REQUEST_BY_MOBILE;
		const char *address = channel == REQUEST_BY_EMAIL ? contacts[i].email : contacts[i].mobile;

		if (!send_text(call, news, AUDIENCE_CONTACT, channel, address))
			send_default(call, news, channel, address);
	}
	return count;
}

/* Adds purchases up only where the type asks for them. */
int
loyalty_request_tell_arrival(LoyaltyCall *call, const LoyaltyRequestNews *news)
{
	LoyaltyRequestSettings settings = loyalty_request_settings(call, news->type);
	int64 amount = 0;

	if (settings.notify == NOTIFY_ONLY_WHEN)
		amount = loyalty_purchases_amount(call->org->org_id, news->customer);
	if (!loyalty_contacts_told(settings.notify, settings.notify_amount, true, amount))
		return 0;
	return tell_contacts(call, news);
}

/* Asks for no settings: a step has contacts, or nobody is told. */
int
loyalty_request_tell_waiting(LoyaltyCall *call, const LoyaltyRequestNews *news)
{
	return tell_contacts(call, news);
}

/* Reads both channels. */
void
loyalty_request_note_requestor(const LoyaltyCall *call, int64 customer_id, LoyaltyRequestNews *news)
{
	int i;

	for (i = 0; i < REQUEST_CHANNEL_COUNT; i++)
		news->requestor[i] =
			loyalty_reach_address(call->org->org_id, customer_id, loyalty_request_channels[i]);
}

/* Tells an audience by a channel; false where it has no text, or an identifier that is told is none. */
static bool
tell(LoyaltyCall *call, const LoyaltyRequestNews *news, RequestAudience audience, RequestChannel channel)
{
	const char *address = NULL;
	bool is_given = true;

	if (!loyalty_request_channel_fits(news->type, audience, channel))
		return false;
	if (audience == AUDIENCE_OLD_ID)
		address = news->old_value;
	else if (audience == AUDIENCE_NEW_ID)
		address = news->new_value;
	else if (audience == AUDIENCE_REQUESTOR)
		address = news->requestor[channel];
	else
		is_given = false;
	if (is_given && address == NULL)
		return false;
	return send_text(call, news, audience, channel, address);
}

/* Goes through audiences and channels in one order, so that ids of messages rise as they are listed. */
int
loyalty_request_tell_change(LoyaltyCall *call, const LoyaltyRequestNews *news)
{
	LoyaltyRequestSettings settings = loyalty_request_settings(call, news->type);
	int count = 0;
	int a;
	int c;

	for (a = 0; a < AUDIENCE_CONTACT; a++)
		for (c = 0; settings.communicates[a] && c < REQUEST_CHANNEL_COUNT; c++)
			count += tell(call, news, (RequestAudience) a, (RequestChannel) c);
	return count;
}
