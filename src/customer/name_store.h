/* name_store.h: how a customer is called: one rule for all statements that say it. */
#ifndef LOYALTY_NAME_STORE_H
#define LOYALTY_NAME_STORE_H

/* A name (a column of profiles) of a customer of the org $1: the INSTORE profile's wins, else the one updated last. */
#define LOYALTY_NAME_OF(column, customer_id) \
	"(SELECT p." column " FROM loyalty_data.profile p WHERE p.org_id = $1 AND p.customer_id = " customer_id \
	" AND p." column " IS NOT NULL ORDER BY (p.source_id = 1) DESC, p.updated_at DESC LIMIT 1)"

/* The same of the customer $2. */
#define LOYALTY_NAME(column) LOYALTY_NAME_OF(column, "$2")

#endif
