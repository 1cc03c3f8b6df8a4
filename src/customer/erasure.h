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
 * their rows are locked. Facts that are not of the person stay, under the bare ids.
 */
typedef void (*LoyaltyEraser)(LoyaltyCall *call, const LoyaltyCustomer *root);

/*
 * Adds an eraser; called once for each at load, the highest capability first: it may find its rows by those of a lower
 * one, which must still be there.
 */
extern void loyalty_erasure_add(LoyaltyEraser eraser);

/* Runs all erasers, in that order. */
extern void loyalty_erase(LoyaltyCall *call, const LoyaltyCustomer *root);

/* Erases identifiers, profiles, channels, consents, fields and requests of registrations. */
extern void loyalty_customer_erase(LoyaltyCall *call, const LoyaltyCustomer *root);

#endif
