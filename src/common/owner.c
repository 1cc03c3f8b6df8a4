/*
 * owner.c: running statements as the owner of the extension's tables.
 */
#include "postgres.h"

#include "miscadmin.h"

#include "common/names.h"
#include "common/owner.h"

void
loyalty_owner_enter(LoyaltyOwner *owner)
{
	GetUserIdAndSecContext(&owner->caller, &owner->sec_context);
	SetUserIdAndSecContext(loyalty_owner_role(), owner->sec_context | SECURITY_LOCAL_USERID_CHANGE);
}

void
loyalty_owner_leave(const LoyaltyOwner *owner)
{
	SetUserIdAndSecContext(owner->caller, owner->sec_context);
}
