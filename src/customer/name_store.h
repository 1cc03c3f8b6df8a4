/* name_store.h: how a customer is called: one rule for all statements that say it. */
#ifndef LOYALTY_NAME_STORE_H
#define LOYALTY_NAME_STORE_H

/* A name (a column of profiles) of the customer $2 of the org $1: the INSTORE profile's wins, else the one updated last. */
#define LOYALTY_NAME(column) \
	"(SELECT p." column " FROM loyalty_data.profile p WHERE p.org_id = $1 AND p.customer_id = $2" \
	" AND p." column " IS NOT NULL ORDER BY (p.source_id = 1) DESC, p.updated_at DESC LIMIT 1)"

#endif
