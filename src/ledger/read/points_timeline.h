/* points_timeline.h: entries in a customer's accounts, for loyalty_timeline_add. */
#ifndef LOYALTY_POINTS_TIMELINE_H
#define LOYALTY_POINTS_TIMELINE_H

#include "customer/timeline.h"

extern const LoyaltyTimelineSource loyalty_points_timeline;

#endif
