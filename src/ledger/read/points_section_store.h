/* points_section_store.h: the points of customer_single_view. */
#ifndef LOYALTY_POINTS_SECTION_STORE_H
#define LOYALTY_POINTS_SECTION_STORE_H

#include "org/call.h"

/*
 * Returns the section "points": one element for each program and category, without what is due by now. An empty list
 * for a customer who is not there or has no accounts.
 */
extern Datum loyalty_points_section(LoyaltyCall *call, int64 customer_id);

#endif
