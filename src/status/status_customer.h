/* status_customer.h: what loyalty.c puts into the hooks of customers and orgs. */
#ifndef LOYALTY_STATUS_CUSTOMER_H
#define LOYALTY_STATUS_CUSTOMER_H

#include "customer/customer_store.h"

/* Fills them; called once at load. */
extern void loyalty_status_init(void);

/* For loyalty_erasure_add: free texts leave the history and the requests. */
extern void loyalty_status_erase(LoyaltyCall *call, const LoyaltyCustomer *root);

#endif
