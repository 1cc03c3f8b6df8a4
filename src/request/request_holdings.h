/* request_holdings.h: what change requests hold about a person, and what a deletion makes of them. */
#ifndef LOYALTY_REQUEST_HOLDINGS_H
#define LOYALTY_REQUEST_HOLDINGS_H

#include "customer/erasure.h"

/* Declines what is pending and takes away what requests say, for loyalty_erasure_add; comes before everything else. */
extern void loyalty_requests_erase(LoyaltyCall *call, const LoyaltyCustomer *root);
extern const LoyaltyHoldings loyalty_request_holdings;

#endif
