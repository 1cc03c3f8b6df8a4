/* merge_timeline_store.h: merges of a customer into another one, for loyalty_timeline_add. */
#ifndef LOYALTY_MERGE_TIMELINE_STORE_H
#define LOYALTY_MERGE_TIMELINE_STORE_H

#include "customer/timeline.h"

extern const LoyaltyTimelineSource loyalty_merge_timeline;

#endif
