/*
 * change_hooks.h: what capabilities above do when a customer has changed. Owned here, filled by loyalty.c.
 */
#ifndef LOYALTY_CHANGE_HOOKS_H
#define LOYALTY_CHANGE_HOOKS_H

#include "org/call.h"

/* Table of these functions. */
typedef struct LoyaltyChangeHooks
{
	/*
	 * Called once at the end of every call that changed identifiers, fields, channels, cards, or what is known of them, of a
	 * customer whose row is locked. Costs a comparison in an org that asks for no participation.
	 */
	void (*customer_changed)(LoyaltyCall *call, int64 customer_id);
} LoyaltyChangeHooks;

extern LoyaltyChangeHooks loyalty_change_hooks;

#endif
