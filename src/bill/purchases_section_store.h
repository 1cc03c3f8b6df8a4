/* purchases_section_store.h: the bills of customer_single_view, and what they come to. */
#ifndef LOYALTY_PURCHASES_SECTION_STORE_H
#define LOYALTY_PURCHASES_SECTION_STORE_H

#include "customer/customer_store.h"
#include "org/call.h"

/*
 * Returns the section "purchases": how many bills the customer and those merged into it have, what they come to without
 * what was returned, the first and the last one, and the last ten.
 */
extern Datum loyalty_purchases_section(LoyaltyCall *call, int64 customer_id);

/* Returns what the bills of a customer, who is locked, and of those merged into it come to without what was returned. */
extern int64 loyalty_purchases_amount(int32 org_id, const LoyaltyCustomer *customer);

#endif
