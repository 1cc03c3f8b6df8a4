/* participation_timeline_store.h: changes of a customer's participations, for loyalty_timeline_add. */
#ifndef LOYALTY_PARTICIPATION_TIMELINE_STORE_H
#define LOYALTY_PARTICIPATION_TIMELINE_STORE_H

#include "customer/timeline.h"

extern const LoyaltyTimelineSource loyalty_participation_timeline;

#endif
