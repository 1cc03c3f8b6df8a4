/*
 * send.c: sending.
 *
 * A text is made and checked, its sender chosen, the decision made, and everything written, in the caller's
 * transaction and under the customer's lock: what is rolled back was never sent. A message that may not be sent is kept as a
 * fact, without its text.
 *
 * What is wrong with the request is an error and comes first; that the customer does not want the message, or cannot be reached,
 * is an answer. Whoever sends to many need not ask before whom it may send to.
 */
#include "postgres.h"

#include "utils/timestamp.h"

#include "common/args.h"
#include "common/ids.h"
#include "customer/channels.h"
#include "customer/reach.h"
#include "message/outbox/body.h"
#include "message/outbox/judge.h"
#include "message/outbox/outbox.h"
#include "message/outbox/sms_rules.h"
#include "message/sender/senders.h"

/* Message on its way. */
typedef struct Sending
{
	LoyaltyCall *call;
	const LoyaltyMessageRequest *request; /* as it was asked for */
	LoyaltyMessage message;				  /* the facts, as they will be written */
	LoyaltyText text;					  /* of the template, or finished */
	LoyaltyBody body;					  /* the address; the texts once the message is queued */
} Sending;

/*
 * Makes the text of a template, in the customer's language where none is said. One that is finished is taken as it is; one for
 * WhatsApp, which carries nothing that it has not approved, is looked for among the approved ones, unless it is of media.
 */
static void
make_text(Sending *sending)
{
	const LoyaltyMessageRequest *request = sending->request;
	LoyaltyTextRequest wanted = { .template_name = request->template_name,
								  .channel = request->channel,
								  .language = request->language,
								  .variables = request->variables };

	if (request->template_name != NULL)
	{
		if (wanted.language == NULL && request->customer != NULL)
			wanted.language =
				loyalty_reach_language(sending->call->org->org_id, request->customer->customer_id);
		loyalty_template_text(sending->call, &wanted, &sending->text);
	}
	else
	{
		sending->text = request->text;
		if (strcmp(sending->text.channel, "whatsapp") == 0 && sending->text.template_id == 0 &&
			sending->text.components == NULL)
			loyalty_template_match(sending->call, sending->text.channel, sending->text.body, &sending->text);
	}
	loyalty_body_check(&sending->text);
}

/* Decides what the message is for; LY003. What goes to customers is none of the org's contacts' business. */
static void
choose_purpose(Sending *sending)
{
	const LoyaltyMessageRequest *request = sending->request;
	char purpose = loyalty_message_purpose(request->purpose, sending->text.purpose);

	if (purpose == 0 || (purpose == PURPOSE_CONTACT && request->customer != NULL))
		loyalty_raise_not_allowed("purpose", "that of the template, unless it is transactional");
	sending->message.purpose = purpose;
}

/*
 * Judges whether files may go with the message; LY003. Those of a code would not be sealed. Pictures of its blocks are among them, or
 * LYM08: a template names what each message brings along.
 */
static void
check_attachments(const Sending *sending)
{
	if (sending->request->attachment_count > 0 && (strcmp(sending->text.channel, "email") != 0 ||
												   !loyalty_purpose_takes_files(sending->message.purpose)))
		loyalty_raise_not_allowed("attachments", "none, but for e-mails without a code");
	if (sending->text.blocks != NULL)
		loyalty_blocks_check_pictures(sending->text.blocks, sending->request->attachments,
									  sending->request->attachment_count);
}

/* Chooses in whose name the message goes. */
static void
choose_sender(Sending *sending, LoyaltyMessageAnswer *answer)
{
	LoyaltySender sender = { 0 };
	bool unknown = false;

	loyalty_sender_choose(sending->call, sending->text.channel, sending->request->sender, &sender, &unknown);
	if (unknown)
		answer->warnings[answer->warning_count++] = "sender_unknown";
	sending->message.sender_id = sender.sender_id;
	sending->message.bsp_account_id = sender.bsp_account_id;
	answer->sender_id = sender.sender_id;
	answer->sender = sender.sender;
}

/*
 * Finds the address; that of a code is bound to it, whatever the customer changes meanwhile. An address that is given is one of
 * its channel, in the normal form, as if it had been the customer's.
 */
static void
find_address(Sending *sending)
{
	const LoyaltyMessageRequest *request = sending->request;
	LoyaltyBody *body = &sending->body;

	loyalty_header_check(request->address, "address");
	if (request->address != NULL)
		body->address =
			loyalty_address_checked(sending->call->org, sending->text.channel, request->address, "address");
	else if (request->customer != NULL)
		body->address = loyalty_reach_address(sending->call->org->org_id, request->customer->customer_id,
											  sending->text.channel);
	body->address_given = request->address != NULL || sending->message.purpose == PURPOSE_CODE;
}

/* Fills the facts. What is promotional waits for the end of quiet hours. */
static void
fill_message(Sending *sending)
{
	const LoyaltyMessageRequest *request = sending->request;
	TimestampTz now = sending->call->now;
	LoyaltyMessage *message = &sending->message;

	message->org_id = sending->call->org->org_id;
	message->customer_id = request->customer ? request->customer->customer_id : 0;
	message->message_id = loyalty_next_id();
	message->created_at = now;
	message->not_before = Max(now, request->not_before);
	if (message->purpose == PURPOSE_PROMOTIONAL)
		message->not_before = loyalty_quiet_end(sending->call->org, message->not_before);
	message->valid_until = request->valid_until == 0 ? DT_NOEND : request->valid_until;
	message->changed_at = now;
	message->template_id = sending->text.template_id;
	message->version_no = sending->text.version_no;
	message->source_id = request->source_id;
	message->channel = sending->text.channel;
	message->language = sending->text.language;
	message->campaign = request->campaign;
	message->actor = request->actor ? request->actor : sending->call->actor;
	message->about_deletion = request->about_deletion;
	if (strcmp(message->channel, "mobile") == 0 && sending->text.body != NULL)
		message->parts = (int16) loyalty_sms_parts(sending->text.body);
}

/* Returns the priority that the call says, else that of the purpose; LY003. */
static MessagePriority
priority_of(const Sending *sending)
{
	char purpose = sending->message.purpose;
	const char *word = sending->request->priority;
	MessagePriority priority =
		word == NULL ? loyalty_message_priority(purpose) : loyalty_message_priority_named(purpose, word);

	if (priority == PRIORITY_COUNT)
		loyalty_raise_not_allowed("priority",
								  "transactional (trans), promotional (bulk), and code for codes");
	return priority;
}

/* Writes text, files and place in the queue. */
static void
enqueue(Sending *sending)
{
	const LoyaltyMessageRequest *request = sending->request;
	const LoyaltyMessage *message = &sending->message;
	LoyaltyQueued queued = { .org_id = message->org_id,
							 .customer_id = message->customer_id,
							 .message_id = message->message_id,
							 .available_at = message->not_before,
							 .valid_until = message->valid_until,
							 .priority = (int16) priority_of(sending),
							 .channel = message->channel };

	loyalty_body_insert(&sending->body);
	loyalty_attachments_insert(message->org_id, message->customer_id, message->message_id,
							   request->attachments, request->attachment_count);
	loyalty_queued_insert(&queued);
}

/* Refuses what is no message before it asks whether it may be sent. */
void
loyalty_message_send(LoyaltyCall *call, const LoyaltyMessageRequest *request, LoyaltyMessageAnswer *answer)
{
	Sending *sending = palloc0(sizeof(Sending));
	LoyaltyMessage *message = &sending->message;
	SendVerdict verdict;

	memset(answer, 0, sizeof(LoyaltyMessageAnswer));
	sending->call = call;
	sending->request = request;
	make_text(sending);
	choose_purpose(sending);
	check_attachments(sending);
	(void) priority_of(sending);
	choose_sender(sending, answer);
	find_address(sending);
	fill_message(sending);
	verdict = loyalty_message_verdict(call, request->customer, message, sending->body.address, false);
	message->state = verdict == SEND_ALLOWED ? MESSAGE_QUEUED : MESSAGE_SUPPRESSED;
	message->cause = loyalty_send_cause(verdict);
	if (message->state == MESSAGE_QUEUED)
		loyalty_body_fill(message, &sending->text, &sending->body);
	loyalty_message_insert(message);
	if (message->state == MESSAGE_QUEUED)
		enqueue(sending);
	answer->message_id = message->message_id;
	answer->state = (char) message->state;
	answer->cause = message->cause;
}
