/*
 * erasure.h: what deleting a customer for good asks of every capability that keeps anything of a person. Owned here,
 * filled by loyalty.c.
 */
#ifndef LOYALTY_ERASURE_H
#define LOYALTY_ERASURE_H

#include "customer/customer_store.h"
#include "org/call.h"

#define LOYALTY_MAX_ERASERS 16

/*
 * Erases or replaces what the capability keeps of a customer and of everybody merged into it (loyalty_param_group);
 * their rows are locked. What is not of the person stays, under the bare ids.
 */
typedef void (*LoyaltyEraser)(LoyaltyCall *call, const LoyaltyCustomer *root);

/* Called once for each at load; the highest capability first, since lower rows may be what finds its own. */
extern void loyalty_erasure_add(LoyaltyEraser eraser);

/* Runs them all, in that order. */
extern void loyalty_erase(LoyaltyCall *call, const LoyaltyCustomer *root);

/* The eraser of identifiers, profiles, channels, consents, fields and requests of registrations. */
extern void loyalty_customer_erase(LoyaltyCall *call, const LoyaltyCustomer *root);

#endif
