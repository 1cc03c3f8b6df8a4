/* card_told_store.h: whether changes of cards were told, as one of the checks of events. */
#ifndef LOYALTY_CARD_TOLD_STORE_H
#define LOYALTY_CARD_TOLD_STORE_H

#include "event/event_check.h"

extern const LoyaltyEventCheck loyalty_cards_told_check;

#endif
