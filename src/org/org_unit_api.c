/*
 * org_unit_api.c: create_org_unit, update_org_unit, set_store_org_unit.
 *
 * Units group stores, and have senders of their own. A unit that is made meets rivals at the index of codes; what changes is
 * written under the org's lock. Units are never removed.
 */
#include "postgres.h"

#include "common/args.h"
#include "common/ids.h"
#include "common/pg_compat.h"
#include "org/call.h"
#include "org/org_unit_store.h"

LOYALTY_FUNCTION(loyalty_create_org_unit);
LOYALTY_FUNCTION(loyalty_update_org_unit);
LOYALTY_FUNCTION(loyalty_set_store_org_unit);

/* Makes a unit; returns its id. */
Datum
loyalty_create_org_unit(PG_FUNCTION_ARGS)
{
	LoyaltyCall call;
	const char *org_unit;
	const char *name;
	int32 org_unit_id;

	loyalty_call_begin(&call, fcinfo);
	org_unit = loyalty_arg_key(fcinfo, 1, "org_unit");
	name = loyalty_arg_text(fcinfo, 2, "name", LOYALTY_MAX_NAME);
	org_unit_id = loyalty_next_reference_id();
	if (!loyalty_org_unit_insert(call.org->org_id, org_unit_id, org_unit, name))
		loyalty_raise_duplicate("org unit", org_unit);
	loyalty_call_end(&call);
	PG_RETURN_INT32(org_unit_id);
}

/* Changes the name of a unit. */
Datum
loyalty_update_org_unit(PG_FUNCTION_ARGS)
{
	LoyaltyCall call;
	const char *org_unit;
	const char *name;

	loyalty_call_begin(&call, fcinfo);
	org_unit = loyalty_arg_text(fcinfo, 1, "org_unit", LOYALTY_MAX_CODE);
	name = loyalty_arg_text(fcinfo, 2, "name", LOYALTY_MAX_NAME);
	loyalty_call_lock_org(&call);
	loyalty_org_unit_update(call.org->org_id, loyalty_org_unit_id(call.org->org_id, org_unit), name);
	loyalty_call_end(&call);
	PG_RETURN_VOID();
}

/* Puts a store into a unit, or into none. */
Datum
loyalty_set_store_org_unit(PG_FUNCTION_ARGS)
{
	LoyaltyCall call;
	const char *store;
	const char *org_unit;
	int32 org_unit_id = 0;

	loyalty_call_begin(&call, fcinfo);
	store = loyalty_arg_text(fcinfo, 1, "store", LOYALTY_MAX_CODE);
	org_unit = loyalty_arg_text_or_null(fcinfo, 2, "org_unit", LOYALTY_MAX_CODE);
	loyalty_call_lock_org(&call);
	if (org_unit != NULL)
		org_unit_id = loyalty_org_unit_id(call.org->org_id, org_unit);
	loyalty_store_set_org_unit(call.org->org_id, loyalty_org_store(call.org, store)->store_id, org_unit_id);
	loyalty_call_end(&call);
	PG_RETURN_VOID();
}
