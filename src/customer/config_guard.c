/*
 * config_guard.c: what a change of configuration does to the identifiers that customers hold: they are keys or
 * contact data, by type.
 *
 * Types that become keys get their keys from what customers hold, which is refused while customers share values; keys
 * of types that stop being keys are dropped. No writer of identifiers of the org may work by the old configuration
 * meanwhile, so there is a lock of the org (ORG_LOCK_KEYS). Writers have a share of it from before they read the
 * configuration; the change takes the whole, waits for all of them and lets none begin. The writers take it before rows
 * of customers, and the change locks no such row, so nobody waits in a circle. Readers of identifiers are not held up,
 * and other orgs hear nothing of it.
 *
 * The change holds the org's row before it comes here (org/config_hooks.h).
 */
#include "postgres.h"

#include "access/xact.h"

#include "common/errors.h"
#include "customer/config_guard.h"
#include "customer/config_guard_store.h"
#include "customer/identity.h"
#include "org/org_lock.h"

static void check_field(LoyaltyCall *call, ConfigKey key, const char *const *values);
static void refuse_shared(int32 org_id, const char *type);

/* Finds the types that start to be keys, and those that stop; returns true where there is any. */
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
 * Refuses what would not fit, then brings the keys in line. It runs at READ COMMITTED alone: under an old snapshot
 * rows of others would be missed, and a customer would lose its key. Keys of a type that starts are dropped first as
 * well: there should be none, and a left-over would be a key that nobody holds.
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
	/* From here on nobody writes identifiers of the org; only now are shared ones counted. */
	loyalty_org_lock_out(org_id, ORG_LOCK_KEYS);
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

/*
 * Raises where a key that names a custom field of customers names one that does not exist. A value that stays is not
 * judged again.
 */
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

/*
 * Takes the share that every writer of identifiers has: nobody waits for it but a change as above. The lock also brings
 * the news of a change that went first, so the org is looked up anew after it, by its code: the struct that the call
 * began with may be the old one.
 */
void
loyalty_config_hold(LoyaltyCall *call)
{
	const char *code = call->org->org;

	loyalty_org_share(call->org->org_id, ORG_LOCK_KEYS);
	call->org = loyalty_org_find(code);
	if (call->org == NULL)
		elog(ERROR, "org \"%s\" is gone", code);
}

/* Raises LY012 with the number of shared values, not the values: they are personal data. */
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
