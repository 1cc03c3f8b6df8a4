/*
 * take_api.c: take_events, extend_event_lease and acknowledge_event: how a worker gets events and says what became of them.
 *
 * One row a customer and subscriber, the head, says what can be taken; it alone is locked, and the customer is not. A lease is a number of the head: the worker that tells it decides, however late it comes, and any other number
 * changes nothing. So a worker that dies loses nothing, and an event whose worker dies each time is dead after its attempts.
 *
 * A taking passes over heads that are locked: by another taking, an acknowledgement, or a call that is about to tell more.
 * It comes back to them next time, and so waits for nobody. An acknowledgement waits, for as long as a taking or a
 * posting takes; it must know whether its lease is the last one. All of them commit before anything is sent, or the
 * postings of a customer would wait for somebody else's server.
 */
#include "postgres.h"

#include "lib/stringinfo.h"
#include "utils/json.h"
#include "utils/timestamp.h"

#include "common/args.h"
#include "common/errors.h"
#include "common/pg_compat.h"
#include "common/srf.h"
#include "customer/identity.h"
#include "customer/member.h"
#include "event/signature.h"
#include "event/subscribers.h"

LOYALTY_FUNCTION(loyalty_take_events);
LOYALTY_FUNCTION(loyalty_acknowledge_event);
LOYALTY_FUNCTION(loyalty_extend_event_lease);

#define MAX_QUANTITY 1000
#define MAX_LEASE_SECONDS 86400

/* A worker's taking: whom it is for, and what all that is taken has in common. */
typedef struct Taking
{
	LoyaltyCall call;
	const LoyaltySubscriber *subscriber;
	const char *secret; /* NULL: nothing is signed */
	int32 max_attempts;
	int64 lease;	 /* microseconds */
	int64 timestamp; /* of the attempt, in seconds since 1970 */
} Taking;

/* Reads a number within bounds: LY003. */
static int32
arg_within(FunctionCallInfo fcinfo, int n, const char *name, int32 most)
{
	int32 value = loyalty_arg_int4(fcinfo, n, name);

	if (value < 1 || value > most)
		loyalty_raise_not_allowed(name, psprintf("1 to %d", most));
	return value;
}

/*
 * Adds the identifiers that the customer, or the survivor, has now: they are read as the event is taken, so that none is
 * stored beside it, and one that was erased meanwhile is not told. Hence the payload of such a subscriber may differ from
 * one attempt to the next, and is signed anew each time.
 */
static const char *
with_identifiers(const LoyaltyCall *call, int64 customer_id, const char *payload)
{
	LoyaltyCustomer customer;
	LoyaltyIdentifiers held;
	StringInfoData json;
	const char *comma = "";
	int i;

	if (!loyalty_customer_read_now(call->org->org_id, customer_id, &customer))
		return payload;
	loyalty_identifiers_read(call->org->org_id, customer.merged_into ? customer.merged_into : customer_id,
							 &held);
	initStringInfo(&json);
	appendBinaryStringInfo(&json, payload, strlen(payload) - 1);
	appendStringInfoString(&json, ",\"identifiers\":{");
	for (i = 0; i < IDENTIFIER_TYPE_COUNT; i++)
		if (held.values[i] != NULL)
		{
			appendStringInfo(&json, "%s\"%s\":", comma, loyalty_identifier_type_names[i]);
			escape_json(&json, held.values[i]);
			comma = ",";
		}
	appendStringInfoString(&json, "}}");
	return json.data;
}

/*
 * Reads the secret and opens it, once for all events of a taking. A key that is gone from the key file raises: events that
 * should be signed are never handed out without a signature.
 */
static void
open_secret(Taking *taking)
{
	int32 subscriber_id = taking->subscriber->subscriber_id;
	int16 key_id;
	bytea *sealed = loyalty_subscriber_secret(taking->call.org->org_id, subscriber_id, &key_id);

	if (sealed != NULL)
		taking->secret =
			loyalty_unseal(loyalty_subscriber_seal(taking->call.org->org_id, subscriber_id), sealed, key_id);
}

/* Adds the row of an event that was leased. */
static void
hand_out(FunctionCallInfo fcinfo, const Taking *taking, const HeadRow *row)
{
	DeliveryRow told;
	const char *payload;
	Datum values[10];
	bool nulls[10] = { false };

	loyalty_delivery_read(row, row->head.next_no, &told);
	payload = taking->subscriber->include_identifiers
				  ? with_identifiers(&taking->call, row->customer_id, told.payload)
				  : told.payload;
	values[0] = Int64GetDatum(told.event_id);
	values[1] = Int64GetDatum(row->customer_id);
	values[2] = Int32GetDatum(row->head.lease_no);
	values[3] = Int32GetDatum(row->head.attempts);
	values[4] = CStringGetTextDatum(told.event_name);
	values[5] = CStringGetTextDatum(payload);
	values[6] = Int64GetDatum(taking->timestamp);
	nulls[7] = taking->secret == NULL;
	values[7] = nulls[7] ? (Datum) 0
						 : CStringGetTextDatum(loyalty_webhook_signature(taking->secret, told.event_id,
																		 taking->timestamp, payload));
	values[8] = Int64GetDatum(told.previous_event_id);
	nulls[8] = told.previous_event_id == 0;
	values[9] = BoolGetDatum(told.is_replay);
	loyalty_set_add(fcinfo, values, nulls);
}

/* Leases the next event of a head; those whose attempts are used up are dead on the way. */
static void
lease(FunctionCallInfo fcinfo, const Taking *taking, HeadRow *row)
{
	bool leased = false;

	while (row->head.is_waiting && !leased)
	{
		int32 event_no = row->head.next_no;

		leased = loyalty_event_head_take(&row->head, taking->max_attempts, taking->call.now, taking->lease);
		if (!leased)
			loyalty_delivery_end(row, event_no, EVENT_DEAD);
	}
	loyalty_event_head_write(row, false);
	if (leased)
		hand_out(fcinfo, taking, row);
}

/* Leases events that wait for a subscriber, the next one of each customer, those that wait longest first. */
Datum
loyalty_take_events(PG_FUNCTION_ARGS)
{
	Taking taking = { 0 };
	HeadRow *rows;
	int32 quantity;
	int count;
	int i;

	loyalty_set_begin(fcinfo);
	loyalty_call_begin(&taking.call, fcinfo);
	taking.subscriber = loyalty_subscriber_named(&taking.call, fcinfo);
	quantity = arg_within(fcinfo, 2, "quantity", MAX_QUANTITY);
	taking.lease = arg_within(fcinfo, 3, "lease_seconds", MAX_LEASE_SECONDS) * USECS_PER_SEC;
	if (taking.subscriber->state != 'a')
		ereport(ERROR, (errcode(ERRCODE_LOYALTY_SUBSCRIBER_STOPPED),
						errmsg("subscriber \"%s\" of events is paused", taking.subscriber->subscriber)));
	taking.max_attempts = (int32) taking.call.org->config_number[CONFIG_EVENT_MAX_ATTEMPTS];
	taking.timestamp = timestamptz_to_time_t(taking.call.now);
	open_secret(&taking);
	count = loyalty_event_heads_take(taking.call.org->org_id, taking.subscriber->subscriber_id,
									 taking.call.now, quantity, &rows);
	for (i = 0; i < count; i++)
		lease(fcinfo, &taking, &rows[i]);
	loyalty_call_end(&taking.call);
	return (Datum) 0;
}

/* A lease that a worker names. */
typedef struct NamedLease
{
	LoyaltyCall call;
	HeadRow row;
	bool is_kept; /* false: it is lost */
} NamedLease;

/*
 * Locks the head of the customer, and tells whether the lease is the one under way and of the event that is named. LYN03 where the
 * subscriber was never told anything of the customer.
 */
static void
open_lease(FunctionCallInfo fcinfo, NamedLease *lease)
{
	const LoyaltySubscriber *subscriber;
	int64 customer_id;
	int64 event_id;
	int32 lease_no;
	DeliveryRow told;

	subscriber = loyalty_subscriber_named(&lease->call, fcinfo);
	customer_id = loyalty_arg_int8(fcinfo, 2, "customer_id");
	event_id = loyalty_arg_int8(fcinfo, 3, "event_id");
	lease_no = loyalty_arg_int4(fcinfo, 4, "lease_no");
	if (!loyalty_event_head_lock(lease->call.org->org_id, customer_id, subscriber->subscriber_id,
								 &lease->row))
		ereport(ERROR,
				(errcode(ERRCODE_LOYALTY_NOTICE_UNKNOWN),
				 errmsg("the subscriber was told of no event of customer " INT64_FORMAT, customer_id)));
	lease->is_kept = loyalty_event_head_is_leased(&lease->row.head, lease_no);
	if (!lease->is_kept)
		return;
	loyalty_delivery_read(&lease->row, lease->row.head.next_no, &told);
	lease->is_kept = told.event_id == event_id;
}

/* Ends a lease; answers delivered, waiting or dead. */
static const char *
end_lease(NamedLease *lease, EventOutcome outcome)
{
	const LoyaltyCall *call = &lease->call;
	HeadRow *row = &lease->row;
	int32 event_no = row->head.next_no;
	char state =
		loyalty_event_head_end(&row->head, outcome,
							   (int32) call->org->config_number[CONFIG_EVENT_MAX_ATTEMPTS], call->now);

	if (state != EVENT_WAITS)
		loyalty_delivery_end(row, event_no, state);
	loyalty_event_head_write(row, false);
	return state == EVENT_WAITS ? "waiting" : state == EVENT_DEAD ? "dead" : "delivered";
}

/* Says what became of an event. A lease that is lost changes nothing. */
Datum
loyalty_acknowledge_event(PG_FUNCTION_ARGS)
{
	static const char *const outcomes[EVENT_OUTCOME_COUNT] = { "delivered", "retry", "failed" };
	NamedLease lease;
	EventOutcome outcome;
	const char *answer = "lease_lost";

	loyalty_call_begin(&lease.call, fcinfo);
	outcome = (EventOutcome) loyalty_arg_word(fcinfo, 5, "outcome", outcomes, lengthof(outcomes));
	open_lease(fcinfo, &lease);
	if (lease.is_kept)
		answer = end_lease(&lease, outcome);
	loyalty_call_end(&lease.call);
	PG_RETURN_TEXT_P(cstring_to_text(answer));
}

/* Moves the end of a lease, from now on; NULL where it is lost. Its number stays. */
Datum
loyalty_extend_event_lease(PG_FUNCTION_ARGS)
{
	NamedLease lease;
	TimestampTz until;

	loyalty_call_begin(&lease.call, fcinfo);
	until = lease.call.now + arg_within(fcinfo, 5, "lease_seconds", MAX_LEASE_SECONDS) * USECS_PER_SEC;
	open_lease(fcinfo, &lease);
	if (lease.is_kept)
	{
		lease.row.head.available_at = until;
		loyalty_event_head_write(&lease.row, false);
	}
	loyalty_call_end(&lease.call);
	if (!lease.is_kept)
		PG_RETURN_NULL();
	PG_RETURN_TIMESTAMPTZ(until);
}
