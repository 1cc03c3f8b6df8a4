/*
 * config_guard.c: what a change of configuration does to the identifiers that customers hold: they are keys or
 * contact data, by type.
 */
#include "postgres.h"

#include "access/xact.h"
#include "storage/lmgr.h"
#include "utils/lsyscache.h"

#include "common/errors.h"
#include "common/names.h"
#include "customer/config_guard.h"
#include "customer/config_guard_store.h"
#include "customer/identity.h"

static void check_field(LoyaltyCall *call, ConfigKey key, const char *const *values);
static void refuse_shared(int32 org_id, const char *type);

/* Which types start to be keys, and which stop; true where there is any. */
static bool
find_changes(LoyaltyCall *call, const char *const *values, bool *starts, bool *stops)
{
	KeyConfig before;
	KeyConfig after;
	bool any = false;
	int type;

	loyalty_key_config((const char *const *) call->org->config, &before);
	loyalty_key_config(values, &after);
	for (type = 0; type < IDENTIFIER_TYPE_COUNT; type++)
	{
		bool was = loyalty_identifier_is_key(&before, (IdentifierType) type);
		bool will_be = loyalty_identifier_is_key(&after, (IdentifierType) type);

		starts[type] = will_be && !was;
		stops[type] = was && !will_be;
		any = any || was != will_be;
	}
	return any;
}

/*
 * Refused while customers share identifiers that would become keys; otherwise those that customers hold become
 * keys, or stop being keys. Under an old snapshot rows of others would be missed.
 */
void
loyalty_config_guard(LoyaltyCall *call, const char *const *values)
{
	bool starts[IDENTIFIER_TYPE_COUNT];
	bool stops[IDENTIFIER_TYPE_COUNT];
	int32 org_id = call->org->org_id;
	int type;

	check_field(call, CONFIG_GENDER_FIELD, values);
	check_field(call, CONFIG_AGE_FIELD, values);
	if (!find_changes(call, values, starts, stops))
		return;
	if (IsolationUsesXactSnapshot())
		ereport(ERROR, (errcode(ERRCODE_LOYALTY_CONFIG_REFUSED),
						errmsg("which identifiers are keys cannot change at this isolation level"),
						errhint("Set the configuration in a READ COMMITTED transaction.")));
	loyalty_identifiers_lock();
	for (type = 0; type < IDENTIFIER_TYPE_COUNT; type++)
	{
		if (starts[type])
			refuse_shared(org_id, loyalty_identifier_type_names[type]);
		if (starts[type] || stops[type])
			loyalty_identifier_keys_drop(org_id, loyalty_identifier_type_names[type]);
		if (starts[type])
			loyalty_identifier_keys_make(org_id, loyalty_identifier_type_names[type]);
	}
}

/* A key that names a custom field of customers names one that exists. */
static void
check_field(LoyaltyCall *call, ConfigKey key, const char *const *values)
{
	if (values[key] == NULL || (call->org->config[key] && strcmp(values[key], call->org->config[key]) == 0))
		return;
	if (!loyalty_custom_field_exists(call->org->org_id, values[key]))
		ereport(ERROR, (errcode(ERRCODE_LOYALTY_CONFIG_REFUSED),
						errmsg("configuration key \"%s\" needs the name of a custom field of customers",
							   loyalty_config_entries[key].key),
						errhint("Define it with loyalty.define_field() first.")));
}

/* The lock that every writer of that table takes, only earlier: nobody waits for it but a change as above. */
void
loyalty_config_hold(LoyaltyCall *call)
{
	const char *code = call->org->org;

	LockRelationOid(loyalty_table_oid("customer_identifier"), RowExclusiveLock);
	call->org = loyalty_org_find(code);
	if (call->org == NULL)
		elog(ERROR, "org \"%s\" is gone", code);
}

static void
refuse_shared(int32 org_id, const char *type)
{
	int64 shared = loyalty_identifiers_shared(org_id, type);

	if (shared > 0)
		ereport(ERROR,
				(errcode(ERRCODE_LOYALTY_CONFIG_REFUSED),
				 errmsg("identifiers of type \"%s\" cannot become keys while customers share one", type),
				 errdetail("Number of shared identifiers: " INT64_FORMAT ".", shared),
				 errhint("Merge those customers, or give them identifiers of their own.")));
}
