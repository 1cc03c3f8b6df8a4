/* occasion_store.h: days that customers have every year, and how they are called, for messages to them. */
#ifndef LOYALTY_OCCASION_STORE_H
#define LOYALTY_OCCASION_STORE_H

#include "postgres.h"

#include "customer/field_store.h"

/*
 * Finds up to "limit" customers behind an id, ascending, whose field, one of the two, has a date on one of two days of a year,
 * as mm-dd. Nobody is locked; those who were merged are not among them. "customers" has room for as many.
 */
extern int loyalty_customers_of_day(int32 org_id, int32 field_id, const char *day, const char *other_day,
									int64 after, int limit, int64 *customers);

/* Returns the date that a customer has in a field, as yyyy-mm-dd, or NULL. */
extern const char *loyalty_date_of_field(int32 org_id, int64 customer_id, int32 field_id);

/* Returns the first or the last name of a customer, as the single view shows it, or NULL. */
extern const char *loyalty_name_of_customer(int32 org_id, int64 customer_id, bool first);

#endif
