/* told_store.h: whether what was posted was told, as two of the checks of events. */
#ifndef LOYALTY_LEDGER_TOLD_STORE_H
#define LOYALTY_LEDGER_TOLD_STORE_H

#include "event/event_check.h"

extern const LoyaltyEventCheck loyalty_ledger_told_check;
extern const LoyaltyEventCheck loyalty_ledger_only_told_check;

#endif
