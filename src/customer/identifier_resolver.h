/*
 * identifier_resolver.h: types of identifiers that capabilities above know of. Owned here, filled by loyalty.c.
 */
#ifndef LOYALTY_IDENTIFIER_RESOLVER_H
#define LOYALTY_IDENTIFIER_RESOLVER_H

#include "org/call.h"

/* What such an identifier says when an operation is made with it. */
typedef struct CardIdentity
{
	int64 customer_id; /* whose it is */
	int32 program_id;  /* in which it earns and pays where the call names none; 0: none */
	bool is_usable;	   /* bills and redemptions may be made with it; "hold" judges it under its lock */
} CardIdentity;

typedef struct LoyaltyIdentifierResolver
{
	const char *type; /* as find_customer names it */

	/* The customer that a value names, under the caller's snapshot, or 0. */
	int64 (*find)(LoyaltyCall *call, const char *value);

	/* The same for a writing call; raises where the value is unknown or nobody's. */
	void (*open)(LoyaltyCall *call, const char *value, CardIdentity *identity);

	/*
	 * Who had it before, other than whoever has it now; none where the value is unknown. Returns their number, and the
	 * program of what the value names.
	 */
	int (*former)(LoyaltyCall *call, const char *value, int64 **customers, int32 *program_id);

	/*
	 * The customer is locked now: raises where the value is no longer its, or, if "restricted", where nothing may be
	 * bought or redeemed with it; and keeps that so until the transaction ends.
	 */
	void (*hold)(LoyaltyCall *call, const char *value, int64 customer_id, bool restricted);
} LoyaltyIdentifierResolver;

/* Adds one that lives as long as the library; called at load. Finds one by its type, or NULL. */
extern void loyalty_identifier_resolver_add(const LoyaltyIdentifierResolver *resolver);
extern const LoyaltyIdentifierResolver *loyalty_identifier_resolver_find(const char *type);

#endif
