/* request_timeline_store.h: what became of requests of a customer, for loyalty_timeline_add. */
#ifndef LOYALTY_REQUEST_TIMELINE_STORE_H
#define LOYALTY_REQUEST_TIMELINE_STORE_H

#include "customer/timeline.h"

extern const LoyaltyTimelineSource loyalty_request_timeline;

#endif
