/* expiry.h: the expiries of many customers, posted together. */
#ifndef LOYALTY_EXPIRY_H
#define LOYALTY_EXPIRY_H

#include "customer/job.h"

/*
 * Posts what is due of some customers, who come ascending and are locked here. A customer whose balances or counters
 * have no room for it is left out of the job. All rows are written when it returns.
 */
extern void loyalty_expire_customers(LoyaltyJob *job, LoyaltyCall *call, const int64 *customers, int count);

#endif
