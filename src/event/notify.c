/*
 * notify.c: an event is told to each subscriber of its name: a delivery behind those that wait.
 *
 * The customer is locked by the call. Its head for a subscriber is locked besides, since a worker may hold it: what is waited
 * for is one taking or acknowledgement. So deliveries have no gap, and their order is that of commits. The time of recording
 * never runs backwards in what a subscriber is told of a customer, by which replays are ordered. Nothing is late.
 *
 * What is written is for each subscriber a row of its own, which has the whole event, and the head again; none of it takes
 * a statement. Deliveries come last, since the time of their recording, one for all, is known once the heads were read.
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

/* Appends what stands before a value, and the value: a format for the whole takes four times as long. */
static void
append_member(StringInfo json, const char *before, const char *value)
{
	appendStringInfoString(json, before);
	appendStringInfoString(json, value);
}

/* Writes the document that is signed: what every event says, then what this one says besides. */
static const char *
payload_of(const LoyaltyNotice *notice)
{
	StringInfoData json;
	char time[MAXDATELEN + 1];
	char id[MAXINT8LEN + 1];
	int utc = 0;

	JsonEncodeDateTime(time, TimestampTzGetDatum(notice->event_time), TIMESTAMPTZOID, &utc);
	initStringInfo(&json);
	pg_lltoa(notice->event_id, id);
	append_member(&json, "{\"event_id\":", id);
	append_member(&json, ",\"event_name\":\"", notice->event_name);
	append_member(&json, "\",\"event_time\":\"", time);
	pg_lltoa(notice->customer_id, id);
	append_member(&json, "\",\"customer_id\":", id);
	if (notice->details != NULL)
		append_member(&json, ",", notice->details);
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
loyalty_event_append(const LoyaltyCall *call, HeadRow *head, DeliveryRow *delivery)
{
	delivery->customer_id = head->customer_id;
	delivery->org_id = head->org_id;
	delivery->subscriber_id = head->subscriber_id;
	delivery->previous_event_id = head->last_event_id;
	delivery->state = EVENT_WAITS;
	delivery->event_no = loyalty_event_head_add(&head->head, call->now);
	head->last_event_id = delivery->event_id;
}

/* Head that an event is added to. */
typedef struct OpenHead
{
	HeadRow row;
	bool is_new;
} OpenHead;

/* Locks the heads of those who want the event, by the order of subscribers' ids, as all who write do; returns how many. */
static int
open_heads(const LoyaltyCall *call, const LoyaltyNotice *notice, OpenHead *heads)
{
	const LoyaltySubscribers *subscribers = call->org->subscribers;
	int n = 0;
	int i;

	for (i = 0; i < subscribers->n; i++)
		if (loyalty_subscriber_wants(&subscribers->items[i], notice->event_name))
		{
			heads[n].is_new = loyalty_event_head_open(call, notice->customer_id,
													  subscribers->items[i].subscriber_id, &heads[n].row);
			n++;
		}
	return n;
}

/* An event is recorded now, and never before the last one of any who are told it. */
static TimestampTz
recording_time(const LoyaltyCall *call, const OpenHead *heads, int count)
{
	TimestampTz time = call->now;
	int i;

	for (i = 0; i < count; i++)
		time = Max(time, heads[i].row.last_recorded_at);
	return time;
}

/* Writes the deliveries together and heads one by one: they are few. */
void
loyalty_notify(LoyaltyCall *call, const LoyaltyNotice *given)
{
	LoyaltyNotice notice = *given;
	DeliveryRow delivery = { 0 };
	DeliveryRow *rows;
	OpenHead *heads;
	int count;
	int i;

	if (!loyalty_notice_wanted(call, notice.event_name))
		return;
	if (notice.event_id == 0)
		notice.event_id = loyalty_next_id();
	heads = palloc(sizeof(OpenHead) * call->org->subscribers->n);
	rows = palloc(sizeof(DeliveryRow) * call->org->subscribers->n);
	count = open_heads(call, &notice, heads);
	delivery.event_id = notice.event_id;
	delivery.recorded_at = recording_time(call, heads, count);
	delivery.event_name = notice.event_name;
	delivery.payload = payload_of(&notice);
	for (i = 0; i < count; i++)
	{
		rows[i] = delivery;
		loyalty_event_append(call, &heads[i].row, &rows[i]);
		heads[i].row.last_recorded_at = delivery.recorded_at;
		loyalty_event_head_write(&heads[i].row, heads[i].is_new);
	}
	loyalty_deliveries_insert(rows, count);
}
