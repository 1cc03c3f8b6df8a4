/*
 * notify.c: an event is told to each subscriber of its name: one notification, and for each a delivery behind those that wait.
 *
 * The customer is locked by the call. Its head for a subscriber is locked besides, since a worker may hold it: what is waited
 * for is one taking or acknowledgement. So deliveries have no gap, and their order is that of commits. The time of recording
 * never runs backwards in what a subscriber is told of a customer, by which replays are ordered. Nothing is late.
 *
 * What is written is one row for the event, and for each subscriber a row of its own and the head again; none of it takes
 * a statement. The notification comes last, since the time of its recording is known once the heads were read. It has no
 * number: who reads the table as a stream, by logical replication say, has the order of commits from there.
 *
 * A customer's events may have any ids: a bill brings the one it was written under, an expiry one that was reserved. So the
 * number of a delivery says what comes after what, and never an id or a time.
 */
#include "postgres.h"

#include "catalog/pg_type.h"
#include "lib/stringinfo.h"
#include "utils/builtins.h"
#include "utils/datetime.h"
#include "utils/json.h"
#include "utils/timestamp.h"

#include "common/ids.h"
#include "event/event_store.h"
#include "event/notify.h"

/* Looks through the names that it wants. */
bool
loyalty_subscriber_wants(const LoyaltySubscriber *subscriber, const char *event_name)
{
	int i;

	if (subscriber->name_count < 0)
		return true;
	for (i = 0; i < subscriber->name_count; i++)
		if (strcmp(subscriber->names[i], event_name) == 0)
			return true;
	return false;
}

/*
 * Most orgs have no subscribers, and stop at the first comparison: callers ask before they put a payload together. A paused
 * subscriber counts, as it is to have everything when it goes on.
 */
bool
loyalty_notice_wanted(const LoyaltyCall *call, const char *event_name)
{
	const LoyaltySubscribers *subscribers = call->org->subscribers;
	int i;

	if (subscribers == NULL)
		return false;
	for (i = 0; i < subscribers->n; i++)
		if (loyalty_subscriber_wants(&subscribers->items[i], event_name))
			return true;
	return false;
}

/* Writes the document that is signed: what every event says, then what this one says besides. */
static const char *
payload_of(const LoyaltyNotice *notice)
{
	StringInfoData json;
	char time[MAXDATELEN + 1];
	int utc = 0;

	JsonEncodeDateTime(time, TimestampTzGetDatum(notice->event_time), TIMESTAMPTZOID, &utc);
	initStringInfo(&json);
	appendStringInfo(&json,
					 "{\"event_id\":" INT64_FORMAT
					 ",\"event_name\":\"%s\",\"event_time\":\"%s\",\"customer_id\":" INT64_FORMAT,
					 notice->event_id, notice->event_name, time, notice->customer_id);
	if (notice->details != NULL)
		appendStringInfo(&json, ",%s", notice->details);
	appendStringInfoChar(&json, '}');
	return json.data;
}

/* Makes the head of a customer of whom nothing was told; it is written by whoever adds to it. */
bool
loyalty_event_head_open(const LoyaltyCall *call, int64 customer_id, int32 subscriber_id, HeadRow *row)
{
	int32 org_id = call->org->org_id;

	if (loyalty_event_head_lock(org_id, customer_id, subscriber_id, row))
		return false;
	*row = (HeadRow){ .customer_id = customer_id,
					  .org_id = org_id,
					  .subscriber_id = subscriber_id,
					  .last_recorded_at = call->now,
					  .head = { .next_no = 1 } };
	return true;
}

/* Gives the delivery the next number, and the event before it. */
void
loyalty_event_append(const LoyaltyCall *call, HeadRow *row, int64 event_id, bool is_replay)
{
	DeliveryRow delivery = { .customer_id = row->customer_id,
							 .event_id = event_id,
							 .previous_event_id = row->last_event_id,
							 .org_id = row->org_id,
							 .subscriber_id = row->subscriber_id,
							 .state = EVENT_WAITS,
							 .is_replay = is_replay };

	delivery.event_no = loyalty_event_head_add(&row->head, call->now);
	loyalty_delivery_insert(&delivery);
	row->last_event_id = event_id;
}

/* Adds the delivery for one subscriber; returns when it is recorded, not before the last one of the customer. */
static TimestampTz
deliver(const LoyaltyCall *call, const LoyaltyNotice *notice, int32 subscriber_id)
{
	HeadRow row;
	bool is_new = loyalty_event_head_open(call, notice->customer_id, subscriber_id, &row);

	loyalty_event_append(call, &row, notice->event_id, false);
	row.last_recorded_at = Max(row.last_recorded_at, call->now);
	loyalty_event_head_write(&row, is_new);
	return row.last_recorded_at;
}

/* Goes by the order of subscribers' ids, in which all who write lock heads. */
void
loyalty_notify(LoyaltyCall *call, const LoyaltyNotice *given)
{
	const LoyaltySubscribers *subscribers = call->org->subscribers;
	LoyaltyNotice notice = *given;
	NotificationRow row;
	TimestampTz recorded_at = call->now;
	int i;

	if (!loyalty_notice_wanted(call, notice.event_name))
		return;
	if (notice.event_id == 0)
		notice.event_id = loyalty_next_id();
	for (i = 0; i < subscribers->n; i++)
		if (loyalty_subscriber_wants(&subscribers->items[i], notice.event_name))
		{
			TimestampTz at = deliver(call, &notice, subscribers->items[i].subscriber_id);

			recorded_at = Max(recorded_at, at);
		}
	row = (NotificationRow){ .customer_id = notice.customer_id,
							 .event_id = notice.event_id,
							 .event_time = notice.event_time,
							 .recorded_at = recorded_at,
							 .org_id = call->org->org_id,
							 .event_name = notice.event_name,
							 .payload = payload_of(&notice) };
	loyalty_notification_insert(&row);
}
