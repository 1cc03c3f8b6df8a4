/*
 * promotion.c: promotions with the version in use.
 *
 * The row of a promotion is read in each call: it says when the promotion is good, and which version counts. What a version says
 * never changes, so a backend reads it once and keeps it, up to a number of them. A transaction that has written a version keeps
 * none: another one may come by the same number, should this one be rolled back. All are dropped with the reference data: the
 * extension may have been made anew.
 */
#include "postgres.h"

#include "access/transam.h"
#include "access/xact.h"
#include "utils/hsearch.h"
#include "utils/memutils.h"

#include "common/args.h"
#include "common/errors.h"
#include "common/ids.h"
#include "common/names.h"
#include "incentive/promotion/promotion.h"
#include "incentive/promotion/promotion_terms.h"

#define MOST_KEPT 1000 /* versions */

#define MINUTE_USECS (60 * USECS_PER_SEC)

/* Key of a version that is kept. */
typedef struct VersionKey
{
	int32 org_id;
	int32 promotion_id;
	int32 version;
} VersionKey;

/* A version that is kept, and what it says. */
typedef struct KeptVersion
{
	VersionKey key;
	PromotionVersion version;
	PromotionDefinition definition;
} KeptVersion;

/* Versions that are kept, with the memory they stand in. */
static HTAB *kept; /* NULL: nothing is kept */
static MemoryContext kept_context;
static uint64 kept_generation;	 /* of the reference data */
static FullTransactionId writer; /* the last transaction that wrote a version */

/* Fills what most promotions have. */
void
loyalty_promotion_init(LoyaltyPromotion *promotion)
{
	memset(promotion, 0, sizeof(LoyaltyPromotion));
	promotion->row.starts_at = DT_NOBEGIN;
	promotion->row.ends_at = promotion->row.stopped_at = DT_NOEND;
	promotion->version.priority = 100;
	promotion->version.key = PROMOTION_AUTOMATIC;
	promotion->version.stacking = STACKING_STACK;
	promotion->version.favour = FAVOUR_BRAND;
	promotion->version.return_policy = RETURNS_SHARE;
	promotion->version.spread = promotion->version.anonymous = promotion->version.restore_on_return = true;
	promotion->definition.maximum_discount = PROMOTION_UNBOUNDED;
	promotion->definition.from_minute = -1;
	promotion->definition.anonymous = true;
}

/* Writes what the definition says into the version, and the version as the one in use. */
static void
write_version(LoyaltyCall *call, LoyaltyPromotion *promotion)
{
	PromotionVersion *version = &promotion->version;
	const PromotionDefinition *definition = &promotion->definition;
	int i;

	version->org_id = promotion->row.org_id;
	version->promotion_id = promotion->row.promotion_id;
	version->version = promotion->row.version;
	version->created_at = call->now;
	version->anonymous = definition->anonymous;
	version->has_maximum_discount = definition->maximum_discount != PROMOTION_UNBOUNDED;
	version->maximum_discount = definition->maximum_discount;
	version->benefit = loyalty_promotion_benefit(definition);
	version->condition = loyalty_promotion_condition(definition);
	version->store_ids.count = definition->store_count;
	version->store_ids.items = palloc(sizeof(int64) * Max(definition->store_count, 1));
	for (i = 0; i < definition->store_count; i++)
		version->store_ids.items[i] = definition->store_ids[i];
	writer = GetTopFullTransactionId();
	loyalty_promotion_version_insert(version);
}

/*
 * Numbers promotions together with series, both of which have limits and claims. The insert itself finds a duplicate, since another
 * session may be making the same one.
 */
int32
loyalty_promotion_define(LoyaltyCall *call, LoyaltyPromotion *promotion)
{
	promotion->row.org_id = call->org->org_id;
	promotion->row.promotion_id = loyalty_next_reference_id();
	promotion->row.version = 1;
	promotion->row.created_at = call->now;
	promotion->row.stopped_at = DT_NOEND;
	if (!loyalty_promotion_insert(&promotion->row))
		loyalty_raise_duplicate("promotion", promotion->row.promotion);
	write_version(call, promotion);
	return promotion->row.promotion_id;
}

/*
 * Counts versions up: the caller's lock keeps others from the same number. Bills that are under way keep the version that they
 * have read; each use says which it was.
 */
void
loyalty_promotion_redefine(LoyaltyCall *call, LoyaltyPromotion *promotion)
{
	promotion->row.version++;
	write_version(call, promotion);
	loyalty_promotion_row_update(&promotion->row);
}

/* Empties what is kept, or makes it. */
static void
start_keeping(void)
{
	HASHCTL control = { .keysize = sizeof(VersionKey), .entrysize = sizeof(KeptVersion) };

	kept = NULL;
	if (kept_context == NULL)
		kept_context = AllocSetContextCreate(TopMemoryContext, "loyalty promotions", ALLOCSET_DEFAULT_SIZES);
	MemoryContextReset(kept_context);
	control.hcxt = kept_context;
	kept_generation = loyalty_reference_generation();
	kept = hash_create("loyalty promotions", 64, &control, HASH_ELEM | HASH_BLOBS | HASH_CONTEXT);
}

/* Reads a version and what it says, in the current memory context. */
static void
read_version(const VersionKey *key, PromotionVersion *version, PromotionDefinition *definition)
{
	int32 *ids;
	int i;

	loyalty_promotion_version_read(key->org_id, key->promotion_id, key->version, version);
	loyalty_promotion_read_written(version->benefit, version->condition, definition);
	definition->maximum_discount =
		version->has_maximum_discount ? version->maximum_discount : PROMOTION_UNBOUNDED;
	definition->anonymous = version->anonymous;
	ids = palloc(sizeof(int32) * Max(version->store_ids.count, 1));
	for (i = 0; i < version->store_ids.count; i++)
		ids[i] = (int32) version->store_ids.items[i];
	definition->store_ids = ids;
	definition->store_count = version->store_ids.count;
}

/*
 * Reads a version into what is kept. It is entered when all of it is there: an error on the way leaves memory behind until the next
 * start, and no half of a version. Beyond the bound everything goes: whoever redeems thousands of promotions in turn reads each
 * anew, and nobody else pays for a list of who was used last.
 */
static const KeptVersion *
keep_version(const VersionKey *key)
{
	KeptVersion fresh = { .key = *key };
	KeptVersion *entry;
	MemoryContext caller;

	if (hash_get_num_entries(kept) >= MOST_KEPT)
		start_keeping();
	caller = MemoryContextSwitchTo(kept_context);
	read_version(key, &fresh.version, &fresh.definition);
	entry = hash_search(kept, key, HASH_ENTER, NULL);
	*entry = fresh;
	MemoryContextSwitchTo(caller);
	return entry;
}

/* Returns a version from what is kept, or keeps it. */
static const KeptVersion *
kept_version(const VersionKey *key)
{
	const KeptVersion *entry;

	if (kept == NULL || kept_generation != loyalty_reference_generation())
		start_keeping();
	entry = hash_search(kept, key, HASH_FIND, NULL);
	return entry != NULL ? entry : keep_version(key);
}

/*
 * Fills the version of a row. What lies in memory elsewhere is copied, for what is kept may be dropped before the call ends;
 * documents are not: the definition says the same.
 */
static void
find_version(LoyaltyPromotion *promotion)
{
	VersionKey key = { promotion->row.org_id, promotion->row.promotion_id, promotion->row.version };
	PromotionVersion *version = &promotion->version;
	PromotionDefinition *definition = &promotion->definition;
	int32 *ids;

	if (FullTransactionIdIsValid(writer) && FullTransactionIdEquals(writer, GetTopFullTransactionIdIfAny()))
		read_version(&key, version, definition);
	else
	{
		const KeptVersion *entry = kept_version(&key);

		*version = entry->version;
		*definition = entry->definition;
	}
	ids = palloc(sizeof(int32) * Max(definition->store_count, 1));
	memcpy(ids, definition->store_ids, sizeof(int32) * definition->store_count);
	definition->store_ids = ids;
	version->stacking_group = version->stacking_group == NULL ? NULL : pstrdup(version->stacking_group);
	version->benefit = version->condition = NULL;
	version->store_ids = (LoyaltyIds){ 0 };
}

/*
 * Completes a promotion whose row was read. One that was stopped has ended then, whatever its dates say: so rules need not know
 * that there is such a thing.
 */
static void
complete(LoyaltyPromotion *promotion)
{
	find_version(promotion);
	promotion->definition.starts_at = promotion->row.starts_at;
	promotion->definition.ends_at = Min(promotion->row.ends_at, promotion->row.stopped_at);
}

/* Takes no lock. */
void
loyalty_promotion_read(LoyaltyCall *call, int32 promotion_id, LoyaltyPromotion *promotion)
{
	if (!loyalty_promotion_row_read(call->org->org_id, promotion_id, &promotion->row))
		elog(ERROR, "promotion %d is not there", promotion_id);
	complete(promotion);
}

/* Raises what it does not find. */
static void
find_row(LoyaltyCall *call, const char *code, PromotionRow *row)
{
	if (!loyalty_promotion_row_find(call->org->org_id, code, row))
		ereport(ERROR, (errcode(ERRCODE_LOYALTY_INCENTIVE_UNKNOWN),
						errmsg("promotion \"%s\" does not exist", code)));
}

/* Looks for the code. */
void
loyalty_promotion_get(LoyaltyCall *call, const char *code, LoyaltyPromotion *promotion)
{
	find_row(call, code, &promotion->row);
	complete(promotion);
}

/* Codes never change: it is found by the code, and locked by the id. */
void
loyalty_promotion_lock(LoyaltyCall *call, const char *code, LoyaltyPromotion *promotion)
{
	find_row(call, code, &promotion->row);
	loyalty_promotion_row_lock(call->org->org_id, promotion->row.promotion_id, &promotion->row);
	complete(promotion);
}

/*
 * Reads weekday and minute from the org's clock, as people in the store do: an hour that clocks show twice counts twice, and one that
 * they skip never comes. 2000-01-01 was a Saturday. Days before it round down, not towards it.
 */
PromotionBill
loyalty_promotion_bill(const LoyaltyOrg *org, int64 amount, int32 store_id, TimestampTz at, bool has_customer)
{
	int64 local = loyalty_local_time(at, org->zone);
	int64 day = local / USECS_PER_DAY - (local % USECS_PER_DAY < 0 ? 1 : 0);

	return (PromotionBill){ .amount = amount,
							.step = loyalty_org_step(org),
							.store_id = store_id,
							.at = at,
							.weekday = (int) (((day + 5) % PROMOTION_WEEKDAYS + PROMOTION_WEEKDAYS) %
											  PROMOTION_WEEKDAYS),
							.minute = (int) ((local - day * USECS_PER_DAY) / MINUTE_USECS),
							.has_customer = has_customer };
}
