/* group.h: merge groups of customers, locked as a whole. */
#ifndef LOYALTY_GROUP_H
#define LOYALTY_GROUP_H

#include "customer/customer_store.h"

/*
 * Locks customers and everybody who was merged into them, all together ascending by id, for calls that may merge
 * them; "customers" are those of "ids", in that order, with id 0 where one does not exist. False where a group has
 * grown meanwhile: the caller undoes the locks before it tries again.
 */
extern bool loyalty_groups_lock(int32 org_id, const int64 *ids, int count, LoyaltyCustomer *customers);

#endif
