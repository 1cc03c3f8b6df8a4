/*
 * erasure.c: the erasers of the capabilities.
 */
#include "postgres.h"

#include "customer/erasure.h"

static LoyaltyEraser erasers[LOYALTY_MAX_ERASERS];
static int eraser_count;

void
loyalty_erasure_add(LoyaltyEraser eraser)
{
	if (eraser_count == LOYALTY_MAX_ERASERS)
		elog(ERROR, "no room for another eraser");
	erasers[eraser_count++] = eraser;
}

void
loyalty_erase(LoyaltyCall *call, const LoyaltyCustomer *root)
{
	int i;

	for (i = 0; i < eraser_count; i++)
		erasers[i](call, root);
}
