/* search_store.h: customers whom a search finds. */
#ifndef LOYALTY_SEARCH_STORE_H
#define LOYALTY_SEARCH_STORE_H

#include "postgres.h"

#include "common/query.h"
#include "customer/registration_rules.h"

/* Name that is searched for; a search without one has NULLs. */
typedef struct NameSearch
{
	const char *from;	/* the least key that begins with the first word, */
	const char *below;	/* and what is greater than all of them */
	const char *others; /* the further words, each behind a blank; empty: none */
} NameSearch;

/* Customer who is found, and where it stands in the order of what is found. */
typedef struct FoundCustomer
{
	int64 customer_id;	  /* of today */
	const char *name_key; /* by which it is found; empty: by no name, or the order is that of ids */
	int64 named_id;		  /* whom the name is kept under */
} FoundCustomer;

/* Reads the customers of today who hold an identifier: contact data may have several. */
extern LoyaltyRows *loyalty_holders_read(int32 org_id, IdentifierType type, const char *value);

/*
 * Reads names that match, in their order, behind a place: customer of today, key, whom the name is kept under, and whether it is
 * the first of the customer's names.
 */
extern LoyaltyRows *loyalty_name_search_read(int32 org_id, const NameSearch *name, const FoundCustomer *after,
											 int limit);

/* Reads a page of some customers, by id: those whose name matches, if one is searched for. */
extern LoyaltyRows *loyalty_found_read(int32 org_id, const int64 *customers, int count,
									   const NameSearch *name, int64 after, int limit);

/* Reads the rows of search_customers for those who are found, in their order. */
extern LoyaltyRows *loyalty_found_shown(int32 org_id, const FoundCustomer *found, int count);

#endif
