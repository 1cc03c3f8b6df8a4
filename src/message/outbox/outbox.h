/*
 * outbox.h: sending from C: capabilities above (codes, requests, coupons, tiers) send through this, in the caller's
 * transaction, as send_message does.
 *
 * Whoever sends has locked the customer, and asks nothing before: whether the message may go is decided here, and an answer.
 * What goes with a code is kept sealed, with its address as it was given.
 */
#ifndef LOYALTY_OUTBOX_H
#define LOYALTY_OUTBOX_H

#include "postgres.h"

#include "utils/jsonb.h"

#include "customer/customer_store.h"
#include "message/outbox/message_rules.h"
#include "message/template/attachments.h"
#include "message/template/template.h"
#include "org/call.h"

/* A message that shall be sent. Zeros and NULLs are what the arguments of send_message default to. */
typedef struct LoyaltyMessageRequest
{
	const LoyaltyCustomer *customer; /* locked; NULL: the org itself, for contacts */
	char purpose;					 /* 0: that of the template; transactional where there is none */
	const char *template_name;		 /* NULL: the text is in "text" */
	LoyaltyText text;				 /* finished: channel, subject, body, html */
	Jsonb *variables;				 /* values by tag; kept beside the text, but for codes */
	const char *channel;			 /* NULL: the template's */
	const char *language;			 /* NULL: the customer's */
	int16 source_id;				 /* 0: none said */
	const char *sender;				 /* NULL: the org's default one */
	const char *priority;			 /* NULL: by purpose */
	TimestampTz not_before;			 /* 0: at once */
	TimestampTz valid_until;		 /* 0: for ever */
	const LoyaltyAttachment *attachments;
	int attachment_count;
	const char *campaign; /* for reports; NULL: none */
	const char *address;  /* NULL: the customer's primary one of the channel */
	bool about_deletion;  /* passes whatever the status */
	const char *actor;	  /* NULL: the call's */
} LoyaltyMessageRequest;

/* Answer: what became of it at once. */
typedef struct LoyaltyMessageAnswer
{
	int64 message_id;
	char state;		   /* as the table has it */
	const char *cause; /* NULL: none */
	int32 sender_id;
	const char *sender;
	const char *warnings[4];
	int warning_count;
} LoyaltyMessageAnswer;

/*
 * Sends: renders, chooses the sender, judges, writes. The status of the customer is judged here, as a row of the table: one
 * that blocks everything suppresses the message and raises nothing. LYM01 to LYM07 and LYM13 for what is no message.
 */
extern void loyalty_message_send(LoyaltyCall *call, const LoyaltyMessageRequest *request,
								 LoyaltyMessageAnswer *answer);

/*
 * Cancels a message that is queued, or all queued ones of a customer, who is locked; texts of codes are wiped. False, and not
 * counted: one that is leased goes out, since somebody has it already. The cause is a word.
 */
extern bool loyalty_message_cancel(LoyaltyCall *call, int64 customer_id, int64 message_id, const char *cause);
extern int64 loyalty_messages_cancel_all(LoyaltyCall *call, int64 customer_id, const char *cause);

/*
 * Names the channels of some orgs on which a message has been available for an hour and no worker has taken it, as "acme
 * mobile, ..."; NULL: there is none. For monitoring: looks at one message of each channel and class.
 */
extern const char *loyalty_messages_late(const int32 *org_ids, int count);

/* Returns how many messages of a customer are queued, those that workers have left out; "seen": under the caller's snapshot. */
extern int64 loyalty_messages_waiting(int32 org_id, int64 customer_id, bool seen);

#endif
