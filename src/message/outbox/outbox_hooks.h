/*
 * outbox_hooks.h: what the outbox tells those above it: what providers report comes by an id that an acknowledgement brings.
 * Owned here, filled by loyalty.c.
 */
#ifndef LOYALTY_OUTBOX_HOOKS_H
#define LOYALTY_OUTBOX_HOOKS_H

#include "postgres.h"

#include "org/call.h"

/* Table of these functions. */
typedef struct LoyaltyOutboxHooks
{
	/*
	 * Keeps the id that a provider gave a message (account 0: none), and records the reports that came before; called as
	 * the message is acknowledged, whose row is locked.
	 */
	void (*acknowledged)(LoyaltyCall *call, int64 customer_id, int64 message_id, int32 bsp_account_id,
						 const char *provider_message_id);
} LoyaltyOutboxHooks;

extern LoyaltyOutboxHooks loyalty_outbox_hooks;

#endif
