/*
 * owner.h: running statements as the owner of the extension's tables, behind a wall: while the owner is on, names without
 * a schema are PostgreSQL's own, whatever the caller's search_path says.
 */
#ifndef LOYALTY_OWNER_H
#define LOYALTY_OWNER_H

#include "c.h"

typedef struct LoyaltyOwner
{
	Oid caller;			/* whom to go back to, */
	int sec_context;	/* with which context, */
	int settings_level; /* and to which settings; 0: the search path was this one already */
} LoyaltyOwner;

/* Switches to the owner and its search path, remembering the caller's. An abort restores both by itself. */
extern void loyalty_owner_enter(LoyaltyOwner *owner);

/* Back to the caller. Must run before every commit, and before a relation is read that the caller names. */
extern void loyalty_owner_leave(const LoyaltyOwner *owner);

#endif
