/*
 * replay_api.c: replay_events: a subscriber is told again what was recorded in a span of time.
 *
 * A replay puts deliveries behind those that wait. It takes the lock of the customer first, as postings do, and then that of
 * the head, so that it cannot come between an event and its delivery; events keep the order in which they were recorded. What was
 * dead and is told again is not dead any more.
 *
 * Of a span that begins before what the org keeps nothing is told, rather than a part that looks like the whole. It is asked at
 * first and in the end: events go in the transaction that notes it, so that whoever misses one by then sees the note.
 */
#include "postgres.h"

#include "utils/timestamp.h"

#include "common/args.h"
#include "common/clock.h"
#include "common/errors.h"
#include "common/pg_compat.h"
#include "customer/member.h"
#include "event/subscribers.h"

LOYALTY_FUNCTION(loyalty_replay_events);

/* Subscriber that is told again, and the span. */
typedef struct Replay
{
	LoyaltyCall call;
	const LoyaltySubscriber *subscriber;
	TimestampTz from;
	TimestampTz to; /* not in it */
} Replay;

/* Makes a delivery of a row that says what was told. */
static DeliveryRow
told_again(LoyaltyRows *rows, uint64 row)
{
	return (DeliveryRow){ .event_id = loyalty_row_int8(rows, row, 1),
						  .recorded_at = loyalty_row_int8(rows, row, 2),
						  .event_name = loyalty_row_text(rows, row, 3),
						  .payload = loyalty_row_text(rows, row, 4),
						  .is_replay = true };
}

/* Appends what was told of a customer in the span once more; returns how many events there are. */
static int64
replay_customer(const Replay *replay, int64 customer_id)
{
	LoyaltyRows *rows = loyalty_events_told(replay->call.org->org_id, customer_id, replay->from, replay->to);
	int64 *ids = palloc(sizeof(int64) * Max(rows->count, 1));
	HeadRow row;
	bool is_new =
		loyalty_event_head_open(&replay->call, customer_id, replay->subscriber->subscriber_id, &row);
	int count = 0;
	uint64 i;

	for (i = 0; i < rows->count; i++)
		if (loyalty_subscriber_wants(replay->subscriber, loyalty_row_text(rows, i, 3)))
		{
			DeliveryRow delivery = told_again(rows, i);

			ids[count++] = delivery.event_id;
			loyalty_event_append(&replay->call, &row, &delivery);
			loyalty_deliveries_insert(&delivery, 1);
		}
	row.head.dead -= loyalty_deliveries_replayed(&row, ids, count);
	if (count > 0)
		loyalty_event_head_write(&row, is_new);
	return count;
}

/* Raises LYN06 where the span begins before what is kept. */
static void
require_kept(const Replay *replay)
{
	TimestampTz kept_from = loyalty_events_kept_from(replay->call.org->org_id);

	if (replay->from < kept_from)
		ereport(ERROR,
				(errcode(ERRCODE_LOYALTY_NOTICES_GONE), errmsg("events of then are not kept any more"),
				 errdetail("The org keeps what was recorded from %s on.", timestamptz_to_str(kept_from)),
				 errhint("Replay from that time on; what was posted before stands in the ledger.")));
}

/* Tells a subscriber again. Customers are locked one after the other, as writing calls do, ascending. */
Datum
loyalty_replay_events(PG_FUNCTION_ARGS)
{
	Replay replay;
	LoyaltyCustomer customer;
	int64 customer_id;
	int64 *ids;
	int64 told = 0;
	int count;
	int i;

	loyalty_call_begin(&replay.call, fcinfo);
	replay.subscriber = loyalty_subscriber_named(&replay.call, fcinfo);
	if (PG_ARGISNULL(2))
		loyalty_raise_missing("from_time");
	replay.from = loyalty_arg_time_or(fcinfo, 2, "from_time", 0);
	replay.to = loyalty_arg_time_or(fcinfo, 3, "to_time", LATEST_TIME);
	customer_id = PG_ARGISNULL(4) ? 0 : PG_GETARG_INT64(4);
	if (!PG_ARGISNULL(4) && customer_id == 0)
		loyalty_raise_customer_unknown(customer_id);
	require_kept(&replay);
	ids = loyalty_customers_told(replay.call.org->org_id, customer_id, replay.from, &count);
	for (i = 0; i < count; i++)
		if (loyalty_customer_lock(replay.call.org->org_id, ids[i], &customer))
			told += replay_customer(&replay, ids[i]);
		else if (customer_id != 0)
			loyalty_raise_customer_unknown(customer_id);
	require_kept(&replay);
	loyalty_call_end(&replay.call);
	PG_RETURN_INT64(told);
}
