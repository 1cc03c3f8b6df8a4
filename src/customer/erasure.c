/*
 * erasure.c: the list of erasers. It is filled while the library is loaded and never changes afterwards, so nothing
 * guards it. Each eraser deletes what its capability knows of a person, within the transaction of the deletion. The
 * caller has locked the rows of the root and of all its members. Those rows stay, as ids that entries and bills name.
 */
#include "postgres.h"

#include "customer/erasure.h"

static LoyaltyEraser erasers[LOYALTY_MAX_ERASERS];
static int eraser_count;

/* Appends: the order of the calls in loyalty.c is the order of the erasure. */
void
loyalty_erasure_add(LoyaltyEraser eraser)
{
	if (eraser_count == LOYALTY_MAX_ERASERS)
		elog(ERROR, "no room for another eraser");
	erasers[eraser_count++] = eraser;
}

/* Runs in the transaction that decided the deletion: a person is erased everywhere or nowhere. */
void
loyalty_erase(LoyaltyCall *call, const LoyaltyCustomer *root)
{
	int i;

	for (i = 0; i < eraser_count; i++)
		erasers[i](call, root);
}
