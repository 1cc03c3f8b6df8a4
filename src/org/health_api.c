/*
 * health_api.c: health_check: what an operator asks first. It is for admins of any org, so it tells no org's
 * code, no path and no key.
 */
#include "postgres.h"

#include <sodium.h>

#include "miscadmin.h"
#include "utils/builtins.h"
#include "utils/guc.h"
#include "utils/timestamp.h"

#include "common/crypto.h"
#include "common/guc.h"
#include "common/names.h"
#include "common/nodes.h"
#include "common/pg_compat.h"
#include "common/phone.h"
#include "common/secret_store.h"
#include "common/srf.h"
#include "org/call.h"
#include "org/references.h"

LOYALTY_FUNCTION(loyalty_health_check);

static const char *key_file_state(void);
static const char *code_key_state(void);
static const char *clock_state(void);

/* Adds a row to the result. */
static void
add(FunctionCallInfo fcinfo, const char *item, const char *value)
{
	const char *texts[] = { item, value };

	loyalty_set_add_texts(fcinfo, lengthof(texts), texts);
}

/* Adds a row that says what is amiss, or where nothing is (NULL) that all is well. */
static void
add_amiss(FunctionCallInfo fcinfo, const char *item, const char *amiss, const char *well)
{
	add(fcinfo, item, amiss ? amiss : well);
}

/* Adds what is installed and how it is set up. */
static void
add_installation(FunctionCallInfo fcinfo)
{
	add(fcinfo, "version", LOYALTY_VERSION);
	add(fcinfo, "installed_version", loyalty_extension_version("loyalty"));
	add(fcinfo, "server_version", GetConfigOption("server_version", false, false));
	add(fcinfo, "libsodium_version", sodium_version_string());
	add(fcinfo, "libphonenumber_version", loyalty_phone_version());
	add(fcinfo, "owner", GetUserNameFromId(loyalty_owner_role(), true));
	add(fcinfo, "key_file", key_file_state());
	add(fcinfo, "code_key", code_key_state());
	add(fcinfo, "clock", clock_state());
	add(fcinfo, "node_id", psprintf("%d", loyalty_node_id));
	add(fcinfo, "nodes", loyalty_nodes_state());
	add_amiss(fcinfo, "pg_cron", loyalty_extension_version("pg_cron"), "not installed");
}

/*
 * Returns a row for each thing an operator looks at. A fault of the installation raises nothing here: it is
 * what the caller came to see. Rows without an org are looked for in each table by its index, so the cost does
 * not grow with the ledger.
 */
Datum
loyalty_health_check(PG_FUNCTION_ARGS)
{
	LoyaltyCall call;
	const char *lifted;
	const char *late;
	int32 *orgs;
	int visible;

	loyalty_set_begin(fcinfo);
	loyalty_call_begin_without_org(&call);
	orgs = loyalty_org_visible(call.owner.caller, &visible);
	lifted = loyalty_triggers_lifted();
	late = loyalty_org_hooks.messages_late(orgs, visible);
	add_installation(fcinfo);
	add_amiss(fcinfo, "guards", lifted ? psprintf("not always enabled: %s", lifted) : NULL, "in force");
	add_amiss(fcinfo, "rows_without_org", loyalty_rows_without_org(), "none");
	add_amiss(fcinfo, "messages", late ? psprintf("late: %s", late) : NULL, "none is late");
	add_amiss(fcinfo, "subscribers", loyalty_org_hooks.subscribers_amiss(orgs, visible), "none is late");
	add(fcinfo, "orgs_visible", psprintf("%d", visible));
	add(fcinfo, "orgs_total", psprintf(INT64_FORMAT, loyalty_org_count()));
	loyalty_call_end(&call);
	return (Datum) 0;
}

/* Returns whether the key file serves; neither the keys nor the path, which only superusers may read. */
static const char *
key_file_state(void)
{
	const char *problem;

	if (loyalty_key_file[0] == '\0')
		return "not configured";
	problem = loyalty_key_file_problem();
	if (problem != NULL)
		return psprintf("unusable: %s", problem);
	return psprintf("in use, key %d", loyalty_key_in_use());
}

/* Returns what keys one-time codes: without a key file whoever reads the tables can guess at them. */
static const char *
code_key_state(void)
{
	if (loyalty_key_file[0] != '\0')
		return "the key file";
	return loyalty_secret_exists() ? "a secret of this database: set loyalty.key_file" : "none yet";
}

/* Returns whether the clock is overridden, which no server that is in use should have. */
static const char *
clock_state(void)
{
	if (!loyalty_clock_is_set)
		return "real";
	return psprintf("overridden: %s", timestamptz_to_str(loyalty_clock_value));
}
