/*
 * promotion_store.c: the statements on promotions and their versions. A redemption reads the row of a promotion, which says when it
 * is good and which version is in use; the version itself is read once by a backend.
 *
 * Whoever changes a promotion locks its row, and so does nobody who redeems: bills of one promotion never wait for each other here.
 * A bill that has read the row before a change was committed keeps the version that it has read.
 */
#include "postgres.h"

#include "catalog/pg_type.h"
#include "utils/timestamp.h"

#include "incentive/promotion/promotion_store.h"

#define PROMOTION(name, type, member) LOYALTY_COLUMN(name, type, PromotionRow, member)
#define VERSION(name, type, member) LOYALTY_COLUMN(name, type, PromotionVersion, member)

/* Columns of promotion, in the order of the table. */
static const LoyaltyColumn promotion_columns[] = {
	PROMOTION("org_id", INT4, org_id),
	PROMOTION("promotion_id", INT4, promotion_id),
	PROMOTION("version", INT4, version),
	PROMOTION("created_at", TIME, created_at),
	PROMOTION("starts_at", TIME_OR_NEVER, starts_at),
	PROMOTION("ends_at", TIME_OR_NEVER, ends_at),
	PROMOTION("stopped_at", TIME_OR_END, stopped_at),
	PROMOTION("promotion", TEXT, promotion),
	PROMOTION("name", TEXT, name),
};

/* Columns of promotion_version, in the order of the table. */
static const LoyaltyColumn version_columns[] = {
	VERSION("org_id", INT4, org_id),
	VERSION("promotion_id", INT4, promotion_id),
	VERSION("version", INT4, version),
	VERSION("created_at", TIME, created_at),
	VERSION("priority", INT4, priority),
	VERSION("times_per_bill", INT4_OR_0, times_per_bill),
	VERSION("per_code", INT8_OR_0, per_code),
	VERSION("per_customer", INT8_OR_0, per_customer),
	VERSION("in_total", INT8_OR_0, in_total),
	LOYALTY_COLUMN_IF("maximum_discount", POINTS, PromotionVersion, maximum_discount, has_maximum_discount),
	VERSION("key_kind", CODE, key),
	VERSION("stacking", CODE, stacking),
	VERSION("favour", CODE, favour),
	VERSION("return_policy", CODE, return_policy),
	VERSION("spread", BOOL, spread),
	VERSION("anonymous", BOOL, anonymous),
	VERSION("restore_on_return", BOOL, restore_on_return),
	VERSION("stacking_group", TEXT, stacking_group),
	VERSION("benefit", JSON_OR_NONE, benefit),
	VERSION("condition", JSON_OR_NONE, condition),
	VERSION("store_ids", IDS_OR_NONE, store_ids),
};

static const LoyaltyLayout promotion_layout = LOYALTY_LAYOUT("promotion", PromotionRow, promotion_columns);
static const LoyaltyLayout version_layout =
	LOYALTY_LAYOUT("promotion_version", PromotionVersion, version_columns);

/* Run in each redemption, but for those that lock or replace a row. */
static LoyaltyQuery promotion_of_id = LOYALTY_FIND(promotion_layout, "org_id, promotion_id");
static LoyaltyQuery promotion_of_code = LOYALTY_FIND(promotion_layout, "org_id, promotion");
static LoyaltyQuery promotion_locked = LOYALTY_LOCK(promotion_layout, "org_id, promotion_id");
static LoyaltyQuery promotion_update = LOYALTY_UPDATE(promotion_layout, "org_id, promotion_id");
static LoyaltyQuery version_of_number = LOYALTY_FIND(version_layout, "org_id, promotion_id, version");

/* Waits for another call that makes the same code, and finds it taken then. */
static LoyaltyQuery promotion_insert = LOYALTY_STATEMENT(
	"INSERT INTO loyalty_data.promotion (org_id, promotion_id, version, created_at, starts_at, ends_at, promotion, name)"
	" VALUES ($1, $2, $3, $4, $5, $6, $7, $8) ON CONFLICT DO NOTHING",
	INT4OID, INT4OID, INT4OID, TIMESTAMPTZOID, TIMESTAMPTZOID, TIMESTAMPTZOID, TEXTOID, TEXTOID);

/* Writes what a promotion is from now on; no statement changes a version. */
static LoyaltyQuery version_insert = LOYALTY_STATEMENT(
	"INSERT INTO loyalty_data.promotion_version (org_id, promotion_id, version, created_at, priority, times_per_bill,"
	" per_code, per_customer, in_total, maximum_discount, key_kind, stacking, favour, return_policy, spread, anonymous,"
	" restore_on_return, stacking_group, benefit, condition, store_ids)"
	" VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19, $20, $21)",
	INT4OID, INT4OID, INT4OID, TIMESTAMPTZOID, INT4OID, INT4OID, INT8OID, INT8OID, INT8OID, NUMERICOID,
	CHAROID, CHAROID, CHAROID, CHAROID, BOOLOID, BOOLOID, BOOLOID, TEXTOID, JSONBOID, JSONBOID, INT8ARRAYOID);

/* Returns a time as a parameter; an infinity is one here, and no null. */
static NullableDatum
moment(TimestampTz at)
{
	return loyalty_datum(TimestampTzGetDatum(at), false);
}

/* Leaves stopped_at out: nothing that is new was stopped. */
bool
loyalty_promotion_insert(const PromotionRow *promotion)
{
	return LOYALTY_EXECUTE(&promotion_insert, loyalty_int4(promotion->org_id),
						   loyalty_int4(promotion->promotion_id), loyalty_int4(promotion->version),
						   moment(promotion->created_at), moment(promotion->starts_at),
						   moment(promotion->ends_at), loyalty_text(promotion->promotion),
						   loyalty_text(promotion->name)) == 1;
}

/* Adds the parameters in the order of the columns. */
void
loyalty_promotion_version_insert(const PromotionVersion *version)
{
	LoyaltyParams params = LOYALTY_PARAMS(
		loyalty_int4(version->org_id), loyalty_int4(version->promotion_id), loyalty_int4(version->version),
		moment(version->created_at), loyalty_int4(version->priority),
		loyalty_int4_or_null(version->times_per_bill), loyalty_int8_or_null(version->per_code),
		loyalty_int8_or_null(version->per_customer), loyalty_int8_or_null(version->in_total),
		version->has_maximum_discount ? loyalty_points(version->maximum_discount) : loyalty_datum(0, true),
		loyalty_char(version->key), loyalty_char(version->stacking), loyalty_char(version->favour),
		loyalty_char(version->return_policy), loyalty_bool(version->spread), loyalty_bool(version->anonymous),
		loyalty_bool(version->restore_on_return), loyalty_text(version->stacking_group),
		loyalty_varlena(version->benefit), loyalty_varlena(version->condition),
		version->store_ids.count > 0 ? loyalty_int8s(version->store_ids.items, version->store_ids.count)
									 : loyalty_datum(0, true));

	(void) loyalty_execute(&version_insert, &params);
}

/* Reads the one row that there may be. */
static bool
promotion_by(LoyaltyQuery *query, int32 org_id, NullableDatum key, PromotionRow *promotion)
{
	LoyaltyRows *rows = LOYALTY_QUERY(query, loyalty_int4(org_id), key);

	if (rows->count == 0)
		return false;
	loyalty_row_read(rows, 0, &promotion_layout, promotion);
	return true;
}

/* Looks for the id. */
bool
loyalty_promotion_row_read(int32 org_id, int32 promotion_id, PromotionRow *promotion)
{
	return promotion_by(&promotion_of_id, org_id, loyalty_int4(promotion_id), promotion);
}

/* Looks for the code. */
bool
loyalty_promotion_row_find(int32 org_id, const char *code, PromotionRow *promotion)
{
	return promotion_by(&promotion_of_code, org_id, loyalty_text(code), promotion);
}

/* Waits for whoever changes or stops it. */
void
loyalty_promotion_row_lock(int32 org_id, int32 promotion_id, PromotionRow *promotion)
{
	if (!promotion_by(&promotion_locked, org_id, loyalty_int4(promotion_id), promotion))
		elog(ERROR, "promotion %d is not there", promotion_id);
}

/* Writes all of it. */
void
loyalty_promotion_row_update(const PromotionRow *promotion)
{
	if (loyalty_write(&promotion_update, promotion, 1) != 1)
		elog(ERROR, "promotion %d is not there", promotion->promotion_id);
}

/* Reads the row whole. */
void
loyalty_promotion_version_read(int32 org_id, int32 promotion_id, int32 version_no, PromotionVersion *version)
{
	LoyaltyRows *rows = LOYALTY_QUERY(&version_of_number, loyalty_int4(org_id), loyalty_int4(promotion_id),
									  loyalty_int4(version_no));

	if (rows->count == 0)
		elog(ERROR, "version %d of promotion %d is not there", version_no, promotion_id);
	loyalty_row_read(rows, 0, &version_layout, version);
}
