/* status_timeline_store.h: changes of a customer's status, and requests to delete it, for loyalty_timeline_add. */
#ifndef LOYALTY_STATUS_TIMELINE_STORE_H
#define LOYALTY_STATUS_TIMELINE_STORE_H

#include "customer/timeline.h"

extern const LoyaltyTimelineSource loyalty_status_timeline;
extern const LoyaltyTimelineSource loyalty_deletion_timeline;

#endif
