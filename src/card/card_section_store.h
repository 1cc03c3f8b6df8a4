/* card_section_store.h: the cards of customer_single_view, which asks for them through a hook. */
#ifndef LOYALTY_CARD_SECTION_STORE_H
#define LOYALTY_CARD_SECTION_STORE_H

#include "org/call.h"

/* The section "cards": one element for each card of the customer, in the order of their issue. */
extern Datum loyalty_cards_section(LoyaltyCall *call, int64 customer_id);

#endif
