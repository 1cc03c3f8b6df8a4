/* customers.h: customers of a batch about incentives, locked together. */
#ifndef LOYALTY_INCENTIVE_CUSTOMERS_H
#define LOYALTY_INCENTIVE_CUSTOMERS_H

#include "customer/customer_store.h"

/* A customer whom a batch names, or the survivor of one. */
typedef struct LockedCustomer
{
	LoyaltyCustomer customer;
	bool exists; /* false: no such customer, and nothing is locked */
	void *last;	 /* the batch's: what it did with the customer last */
} LockedCustomer;

/* Customers of a batch, ascending by id. */
typedef struct LockedCustomers
{
	int count;
	LockedCustomer *items;
} LockedCustomers;

/*
 * Locks customers, each once and ascending, and where calls follow merges the survivors of those who were merged. "ids" are in any
 * order, with repetitions, and 0 for nobody; there is room for twice as many, as they are sorted and added to.
 */
extern void loyalty_incentive_customers_lock(LoyaltyCall *call, int64 *ids, int count,
											 LockedCustomers *locked);

/* Returns the customer of an id that was locked, or its survivor where calls follow merges; NULL: it does not exist. */
extern LockedCustomer *loyalty_incentive_customer(const LockedCustomers *locked, int64 customer_id);

#endif
