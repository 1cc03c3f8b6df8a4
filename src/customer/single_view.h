/*
 * single_view.h: the sections that capabilities above add to customer_single_view. Owned here, filled by loyalty.c.
 */
#ifndef LOYALTY_SINGLE_VIEW_H
#define LOYALTY_SINGLE_VIEW_H

#include "org/call.h"

#define LOYALTY_MAX_SECTIONS 16

/* Returns an object (jsonb) whose keys are added to the document; under the caller's snapshot, as all of the call. */
typedef Datum (*LoyaltySection)(LoyaltyCall *call, int64 customer_id);

/* Adds a section; called once for each at load. */
extern void loyalty_single_view_add(LoyaltySection section);

#endif
