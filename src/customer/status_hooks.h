/*
 * status_hooks.h: what calls about customers ask of the capability above that knows statuses. Owned here, filled by
 * loyalty.c.
 */
#ifndef LOYALTY_STATUS_HOOKS_H
#define LOYALTY_STATUS_HOOKS_H

#include "customer/customer_store.h"
#include "org/call.h"

typedef struct LoyaltyStatusHooks
{
	/* Raises where the status of a customer, whose row is locked, does not allow an operation of that name. */
	void (*guard)(const LoyaltyCall *call, const LoyaltyCustomer *customer, const char *operation);

	/* The label that a new customer begins with. */
	int32 (*label_of_new)(const LoyaltyCall *call);

	/* Whether the caller may set a label of that name by hand; raises where not. And sets it. */
	void (*check_label)(const LoyaltyCall *call, const char *label);
	void (*set_label)(LoyaltyCall *call, const LoyaltyCustomer *customer, const char *label,
					  const char *reason);
} LoyaltyStatusHooks;

extern LoyaltyStatusHooks loyalty_status_hooks;

#endif
