/*
 * take_api.c: take_messages, extend_lease, acknowledge_message: the contract with workers, who carry messages to providers.
 *
 * A worker takes, commits, sends, acknowledges and commits again: between the two there is nothing but a time in a row, so that
 * a worker may be killed at any moment. Calls are short and hold no lock that a customer's call waits for. Texts of codes are
 * opened for the role of workers alone, which no other role has.
 */
#include "postgres.h"

#include "utils/builtins.h"
#include "utils/timestamp.h"

#include "common/args.h"
#include "common/pg_compat.h"
#include "common/srf.h"
#include "customer/channels.h"
#include "message/outbox/settle.h"
#include "message/outbox/take.h"
#include "message/sender/senders.h"

LOYALTY_FUNCTION(loyalty_take_messages);
LOYALTY_FUNCTION(loyalty_extend_lease);
LOYALTY_FUNCTION(loyalty_acknowledge_message);

#define TAKEN_COLUMNS 20
#define QUANTITY_MAX 1000		/* messages of a call: all are in memory at once */
#define LEASE_SECONDS_MAX 86400 /* a day: a worker that dies keeps its messages for so long */

/* Reads how long a lease shall be, and returns its end. */
static TimestampTz
lease_end(const LoyaltyCall *call, FunctionCallInfo fcinfo, int n)
{
	int32 seconds = loyalty_arg_int4(fcinfo, n, "lease_seconds");

	if (seconds < 1 || seconds > LEASE_SECONDS_MAX)
		loyalty_raise_not_allowed("lease_seconds", "1 to 86400");
	return call->now + seconds * USECS_PER_SEC;
}

/* Row under construction. */
typedef struct TakenRow
{
	int n; /* columns so far */
	Datum values[TAKEN_COLUMNS];
	bool nulls[TAKEN_COLUMNS];
} TakenRow;

/* Adds a value. */
static void
add(TakenRow *row, Datum value, bool isnull)
{
	row->nulls[row->n] = isnull;
	row->values[row->n++] = value;
}

/* Adds a text, NULL for none. */
static void
add_text(TakenRow *row, const char *text)
{
	add(row, text ? CStringGetTextDatum(text) : (Datum) 0, text == NULL);
}

/* Adds a document, NULL for none. */
static void
add_json(TakenRow *row, const Jsonb *json)
{
	add(row, JsonbPGetDatum(json), json == NULL);
}

/* Returns the word for a purpose. */
static const char *
purpose_name(char purpose)
{
	return purpose == PURPOSE_PROMOTIONAL	  ? "promotional"
		   : purpose == PURPOSE_TRANSACTIONAL ? "transactional"
		   : purpose == PURPOSE_CODE		  ? "code"
											  : "contact";
}

/* Set of messages under construction. Most have the sender of the one before, so names are looked up as they change. */
typedef struct TakenSet
{
	FunctionCallInfo fcinfo; /* of the call that answers it */
	int32 sender_id;
	const char *sender;
	int32 bsp_account_id;
	const char *bsp_account;
} TakenSet;

/* Looks up who sends a message, where it is another one than before. */
static void
name_senders(TakenSet *set, const LoyaltyMessage *message)
{
	if (set->sender_id != message->sender_id)
		set->sender = loyalty_sender_name(message->org_id, message->sender_id);
	if (set->bsp_account_id != message->bsp_account_id)
		set->bsp_account = loyalty_bsp_account_name(message->org_id, message->bsp_account_id);
	set->sender_id = message->sender_id;
	set->bsp_account_id = message->bsp_account_id;
}

/* Adds a message to the set. */
static void
give(const LoyaltyTaken *taken, void *to)
{
	TakenSet *set = to;
	const LoyaltyMessage *message = &taken->message;
	const LoyaltyBody *body = &taken->body;
	TakenRow row = { 0 };

	name_senders(set, message);

	add(&row, Int64GetDatum(message->message_id), false);
	add(&row, Int64GetDatum(message->customer_id), false);
	add(&row, Int32GetDatum(taken->queued.lease_no), false);
	add(&row, Int32GetDatum(message->attempts), false);
	add_text(&row, purpose_name(message->purpose));
	add_text(&row, body->address);
	add_text(&row, body->subject);
	add_text(&row, body->body);
	add_text(&row, body->html);
	add_json(&row, strcmp(message->channel, "email") == 0
					   ? loyalty_attachments_list(message->org_id, message->customer_id, message->message_id)
					   : NULL);
	add_text(&row, set->sender);
	add_text(&row, set->bsp_account);
	add_json(&row, body->variables);
	add_json(&row, body->components);
	add_text(&row, body->external_template_id);
	add_text(&row, body->header_id);
	add_text(&row, message->language);
	add_text(&row, message->campaign);
	add(&row, TimestampTzGetDatum(message->valid_until), message->valid_until == DT_NOEND);
	add(&row, TimestampTzGetDatum(taken->queued.available_at), false);
	loyalty_set_add(set->fcinfo, row.values, row.nulls);
}

/* Hands out up to so many messages of a channel. The name of the worker is for its own log and is kept nowhere. */
Datum
loyalty_take_messages(PG_FUNCTION_ARGS)
{
	LoyaltyCall call;
	TakenSet set = { .fcinfo = fcinfo };
	LoyaltyTakeRequest request = { .give = give, .to = &set };

	loyalty_set_begin(fcinfo);
	loyalty_call_begin(&call, fcinfo);
	request.channel =
		loyalty_channel_checked(loyalty_arg_text(fcinfo, 1, "channel", LOYALTY_MAX_CODE), NULL, "channel");
	request.quantity = loyalty_arg_int4(fcinfo, 2, "quantity");
	if (request.quantity < 1 || request.quantity > QUANTITY_MAX)
		loyalty_raise_not_allowed("quantity", "1 to 1000");
	request.lease_until = lease_end(&call, fcinfo, 3);
	(void) loyalty_arg_text_or_null(fcinfo, 4, "worker", LOYALTY_MAX_NAME);
	loyalty_messages_take(&call, &request);
	loyalty_call_end(&call);
	return (Datum) 0;
}

/* Moves the end of a lease; NULL where it is lost. */
Datum
loyalty_extend_lease(PG_FUNCTION_ARGS)
{
	LoyaltyCall call;
	TimestampTz until;
	bool is_kept;

	loyalty_call_begin(&call, fcinfo);
	until = lease_end(&call, fcinfo, 4);
	is_kept = loyalty_lease_extend(&call, loyalty_arg_int8(fcinfo, 1, "customer_id"),
								   loyalty_arg_int8(fcinfo, 2, "message_id"),
								   loyalty_arg_int4(fcinfo, 3, "lease_no"), until);
	loyalty_call_end(&call);
	if (!is_kept)
		PG_RETURN_NULL();
	PG_RETURN_TIMESTAMPTZ(until);
}

/* Records what became of a message; answers its state, or lease_lost. */
Datum
loyalty_acknowledge_message(PG_FUNCTION_ARGS)
{
	LoyaltyCall call;
	LoyaltyAcknowledgement told;
	MessageState state;

	loyalty_call_begin(&call, fcinfo);
	told.customer_id = loyalty_arg_int8(fcinfo, 1, "customer_id");
	told.message_id = loyalty_arg_int8(fcinfo, 2, "message_id");
	told.lease_no = loyalty_arg_int4(fcinfo, 3, "lease_no");
	told.outcome = (SendOutcome) loyalty_arg_word(fcinfo, 4, "outcome", loyalty_send_outcomes, OUTCOME_COUNT);
	told.provider_message_id = loyalty_arg_text_or_null(fcinfo, 5, "provider_message_id", LOYALTY_MAX_NAME);
	told.error_code = loyalty_arg_text_or_null(fcinfo, 6, "error_code", LOYALTY_MAX_TEXT);
	state = loyalty_message_acknowledge(&call, &told);
	loyalty_call_end(&call);
	PG_RETURN_TEXT_P(
		cstring_to_text(state == MESSAGE_UNCHANGED ? "lease_lost" : loyalty_message_state_name(state)));
}
