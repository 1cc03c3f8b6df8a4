/* outbox_store.h: messages, their queue, and the requests that sent them, in tables. */
#ifndef LOYALTY_OUTBOX_STORE_H
#define LOYALTY_OUTBOX_STORE_H

#include "postgres.h"

#include "utils/uuid.h"

#include "customer/customer_store.h"
#include "message/outbox/message_rules.h"

/* Row of a message: its facts. */
typedef struct LoyaltyMessage
{
	int32 org_id;
	int64 customer_id; /* 0: the org itself */
	int64 message_id;
	TimestampTz created_at;
	TimestampTz not_before;	 /* from when on it may be taken, as it was decided when it was sent */
	TimestampTz valid_until; /* DT_NOEND: for ever */
	TimestampTz changed_at;	 /* of the state: of one that is sent, the sending */
	int32 template_id;		 /* 0: of none */
	int32 version_no;
	int32 sender_id;	  /* 0: none */
	int32 bsp_account_id; /* 0: none */
	int16 source_id;	  /* 0: none was said */
	int16 attempts;		  /* takings so far */
	char purpose;
	MessageState state;
	char delivery_status; /* 0: nothing was reported */
	const char *channel;
	const char *cause;	  /* NULL: none */
	const char *language; /* of the text; NULL: of none */
	const char *campaign; /* NULL: none */
	const char *actor;	  /* who sent it; NULL: nobody says */
	int16 parts;		  /* 0: not of SMS */
	bool about_deletion;  /* of the customer itself: passes whatever the status */
	const char *reason;	  /* why it was canceled, in somebody's words */
	int32 forgotten_reports;
} LoyaltyMessage;

/* Row of the queue. */
typedef struct LoyaltyQueued
{
	int32 org_id;
	int64 customer_id;
	int64 message_id;
	TimestampTz available_at; /* of one that is leased: the end of the lease */
	TimestampTz valid_until;  /* DT_NOEND: for ever */
	int32 lease_no;			  /* of the last lease; 0: none was given */
	int16 priority;
	const char *channel;
} LoyaltyQueued;

/* Write new rows. The customer is locked, or 0. */
extern void loyalty_message_insert(const LoyaltyMessage *message);
extern void loyalty_queued_insert(const LoyaltyQueued *queued);

/*
 * Lock a row and read it; false: there is none. Whoever takes both locks the queue's first, and the message's behind it: reports
 * lock that one alone.
 */
extern bool loyalty_message_lock(int32 org_id, int64 customer_id, int64 message_id, LoyaltyMessage *message);
extern bool loyalty_queued_lock(int32 org_id, int64 customer_id, int64 message_id, LoyaltyQueued *queued);

/* Replace rows that are locked, and take one from the queue. */
extern void loyalty_message_update(const LoyaltyMessage *message);
extern void loyalty_queued_update(const LoyaltyQueued *queued);
extern void loyalty_queued_delete(const LoyaltyQueued *queued);

/*
 * Locks rows of a channel and priority that are available, in their order, and leaves out what others have locked; returns how
 * many there are.
 */
extern int loyalty_queued_available(int32 org_id, const char *channel, int priority, TimestampTz now,
									int limit, LoyaltyQueued **queued);

/* Locks rows whose end has come, the longest over first, and leaves out what others have locked. */
extern int loyalty_queued_over(int32 org_id, TimestampTz as_of, int limit, LoyaltyQueued **queued);

/* Returns the ids of a customer's messages in the queue, ascending. */
extern int loyalty_queued_of_customer(int32 org_id, int64 customer_id, int64 **message_ids);

/*
 * Returns how many promotional messages of a customer, but for one, are on their way or went out since an instant; "taken": of
 * those that a worker has or had.
 */
extern int64 loyalty_promotional_count(int32 org_id, int64 customer_id, int64 but_for, TimestampTz since,
									   bool taken);

/* Request that came with an idempotency key, and its first answer. */
typedef struct LoyaltySendRequest
{
	pg_uuid_t key;
	int64 request_digest;
	int64 message_id;
	int32 sender_id;
	const char *sender; /* its name; NULL where it was read back: only the id is kept */
	MessageState state;
	const char *cause;
	Datum warnings; /* a text array */
} LoyaltySendRequest;

/* Writes the request of a customer who is locked; finds the one of a key that anybody of its group came with. */
extern void loyalty_send_request_insert(int32 org_id, int64 customer_id, const LoyaltySendRequest *request);
extern bool loyalty_send_request_find(int32 org_id, const LoyaltyCustomer *customer,
									  LoyaltySendRequest *request);

#endif
