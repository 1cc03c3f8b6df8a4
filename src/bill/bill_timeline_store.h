/* bill_timeline_store.h: bills and returns of a customer, for loyalty_timeline_add. */
#ifndef LOYALTY_BILL_TIMELINE_STORE_H
#define LOYALTY_BILL_TIMELINE_STORE_H

#include "customer/timeline.h"

extern const LoyaltyTimelineSource loyalty_bill_timeline;

#endif
