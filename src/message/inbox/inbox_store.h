/* inbox_store.h: messages that customers wrote, in tables. */
#ifndef LOYALTY_INBOX_STORE_H
#define LOYALTY_INBOX_STORE_H

#include "postgres.h"

#include "common/rows.h"
#include "customer/customer_store.h"
#include "customer/holding_store.h"
#include "message/inbox/inbound.h"

/* Returns the one customer that has an address of a channel, the survivor where it was merged; 0: nobody, or several. */
extern int64 loyalty_address_holder(int32 org_id, const char *channel, const char *address);

/*
 * Claims a key for a message that is answered with; false where it was claimed before, also by a call that is under way and
 * then waited for. The second one reads who did: what was answered then.
 */
extern bool loyalty_inbound_claim(int32 org_id, const Inbound *inbound, const InboundKey *key);
extern void loyalty_inbound_first(int32 org_id, const InboundKey *key, Inbound *inbound, InboundKey *first);

/* Writes a message; its customer, if there is one, is locked. */
extern void loyalty_inbound_insert(int32 org_id, const Inbound *inbound, TimestampTz now);

/*
 * Reads the sources (1) and accounts (2) whose own consent in force differs from what a word asks for: those that have opted
 * in, or, where "ended_by" is given, those that were opted out with that consent source. The customer is locked.
 */
extern LoyaltyRows *loyalty_source_consents(int32 org_id, int64 customer_id, const char *channel,
											const char *purpose, const char *ended_by);

/* Tells whether a customer, who is locked, has refused messages of a channel and purpose after a time. */
extern bool loyalty_refused_since(int32 org_id, int64 customer_id, const char *channel, const char *purpose,
								  TimestampTz since);

/* Erases addresses and texts, and what was written from the customer's addresses before it was known. */
extern void loyalty_inbox_erase(LoyaltyCall *call, const LoyaltyCustomer *root);
extern const LoyaltyHoldings loyalty_inbox_holdings;

#endif
