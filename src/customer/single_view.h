/* single_view.h: the sections that capabilities above add to customer_single_view and customer_brief; filled by loyalty.c. */
#ifndef LOYALTY_SINGLE_VIEW_H
#define LOYALTY_SINGLE_VIEW_H

#include "customer/sections.h"

/* Add a section to the one, and to the other; called once for each at load. */
extern void loyalty_single_view_add(LoyaltySection section);
extern void loyalty_brief_add(LoyaltySection section);

#endif
