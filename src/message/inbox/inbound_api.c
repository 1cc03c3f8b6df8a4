/*
 * inbound_api.c: record_inbound: what customers write to the org, as a gateway got it from a provider.
 *
 * The call reads its arguments and makes the keys by which a repeated one is known. The provider's id counts in its channel, and
 * is kept as a digest alone, since providers put addresses into their ids. Locks are those of loyalty_inbound_record.
 */
#include "postgres.h"

#include "common/args.h"
#include "common/crypto.h"
#include "common/errors.h"
#include "common/pg_compat.h"
#include "common/request.h"
#include "customer/channels.h"
#include "message/inbox/inbound.h"

LOYALTY_FUNCTION(loyalty_record_inbound);

#define MAX_BODY 65536 /* characters: a long e-mail; what is longer the gateway cuts */

/* Positions of the arguments, from 0. */
enum Argument
{
	ARG_CHANNEL = 1,
	ARG_ADDRESS,
	ARG_BODY,
	ARG_PROVIDER_MESSAGE_ID,
	ARG_SENDER,
	ARG_RECEIVED_AT,
	ARG_IDEMPOTENCY_KEY,
};

/* Returns the address in normal form. Short codes and names of senders write, too; but no customer has one. */
static const char *
read_address(FunctionCallInfo fcinfo, const LoyaltyCall *call, const char *channel)
{
	const char *given = loyalty_arg_text(fcinfo, ARG_ADDRESS, "address", LOYALTY_MAX_TEXT);
	const char *address = loyalty_address_normal(call->org, channel, given);

	if (address == NULL)
		ereport(ERROR,
				(errcode(ERRCODE_LOYALTY_INBOUND_INVALID),
				 errmsg("argument \"address\" is no address of the channel"),
				 errhint("Messages of short codes and names of senders are nobody's: leave them out.")));
	return address;
}

/* Makes a key of a text. The word in front keeps providers' ids from being keys of callers. */
static InboundKey
key_of(const char *word, const char *text)
{
	InboundKey key = { 0 };

	loyalty_idempotency_digest(psprintf("%s %s", word, text), &key.digest);
	return key;
}

/* Reads the keys that the call brings, the provider's first. */
static void
read_keys(FunctionCallInfo fcinfo, Inbound *inbound)
{
	const char *id =
		loyalty_arg_text_or_null(fcinfo, ARG_PROVIDER_MESSAGE_ID, "provider_message_id", LOYALTY_MAX_TEXT);
	const char *key =
		loyalty_arg_text_or_null(fcinfo, ARG_IDEMPOTENCY_KEY, "idempotency_key", LOYALTY_MAX_NAME);

	if (id != NULL)
		inbound->keys[inbound->key_count++] = key_of(inbound->channel, id);
	if (key != NULL)
	{
		inbound->keys[inbound->key_count] = key_of("key", key);
		inbound->keys[inbound->key_count].has_request = true;
		inbound->keys[inbound->key_count++].request_digest = loyalty_request_digest(fcinfo);
	}
}

/* Keeps a message and answers who wrote it, and what was done for its words. */
Datum
loyalty_record_inbound(PG_FUNCTION_ARGS)
{
	LoyaltyCall call;
	Inbound inbound = { 0 };
	Datum values[3];
	bool nulls[3] = { false };

	loyalty_call_begin(&call, fcinfo);
	inbound.channel =
		loyalty_channel_checked(loyalty_arg_text(fcinfo, ARG_CHANNEL, "channel", LOYALTY_MAX_CODE), NULL,
								"channel");
	inbound.address = read_address(fcinfo, &call, inbound.channel);
	inbound.body = loyalty_arg_text_or_null(fcinfo, ARG_BODY, "body", MAX_BODY);
	inbound.sender = loyalty_arg_key_or_null(fcinfo, ARG_SENDER, "sender", LOYALTY_MAX_CODE);
	inbound.received_at = loyalty_arg_time_or(fcinfo, ARG_RECEIVED_AT, "received_at", call.now);
	if (inbound.received_at > call.now + call.org->config_number[CONFIG_EVENT_TIME_TOLERANCE] * USECS_PER_SEC)
		ereport(ERROR, (errcode(ERRCODE_LOYALTY_TIME_IN_FUTURE), errmsg("received_at lies in the future")));
	read_keys(fcinfo, &inbound);
	loyalty_inbound_record(&call, &inbound);
	values[0] = Int64GetDatum(inbound.message_id);
	values[1] = Int64GetDatum(inbound.customer_id);
	nulls[1] = inbound.customer_id == 0;
	values[2] = CStringGetTextDatum(loyalty_inbound_action_name(inbound.action));
	return loyalty_call_result(&call, fcinfo, values, nulls);
}
