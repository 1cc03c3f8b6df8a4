/* deletion.h: the steps of deleting a customer for good: asking, approving, declining. Each takes its own locks. */
#ifndef LOYALTY_DELETION_H
#define LOYALTY_DELETION_H

#include "status/deletion_store.h"
#include "status/status_change.h"

/* Hooks of the capability above that tells contacts of requests. Owned here, filled by loyalty.c. */
typedef struct LoyaltyDeletionHooks
{
	/* Told as a deletion was asked for, by whichever call; the customer is locked. */
	void (*requested)(LoyaltyCall *call, const LoyaltyCustomer *customer, int64 request_id);
} LoyaltyDeletionHooks;

extern LoyaltyDeletionHooks loyalty_deletion_hooks;

/* Asks for the deletion of a customer; returns the request's id. LY207 where it is requested already. */
extern int64 loyalty_deletion_ask(LoyaltyCall *call, int64 customer_id, const DeletionAsked *asked);

/*
 * Decide about the open request of a customer: LY208 where there is none. Where a request is named (0: none is), they return
 * false, and have done nothing, if it is not the open one. Approving raises LY209 for the role that asked.
 */
extern bool loyalty_deletion_approve(LoyaltyCall *call, int64 customer_id, int64 request_id);
extern bool loyalty_deletion_decline(LoyaltyCall *call, int64 customer_id, int64 request_id,
									 const char *reason);

#endif
