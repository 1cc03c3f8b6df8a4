/* points_section_store.h: what customer_single_view says of points. */
#ifndef LOYALTY_POINTS_SECTION_STORE_H
#define LOYALTY_POINTS_SECTION_STORE_H

#include "org/call.h"

/* The section "points": one element for each program and category, as posted last. */
extern Datum loyalty_points_section(LoyaltyCall *call, int64 customer_id);

#endif
