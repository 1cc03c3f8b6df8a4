/* inbound_timeline_store.h: messages that a customer wrote, for loyalty_timeline_add. */
#ifndef LOYALTY_INBOUND_TIMELINE_STORE_H
#define LOYALTY_INBOUND_TIMELINE_STORE_H

#include "customer/timeline.h"

extern const LoyaltyTimelineSource loyalty_inbound_timeline;

#endif
