/* message_timeline_store.h: messages to a customer, for loyalty_timeline_add. */
#ifndef LOYALTY_MESSAGE_TIMELINE_STORE_H
#define LOYALTY_MESSAGE_TIMELINE_STORE_H

#include "customer/timeline.h"

extern const LoyaltyTimelineSource loyalty_message_timeline;

#endif
