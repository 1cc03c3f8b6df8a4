/*
 * send_api.c: send_message, send_sms, send_whatsapp, send_email: a message of a template, and finished ones.
 *
 * All fill one request and go one way; what is no message is refused in one order, whichever of them is called. The
 * customer is locked before the key is looked for, so that of two calls with one key the second one finds the answer of the
 * first. The guard of statuses is asked by the decision itself: a status that stops everything is an answer here, since whoever
 * sends to many must not stop at one.
 */
#include "postgres.h"

#include "catalog/pg_type.h"
#include "utils/array.h"
#include "utils/builtins.h"

#include "common/args.h"
#include "common/crypto.h"
#include "common/errors.h"
#include "common/function.h"
#include "common/pg_compat.h"
#include "common/request.h"
#include "common/word_rules.h"
#include "customer/channels.h"
#include "customer/member.h"
#include "message/outbox/body.h"
#include "message/outbox/outbox.h"
#include "message/outbox/outbox_store.h"
#include "message/sender/senders.h"
#include "message/template/whatsapp_rules.h"

LOYALTY_FUNCTION(loyalty_send_message);
LOYALTY_FUNCTION(loyalty_send_sms);
LOYALTY_FUNCTION(loyalty_send_whatsapp);
LOYALTY_FUNCTION(loyalty_send_email);

/* Arguments that the calls have in common, by their names. */
typedef struct SendArguments
{
	NullableDatum template_name;
	NullableDatum variables;
	NullableDatum channel;
	NullableDatum language;
	NullableDatum message;
	NullableDatum media;
	NullableDatum subject;
	NullableDatum body;
	NullableDatum blocks;
	NullableDatum purpose;
	NullableDatum sender;
	NullableDatum priority;
	NullableDatum not_before;
	NullableDatum valid_until;
	NullableDatum attachments;
	NullableDatum campaign;
	NullableDatum address;
	NullableDatum source;
	NullableDatum actor;
	NullableDatum idempotency_key;
} SendArguments;

#define FIELD(argument, member) \
	{ \
		argument, offsetof(SendArguments, member) \
	}

/*
 * Arguments by their names: a function has those of them that it takes, and the others are as if they were not given. So one
 * reader serves all of them, and what an argument means is said once.
 */
static const LoyaltyRequestField fields[] = {
	FIELD("template", template_name),
	FIELD("variables", variables),
	FIELD("channel", channel),
	FIELD("language", language),
	FIELD("message", message),
	FIELD("media", media),
	FIELD("subject", subject),
	FIELD("body", body),
	FIELD("blocks", blocks),
	FIELD("purpose", purpose),
	FIELD("sender", sender),
	FIELD("priority", priority),
	FIELD("not_before", not_before),
	FIELD("valid_until", valid_until),
	FIELD("attachments", attachments),
	FIELD("campaign", campaign),
	FIELD("address", address),
	FIELD("source", source),
	FIELD("actor", actor),
	FIELD("idempotency_key", idempotency_key),
};

/* Call that sends: its arguments, and the customer, who is locked. */
typedef struct SendCall
{
	LoyaltyCall call;
	LoyaltyCustomer customer;
	SendArguments arguments;
	LoyaltyMessageRequest request; /* what is sent */
	LoyaltySendRequest keyed;	   /* the answer, of now or of the first time */
	bool has_key;
	bool is_repeat; /* the key came before with the same request */
} SendCall;

/* Reads a text that may be missing. */
static const char *
text_of(const NullableDatum *given, const char *name, int limit)
{
	const char *text;

	(void) loyalty_read_text_or_null(given, name, limit, &text, LOYALTY_RAISES);
	return text;
}

/* Reads the purpose, 0 where none is said; contacts of the org get theirs by notify_contacts. */
static char
purpose_of(const NullableDatum *given)
{
	static const char *const words[] = { "promotional", "transactional", "code" };
	static const char purposes[] = { PURPOSE_PROMOTIONAL, PURPOSE_TRANSACTIONAL, PURPOSE_CODE };
	const char *word = text_of(given, "purpose", LOYALTY_MAX_CODE);
	int place = word ? loyalty_word_place(word, words, lengthof(words)) : 0;

	if (word == NULL)
		return 0;
	if (place < 0)
		loyalty_raise_not_allowed("purpose", "promotional, transactional, code");
	return purposes[place];
}

/* Reads a document. */
static Jsonb *
json_of(const NullableDatum *given)
{
	return given->isnull ? NULL : DatumGetJsonbP(given->value);
}

/* Reads what all have in common, but for texts. */
static void
read_request(SendCall *send)
{
	const SendArguments *given = &send->arguments;
	LoyaltyMessageRequest *request = &send->request;
	const char *source = text_of(&given->source, "source", LOYALTY_MAX_CODE);
	LoyaltyAttachment *attachments = NULL;

	request->purpose = purpose_of(&given->purpose);
	request->sender = text_of(&given->sender, "sender", LOYALTY_MAX_CODE);
	request->priority = text_of(&given->priority, "priority", LOYALTY_MAX_CODE);
	(void) loyalty_read_time_or(&given->not_before, "not_before", 0, &request->not_before, LOYALTY_RAISES);
	(void) loyalty_read_time_or(&given->valid_until, "valid_until", 0, &request->valid_until, LOYALTY_RAISES);
	if (request->not_before != 0 && request->valid_until != 0 && request->valid_until <= request->not_before)
		loyalty_raise_not_allowed("valid_until", "times behind not_before");
	(void) loyalty_read_key_or_null(&given->campaign, "campaign", LOYALTY_MAX_NAME, &request->campaign,
									LOYALTY_RAISES);
	request->address = text_of(&given->address, "address", LOYALTY_MAX_TEXT);
	if (request->address != NULL && request->purpose != PURPOSE_CODE)
		ereport(ERROR,
				(errcode(ERRCODE_LOYALTY_HEADER_INVALID), errmsg("argument \"address\" is for codes alone"),
				 errhint("Other messages go to the customer's own address: loyalty.set_channel().")));
	if (source != NULL)
		(void) loyalty_org_named_source(send->call.org, source, &request->source_id, LOYALTY_RAISES);
	request->actor = text_of(&given->actor, "actor", LOYALTY_MAX_NAME);
	if (!given->attachments.isnull)
		request->attachment_count =
			loyalty_attachments_read(DatumGetJsonbP(given->attachments.value), &attachments);
	request->attachments = attachments;
}

/* Looks for an earlier request of the same key; LY020 where that asked for something else. */
static void
find_earlier(SendCall *send, int64 digest)
{
	const char *key = text_of(&send->arguments.idempotency_key, "idempotency_key", LOYALTY_MAX_NAME);

	send->has_key = key != NULL;
	if (key == NULL)
		return;
	loyalty_idempotency_digest(key, &send->keyed.key);
	send->is_repeat = loyalty_send_request_find(send->call.org->org_id, &send->customer, &send->keyed);
	if (send->is_repeat && send->keyed.request_digest != digest)
		loyalty_raise_idempotency_mismatch();
	send->keyed.request_digest = digest;
}

/*
 * Locks the customer, or the survivor of one who was merged: a key of before the merge is looked for first, and finds its answer
 * whoever of the group repeats it. What is new is for the survivor alone.
 */
static void
lock_customer(SendCall *send, FunctionCallInfo fcinfo)
{
	int32 org_id = send->call.org->org_id;
	int64 customer_id = loyalty_arg_int8(fcinfo, 1, "customer_id");
	int64 root_id = customer_id;

	if (loyalty_customer_read_now(org_id, customer_id, &send->customer) && send->customer.merged_into != 0)
		root_id = send->customer.merged_into;
	if (!loyalty_customer_lock(org_id, root_id, &send->customer))
		loyalty_raise_customer_unknown(customer_id);
	find_earlier(send, loyalty_request_digest(fcinfo));
	if (!send->is_repeat)
		loyalty_customer_lock_root(org_id, customer_id, &send->customer);
}

/* Opens the call, locks the customer, reads what all have in common. True: the request was answered before. */
static bool
begin(SendCall *send, FunctionCallInfo fcinfo)
{
	memset(send, 0, sizeof(SendCall));
	loyalty_call_begin(&send->call, fcinfo);
	loyalty_request_fill(loyalty_function(fcinfo), fields, lengthof(fields), fcinfo->args, &send->arguments);
	lock_customer(send, fcinfo);
	send->request.customer = &send->customer;
	if (!send->is_repeat)
		read_request(send);
	return send->is_repeat;
}

/* Returns the row: what the message became at once, or had become the first time. */
static Datum
answer_of(SendCall *send, FunctionCallInfo fcinfo)
{
	const LoyaltySendRequest *keyed = &send->keyed;
	const char *sender =
		send->is_repeat ? loyalty_sender_name(send->call.org->org_id, keyed->sender_id) : keyed->sender;
	Datum values[5];
	bool nulls[5] = { false };

	values[0] = Int64GetDatum(keyed->message_id);
	values[1] = CStringGetTextDatum(loyalty_message_state_name(keyed->state));
	nulls[2] = keyed->cause == NULL;
	values[2] = nulls[2] ? (Datum) 0 : CStringGetTextDatum(keyed->cause);
	nulls[3] = sender == NULL;
	values[3] = nulls[3] ? (Datum) 0 : CStringGetTextDatum(sender);
	values[4] = keyed->warnings;
	return loyalty_call_result(&send->call, fcinfo, values, nulls);
}

/* Sends, and keeps the answer under the key. */
static Datum
finish(SendCall *send, FunctionCallInfo fcinfo)
{
	LoyaltyMessageAnswer answer;
	Datum warnings[lengthof(answer.warnings)];
	int i;

	loyalty_message_send(&send->call, &send->request, &answer);
	for (i = 0; i < answer.warning_count; i++)
		warnings[i] = CStringGetTextDatum(answer.warnings[i]);
	send->keyed.warnings =
		PointerGetDatum(construct_array(warnings, answer.warning_count, TEXTOID, -1, false, TYPALIGN_INT));
	send->keyed.message_id = answer.message_id;
	send->keyed.sender_id = answer.sender_id;
	send->keyed.sender = answer.sender;
	send->keyed.state = (MessageState) answer.state;
	send->keyed.cause = answer.cause;
	if (send->has_key)
		loyalty_send_request_insert(send->call.org->org_id, send->customer.customer_id, &send->keyed);
	return answer_of(send, fcinfo);
}

/* Sends a message of a template; its channel is the template's where none is given. */
Datum
loyalty_send_message(PG_FUNCTION_ARGS)
{
	SendCall send;
	const char *channel;

	if (begin(&send, fcinfo))
		return answer_of(&send, fcinfo);
	(void) loyalty_read_text(&send.arguments.template_name, "template", LOYALTY_MAX_CODE,
							 &send.request.template_name, LOYALTY_RAISES);
	channel = text_of(&send.arguments.channel, "channel", LOYALTY_MAX_CODE);
	if (channel != NULL)
		send.request.channel = loyalty_channel_checked(channel, NULL, "channel");
	send.request.language = text_of(&send.arguments.language, "language", LOYALTY_MAX_CODE);
	send.request.variables = json_of(&send.arguments.variables);
	return finish(&send, fcinfo);
}

/* Sends a finished text to a mobile. */
Datum
loyalty_send_sms(PG_FUNCTION_ARGS)
{
	SendCall send;

	if (begin(&send, fcinfo))
		return answer_of(&send, fcinfo);
	send.request.text.channel = "mobile";
	(void) loyalty_read_text(&send.arguments.message, "message", MESSAGE_SMS_MAX, &send.request.text.body,
							 LOYALTY_RAISES);
	return finish(&send, fcinfo);
}

/* Sends a finished text that is of an approved template, or a text, picture or sound that is of none. */
Datum
loyalty_send_whatsapp(PG_FUNCTION_ARGS)
{
	SendCall send;
	LoyaltyText *text = &send.request.text;
	const char *message;

	if (begin(&send, fcinfo))
		return answer_of(&send, fcinfo);
	message = text_of(&send.arguments.message, "message", WHATSAPP_TEXT_LETTERS);
	if (message != NULL && !send.arguments.media.isnull)
		loyalty_raise_not_allowed("message", "a text without media, or media without a text");
	if (send.arguments.media.isnull && message == NULL)
		loyalty_raise_missing("message");
	text->channel = "whatsapp";
	if (message != NULL)
		text->body = message;
	else
		loyalty_media_read(json_of(&send.arguments.media), text);
	return finish(&send, fcinfo);
}

/* Sends an e-mail, of a text or of blocks. */
Datum
loyalty_send_email(PG_FUNCTION_ARGS)
{
	SendCall send;
	LoyaltyText *text = &send.request.text;
	const char *subject;

	if (begin(&send, fcinfo))
		return answer_of(&send, fcinfo);
	(void) loyalty_read_text(&send.arguments.subject, "subject", MESSAGE_SUBJECT_MAX, &subject,
							 LOYALTY_RAISES);
	text->body = text_of(&send.arguments.body, "body", MESSAGE_EMAIL_MAX);
	if (!send.arguments.blocks.isnull && text->body != NULL)
		loyalty_raise_not_allowed("body", "a text without blocks, or blocks without a text");
	if (!send.arguments.blocks.isnull)
		loyalty_blocks_render(json_of(&send.arguments.blocks), json_of(&send.arguments.variables), text);
	text->channel = "email";
	text->subject = subject;
	return finish(&send, fcinfo);
}
