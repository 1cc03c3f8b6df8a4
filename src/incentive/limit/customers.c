/*
 * customers.c: customers of a batch about incentives, locked together: each by a statement of its own, ascending, so that two
 * batches never wait for each other in a circle. Survivors are asked for before anybody is locked, as a lock taken later would be
 * out of order; a merge that comes in between is not followed, and the items of its victim are refused.
 */
#include "postgres.h"

#include "miscadmin.h"

#include "common/compare.h"
#include "common/guc.h"
#include "incentive/limit/customers.h"

/* Adds the survivors of those who were merged; returns how many ids there are then. */
static int
add_survivors(const LoyaltyCall *call, int64 *ids, int count)
{
	int named = count;
	int i;

	for (i = 0; i < named && loyalty_follow_merges; i++)
	{
		LoyaltyCustomer customer;

		if (loyalty_customer_read_now(call->org->org_id, ids[i], &customer) && customer.merged_into != 0)
			ids[count++] = customer.merged_into;
	}
	return count;
}

/* Reads the org anew behind the locks: the wait for them may have been long. */
void
loyalty_incentive_customers_lock(LoyaltyCall *call, int64 *ids, int count, LockedCustomers *locked)
{
	int i;

	count = add_survivors(call, ids, count);
	qsort(ids, count, sizeof(int64), loyalty_compare_ids);
	*locked = (LockedCustomers){ .items = palloc0(sizeof(LockedCustomer) * Max(count, 1)) };
	for (i = 0; i < count; i++)
	{
		LockedCustomer *item = &locked->items[locked->count];

		if (ids[i] == 0 || (i > 0 && ids[i] == ids[i - 1]))
			continue;
		CHECK_FOR_INTERRUPTS();
		item->exists = loyalty_customer_lock(call->org->org_id, ids[i], &item->customer);
		item->customer.customer_id = ids[i];
		locked->count++;
	}
	call->org = loyalty_call_org_now(call);
}

/* Compares an id with a customer's. */
static int
compare_customer(const void *id, const void *item)
{
	return loyalty_compare_ids(id, &((const LockedCustomer *) item)->customer.customer_id);
}

/* Finds one that was locked. */
static LockedCustomer *
find_locked(const LockedCustomers *locked, int64 customer_id)
{
	LockedCustomer *item =
		bsearch(&customer_id, locked->items, locked->count, sizeof(LockedCustomer), compare_customer);

	return item != NULL && item->exists ? item : NULL;
}

/* Goes on with the survivor, if it was locked as well. */
LockedCustomer *
loyalty_incentive_customer(const LockedCustomers *locked, int64 customer_id)
{
	LockedCustomer *item = find_locked(locked, customer_id);
	LockedCustomer *survivor = NULL;

	if (item != NULL && item->customer.merged_into != 0 && loyalty_follow_merges)
		survivor = find_locked(locked, item->customer.merged_into);
	return survivor != NULL ? survivor : item;
}
