/* points_brief.h: the points of customer_brief. */
#ifndef LOYALTY_POINTS_BRIEF_H
#define LOYALTY_POINTS_BRIEF_H

#include "org/call.h"

/* Returns the section "points" for loyalty_brief_add: an element for each program, as in the single view. */
extern Datum loyalty_points_brief(LoyaltyCall *call, int64 customer_id);

#endif
