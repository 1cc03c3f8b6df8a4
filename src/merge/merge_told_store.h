/* merge_told_store.h: whether merges were told, as one of the checks of events. */
#ifndef LOYALTY_MERGE_TOLD_STORE_H
#define LOYALTY_MERGE_TOLD_STORE_H

#include "event/event_check.h"

extern const LoyaltyEventCheck loyalty_merges_told_check;

#endif
