/*
 * identifier_resolver.h: types of identifiers that capabilities above know of, as card numbers. Owned here, filled by
 * loyalty.c.
 */
#ifndef LOYALTY_IDENTIFIER_RESOLVER_H
#define LOYALTY_IDENTIFIER_RESOLVER_H

#include "org/call.h"

/* Facts that such an identifier tells when an operation is made with it. */
typedef struct CardIdentity
{
	int64 customer_id; /* its owner */
	int32 program_id;  /* program of an operation that names none; 0: the till's or the default one */
	bool is_usable;	   /* bills and redemptions may be made with it; "hold" judges it under its lock */
} CardIdentity;

/* Resolver of one type; constant, and as long-lived as the library. */
typedef struct LoyaltyIdentifierResolver
{
	const char *type; /* as find_customer names it */

	/* Returns the customer that a value names, under the caller's snapshot, or 0. */
	int64 (*find)(LoyaltyCall *call, const char *value);

	/*
	 * Reads the identity for an operation, which is refused where the value is unknown or nobody's. Takes no lock:
	 * the customer is locked next, and "hold" judges again.
	 */
	bool (*open)(LoyaltyCall *call, const char *value, CardIdentity *identity, LoyaltyRefusal *refusal);

	/*
	 * Returns the number of customers who had the value before, other than its owner of today, their ids, and the
	 * program of what the value names; none where the value is unknown.
	 */
	int (*former)(LoyaltyCall *call, const char *value, int64 **customers, int32 *program_id);

	/*
	 * Judges once more, with the customer locked: refuses where the value is no longer its, or, if "restricted",
	 * where nothing may be bought or redeemed with it; and keeps that so until the transaction ends.
	 */
	bool (*hold)(LoyaltyCall *call, const char *value, int64 customer_id, bool restricted,
				 LoyaltyRefusal *refusal);
} LoyaltyIdentifierResolver;

/* Adds one that lives as long as the library; called at load. */
extern void loyalty_identifier_resolver_add(const LoyaltyIdentifierResolver *resolver);
/* Returns the resolver of a type, or NULL. */
extern const LoyaltyIdentifierResolver *loyalty_identifier_resolver_find(const char *type);

/* Returns one after the other, for lists of types; NULL behind the last. */
extern const LoyaltyIdentifierResolver *loyalty_identifier_resolver_at(int i);

#endif
