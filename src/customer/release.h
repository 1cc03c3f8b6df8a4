/*
 * release.h: giving an identifier up, for a customer who is locked, with the configuration held; nothing comes in its place.
 */
#ifndef LOYALTY_RELEASE_H
#define LOYALTY_RELEASE_H

#include "customer/member.h"

/* Identifier that is to be given up. */
typedef struct LoyaltyRelease
{
	LoyaltyMember *member;
	IdentifierType type;	/* IDENTIFIER_TYPE_COUNT: a key of a source */
	const char *name;		/* of the type */
	LoyaltyProfile profile; /* source and account of such a key */
	const char *value;		/* as it is held; NULL, until it was found: the customer's own of the type */
	bool is_own;			/* on the customer's own record; else on that of one who was merged into it */
	bool is_needed; /* the customer must keep it: it is required, or the last that finds the customer */
} LoyaltyRelease;

/* Finds the value in the customer's group and says whether it is needed; false where nobody of the group holds it. */
extern bool loyalty_release_find(LoyaltyRelease *release);

/* Gives up what was found: it goes to history, and profiles show it no more. Asks nothing. */
extern void loyalty_release_make(const LoyaltyRelease *release, const char *reason);

#endif
