/*
 * status_hooks.h: what calls about customers ask of the capability above that knows statuses. Owned here, filled by
 * loyalty.c. Operations are named by the words of status/operations.def; a word that is not there is an internal
 * error.
 */
#ifndef LOYALTY_STATUS_HOOKS_H
#define LOYALTY_STATUS_HOOKS_H

#include "customer/customer_store.h"
#include "org/call.h"

/* Table of these functions. */
typedef struct LoyaltyStatusHooks
{
	/* Raises where the status of a customer, whose row is locked, does not allow an operation of that name. */
	void (*guard)(const LoyaltyCall *call, const LoyaltyCustomer *customer, const char *operation);

	/*
	 * Returns why such an operation is refused, or NULL: the guard for those who only tell of it. The row need not be
	 * locked.
	 */
	const char *(*refusal)(const LoyaltyCall *call, const LoyaltyCustomer *customer, const char *operation);

	/* Returns the label that a new customer begins with; 0: the built-in one of active. */
	int32 (*label_of_new)(const LoyaltyCall *call);

	/* Raises where the caller may not set a label of that name by hand. Comes before anything is written. */
	void (*check_label)(const LoyaltyCall *call, const char *label);
	/* Sets the label of a customer who is locked or new, with a line in its history. */
	void (*set_label)(LoyaltyCall *call, const LoyaltyCustomer *customer, const char *label,
					  const char *reason);
} LoyaltyStatusHooks;

extern LoyaltyStatusHooks loyalty_status_hooks;

#endif
