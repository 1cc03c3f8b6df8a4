/*
 * owner.h: running statements as the owner of the extension's tables, behind a wall: while the owner is on, names without
 * a schema are PostgreSQL's own, whatever the caller's search_path says.
 */
#ifndef LOYALTY_OWNER_H
#define LOYALTY_OWNER_H

#include "c.h"

/* State of the caller, to go back to. */
typedef struct LoyaltyOwner
{
	Oid caller;			/* the user */
	int sec_context;	/* security context, as GetUserIdAndSecContext returns it */
	int settings_level; /* level of the search path's setting; 0: the caller's path was the right one already */
} LoyaltyOwner;

/* Switches to the owner and its search path, remembering the caller's. An abort restores both by itself. */
extern void loyalty_owner_enter(LoyaltyOwner *owner);

/* Back to the caller. Must run before every commit, and before a relation is read that the caller names. */
extern void loyalty_owner_leave(const LoyaltyOwner *owner);

#endif
