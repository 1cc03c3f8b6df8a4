/*
 * group.c: merge groups of customers, locked as a whole. A merge writes the rows of those who were merged before, too;
 * whoever else holds such a row has locked it in ascending order like everybody.
 */
#include "postgres.h"

#include "common/array.h"
#include "common/compare.h"
#include "customer/group.h"

typedef LOYALTY_ARRAY(int64) IdList;

/* The ids of some customers' groups as they stand now, ascending, each once. */
static void
collect(int32 org_id, const int64 *ids, int count, IdList *members)
{
	LoyaltyCustomer customer;
	int kept = 0;
	int i;
	int m;

	for (i = 0; i < count; i++)
	{
		LOYALTY_APPEND(*members, ids[i]);
		if (!loyalty_customer_read_now(org_id, ids[i], &customer))
			continue;
		for (m = 0; m < customer.merged_count; m++)
			LOYALTY_APPEND(*members, customer.merged_ids[m]);
	}
	qsort(members->items, members->n, sizeof(int64), loyalty_compare_ids);
	for (i = 0; i < members->n; i++)
		if (kept == 0 || members->items[kept - 1] != members->items[i])
			members->items[kept++] = members->items[i];
	members->n = kept;
}

static bool
covers(const IdList *members, const LoyaltyCustomer *customer)
{
	int i;

	for (i = 0; i < customer->merged_count; i++)
		if (bsearch(&customer->merged_ids[i], members->items, members->n, sizeof(int64),
					loyalty_compare_ids) == NULL)
			return false;
	return true;
}

bool
loyalty_groups_lock(int32 org_id, const int64 *ids, int count, LoyaltyCustomer *customers)
{
	IdList members = { 0 };
	LoyaltyCustomer locked;
	int i;
	int m;

	collect(org_id, ids, count, &members);
	for (m = 0; m < members.n; m++)
	{
		if (!loyalty_customer_lock(org_id, members.items[m], &locked))
			memset(&locked, 0, sizeof(locked));
		for (i = 0; i < count; i++)
			if (ids[i] == members.items[m])
				customers[i] = locked;
	}
	for (i = 0; i < count; i++)
		if (!covers(&members, &customers[i]))
			return false;
	return true;
}
