/*
 * status_customer.h: what loyalty.c puts into the hooks of customers, which stand below and cannot include this
 * room.
 */
#ifndef LOYALTY_STATUS_CUSTOMER_H
#define LOYALTY_STATUS_CUSTOMER_H

#include "customer/status_hooks.h"

/* Functions for loyalty_status_hooks. */
extern const LoyaltyStatusHooks loyalty_status_of_customers;

/* Returns the section "status" for loyalty_single_view_add; of a victim it is the survivor's. */
extern Datum loyalty_status_single_view(LoyaltyCall *call, int64 customer_id);

/* Takes free texts out of the history and the requests, for loyalty_erasure_add. The group is locked. */
extern void loyalty_status_erase(LoyaltyCall *call, const LoyaltyCustomer *root);

#endif
