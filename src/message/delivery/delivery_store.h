/* delivery_store.h: reports of providers, the ids that they give messages, and the catalogue of their codes, in tables. */
#ifndef LOYALTY_DELIVERY_STORE_H
#define LOYALTY_DELIVERY_STORE_H

#include "postgres.h"

#include "datatype/timestamp.h"

#include "message/delivery/delivery_rules.h"

/* An id that a provider gave a message; account 0 is none. */
typedef struct ProviderMessage
{
	int32 org_id;
	int32 bsp_account_id;
	const char *provider_message_id;
	int64 customer_id;
	int64 message_id; /* 0: not known yet, reports wait */
} ProviderMessage;

/* Report as it is kept. */
typedef struct DeliveryReport
{
	DeliveryVerdict verdict;
	TimestampTz occurred_at;
	TimestampTz recorded_at;
} DeliveryReport;

/* Reads the whole catalogue, as an org has it; returns how many lines it has. */
extern int loyalty_delivery_codes(int32 org_id, DeliveryCode **codes);

/* Write a line of an org's own, which goes before the catalogue's of the same key; or take it away, if there is one. */
extern void loyalty_delivery_code_store(int32 org_id, const DeliveryCode *code);
extern void loyalty_delivery_code_clear(int32 org_id, const DeliveryCode *code);

/* Finds whose message an id is; false: nobody has told of it. */
extern bool loyalty_provider_message_find(ProviderMessage *message);

/* Fates of a report that came before its message. */
typedef enum EarlyReport
{
	EARLY_KEPT,	   /* it waits */
	EARLY_DROPPED, /* too many wait */
	EARLY_LATE,	   /* the message has become known meanwhile */
} EarlyReport;

/* Has a report wait for its message, once whatever comes again; waits itself for an acknowledgement that is under way. */
extern EarlyReport loyalty_early_report_keep(const ProviderMessage *message, const DeliveryReport *report);

/* Says whose message an id is, unless another one has it; returns how many reports waited, in the order in which they came. */
extern int loyalty_provider_message_claim(const ProviderMessage *message, DeliveryReport **early);

/* State of a message that reports change. */
typedef struct DeliveredMessage
{
	char delivery_status; /* 0: nothing was reported */
	const char *channel;
} DeliveredMessage;

/* Locks a message; false where it is not there any more. */
extern bool loyalty_delivered_lock(int32 org_id, int64 customer_id, int64 message_id,
								   DeliveredMessage *message);

/* Adds a report of a message that is locked; false where one before said the same. */
extern bool loyalty_report_insert(int32 org_id, int64 customer_id, int64 message_id,
								  const DeliveryReport *report);

/* Writes the status that is highest by now. */
extern void loyalty_delivered_update(int32 org_id, int64 customer_id, int64 message_id, char delivery_status);

/*
 * Returns the address that a message went to, NULL where it was erased. It cannot be erased until the transaction ends:
 * what is learned of it is erased with it.
 */
extern const char *loyalty_delivered_address(int32 org_id, int64 customer_id, int64 message_id);

#endif
