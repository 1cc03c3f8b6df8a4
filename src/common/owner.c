/*
 * owner.c: running statements as the owner of the extension's tables.
 *
 * Whoever may choose where an operator or a function is looked up chooses what runs with the owner's rights. So the search
 * path is part of the switch: every statement, plan, trigger, constraint, view and parallel worker underneath has it. It is
 * a setting in a level of its own, as a function's SET clause is, and costs a third of one.
 */
#include "postgres.h"

#include "catalog/namespace.h"
#include "miscadmin.h"
#include "utils/guc.h"

#include "common/names.h"
#include "common/owner.h"

#define WALL "pg_catalog, pg_temp"

/* Switches user and search path. Where the path is right already, no level of settings is opened. */
void
loyalty_owner_enter(LoyaltyOwner *owner)
{
	GetUserIdAndSecContext(&owner->caller, &owner->sec_context);
	SetUserIdAndSecContext(loyalty_owner_role(), owner->sec_context | SECURITY_LOCAL_USERID_CHANGE);
	owner->settings_level = 0;
	if (strcmp(namespace_search_path, WALL) == 0)
		return;
	owner->settings_level = NewGUCNestLevel();
	(void) set_config_option("search_path", WALL, PGC_USERSET, PGC_S_SESSION, GUC_ACTION_SAVE, true, 0,
							 false);
}

/* Switches back, in the opposite order: the caller's rights come last. */
void
loyalty_owner_leave(const LoyaltyOwner *owner)
{
	if (owner->settings_level != 0)
		AtEOXact_GUC(true, owner->settings_level);
	SetUserIdAndSecContext(owner->caller, owner->sec_context);
}
