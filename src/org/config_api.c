/*
 * config_api.c: set_config, get_config and the catalogue of keys.
 *
 * A change locks the org, then is judged against the other keys as they are by then, and by capabilities above
 * against their data (config_hooks.h), which may lock more. Two changes of one org never cross: the second sees
 * the first. A change counts for calls that begin, or look the org up again, after its commit.
 */
#include "postgres.h"

#include "utils/builtins.h"

#include "common/args.h"
#include "common/errors.h"
#include "common/pg_compat.h"
#include "common/srf.h"
#include "common/text.h"
#include "org/config_hooks.h"

LOYALTY_FUNCTION(loyalty_set_config);
LOYALTY_FUNCTION(loyalty_get_config);
LOYALTY_FUNCTION(loyalty_config_catalogue);

LoyaltyConfigHooks loyalty_config_hooks;

static ConfigKey arg_key(FunctionCallInfo fcinfo);
static const char *arg_value(FunctionCallInfo fcinfo, ConfigKey key);
static void check_change(LoyaltyCall *call, ConfigKey key, const char *value);

/* Sets a key of an org to a value; NULL goes back to the default. */
Datum
loyalty_set_config(PG_FUNCTION_ARGS)
{
	LoyaltyCall call;
	const char *value;
	ConfigKey key;

	loyalty_call_begin(&call, fcinfo);
	key = arg_key(fcinfo);
	value = arg_value(fcinfo, key);
	loyalty_call_lock_org(&call);
	check_change(&call, key, value);
	if (value != NULL)
		loyalty_config_store(call.org->org_id, loyalty_config_entries[key].key, value);
	else
		loyalty_config_clear(call.org->org_id, loyalty_config_entries[key].key);
	loyalty_call_end(&call);
	PG_RETURN_VOID();
}

/* Returns the value in force of a key: what is set, or its default; NULL where there is neither. */
Datum
loyalty_get_config(PG_FUNCTION_ARGS)
{
	LoyaltyCall call;
	const char *value;

	loyalty_call_begin(&call, fcinfo);
	value = call.org->config[arg_key(fcinfo)];
	loyalty_call_end(&call);
	if (value == NULL)
		PG_RETURN_NULL();
	PG_RETURN_TEXT_P(cstring_to_text(value));
}

/* Returns a row for each key: its type, its default, its allowed values, its effect. No org is asked for. */
Datum
loyalty_config_catalogue(PG_FUNCTION_ARGS)
{
	int key;

	loyalty_set_begin(fcinfo);
	for (key = 0; key < CONFIG_COUNT; key++)
	{
		const ConfigEntry *entry = &loyalty_config_entries[key];
		const char *texts[] = { entry->key, loyalty_config_type_name(entry->type), entry->fallback,
								entry->allowed, entry->effect };

		loyalty_set_add_texts(fcinfo, lengthof(texts), texts);
	}
	return (Datum) 0;
}

/* Reads the name of a key from argument 1. An unknown one is refused with the name that was most likely meant. */
static ConfigKey
arg_key(FunctionCallInfo fcinfo)
{
	const char *name = loyalty_arg_text(fcinfo, 1, "config_key", LOYALTY_MAX_CODE);
	ConfigKey key = loyalty_config_find(name);
	ConfigKey closest;

	if (key < CONFIG_COUNT)
		return key;
	closest = loyalty_config_closest(name);
	ereport(ERROR,
			(errcode(ERRCODE_LOYALTY_CONFIG_UNKNOWN), errmsg("configuration key \"%s\" does not exist", name),
			 closest < CONFIG_COUNT ? errhint("Did you mean \"%s\"?", loyalty_config_entries[closest].key)
									: errhint("loyalty.config_catalogue() lists the keys.")));
}

/* Reads a value for the key from argument 2, in its canonical spelling: it may name accounts, which have a normal form. */
static const char *
arg_value(FunctionCallInfo fcinfo, ConfigKey key)
{
	const ConfigEntry *entry = &loyalty_config_entries[key];
	const char *given;
	const char *normal;
	char *canonical;

	if (PG_ARGISNULL(2))
		return NULL;
	canonical = palloc(CONFIG_VALUE_MAX + 1);
	given = loyalty_checked_text(PG_GETARG_DATUM(2), "config_value", CONFIG_VALUE_MAX);
	normal = loyalty_normal_text(given);
	if (!loyalty_config_accepts(key, normal ? normal : given, canonical))
		ereport(ERROR, (errcode(ERRCODE_LOYALTY_CONFIG_INVALID),
						errmsg("configuration key \"%s\" does not take that value", entry->key),
						errdetail("Its type is %s.", loyalty_config_type_name(entry->type)),
						errhint("Allowed are: %s; NULL goes back to the default.", entry->allowed)));
	return canonical;
}

/*
 * Refuses a change that would contradict other keys or the data. The hook is called with all values as they
 * would be.
 */
static void
check_change(LoyaltyCall *call, ConfigKey key, const char *value)
{
	const char *values[CONFIG_COUNT];
	const char *conflict;

	memcpy(values, call->org->config, sizeof(values));
	values[key] = value ? value : loyalty_config_entries[key].fallback;
	conflict = loyalty_config_conflict(values);
	if (conflict != NULL)
		ereport(ERROR, (errcode(ERRCODE_LOYALTY_CONFIG_REFUSED),
						errmsg("configuration key \"%s\" conflicts with another one",
							   loyalty_config_entries[key].key),
						errdetail("%s", conflict)));
	if (loyalty_config_hooks.before_change != NULL)
		loyalty_config_hooks.before_change(call, values);
}
