/*
 * group.c: merge groups of customers, locked as a whole.
 *
 * A merge writes the rows of those who were merged before, too: their root changes. So all rows of all groups at hand
 * are locked, in one ascending sequence. Whoever else holds such a row has locked it in ascending order like
 * everybody, so no two calls wait in a circle. The members are read without locks first, and there may be more by the
 * time of the locks; the caller then undoes them (it runs this in a subtransaction) and tries again, since adding a
 * row out of order could close a circle. Groups never shrink.
 */
#include "postgres.h"

#include "common/array.h"
#include "common/compare.h"
#include "customer/group.h"

/* Ids of customers; bsearch needs them ascending. */
typedef LOYALTY_ARRAY(int64) IdList;

/*
 * Lists the ids of some customers' groups as they stand now, ascending, each once: two customers that were given may
 * be of one group. A customer that does not exist stays in the list: locking it finds nothing.
 */
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

/* Tells whether everybody in a customer's group, as its locked row has it, is among those that were locked. */
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

/*
 * Locks and copies out the rows that were asked for; the others need only be locked. A root that was merged into
 * somebody else meanwhile is covered, since its own list no longer grows; the caller sees merged_into and judges
 * that.
 */
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
