/* retention_store.h: for how long an org keeps what, and the deletion of what is older. */
#ifndef LOYALTY_RETENTION_STORE_H
#define LOYALTY_RETENTION_STORE_H

#include "postgres.h"

#include "customer/customer_store.h"

/* Write the days of a kind, or take them away, and read them; 0: it is kept for ever. */
extern void loyalty_retention_store(int32 org_id, const char *what, int32 days);
extern void loyalty_retention_clear(int32 org_id, const char *what);
extern int32 loyalty_retention_days(int32 org_id, const char *what);

/* Message that may go. */
typedef struct LoyaltyForgotten
{
	int64 customer_id;
	int64 message_id;
} LoyaltyForgotten;

/* Find up to "limit" finished messages, those with reports, or those that came in, older than a time, by customer. */
extern int loyalty_messages_old(int32 org_id, TimestampTz before, int limit, LoyaltyForgotten **found);
extern int loyalty_reported_old(int32 org_id, TimestampTz before, int limit, LoyaltyForgotten **found);
extern int loyalty_inbound_old(int32 org_id, TimestampTz before, int limit, LoyaltyForgotten **found);

/*
 * Delete messages of a customer, who is locked, with all that hangs on them; or of messages the reports that came before a time,
 * whose statuses the messages keep.
 */
extern void loyalty_messages_delete(int32 org_id, int64 customer_id, const int64 *message_ids, int n,
									TimestampTz before);
extern void loyalty_inbound_delete(int32 org_id, int64 customer_id, const int64 *message_ids, int n,
								   TimestampTz before);
extern void loyalty_reports_delete(int32 org_id, int64 customer_id, const int64 *message_ids, int n,
								   TimestampTz before);

/* Deletes up to "limit" reports that wait for a message since before a time. */
extern int loyalty_waiting_forget(int32 org_id, TimestampTz before, int limit);

#endif
