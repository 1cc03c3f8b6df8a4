/*
 * access_api.c: grant_org, revoke_org, visible_orgs; and the trigger that tells every backend of changed
 * reference data.
 *
 * A grant is a row, and its table has that trigger: the change counts for calls that begin after its commit.
 * Nothing is locked; two grants of the same role are one. Views are bounded by visible_orgs, calls by
 * loyalty_org_allows, both by the same rule.
 */
#include "postgres.h"

#include "catalog/pg_type.h"
#include "utils/acl.h"
#include "utils/array.h"
#include "utils/builtins.h"
#include "utils/inval.h"

#include "common/args.h"
#include "common/errors.h"
#include "common/names.h"
#include "common/pg_compat.h"
#include "common/trigger.h"
#include "org/call.h"

LOYALTY_FUNCTION(loyalty_grant_org);
LOYALTY_FUNCTION(loyalty_revoke_org);
LOYALTY_FUNCTION(loyalty_visible_orgs);
LOYALTY_FUNCTION(loyalty_org_changed);

static const LoyaltyTriggerKind change_kind = { .function = "org_changed",
												.when = TRIGGER_EVENT_AFTER,
												.operations = LOYALTY_ON_INSERT | LOYALTY_ON_UPDATE |
															  LOYALTY_ON_DELETE | LOYALTY_ON_TRUNCATE };

static const char *arg_role(FunctionCallInfo fcinfo, int n);
static bool role_exists(const char *role);
pg_noreturn static void raise_role_unknown(const char *role);

/* Opens an org to a role. The caller needs access to the org itself, as for every other call. */
Datum
loyalty_grant_org(PG_FUNCTION_ARGS)
{
	LoyaltyCall call;
	const char *role;

	loyalty_call_begin(&call, fcinfo);
	role = arg_role(fcinfo, 1);
	if (!role_exists(role))
		raise_role_unknown(role);
	loyalty_access_store(call.org->org_id, role);
	loyalty_call_end(&call);
	PG_RETURN_VOID();
}

/*
 * Closes an org to a role. A grant may outlive its role, and is taken back all the same; a role without a grant
 * is left as it is.
 */
Datum
loyalty_revoke_org(PG_FUNCTION_ARGS)
{
	LoyaltyCall call;
	const char *role;

	loyalty_call_begin(&call, fcinfo);
	role = arg_role(fcinfo, 1);
	if (!loyalty_access_clear(call.org->org_id, role) && !role_exists(role))
		raise_role_unknown(role);
	loyalty_call_end(&call);
	PG_RETURN_VOID();
}

/*
 * Returns the orgs that the caller may see, as an array of ids, for the views. The array is made in the
 * caller's context, for that of SPI goes away.
 */
Datum
loyalty_visible_orgs(PG_FUNCTION_ARGS)
{
	LoyaltyCall call;
	MemoryContext spi_context;
	ArrayType *result;
	Datum *elements;
	int32 *orgs;
	int count;
	int i;

	loyalty_call_begin_without_org(&call);
	orgs = loyalty_org_visible(call.owner.caller, &count);
	elements = palloc(sizeof(Datum) * Max(count, 1));
	for (i = 0; i < count; i++)
		elements[i] = Int32GetDatum(orgs[i]);
	spi_context = MemoryContextSwitchTo(call.result_context);
	result = construct_array(elements, count, INT4OID, sizeof(int32), true, TYPALIGN_INT);
	MemoryContextSwitchTo(spi_context);
	loyalty_call_end(&call);
	PG_RETURN_ARRAYTYPE_P(result);
}

/*
 * Makes every backend hear of a change of loyalty_data.org when the change commits, whichever table of reference
 * data it was in: this is their statement trigger. Rows that a restore copies in do no harm.
 */
Datum
loyalty_org_changed(PG_FUNCTION_ARGS)
{
	(void) loyalty_trigger(fcinfo, &change_kind);
	CacheInvalidateRelcacheByRelid(loyalty_relation(LOYALTY_REL_ORG));
	return PointerGetDatum(NULL);
}

/* Reads the name of a role; LY001 where there is none. */
static const char *
arg_role(FunctionCallInfo fcinfo, int n)
{
	if (PG_ARGISNULL(n) || NameStr(*PG_GETARG_NAME(n))[0] == '\0')
		loyalty_raise_missing("role_name");
	return NameStr(*PG_GETARG_NAME(n));
}

static bool
role_exists(const char *role)
{
	return OidIsValid(get_role_oid(role, true));
}

/* Raises LY019. */
static void
raise_role_unknown(const char *role)
{
	ereport(ERROR, (errcode(ERRCODE_LOYALTY_ROLE_UNKNOWN), errmsg("role \"%s\" does not exist", role)));
}
