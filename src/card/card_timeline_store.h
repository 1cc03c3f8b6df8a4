/* card_timeline_store.h: what happened to cards of a customer, for loyalty_timeline_add. */
#ifndef LOYALTY_CARD_TIMELINE_STORE_H
#define LOYALTY_CARD_TIMELINE_STORE_H

#include "customer/timeline.h"

extern const LoyaltyTimelineSource loyalty_card_timeline;

#endif
