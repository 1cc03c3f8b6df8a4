/* owner.h: running statements as the owner of the extension's tables. */
#ifndef LOYALTY_OWNER_H
#define LOYALTY_OWNER_H

#include "c.h"

typedef struct LoyaltyOwner
{
	Oid caller;		 /* whom to go back to */
	int sec_context; /* and with which context */
} LoyaltyOwner;

/* Switches to the owner, remembering the caller. An abort restores the caller by itself. */
extern void loyalty_owner_enter(LoyaltyOwner *owner);

/* Back to the caller. Must run before every commit: the switch never spans one. */
extern void loyalty_owner_leave(const LoyaltyOwner *owner);

#endif
