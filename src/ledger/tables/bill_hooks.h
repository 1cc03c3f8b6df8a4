/*
 * bill_hooks.h: questions that the ledger has about bills, which stand above it: redemptions and unlocked points may
 * name a bill, and a page shows its number. Owned here, filled by loyalty.c.
 */
#ifndef LOYALTY_BILL_HOOKS_H
#define LOYALTY_BILL_HOOKS_H

#include "customer/customer_store.h"
#include "org/org_store.h"

/* Functions that stand for bills; all are set when the library is loaded. */
typedef struct LoyaltyBillHooks
{
	/*
	 * Finds the bills of a customer, and of those merged into it, that have a number, at a till or (NULL) wherever
	 * they were made. Returns how many there are, up to two; of the only one its id, else 0, and whether all of it was
	 * returned.
	 */
	int (*find)(int32 org_id, const LoyaltyTill *till, const char *number, int64 customer_id,
				int64 *transaction_id, bool *is_returned);

	/* Returns when a bill of a customer, or of one merged into it, was made, as told; it is there. */
	TimestampTz (*time)(int32 org_id, const LoyaltyCustomer *customer, int64 transaction_id);

	/*
	 * Returns the numbers of bills of a customer, and of those merged into it, by their ids; NULL for one without a
	 * number.
	 */
	const char **(*numbers)(int32 org_id, const LoyaltyCustomer *customer, const int64 *ids, int count);
} LoyaltyBillHooks;

extern LoyaltyBillHooks loyalty_bill_hooks;

#endif
