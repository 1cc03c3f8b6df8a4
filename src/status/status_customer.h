/* status_customer.h: what loyalty.c puts into the hooks of customers and orgs. */
#ifndef LOYALTY_STATUS_CUSTOMER_H
#define LOYALTY_STATUS_CUSTOMER_H

#include "customer/status_hooks.h"

/* For loyalty_status_hooks. */
extern const LoyaltyStatusHooks loyalty_status_of_customers;

/* For loyalty_single_view_add: the section "status"; of a victim the survivor's. */
extern Datum loyalty_status_single_view(LoyaltyCall *call, int64 customer_id);

/* For loyalty_erasure_add: free texts leave the history and the requests. */
extern void loyalty_status_erase(LoyaltyCall *call, const LoyaltyCustomer *root);

#endif
