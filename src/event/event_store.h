/*
 * event_store.h: subscribers, deliveries and heads in tables.
 *
 * Three tables: a subscriber is reference data of its org; a delivery is what happened, at its place in what one subscriber
 * is told of one customer; a head says where in it the subscriber is. Whatever
 * is written about a customer is written under the customer's lock, but for takings and acknowledgements, which lock the
 * head alone. Who locks several heads goes by customer first and by subscriber then.
 */
#ifndef LOYALTY_EVENT_STORE_H
#define LOYALTY_EVENT_STORE_H

#include "postgres.h"

#include "storage/itemptr.h"

#include "common/query.h"
#include "customer/customer_store.h"
#include "customer/holding_store.h"
#include "event/event_rules.h"
#include "org/call.h"

/* A subscriber, as an org's cache has it. Secrets are not in it: takings read them. */
typedef struct LoyaltySubscriber
{
	int32 subscriber_id;
	char state; /* a: active, p: paused; retired ones are not in the cache */
	const char *subscriber;
	bool include_identifiers;
	int name_count;		/* of the events it wants; -1: every event */
	const char **names; /* as event_rules.c has them */
} LoyaltySubscriber;

struct LoyaltySubscribers
{
	int n;
	LoyaltySubscriber *items;
};

/* Rows of the two tables of customers. */
typedef struct DeliveryRow
{
	int64 customer_id;
	int64 event_id;
	int64 previous_event_id; /* 0: none */
	TimestampTz recorded_at;
	int32 org_id;
	int32 subscriber_id;
	int32 event_no;
	char state;
	bool is_replay;
	const char *event_name;
	const char *payload;
} DeliveryRow;

typedef struct HeadRow
{
	int64 customer_id;
	int64 last_event_id;
	TimestampTz last_recorded_at;
	int32 org_id;
	int32 subscriber_id;
	EventHead head;
	ItemPointerData tid; /* where it was read and locked, which spares the write a search */
} HeadRow;

/* Reads the subscribers of an org into the current context, for its cache; NULL: there are none. */
extern const LoyaltySubscribers *loyalty_subscribers_load(int32 org_id);

/* Tells whether it is to be told of events of that name. */
extern bool loyalty_subscriber_wants(const LoyaltySubscriber *subscriber, const char *event_name);

/* A subscriber as it is written; NULLs and 0 stay as they are in an update, but for the names, which say it. */
typedef struct SubscriberRow
{
	int32 subscriber_id;
	const char *subscriber;
	const char *endpoint;
	bool has_names;
	Datum names; /* text[]; 0: every event */
	bytea *secret;
	int16 key_id;
	bool has_include;
	bool include_identifiers;
	char state; /* 0: as it is */
} SubscriberRow;

/* Write a subscriber, under the org's lock; the insert returns false where the name is taken. */
extern bool loyalty_subscriber_insert(int32 org_id, const SubscriberRow *row, TimestampTz now);
extern void loyalty_subscriber_update(int32 org_id, const SubscriberRow *row, TimestampTz now);

/* Reads the sealed secret of a subscriber; NULL: it has none. */
extern bytea *loyalty_subscriber_secret(int32 org_id, int32 subscriber_id, int16 *key_id);

/* Locks the head of a customer for a subscriber; false: there is none yet. */
extern bool loyalty_event_head_lock(int32 org_id, int64 customer_id, int32 subscriber_id, HeadRow *row);
extern void loyalty_event_head_write(const HeadRow *row, bool is_new);

/*
 * notify.c: locks the head, or begins one and returns true; gives a delivery that says what happened the next place behind
 * it. Both are written by the caller in the end.
 */
extern bool loyalty_event_head_open(const LoyaltyCall *call, int64 customer_id, int32 subscriber_id,
									HeadRow *row);
extern void loyalty_event_append(const LoyaltyCall *call, HeadRow *head, DeliveryRow *delivery);

/* Marks dead deliveries of some events as told again; returns how many there were. */
extern int loyalty_deliveries_replayed(const HeadRow *head, const int64 *event_ids, int count);

/* Adds deliveries; notes what became of one. */
extern void loyalty_deliveries_insert(const DeliveryRow *rows, int count);
extern void loyalty_delivery_end(const HeadRow *head, int32 event_no, char state);

/*
 * Locks heads that can be taken, the longest waiting ones first, and passes over those that others hold; returns how many.
 */
extern int loyalty_event_heads_take(int32 org_id, int32 subscriber_id, TimestampTz now, int32 quantity,
									HeadRow **rows);

/* Reads the delivery of a number; it is there. */
extern void loyalty_delivery_read(const HeadRow *head, int32 event_no, DeliveryRow *row);

/* Ids of customers of whom something was told since a time, ascending; customer 0: of all. */
extern int64 *loyalty_customers_told(int32 org_id, int64 customer_id, TimestampTz from, int *count);

/*
 * Events that were told of a customer in a span of time, to whomever, each once and in the order in which they were recorded: id,
 * time of recording, name and payload.
 */
extern LoyaltyRows *loyalty_events_told(int32 org_id, int64 customer_id, TimestampTz from, TimestampTz to);

/*
 * Says which subscribers of orgs have let events wait for an hour or failed three times, and which have dead events; NULL: none.
 */
extern const char *loyalty_subscribers_late(const int32 *org_ids, int count);

/* Secret of a subscriber, sealed. */
typedef struct SubscriberSecret
{
	int32 org_id;
	int32 subscriber_id;
	const char *subscriber;
	const bytea *secret;
	int16 key_id;
} SubscriberSecret;

/* Reads those of orgs, by name; returns how many there are. */
extern int loyalty_subscriber_secrets(const int32 *org_ids, int count, SubscriberSecret **secrets);

/* Since when an org keeps what was recorded; DT_NOBEGIN: always. Written under the org's lock. */
extern TimestampTz loyalty_events_kept_from(int32 org_id);
extern void loyalty_events_keep_from(int32 org_id, TimestampTz from);

/*
 * Deletes deliveries of an org that were recorded before a time, but those for which somebody waits: of as many customers, behind
 * one that it notes, as have so many of them. Returns how many that were, 0: there are none left.
 */
extern int64 loyalty_events_forget(LoyaltyCall *call, TimestampTz before, int limit, int64 *after);

/* Keeps what was told under the bare id, and shows it: nothing personal is in it. */
extern void loyalty_events_erase(LoyaltyCall *call, const LoyaltyCustomer *root);
extern const LoyaltyHoldings loyalty_event_holdings;

#endif
