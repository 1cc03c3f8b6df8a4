/*
 * series_store.c: the statements on series of coupons, on claims of them, and on uploaded codes that wait.
 *
 * A code of the stock is locked by whoever issues it and goes with that issue: others pass it over, and wait for it only where no
 * other is left, since it may come back.
 *
 * Series are reference data: few, made by people, and read in each call by their code. Uploaded codes are many and keyed by
 * themselves; they are taken in the order of their upload by an index of the series, which is what this file's exceptions in
 * scripts/check.d/statements.list are about.
 */
#include "postgres.h"

#include "catalog/pg_type.h"
#include "utils/array.h"
#include "utils/timestamp.h"

#include "incentive/coupon/series_store.h"

/* Inserts a series; a row of the same code is found by the insert. */
static LoyaltyQuery series_insert = LOYALTY_STATEMENT(
	"INSERT INTO loyalty_data.coupon_series (org_id, series_id, promotion_id, space_id, created_at, starts_at,"
	" ends_at, redemptions_per_coupon, days_between_issues, days_between_redemptions, valid_from_days, validity,"
	" code_type, any_user, series, name, description, generic_code) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9,"
	" $10, $11, $12, $13, $14, $15, $16, $17, $18) ON CONFLICT DO NOTHING",
	INT4OID, INT4OID, INT4OID, INT4OID, TIMESTAMPTZOID, TIMESTAMPTZOID, TIMESTAMPTZOID, INT4OID, INT4OID,
	INT4OID, INT4OID, INTERVALOID, CHAROID, BOOLOID, TEXTOID, TEXTOID, TEXTOID, TEXTOID);

/* Kinds of codes: generated ones have a space, the generic one stands in the series. */
static LoyaltyQuery series_of_code = LOYALTY_STATEMENT(
	"SELECT s.series_id, s.promotion_id, s.space_id, s.redemptions_per_coupon, s.days_between_issues,"
	" s.days_between_redemptions, s.valid_from_days, s.created_at, s.starts_at, s.ends_at,"
	" COALESCE(s.stopped_at, 'infinity'), s.validity, s.code_type = 'g', s.any_user, s.series::text, s.name,"
	" s.description, s.generic_code::text FROM loyalty_data.coupon_series s WHERE s.org_id = $1 AND s.series = $2",
	INT4OID, TEXTOID);

/* Touches one column: the rest of a series never changes. */
static LoyaltyQuery series_stop = LOYALTY_STATEMENT(
	"UPDATE loyalty_data.coupon_series SET stopped_at = $3 WHERE org_id = $1 AND series_id = $2", INT4OID,
	INT4OID, TIMESTAMPTZOID);

/* Finds limits of issues of which contacts have not heard the last: that nothing is left. */
static LoyaltyQuery series_watched = LOYALTY_STATEMENT(
	"SELECT s.series::text FROM loyalty_data.coupon_series s JOIN loyalty_data.use_limit u"
	" ON u.org_id = s.org_id AND u.owner_id = s.series_id WHERE s.org_id = $1 AND u.kind = 'i'"
	" AND u.notify_at IS NOT NULL AND u.exhausted_at IS NULL ORDER BY s.series_id",
	INT4OID);

/* Reads the one claim that an offer may have. */
static LoyaltyQuery claim_of_offer = LOYALTY_STATEMENT(
	"SELECT c.program_id, c.campaign FROM loyalty_data.offer_claim c WHERE c.org_id = $1 AND c.offer_id = $2",
	INT4OID, INT4OID);

#define STOCK(name, type, member) LOYALTY_COLUMN(name, type, StockCode, member)

static const LoyaltyColumn stock_columns[] = {
	STOCK("org_id", INT4, org_id),
	STOCK("series_id", INT4, series_id),
	STOCK("stock_no", INT8, stock_no),
	STOCK("coupon_code", TEXT, code),
	STOCK("display_code", TEXT, display_code),
};

static const LoyaltyLayout stock_layout = LOYALTY_LAYOUT("coupon_stock", StockCode, stock_columns);

static LoyaltyQuery stock_insert = LOYALTY_INSERT(stock_layout);
static LoyaltyQuery stock_delete = LOYALTY_DELETE(stock_layout, "org_id, coupon_code");

/* Reads the highest number that waits; null: the stock is empty. */
static LoyaltyQuery stock_last = LOYALTY_STATEMENT(
	"SELECT max(k.stock_no) FROM loyalty_data.coupon_stock k WHERE k.org_id = $1 AND k.series_id = $2",
	INT4OID, INT4OID);

/* Locks the oldest that nobody holds; those that somebody issues right now are passed over. */
static LoyaltyQuery stock_free =
	LOYALTY_STATEMENT("SELECT k FROM loyalty_data.coupon_stock k WHERE k.org_id = $1 AND k.series_id = $2"
					  " ORDER BY k.stock_no LIMIT $3 FOR UPDATE SKIP LOCKED",
					  INT4OID, INT4OID, INT8OID);

/* Waits for who holds it, and passes over those that this transaction holds already ($3). */
static LoyaltyQuery stock_next =
	LOYALTY_STATEMENT("SELECT k FROM loyalty_data.coupon_stock k WHERE k.org_id = $1 AND k.series_id = $2"
					  " AND NOT (k.stock_no = ANY ($3)) ORDER BY k.stock_no LIMIT 1 FOR UPDATE",
					  INT4OID, INT4OID, INT8ARRAYOID);

/* Counts up to a number: the stock may have millions. */
static LoyaltyQuery stock_count = LOYALTY_STATEMENT(
	"SELECT count(*) FROM (SELECT FROM loyalty_data.coupon_stock k WHERE k.org_id = $1 AND k.series_id = $2"
	" LIMIT $3) n",
	INT4OID, INT4OID, INT8OID);

/* Issues to one customer, of codes of their own and of the generic one. */
static LoyaltyQuery coupon_issued = LOYALTY_STATEMENT(
	"SELECT c.display_code::text, c.expires_at FROM loyalty_data.coupon c WHERE c.org_id = $1 AND c.customer_id = $2"
	" AND c.coupon_id = $3 UNION ALL SELECT NULL, g.expires_at FROM loyalty_data.generic_coupon g"
	" WHERE g.org_id = $1 AND g.customer_id = $2 AND g.coupon_id = $3",
	INT4OID, INT8OID, INT8OID);

#define AROUND(table) \
	LOYALTY_STATEMENT("SELECT max(c.issued_at) FILTER (WHERE c.issued_at <= $4)," \
					  " min(c.issued_at) FILTER (WHERE c.issued_at >= $4) FROM loyalty_data." table \
					  " c WHERE c.org_id = $1 AND c.customer_id = $2 AND c.series_id = $3", \
					  INT4OID, INT8OID, INT4OID, TIMESTAMPTZOID)
static LoyaltyQuery coupons_around = AROUND("coupon");
static LoyaltyQuery generics_around = AROUND("generic_coupon");

/* Finds a duplicate by the insert itself, since another session may be creating the same one. */
bool
loyalty_issue_series_insert(const IssueSeries *series)
{
	return LOYALTY_EXECUTE(&series_insert, loyalty_int4(series->org_id), loyalty_int4(series->series_id),
						   loyalty_int4(series->promotion_id), loyalty_int4_or_null(series->space_id),
						   loyalty_datum(TimestampTzGetDatum(series->created_at), false),
						   loyalty_datum(TimestampTzGetDatum(series->starts_at), false),
						   loyalty_datum(TimestampTzGetDatum(series->ends_at), false),
						   loyalty_int4_or_null(series->redemptions_per_coupon),
						   loyalty_int4_or_null(series->days_between_issues),
						   loyalty_int4_or_null(series->days_between_redemptions),
						   loyalty_int4_or_null(series->valid_from_days),
						   loyalty_datum(IntervalPGetDatum(&series->validity), !series->has_validity),
						   loyalty_char(series->code_type == COUPON_CODE_GENERIC ? 'g' : 'u'),
						   loyalty_bool(series->any_user), loyalty_text(series->series),
						   loyalty_text(series->name), loyalty_text(series->description),
						   loyalty_text(series->generic_code)) == 1;
}

/* Reads a time that is never null. */
static TimestampTz
row_time(LoyaltyRows *rows, int column)
{
	return DatumGetTimestampTz(loyalty_row_value(rows, 0, column));
}

/* Tells by its columns what kind of codes a series has. */
static CouponCodeType
code_type_of(const IssueSeries *series, bool is_generic)
{
	if (is_generic)
		return COUPON_CODE_GENERIC;
	return series->space_id != 0 ? COUPON_CODE_GENERATED : COUPON_CODE_UPLOADED;
}

/* Series are never deleted. */
bool
loyalty_issue_series_find(int32 org_id, const char *code, IssueSeries *series)
{
	LoyaltyRows *rows = LOYALTY_QUERY(&series_of_code, loyalty_int4(org_id), loyalty_text(code));

	if (rows->count == 0)
		return false;
	*series = (IssueSeries){
		.org_id = org_id,
		.series_id = loyalty_row_int4(rows, 0, 1),
		.promotion_id = loyalty_row_int4(rows, 0, 2),
		.space_id = loyalty_row_int4_or(rows, 0, 3, 0),
		.redemptions_per_coupon = loyalty_row_int4_or(rows, 0, 4, 0),
		.days_between_issues = loyalty_row_int4_or(rows, 0, 5, 0),
		.days_between_redemptions = loyalty_row_int4_or(rows, 0, 6, 0),
		.valid_from_days = loyalty_row_int4_or(rows, 0, 7, 0),
		.created_at = row_time(rows, 8),
		.starts_at = row_time(rows, 9),
		.ends_at = row_time(rows, 10),
		.stopped_at = row_time(rows, 11),
		.has_validity = !loyalty_row_isnull(rows, 0, 12),
		.any_user = loyalty_row_bool(rows, 0, 14),
		.series = loyalty_row_text(rows, 0, 15),
		.name = loyalty_row_text(rows, 0, 16),
		.description = loyalty_row_text_or_null(rows, 0, 17),
		.generic_code = loyalty_row_text_or_null(rows, 0, 18),
	};
	if (series->has_validity)
		series->validity = *DatumGetIntervalP(loyalty_row_value(rows, 0, 12));
	series->code_type = code_type_of(series, loyalty_row_bool(rows, 0, 13));
	return true;
}

/* Leaves the coupons that are out as they are. */
void
loyalty_series_stop(int32 org_id, int32 series_id, TimestampTz at)
{
	LOYALTY_EXECUTE(&series_stop, loyalty_int4(org_id), loyalty_int4(series_id), loyalty_time(at));
}

/* Finds those whose contacts were not told of the last thing there is to tell. */
LoyaltyRows *
loyalty_series_watched(int32 org_id)
{
	return LOYALTY_QUERY(&series_watched, loyalty_int4(org_id));
}

/* Reads the claim that is committed by now. */
void
loyalty_offer_claim_read(int32 org_id, int32 offer_id, OfferClaim *claim)
{
	LoyaltyRows *rows = LOYALTY_QUERY(&claim_of_offer, loyalty_int4(org_id), loyalty_int4(offer_id));

	*claim = (OfferClaim){ .is_claimed = rows->count > 0 };
	if (!claim->is_claimed)
		return;
	claim->program_id = loyalty_row_int4_or(rows, 0, 1, 0);
	claim->campaign = loyalty_row_text_or_null(rows, 0, 2);
}

/* Writes codes of which none is there yet. */
void
loyalty_stock_insert(const StockCode *codes, int count)
{
	if (count > 0)
		(void) loyalty_write(&stock_insert, codes, count);
}

/* Takes away codes that this transaction has locked. */
void
loyalty_stock_delete(const StockCode *codes, int count)
{
	if (count > 0 && loyalty_write(&stock_delete, codes, count) != (uint64) count)
		elog(ERROR, "a code of the stock is not there any more");
}

/* Numbers go on behind the last one that waits: those that were issued need not be told apart. */
int64
loyalty_stock_next_no(int32 org_id, int32 series_id)
{
	LoyaltyRows *rows = LOYALTY_QUERY(&stock_last, loyalty_int4(org_id), loyalty_int4(series_id));

	return loyalty_row_int8_or(rows, 0, 1, 0) + 1;
}

/* Reads the codes of an answer behind those that are there. */
static int
read_stock(LoyaltyRows *rows, StockCode *codes)
{
	uint64 i;

	for (i = 0; i < rows->count; i++)
		loyalty_row_read(rows, i, &stock_layout, &codes[i]);
	return (int) rows->count;
}

/* Never waits. Those that this transaction has locked count as free: the caller asks once. */
int
loyalty_stock_lock_free(int32 org_id, int32 series_id, StockCode *codes, int count, int wanted)
{
	LoyaltyRows *rows = LOYALTY_QUERY(&stock_free, loyalty_int4(org_id), loyalty_int4(series_id),
									  loyalty_int8((int64) wanted));

	return read_stock(rows, &codes[count]);
}

/* Names those that it has, so that it waits for none of its own. */
bool
loyalty_stock_lock_next(int32 org_id, int32 series_id, StockCode *codes, int count)
{
	int64 *numbers = palloc(sizeof(int64) * Max(count, 1));
	LoyaltyRows *rows;
	int i;

	for (i = 0; i < count; i++)
		numbers[i] = codes[i].stock_no;
	rows = LOYALTY_QUERY(&stock_next, loyalty_int4(org_id), loyalty_int4(series_id),
						 loyalty_int8s(numbers, count));
	return read_stock(rows, &codes[count]) > 0;
}

/* Stops where the number is reached: nobody wants to know more. */
int64
loyalty_stock_count(int32 org_id, int32 series_id, int64 up_to)
{
	return loyalty_row_int8(LOYALTY_QUERY(&stock_count, loyalty_int4(org_id), loyalty_int4(series_id),
										  loyalty_int8(up_to)),
							0, 1);
}

/* Looks in both tables of coupons. */
LoyaltyRows *
loyalty_coupon_issued(int32 org_id, int64 customer_id, int64 coupon_id)
{
	return LOYALTY_QUERY(&coupon_issued, LOYALTY_CUSTOMER(org_id, customer_id), loyalty_int8(coupon_id));
}

/* Asks the table that the series' coupons are in. */
void
loyalty_issues_around(const IssueSeries *series, int64 customer_id, TimestampTz at, TimestampTz *before,
					  TimestampTz *behind)
{
	LoyaltyRows *rows =
		LOYALTY_QUERY(series->code_type == COUPON_CODE_GENERIC ? &generics_around : &coupons_around,
					  LOYALTY_CUSTOMER(series->org_id, customer_id), loyalty_int4(series->series_id),
					  loyalty_datum(TimestampTzGetDatum(at), false));

	*before = loyalty_row_isnull(rows, 0, 1) ? DT_NOBEGIN : row_time(rows, 1);
	*behind = loyalty_row_isnull(rows, 0, 2) ? DT_NOEND : row_time(rows, 2);
}
