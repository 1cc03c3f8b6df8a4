/*
 * return_hooks.h: what returns of bills ask of capabilities above: to give back what was used on a bill of which nothing is left. Owned
 * here, filled by loyalty.c.
 */
#ifndef LOYALTY_RETURN_HOOKS_H
#define LOYALTY_RETURN_HOOKS_H

#include "bill/return_store.h"
#include "ledger/posting/operation.h"

/* A bill of which nothing is left, and the return that took its last part. */
typedef struct LoyaltyReturnedWhole
{
	int64 transaction_id;
	int32 till_id;		/* of the bill; 0: none */
	const char *number; /* NULL: it has none */
	Event origin;		/* of the return: its id, and where it was made */
	TimestampTz event_time;
} LoyaltyReturnedWhole;

/* Functions that stand behind returns; all are set when the library is loaded. */
typedef struct LoyaltyReturnHooks
{
	/* Comes last in a return, when points and bill are written; the customer and its group are locked. */
	void (*completed)(LoyaltyCall *call, const LoyaltyCustomer *customer, const LoyaltyReturnedWhole *bill);
} LoyaltyReturnHooks;

extern LoyaltyReturnHooks loyalty_return_hooks;

/* Tells who stands behind it that nothing is left of a bill. */
extern void loyalty_return_completed(const Operation *operation, const ReturnedBill *bill, int64 event_id);

#endif
