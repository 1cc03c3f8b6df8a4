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

static LoyaltyQuery org_by_code = LOYALTY_STATEMENT(
	"SELECT o.org_id, o.time_zone, o.base_country, o.supported_countries FROM loyalty_data.org o"
	" WHERE o.org = $1",
	TEXTOID);

static LoyaltyQuery config_of_org =
	LOYALTY_STATEMENT("SELECT c.config_key::text, c.config_value FROM loyalty_data.config c"
					  " WHERE c.org_id = $1",
					  INT4OID);

static LoyaltyQuery programs_of_org = LOYALTY_STATEMENT(
	"SELECT p.program_id, p.program, p.is_default,"
	" (p.points_per_unit * 1000000)::int8, p.decimals, p.rounding,"
	" p.expiry_unit, p.expiry_value, p.expiry_date, p.expiry_type, p.allow_negative_on_return,"
	" p.promised_days, p.promised_expiry_from_award"
	" FROM loyalty_data.program p WHERE p.org_id = $1 ORDER BY p.program_id",
	INT4OID);

static LoyaltyQuery stores_of_org = LOYALTY_STATEMENT("SELECT s.store_id, s.store FROM loyalty_data.store s"
													  " WHERE s.org_id = $1 ORDER BY s.store",
													  INT4OID);

static LoyaltyQuery tills_of_org =
	LOYALTY_STATEMENT("SELECT t.till_id, t.store_id, t.program_id, t.till FROM loyalty_data.till t"
					  " WHERE t.org_id = $1 ORDER BY t.till",
					  INT4OID);

static LoyaltyQuery roles_of_org = LOYALTY_STATEMENT("SELECT a.role_name::text FROM loyalty_data.org_access a"
													 " WHERE a.org_id = $1",
													 INT4OID);

static LoyaltyQuery all_sources =
	LOYALTY_STATEMENT("SELECT s.source_id, s.source, s.needs_account FROM loyalty_data.source s");

static LoyaltyQuery org_count = LOYALTY_STATEMENT_SEEN("SELECT count(*) FROM loyalty_data.org");

static LoyaltyQuery extension_version = LOYALTY_STATEMENT_SEEN("SELECT e.extversion FROM pg_extension e"
															   " WHERE e.extname = $1::name",
															   TEXTOID);

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
static LoyaltyOrg *load_org(const char *org, LoyaltyRows *rows);
static void load_countries(LoyaltyOrg *org, LoyaltyRows *rows);
static void load_config(LoyaltyOrg *org);
static void load_programs(LoyaltyOrg *org);
static void load_stores(LoyaltyOrg *org);
static void load_tills(LoyaltyOrg *org);
static void load_roles(LoyaltyOrg *org);

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
	LoyaltyRows *rows;

	if (slot != NULL && slot->cached != NULL)
		return slot->cached;
	loyalty_param(&params, loyalty_text(org));
	loyalty_nodes_require_one();
	rows = loyalty_query_latest(&org_by_code, &params);
	if (rows->count == 0)
		return NULL;
	caller = MemoryContextSwitchTo(of->context);
	loaded = load_org(org, rows);
	loaded->generation = of->generation;
	slot = hash_search(of->orgs, org, HASH_ENTER, NULL);
	slot->cached = loaded;
	MemoryContextSwitchTo(caller);
	return loaded;
}

/* Reads an org, whose row was fetched, with everything that hangs on it into the current context. */
static LoyaltyOrg *
load_org(const char *code, LoyaltyRows *rows)
{
	LoyaltyOrg *org;

	org = palloc0(sizeof(LoyaltyOrg));
	org->org = pstrdup(code);
	org->org_id = loyalty_row_int4(rows, 0, 1);
	org->zone = pg_tzset(loyalty_row_text(rows, 0, 2));
	if (org->zone == NULL)
		ereport(ERROR, (errcode(ERRCODE_LOYALTY_TIME_ZONE_INVALID),
						errmsg("time zone of org \"%s\" does not exist", code)));
	load_countries(org, rows);
	load_config(org);
	load_programs(org);
	loyalty_limits_load(org);
	load_stores(org);
	load_tills(org);
	load_roles(org);
	if (loyalty_org_hooks.load_status != NULL)
		org->status_labels = loyalty_org_hooks.load_status(org->org_id);
	return org;
}

/* Of the row that was fetched. */
static void
load_countries(LoyaltyOrg *org, LoyaltyRows *rows)
{
	char *base = loyalty_row_text_or_null(rows, 0, 3);
	Datum *supported;
	int count;
	int i;

	deconstruct_array(DatumGetArrayTypeP(loyalty_row_value(rows, 0, 4)), TEXTOID, -1, false, TYPALIGN_INT,
					  &supported, NULL, &count);
	org->countries = palloc(sizeof(char *) * (count + 1));
	if (base != NULL)
		org->countries[org->country_count++] = base;
	for (i = 0; i < count; i++)
		org->countries[org->country_count++] = TextDatumGetCString(supported[i]);
}

static LoyaltyRows *
run_for(LoyaltyQuery *query, const LoyaltyOrg *org)
{
	return loyalty_query_latest(query, LOYALTY_GIVEN(loyalty_int4(org->org_id)));
}

static void
load_config(LoyaltyOrg *org)
{
	LoyaltyRows *rows = run_for(&config_of_org, org);
	int key;
	uint64 i;

	for (key = 0; key < CONFIG_COUNT; key++)
		if (loyalty_config_entries[key].fallback != NULL)
			org->config[key] = pstrdup(loyalty_config_entries[key].fallback);
	for (i = 0; i < rows->count; i++)
	{
		ConfigKey found = loyalty_config_find(loyalty_row_text(rows, i, 1));

		if (found < CONFIG_COUNT)
			org->config[found] = loyalty_row_text(rows, i, 2);
	}
	loyalty_rows_free(rows);
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
program_from_row(LoyaltyProgram *program, LoyaltyRows *rows, uint64 row)
{
	ProgramRules *rules = &program->rules;

	program->program_id = loyalty_row_int4(rows, row, 1);
	program->program = loyalty_row_text(rows, row, 2);
	program->is_default = loyalty_row_bool(rows, row, 3);
	rules->points_per_unit = loyalty_row_int8(rows, row, 4);
	rules->decimals = loyalty_row_int4(rows, row, 5);
	rules->rounding = word_index(loyalty_row_text(rows, row, 6), loyalty_rounding_names, ROUNDING_COUNT);
	rules->expiry_unit =
		word_index(loyalty_row_text(rows, row, 7), loyalty_expiry_unit_names, EXPIRY_UNIT_COUNT);
	rules->expiry_value = loyalty_row_int4_or(rows, row, 8, 0);
	rules->expiry_date = loyalty_row_int4_or(rows, row, 9, 0);
	rules->expiry_type =
		word_index(loyalty_row_text(rows, row, 10), loyalty_expiry_type_names, EXPIRY_TYPE_COUNT);
	rules->allow_negative_on_return = loyalty_row_bool(rows, row, 11);
	rules->promised_days = loyalty_row_int4(rows, row, 12);
	rules->promised_expiry_from_award = loyalty_row_bool(rows, row, 13);
}

static void
load_programs(LoyaltyOrg *org)
{
	LoyaltyRows *rows = run_for(&programs_of_org, org);
	int i;

	org->program_count = (int) rows->count;
	org->programs = palloc0(sizeof(LoyaltyProgram) * Max(org->program_count, 1));
	for (i = 0; i < org->program_count; i++)
		program_from_row(&org->programs[i], rows, i);
	loyalty_rows_free(rows);
}

static void
load_stores(LoyaltyOrg *org)
{
	LoyaltyRows *rows = run_for(&stores_of_org, org);
	int i;

	org->store_count = (int) rows->count;
	org->stores = palloc0(sizeof(LoyaltyStore) * Max(org->store_count, 1));
	for (i = 0; i < org->store_count; i++)
	{
		org->stores[i].store_id = loyalty_row_int4(rows, i, 1);
		org->stores[i].store = loyalty_row_text(rows, i, 2);
	}
	loyalty_rows_free(rows);
}

static void
load_tills(LoyaltyOrg *org)
{
	LoyaltyRows *rows = run_for(&tills_of_org, org);
	int i;

	org->till_count = (int) rows->count;
	org->tills = palloc0(sizeof(LoyaltyTill) * Max(org->till_count, 1));
	for (i = 0; i < org->till_count; i++)
	{
		org->tills[i].till_id = loyalty_row_int4(rows, i, 1);
		org->tills[i].store_id = loyalty_row_int4(rows, i, 2);
		org->tills[i].program_id = loyalty_row_int4_or(rows, i, 3, 0);
		org->tills[i].till = loyalty_row_text(rows, i, 4);
	}
	loyalty_rows_free(rows);
}

static void
load_roles(LoyaltyOrg *org)
{
	LoyaltyRows *rows = run_for(&roles_of_org, org);
	int i;

	org->role_count = (int) rows->count;
	org->roles = palloc0(sizeof(char *) * Max(org->role_count, 1));
	for (i = 0; i < org->role_count; i++)
		org->roles[i] = loyalty_row_text(rows, i, 1);
	loyalty_rows_free(rows);
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
	LoyaltyRows *rows = loyalty_query_latest(&all_sources, NULL);
	int i;

	into->sources = palloc(sizeof(Source) * Max(rows->count, 1));
	for (i = 0; i < rows->count; i++)
	{
		into->sources[i].source_id = loyalty_row_int2(rows, i, 1);
		into->sources[i].name = loyalty_row_text(rows, i, 2);
		into->sources[i].folded = folded(into->sources[i].name);
		into->sources[i].needs_account = loyalty_row_bool(rows, i, 3);
	}
	into->source_count = (int) rows->count;
	loyalty_rows_free(rows);
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

static int16
find_source(const char *source)
{
	OrgCache *of = cache_with_sources();
	char *wanted = folded(source);
	int i;

	for (i = 0; i < of->source_count; i++)
		if (strcmp(of->sources[i].folded, wanted) == 0)
			return of->sources[i].source_id;
	return 0;
}

bool
loyalty_named_source(const char *source, int16 *source_id, LoyaltyRefusal *refusal)
{
	*source_id = find_source(source);
	if (*source_id == 0)
		LOYALTY_REFUSE(refusal, ERRCODE_LOYALTY_SOURCE_UNKNOWN,
					   errmsg("source \"%s\" does not exist", source));
	return true;
}

int16
loyalty_source_id(const char *source)
{
	int16 source_id;

	(void) loyalty_named_source(source, &source_id, LOYALTY_RAISES);
	return source_id;
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

int64
loyalty_org_count(void)
{
	LoyaltyRows *rows = loyalty_query(&org_count, NULL);

	return loyalty_row_int8(rows, 0, 1);
}

const char *
loyalty_extension_version(const char *extension)
{
	LoyaltyRows *rows = LOYALTY_QUERY(&extension_version, loyalty_text(extension));

	return rows->count == 1 ? loyalty_row_text(rows, 0, 1) : NULL;
}
