/* status_customer.h: what loyalty.c puts into the hooks of customers and orgs. */
#ifndef LOYALTY_STATUS_CUSTOMER_H
#define LOYALTY_STATUS_CUSTOMER_H

/* Fills them; called once at load. */
extern void loyalty_status_init(void);

#endif
