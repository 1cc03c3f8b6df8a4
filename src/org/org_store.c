/*
 * org_store.c: the cache of orgs, and of sources.
 *
 * An org is read at first use and kept by the backend, with all of its reference data: a call finds its org,
 * program, till and configuration without a statement. Triggers on the tables of reference data invalidate
 * loyalty_data.org; PostgreSQL carries that to every backend at commit, and a counter grows there
 * (common/names.c). A cache is one generation of that counter: the first call after a change begins a new one,
 * empty, in a memory context of its own.
 *
 * A call that is under way keeps the orgs that it got, whatever changes meanwhile: superseded generations are
 * released when no call is open, and at the end of a transaction. Calls nest (a function of ours may run in a
 * trigger of a site's own), so they are counted; those that an aborted subtransaction had opened will not close
 * themselves and are counted out by their level.
 *
 * Nothing is locked. May be late: a change that is not committed, or not heard of yet, is not in the cache; a
 * call hears of it as it begins, and after each lock that it waited for (loyalty_call_org_now).
 */
#include "postgres.h"

#include "access/xact.h"
#include "catalog/pg_type.h"
#include "mb/pg_wchar.h"
#include "utils/hsearch.h"
#include "utils/memutils.h"

#include "common/args.h"
#include "common/errors.h"
#include "common/names.h"
#include "common/nodes.h"
#include "common/word_rules.h"
#include "org/org_load_store.h"
#include "org/org_store.h"

/* The columns are read by loyalty_org_load. */
static LoyaltyQuery org_by_code = LOYALTY_STATEMENT(
	"SELECT o.org_id, o.time_zone, o.base_country, o.supported_countries FROM loyalty_data.org o"
	" WHERE o.org = $1",
	TEXTOID);

static LoyaltyQuery all_sources =
	LOYALTY_STATEMENT("SELECT s.source_id, s.source, s.needs_account FROM loyalty_data.source s");

static LoyaltyQuery org_count = LOYALTY_STATEMENT_SEEN("SELECT count(*) FROM loyalty_data.org");

static LoyaltyQuery extension_version = LOYALTY_STATEMENT_SEEN("SELECT e.extversion FROM pg_extension e"
															   " WHERE e.extname = $1::name",
															   TEXTOID);

/* Bytes of the longest code, in the encoding of any database, with the zero at its end. */
#define ORG_KEY_BYTES (LOYALTY_MAX_CODE * MAX_MULTIBYTE_CHAR_LEN + 1)

/* An org in the hash table of a generation, by its code. */
typedef struct OrgSlot
{
	char org[ORG_KEY_BYTES]; /* hash key */
	LoyaltyOrg *cached;		 /* set as the slot is made */
} OrgSlot;

/* A source, which all orgs share; it is cached beside them. */
typedef struct Source
{
	int16 source_id;
	char *name;
	bool needs_account;
} Source;

/*
 * A generation of cached reference data. When something changes the next call starts a new one; the old one
 * lives while calls are open, since those further up the stack may still hold its orgs.
 */
typedef struct OrgCache
{
	MemoryContext context; /* of all that hangs on this generation */
	uint64 generation;
	HTAB *orgs;
	int source_count;
	Source *sources;
	struct OrgCache *superseded; /* the generation before, while a call may hold its orgs */
} OrgCache;

/* The newest generation; NULL before the first use. */
static OrgCache *cache;

/*
 * Calls under way, each with the nesting level of its transaction; beyond so many, levels are not known and
 * nothing is released before the transaction ends.
 */
#define MAX_OPEN_CALLS 16
static int open_calls;
static int open_levels[MAX_OPEN_CALLS];

/* Frees all generations but the newest. */
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

/* Releases before it counts: no call is open then, so nobody holds an org of a superseded generation. */
void
loyalty_org_enter(void)
{
	if (open_calls == 0)
		release_superseded();
	if (open_calls < MAX_OPEN_CALLS)
		open_levels[open_calls] = GetCurrentTransactionNestLevel();
	open_calls++;
}

/* Counts down. Calls end in the opposite order, so the level that stands last is this one's. */
void
loyalty_org_leave(void)
{
	if (open_calls > 0)
		open_calls--;
}

/* Forgets calls that an abort left open; no cached org is needed beyond a transaction. */
static void
transaction_ended(XactEvent event, void *arg)
{
	if (event != XACT_EVENT_COMMIT && event != XACT_EVENT_ABORT)
		return;
	open_calls = 0;
	release_superseded();
}

/*
 * Forgets calls that were opened inside what is rolled back: they will not close themselves. Inside the
 * callback the level is that of the subtransaction which ends.
 */
static void
subtransaction_ended(SubXactEvent event, SubTransactionId subxact, SubTransactionId parent, void *arg)
{
	if (event != SUBXACT_EVENT_ABORT_SUB || open_calls > MAX_OPEN_CALLS)
		return;
	while (open_calls > 0 && open_levels[open_calls - 1] >= GetCurrentTransactionNestLevel())
		open_calls--;
}

/* Registers both callbacks. */
void
loyalty_org_store_init(void)
{
	RegisterXactCallback(transaction_ended, NULL);
	RegisterSubXactCallback(subtransaction_ended, NULL);
}

/*
 * Returns the cache of now, a new one where the counter has grown. An invalidation is told apart by the oid of
 * loyalty_data.org: it must be known before the counter is read, or a change in between would be taken for
 * another relation's.
 */
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

/*
 * Reads an org that is not cached. It enters its slot when it is whole: an error in between leaves no half of
 * an org, only memory that goes with the generation. Databases in which Citus has distributed our tables are
 * refused here, the one place that every call passes.
 */
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
	loaded = loyalty_org_load(org, rows);
	loaded->generation = of->generation;
	slot = hash_search(of->orgs, org, HASH_ENTER, NULL);
	slot->cached = loaded;
	MemoryContextSwitchTo(caller);
	return loaded;
}

/* Reads all sources into a generation. */
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
		into->sources[i].needs_account = loyalty_row_bool(rows, i, 3);
	}
	into->source_count = (int) rows->count;
	loyalty_rows_free(rows);
	MemoryContextSwitchTo(caller);
}

/* Returns the cache with its sources, which are read at their first use. */
static OrgCache *
cache_with_sources(void)
{
	OrgCache *of = current_cache();

	if (of->source_count == 0)
		load_sources(of);
	return of;
}

/* Compares it with one after the other: there are a handful. */
int16
loyalty_source_find(const char *source)
{
	OrgCache *of = cache_with_sources();
	int i;

	for (i = 0; i < of->source_count; i++)
		if (loyalty_same_word(source, of->sources[i].name))
			return of->sources[i].source_id;
	return 0;
}

/* Refuses an unknown source. */
static bool
named_source(const char *source, int16 *source_id, LoyaltyRefusal *refusal)
{
	*source_id = loyalty_source_find(source);
	if (*source_id == 0)
		LOYALTY_REFUSE(refusal, ERRCODE_LOYALTY_SOURCE_UNKNOWN,
					   errmsg("source \"%s\" does not exist", source));
	return true;
}

/* Asks the cached configuration, which costs a call nothing. */
bool
loyalty_org_named_source(const LoyaltyOrg *org, const char *source, int16 *source_id, LoyaltyRefusal *refusal)
{
	if (!named_source(source, source_id, refusal))
		return false;
	if (*source_id != SOURCE_INSTORE && !org->config_number[CONFIG_V2_ENABLED])
		LOYALTY_REFUSE(refusal, ERRCODE_LOYALTY_SOURCE_NOT_ENABLED,
					   errmsg("the org takes nothing from source \"%s\"", source),
					   errhint("CONF_CLIENT_V2_API_ENABLED allows sources other than INSTORE."));
	return true;
}

/* Raises where a source is unknown. */
int16
loyalty_source_id(const char *source)
{
	int16 source_id;

	(void) named_source(source, &source_id, LOYALTY_RAISES);
	return source_id;
}

/* Finds a source by an id that a row has; one that is not there is a fault of the data. */
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

/* Counts all orgs, visible or not, for health_check. */
int64
loyalty_org_count(void)
{
	LoyaltyRows *rows = loyalty_query(&org_count, NULL);

	return loyalty_row_int8(rows, 0, 1);
}

/* Asks the catalogue, under the caller's snapshot. */
const char *
loyalty_extension_version(const char *extension)
{
	LoyaltyRows *rows = LOYALTY_QUERY(&extension_version, loyalty_text(extension));

	return rows->count == 1 ? loyalty_row_text(rows, 0, 1) : NULL;
}
