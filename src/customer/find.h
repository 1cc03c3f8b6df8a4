/* find.h: the customer whom an identifier names, and the customer of a call that only reads. */
#ifndef LOYALTY_FIND_H
#define LOYALTY_FIND_H

#include "postgres.h"

#include "fmgr.h"

#include "customer/customer_store.h"

/*
 * Returns the customer whom a value of a type names, or 0: nobody has it, or it has no normal form. Types of
 * capabilities above, as card numbers, come through their resolvers; LY106 for a type that nobody knows.
 */
extern int64 loyalty_customer_find(LoyaltyCall *call, const char *type, const char *value);

/*
 * Reads the customer of a call that only reads, under the caller's snapshot: argument 1 is its id, or the arguments
 * identifier_type and identifier_value, from "identifier_arg" on, name it. LY001 for neither, LY003 for both, LY106 for
 * a type that there is not, LY107 where nobody is found.
 */
extern void loyalty_customer_named(LoyaltyCall *call, FunctionCallInfo fcinfo, int identifier_arg,
								   LoyaltyCustomer *customer);

/* The same where the id is another argument, and nobody need be named: false then, and calls are about all customers. */
extern bool loyalty_customer_named_or_any(LoyaltyCall *call, FunctionCallInfo fcinfo, int id_arg,
										  int identifier_arg, LoyaltyCustomer *customer);

/* Reads the survivor in the place of a customer who was merged, as loyalty_customer_named read that one; others stay. */
extern void loyalty_customer_survivor(const LoyaltyCall *call, LoyaltyCustomer *customer);

#endif
