/*
 * org_store.c: the cache of orgs, and the statements on their tables.
 */
#include "postgres.h"

#include "access/xact.h"
#include "catalog/pg_type.h"
#include "mb/pg_wchar.h"
#include "miscadmin.h"
#include "utils/acl.h"
#include "utils/array.h"
#include "utils/builtins.h"
#include "utils/hsearch.h"
#include "utils/memutils.h"
#include "utils/numeric.h"

#include "common/args.h"
#include "common/errors.h"
#include "common/names.h"
#include "common/nodes.h"
#include "org/limit_store.h"
#include "org/org_store.h"

typedef enum OrgQueryId
{
	Q_ORG,
	Q_CONFIG,
	Q_PROGRAMS,
	Q_STORES,
	Q_TILLS,
	Q_ROLES,
	Q_SOURCES,
	Q_VISIBLE,
	Q_ORG_COUNT,
	Q_ORG_LOCK,
	Q_ORG_INSERT,
	Q_ORG_COUNTRIES,
	Q_STORE_INSERT,
	Q_TILL_INSERT,
	Q_PROGRAM_INSERT,
	Q_PROGRAM_CLEAR_DEFAULT,
	Q_CONFIG_STORE,
	Q_CONFIG_CLEAR,
	Q_ACCESS_STORE,
	Q_ACCESS_CLEAR,
	Q_EXTENSION_VERSION,
	Q_COUNT
} OrgQueryId;

static const LoyaltyQuery queries[] = {
	[Q_ORG] = {
		.sql = "SELECT o.org_id, o.time_zone, o.base_country, o.supported_countries FROM loyalty_data.org o"
		" WHERE o.org = $1",
		.nargs = 1, .argtypes = { TEXTOID }, .expect = SPI_OK_SELECT,
	},
	[Q_CONFIG] = {
		.sql = "SELECT c.config_key::text, c.config_value FROM loyalty_data.config c"
		" WHERE c.org_id = $1",
		.nargs = 1, .argtypes = { INT4OID }, .expect = SPI_OK_SELECT,
	},
	[Q_PROGRAMS] = {
		.sql = "SELECT p.program_id, p.program, p.is_default,"
		" (p.points_per_unit * 1000000)::int8, p.decimals, p.rounding,"
		" p.expiry_unit, p.expiry_value, p.expiry_date, p.expiry_type, p.allow_negative_on_return,"
		" p.promised_days, p.promised_expiry_from_award"
		" FROM loyalty_data.program p WHERE p.org_id = $1 ORDER BY p.program_id",
		.nargs = 1, .argtypes = { INT4OID }, .expect = SPI_OK_SELECT,
	},
	[Q_STORES] = {
		.sql = "SELECT s.store_id, s.store FROM loyalty_data.store s"
		" WHERE s.org_id = $1 ORDER BY s.store",
		.nargs = 1, .argtypes = { INT4OID }, .expect = SPI_OK_SELECT,
	},
	[Q_TILLS] = {
		.sql = "SELECT t.till_id, t.store_id, t.program_id, t.till FROM loyalty_data.till t"
		" WHERE t.org_id = $1 ORDER BY t.till",
		.nargs = 1, .argtypes = { INT4OID }, .expect = SPI_OK_SELECT,
	},
	[Q_ROLES] = {
		.sql = "SELECT a.role_name::text FROM loyalty_data.org_access a"
		" WHERE a.org_id = $1",
		.nargs = 1, .argtypes = { INT4OID }, .expect = SPI_OK_SELECT,
	},
	[Q_SOURCES] = {
		.sql = "SELECT s.source_id, s.source, s.needs_account FROM loyalty_data.source s",
		.nargs = 0, .expect = SPI_OK_SELECT,
	},
	[Q_VISIBLE] = {
		.sql = "SELECT o.org_id, a.role_name::text FROM loyalty_data.org o LEFT JOIN loyalty_data.org_access a"
		" ON a.org_id = o.org_id ORDER BY o.org_id",
		.nargs = 0, .expect = SPI_OK_SELECT, .read_only = true,
	},
	[Q_ORG_COUNT] = {
		.sql = "SELECT count(*) FROM loyalty_data.org",
		.nargs = 0, .expect = SPI_OK_SELECT, .read_only = true,
	},
	/* An update, so that at higher isolation levels a rival's change is a serialization failure. */
	[Q_ORG_LOCK] = {
		.sql = "UPDATE loyalty_data.org SET name = name WHERE org_id = $1",
		.nargs = 1, .argtypes = { INT4OID }, .expect = SPI_OK_UPDATE,
	},
	[Q_ORG_INSERT] = {
		.sql = "INSERT INTO loyalty_data.org (org_id, org, name, time_zone, base_country, created_at)"
		" VALUES ($1, $2, $3, $4, $5, loyalty.clock()) ON CONFLICT DO NOTHING",
		.nargs = 5, .argtypes = { INT4OID, TEXTOID, TEXTOID, TEXTOID, TEXTOID }, .expect = SPI_OK_INSERT,
	},
	[Q_ORG_COUNTRIES] = {
		.sql = "UPDATE loyalty_data.org SET base_country = $2, supported_countries = $3"
		" WHERE org_id = $1",
		.nargs = 3, .argtypes = { INT4OID, TEXTOID, TEXTARRAYOID }, .expect = SPI_OK_UPDATE,
	},
	[Q_STORE_INSERT] = {
		.sql = "INSERT INTO loyalty_data.store (org_id, store_id, store, name) VALUES ($1, $2, $3, $4)"
		" ON CONFLICT DO NOTHING",
		.nargs = 4, .argtypes = { INT4OID, INT4OID, TEXTOID, TEXTOID }, .expect = SPI_OK_INSERT,
	},
	[Q_TILL_INSERT] = {
		.sql = "INSERT INTO loyalty_data.till (org_id, till_id, till, store_id, program_id) VALUES ($1, $2, $3, $4, $5)"
		" ON CONFLICT DO NOTHING",
		.nargs = 5, .argtypes = { INT4OID, INT4OID, TEXTOID, INT4OID, INT4OID }, .expect = SPI_OK_INSERT,
	},
	[Q_PROGRAM_INSERT] = {
		.sql = "INSERT INTO loyalty_data.program (org_id, program_id, program, name, is_default, points_per_unit, decimals,"
		" rounding, expiry_unit, expiry_value, expiry_date, expiry_type, allow_negative_on_return)"
		" VALUES ($1, $2, $3, $4, $5, $6::numeric / 1000000, $7, $8, $9, $10, $11,"
		" $12, $13) ON CONFLICT (org_id, program) DO NOTHING",
		.nargs = 13, .argtypes = { INT4OID, INT4OID, TEXTOID, TEXTOID, BOOLOID, INT8OID, INT4OID, TEXTOID, TEXTOID,
								   INT4OID, DATEOID, TEXTOID, BOOLOID },
		.expect = SPI_OK_INSERT,
	},
	[Q_PROGRAM_CLEAR_DEFAULT] = {
		.sql = "UPDATE loyalty_data.program SET is_default = false"
		" WHERE org_id = $1 AND is_default",
		.nargs = 1, .argtypes = { INT4OID }, .expect = SPI_OK_UPDATE,
	},
	[Q_CONFIG_STORE] = {
		.sql = "INSERT INTO loyalty_data.config (org_id, config_key, config_value) VALUES ($1, $2, $3)"
		" ON CONFLICT (org_id, config_key) DO UPDATE SET config_value = EXCLUDED.config_value",
		.nargs = 3, .argtypes = { INT4OID, TEXTOID, TEXTOID }, .expect = SPI_OK_INSERT,
	},
	[Q_CONFIG_CLEAR] = {
		.sql = "DELETE FROM loyalty_data.config WHERE org_id = $1"
		" AND config_key = $2",
		.nargs = 2, .argtypes = { INT4OID, TEXTOID }, .expect = SPI_OK_DELETE,
	},
	[Q_ACCESS_STORE] = {
		.sql = "INSERT INTO loyalty_data.org_access (org_id, role_name) VALUES ($1, $2::name)"
		" ON CONFLICT DO NOTHING",
		.nargs = 2, .argtypes = { INT4OID, TEXTOID }, .expect = SPI_OK_INSERT,
	},
	[Q_ACCESS_CLEAR] = {
		.sql = "DELETE FROM loyalty_data.org_access WHERE org_id = $1"
		" AND role_name = $2::name",
		.nargs = 2, .argtypes = { INT4OID, TEXTOID }, .expect = SPI_OK_DELETE,
	},
	[Q_EXTENSION_VERSION] = {
		.sql = "SELECT e.extversion FROM pg_extension e"
		" WHERE e.extname = $1::name",
		.nargs = 1, .argtypes = { TEXTOID }, .expect = SPI_OK_SELECT, .read_only = true,
	},
};
StaticAssertDecl(lengthof(queries) == Q_COUNT, "queries[] is out of step with OrgQueryId");

static LoyaltyPlan plans[Q_COUNT];

LoyaltyOrgHooks loyalty_org_hooks;

#define ORG_KEY_BYTES (LOYALTY_MAX_CODE * MAX_MULTIBYTE_CHAR_LEN + 1)

typedef struct OrgSlot
{
	char org[ORG_KEY_BYTES]; /* hash key */
	LoyaltyOrg *cached;		 /* NULL while it is being loaded */
} OrgSlot;

typedef struct Source
{
	int16 source_id;
	char *folded; /* capitals and digits alone */
	char *name;
	bool needs_account;
} Source;

/*
 * One generation of cached reference data. When something changes the next call starts a new one; the old one
 * lives while calls are open, since those further up the stack may still hold its orgs.
 */
typedef struct OrgCache
{
	MemoryContext context;
	uint64 generation;
	HTAB *orgs;
	int source_count;
	Source *sources;
	struct OrgCache *superseded;
} OrgCache;

static OrgCache *cache;

static OrgCache *current_cache(void);
static LoyaltyOrg *load_org(const char *org);
static void load_countries(LoyaltyOrg *org);
static void load_config(LoyaltyOrg *org);
static void load_programs(LoyaltyOrg *org);
static void load_places(LoyaltyOrg *org);
static void load_roles(LoyaltyOrg *org);

static uint64
run(OrgQueryId id, LoyaltyParams *params)
{
	return loyalty_query(&queries[id], &plans[id], params);
}

static uint64
run_latest(OrgQueryId id, LoyaltyParams *params)
{
	return loyalty_query_latest(&queries[id], &plans[id], params);
}

/* Calls under way, each with the nesting level of its transaction; beyond so many, nothing is released. */
#define MAX_OPEN_CALLS 16
static int open_calls;
static int open_levels[MAX_OPEN_CALLS];

static void
release_superseded(void)
{
	OrgCache *old;

	while (cache != NULL && (old = cache->superseded) != NULL)
	{
		cache->superseded = old->superseded;
		MemoryContextDelete(old->context);
	}
}

void
loyalty_org_enter(void)
{
	if (open_calls == 0)
		release_superseded();
	if (open_calls < MAX_OPEN_CALLS)
		open_levels[open_calls] = GetCurrentTransactionNestLevel();
	open_calls++;
}

void
loyalty_org_leave(void)
{
	if (open_calls > 0)
		open_calls--;
}

static void
transaction_ended(XactEvent event, void *arg)
{
	if (event != XACT_EVENT_COMMIT && event != XACT_EVENT_ABORT)
		return;
	open_calls = 0;
	release_superseded();
}

/* Calls that were opened inside what is rolled back will not close themselves. */
static void
subtransaction_ended(SubXactEvent event, SubTransactionId subxact, SubTransactionId parent, void *arg)
{
	if (event != SUBXACT_EVENT_ABORT_SUB || open_calls > MAX_OPEN_CALLS)
		return;
	while (open_calls > 0 && open_levels[open_calls - 1] >= GetCurrentTransactionNestLevel())
		open_calls--;
}

void
loyalty_org_store_init(void)
{
	RegisterXactCallback(transaction_ended, NULL);
	RegisterSubXactCallback(subtransaction_ended, NULL);
}

/* An invalidation is told apart by the oid of loyalty_data.org: it must be known before the generation is read. */
static OrgCache *
current_cache(void)
{
	HASHCTL control = { .keysize = ORG_KEY_BYTES, .entrysize = sizeof(OrgSlot) };
	MemoryContext context;
	OrgCache *fresh;

	(void) loyalty_relation(LOYALTY_REL_ORG);
	if (cache != NULL && cache->generation == loyalty_reference_generation())
		return cache;
	context = AllocSetContextCreate(TopMemoryContext, "loyalty orgs", ALLOCSET_DEFAULT_SIZES);
	fresh = MemoryContextAllocZero(context, sizeof(OrgCache));
	fresh->context = context;
	fresh->generation = loyalty_reference_generation();
	control.hcxt = context;
	fresh->orgs = hash_create("loyalty orgs", 8, &control, HASH_ELEM | HASH_STRINGS | HASH_CONTEXT);
	fresh->superseded = cache;
	cache = fresh;
	return cache;
}

LoyaltyOrg *
loyalty_org_find(const char *org)
{
	OrgCache *of = current_cache();
	OrgSlot *slot = hash_search(of->orgs, org, HASH_FIND, NULL);
	MemoryContext caller;
	LoyaltyParams params = { 0 };
	LoyaltyOrg *loaded;

	if (slot != NULL && slot->cached != NULL)
		return slot->cached;
	loyalty_param_text(&params, org);
	loyalty_nodes_require_one();
	if (run_latest(Q_ORG, &params) == 0)
		return NULL;
	caller = MemoryContextSwitchTo(of->context);
	loaded = load_org(org);
	loaded->generation = of->generation;
	slot = hash_search(of->orgs, org, HASH_ENTER, NULL);
	slot->cached = loaded;
	MemoryContextSwitchTo(caller);
	return loaded;
}

/* Reads an org, whose row was fetched, with everything that hangs on it into the current context. */
static LoyaltyOrg *
load_org(const char *code)
{
	LoyaltyOrg *org;

	org = palloc0(sizeof(LoyaltyOrg));
	org->org = pstrdup(code);
	org->org_id = loyalty_row_int4(0, 1);
	org->zone = pg_tzset(loyalty_row_text(0, 2));
	if (org->zone == NULL)
		ereport(ERROR, (errcode(ERRCODE_LOYALTY_TIME_ZONE_INVALID),
						errmsg("time zone of org \"%s\" does not exist", code)));
	load_countries(org);
	load_config(org);
	load_programs(org);
	loyalty_limits_load(org);
	load_places(org);
	load_roles(org);
	if (loyalty_org_hooks.load_status != NULL)
		org->status_labels = loyalty_org_hooks.load_status(org->org_id);
	return org;
}

/* Of the row that was fetched. */
static void
load_countries(LoyaltyOrg *org)
{
	char *base = loyalty_row_text_or_null(0, 3);
	bool isnull;
	Datum *supported;
	int count;
	int i;

	deconstruct_array(DatumGetArrayTypeP(loyalty_row_datum(0, 4, &isnull)), TEXTOID, -1, false, TYPALIGN_INT,
					  &supported, NULL, &count);
	org->countries = palloc(sizeof(char *) * (count + 1));
	if (base != NULL)
		org->countries[org->country_count++] = base;
	for (i = 0; i < count; i++)
		org->countries[org->country_count++] = TextDatumGetCString(supported[i]);
}

static uint64
run_for(OrgQueryId id, const LoyaltyOrg *org)
{
	LoyaltyParams params = { 0 };

	loyalty_param_int4(&params, org->org_id);
	return run_latest(id, &params);
}

static void
load_config(LoyaltyOrg *org)
{
	uint64 rows = run_for(Q_CONFIG, org);
	int key;
	uint64 i;

	for (key = 0; key < CONFIG_COUNT; key++)
		if (loyalty_config_entries[key].fallback != NULL)
			org->config[key] = pstrdup(loyalty_config_entries[key].fallback);
	for (i = 0; i < rows; i++)
	{
		ConfigKey found = loyalty_config_find(loyalty_row_text(i, 1));

		if (found < CONFIG_COUNT)
			org->config[found] = loyalty_row_text(i, 2);
	}
	for (key = 0; key < CONFIG_COUNT; key++)
		if (org->config[key] != NULL)
			org->config_number[key] = loyalty_config_number(key, org->config[key]);
}

/* The position of a word in a list of names that the table's writer took it from. */
static int
word_index(const char *word, const char *const *names, int count)
{
	int i;

	for (i = 0; i < count; i++)
		if (strcmp(word, names[i]) == 0)
			return i;
	elog(ERROR, "unknown word \"%s\" in reference data", word);
}

static void
program_from_row(LoyaltyProgram *program, uint64 row)
{
	ProgramRules *rules = &program->rules;

	program->program_id = loyalty_row_int4(row, 1);
	program->program = loyalty_row_text(row, 2);
	program->is_default = loyalty_row_bool(row, 3);
	rules->points_per_unit = loyalty_row_int8(row, 4);
	rules->decimals = loyalty_row_int4(row, 5);
	rules->rounding = word_index(loyalty_row_text(row, 6), loyalty_rounding_names, ROUNDING_COUNT);
	rules->expiry_unit = word_index(loyalty_row_text(row, 7), loyalty_expiry_unit_names, EXPIRY_UNIT_COUNT);
	rules->expiry_value = loyalty_row_int4_or(row, 8, 0);
	rules->expiry_date = loyalty_row_int4_or(row, 9, 0);
	rules->expiry_type = word_index(loyalty_row_text(row, 10), loyalty_expiry_type_names, EXPIRY_TYPE_COUNT);
	rules->allow_negative_on_return = loyalty_row_bool(row, 11);
	rules->promised_days = loyalty_row_int4(row, 12);
	rules->promised_expiry_from_award = loyalty_row_bool(row, 13);
}

static void
load_programs(LoyaltyOrg *org)
{
	int i;

	org->program_count = (int) run_for(Q_PROGRAMS, org);
	org->programs = palloc0(sizeof(LoyaltyProgram) * Max(org->program_count, 1));
	for (i = 0; i < org->program_count; i++)
		program_from_row(&org->programs[i], i);
}

static void
load_places(LoyaltyOrg *org)
{
	int i;

	org->store_count = (int) run_for(Q_STORES, org);
	org->stores = palloc0(sizeof(LoyaltyStore) * Max(org->store_count, 1));
	for (i = 0; i < org->store_count; i++)
	{
		org->stores[i].store_id = loyalty_row_int4(i, 1);
		org->stores[i].store = loyalty_row_text(i, 2);
	}
	org->till_count = (int) run_for(Q_TILLS, org);
	org->tills = palloc0(sizeof(LoyaltyTill) * Max(org->till_count, 1));
	for (i = 0; i < org->till_count; i++)
	{
		org->tills[i].till_id = loyalty_row_int4(i, 1);
		org->tills[i].store_id = loyalty_row_int4(i, 2);
		org->tills[i].program_id = loyalty_row_int4_or(i, 3, 0);
		org->tills[i].till = loyalty_row_text(i, 4);
	}
}

static void
load_roles(LoyaltyOrg *org)
{
	int i;

	org->role_count = (int) run_for(Q_ROLES, org);
	org->roles = palloc0(sizeof(char *) * Max(org->role_count, 1));
	for (i = 0; i < org->role_count; i++)
		org->roles[i] = loyalty_row_text(i, 1);
}

/* Letters and digits alone, in capitals: E-COMMERCE, e_commerce and ECOMMERCE are one source. */
static char *
folded(const char *source)
{
	char *result = palloc(strlen(source) + 1);
	char *end = result;

	for (; *source != '\0'; source++)
		if (*source != '-' && *source != '_' && *source != ' ')
			*end++ = pg_ascii_toupper((unsigned char) *source);
	*end = '\0';
	return result;
}

static void
load_sources(OrgCache *into)
{
	MemoryContext caller = MemoryContextSwitchTo(into->context);
	int rows = (int) run_latest(Q_SOURCES, NULL);
	int i;

	into->sources = palloc(sizeof(Source) * Max(rows, 1));
	for (i = 0; i < rows; i++)
	{
		into->sources[i].source_id = loyalty_row_int2(i, 1);
		into->sources[i].name = loyalty_row_text(i, 2);
		into->sources[i].folded = folded(into->sources[i].name);
		into->sources[i].needs_account = loyalty_row_bool(i, 3);
	}
	into->source_count = rows;
	MemoryContextSwitchTo(caller);
}

/* The cached sources. */
static OrgCache *
cache_with_sources(void)
{
	OrgCache *of = current_cache();

	if (of->source_count == 0)
		load_sources(of);
	return of;
}

int16
loyalty_find_source(const char *source)
{
	OrgCache *of = cache_with_sources();
	char *wanted = folded(source);
	int i;

	for (i = 0; i < of->source_count; i++)
		if (strcmp(of->sources[i].folded, wanted) == 0)
			return of->sources[i].source_id;
	return 0;
}

int16
loyalty_source_id(const char *source)
{
	int16 source_id = loyalty_find_source(source);

	if (source_id != 0)
		return source_id;
	ereport(ERROR, (errcode(ERRCODE_LOYALTY_SOURCE_UNKNOWN), errmsg("source \"%s\" does not exist", source)));
}

const char *
loyalty_source_name(int16 source_id, bool *needs_account)
{
	OrgCache *of = cache_with_sources();
	int i;

	for (i = 0; i < of->source_count; i++)
		if (of->sources[i].source_id == source_id)
		{
			*needs_account = of->sources[i].needs_account;
			return of->sources[i].name;
		}
	elog(ERROR, "source %d is not cached", source_id);
}

/* Roles are stored by name: one that was dropped is no role, and grants nothing. */
static bool
grants(const char *role_name, Oid role)
{
	Oid granted = get_role_oid(role_name, true);

	return OidIsValid(granted) && has_privs_of_role(role, granted);
}

bool
loyalty_org_allows(LoyaltyOrg *org, Oid role)
{
	int i;

	if (org->checked_role == role)
		return org->role_allowed;
	org->role_allowed = superuser_arg(role);
	for (i = 0; i < org->role_count && !org->role_allowed; i++)
		org->role_allowed = grants(org->roles[i], role);
	org->checked_role = role;
	return org->role_allowed;
}

int32 *
loyalty_org_visible(Oid role, int *count)
{
	bool all = superuser_arg(role);
	uint64 rows = run(Q_VISIBLE, NULL);
	int32 *orgs = palloc(sizeof(int32) * Max(rows, 1));
	uint64 i;

	*count = 0;
	for (i = 0; i < rows; i++)
	{
		int32 org_id = loyalty_row_int4(i, 1);
		char *role_name = loyalty_row_text_or_null(i, 2);

		if (*count > 0 && orgs[*count - 1] == org_id)
			continue;
		if (all || (role_name != NULL && grants(role_name, role)))
			orgs[(*count)++] = org_id;
	}
	return orgs;
}

int64
loyalty_org_count(void)
{
	run(Q_ORG_COUNT, NULL);
	return loyalty_row_int8(0, 1);
}

void
loyalty_org_lock(int32 org_id)
{
	LoyaltyParams params = { 0 };

	loyalty_param_int4(&params, org_id);
	run(Q_ORG_LOCK, &params);
}

const char *
loyalty_extension_version(const char *extension)
{
	LoyaltyParams params = { 0 };

	loyalty_param_text(&params, extension);
	return run(Q_EXTENSION_VERSION, &params) == 1 ? loyalty_row_text(0, 1) : NULL;
}

bool
loyalty_org_insert(int32 org_id, const char *org, const char *name, const char *time_zone,
				   const char *base_country)
{
	LoyaltyParams params = { 0 };

	loyalty_param_int4(&params, org_id);
	loyalty_param_text(&params, org);
	loyalty_param_text(&params, name);
	loyalty_param_text(&params, time_zone);
	loyalty_param_text(&params, base_country);
	return run(Q_ORG_INSERT, &params) == 1;
}

void
loyalty_org_store_countries(int32 org_id, const char *base_country, Datum supported)
{
	LoyaltyParams params = { 0 };

	loyalty_param_int4(&params, org_id);
	loyalty_param_text(&params, base_country);
	loyalty_param(&params, supported, false);
	run(Q_ORG_COUNTRIES, &params);
}

bool
loyalty_store_insert(int32 org_id, int32 store_id, const char *store, const char *name)
{
	LoyaltyParams params = { 0 };

	loyalty_param_int4(&params, org_id);
	loyalty_param_int4(&params, store_id);
	loyalty_param_text(&params, store);
	loyalty_param_text(&params, name);
	return run(Q_STORE_INSERT, &params) == 1;
}

bool
loyalty_till_insert(int32 org_id, int32 till_id, const char *till, int32 store_id, int32 program_id)
{
	LoyaltyParams params = { 0 };

	loyalty_param_int4(&params, org_id);
	loyalty_param_int4(&params, till_id);
	loyalty_param_text(&params, till);
	loyalty_param_int4(&params, store_id);
	loyalty_param_int4_or_null(&params, program_id);
	return run(Q_TILL_INSERT, &params) == 1;
}

bool
loyalty_program_insert(int32 org_id, const LoyaltyProgram *program, const char *name, bool has_value,
					   bool has_date)
{
	const ProgramRules *rules = &program->rules;
	LoyaltyParams params = { 0 };

	loyalty_param_int4(&params, org_id);
	loyalty_param_int4(&params, program->program_id);
	loyalty_param_text(&params, program->program);
	loyalty_param_text(&params, name);
	loyalty_param_bool(&params, program->is_default);
	loyalty_param_int8(&params, rules->points_per_unit);
	loyalty_param_int4(&params, rules->decimals);
	loyalty_param_text(&params, loyalty_rounding_names[rules->rounding]);
	loyalty_param_text(&params, loyalty_expiry_unit_names[rules->expiry_unit]);
	loyalty_param(&params, Int32GetDatum(rules->expiry_value), !has_value);
	loyalty_param(&params, DateADTGetDatum(rules->expiry_date), !has_date);
	loyalty_param_text(&params, loyalty_expiry_type_names[rules->expiry_type]);
	loyalty_param_bool(&params, rules->allow_negative_on_return);
	return run(Q_PROGRAM_INSERT, &params) == 1;
}

void
loyalty_program_clear_default(int32 org_id)
{
	LoyaltyParams params = { 0 };

	loyalty_param_int4(&params, org_id);
	run(Q_PROGRAM_CLEAR_DEFAULT, &params);
}

static uint64
run_pair(OrgQueryId id, int32 org_id, const char *text)
{
	LoyaltyParams params = { 0 };

	loyalty_param_int4(&params, org_id);
	loyalty_param_text(&params, text);
	return run(id, &params);
}

void
loyalty_config_store(int32 org_id, const char *key, const char *value)
{
	LoyaltyParams params = { 0 };

	loyalty_param_int4(&params, org_id);
	loyalty_param_text(&params, key);
	loyalty_param_text(&params, value);
	run(Q_CONFIG_STORE, &params);
}

void
loyalty_config_clear(int32 org_id, const char *key)
{
	run_pair(Q_CONFIG_CLEAR, org_id, key);
}

void
loyalty_access_store(int32 org_id, const char *role)
{
	run_pair(Q_ACCESS_STORE, org_id, role);
}

bool
loyalty_access_clear(int32 org_id, const char *role)
{
	return run_pair(Q_ACCESS_CLEAR, org_id, role) == 1;
}
