/*
 * coupon_store.c: the statements on coupons.
 *
 * Coupons with codes of their own are keyed by these, so that whoever has a code finds the coupon, and locks it. Generic ones are
 * guarded by the lock of their holder, who comes first in any case.
 *
 * The row of a generic code stands in the same table as codes that mean one coupon, so that one look-up says what a code is; it never
 * changes once it is made, and nobody locks it. What changes in the life of a coupon is how often it was redeemed, and whether it was
 * revoked: both are written with the whole row, under its lock. No coupon is deleted, so a use finds its coupon whatever happened since.
 *
 * Both tables are written and read whole, without a statement where that is possible: a till redeems all day, and a batch issues
 * thousands at once. The struct is the same, so that who judges a coupon need not know where it stands.
 */
#include "postgres.h"

#include "catalog/pg_type.h"
#include "utils/timestamp.h"

#include "common/array.h"
#include "incentive/coupon/coupon_rules.h"
#include "incentive/coupon/coupon_store.h"

#define COUPON(name, type, member) LOYALTY_COLUMN(name, type, Coupon, member)

static const LoyaltyColumn coupon_columns[] = {
	COUPON("org_id", INT4, org_id),
	COUPON("series_id", INT4, series_id),
	COUPON("coupon_id", INT8, coupon_id),
	COUPON("customer_id", INT8_OR_0, customer_id),
	COUPON("issued_at", TIME, issued_at),
	COUPON("valid_from", TIME, valid_from),
	COUPON("expires_at", TIME_OR_NEVER, expires_at),
	COUPON("revoked_at", TIME_OR_END, revoked_at),
	COUPON("redemptions", INT4, redemptions),
	COUPON("till_id", INT4_OR_0, till_id),
	COUPON("source_id", INT2, source_id),
	COUPON("coupon_code", TEXT, code),
	COUPON("display_code", TEXT, display_code),
	COUPON("campaign", TEXT, campaign),
};

static const LoyaltyColumn generic_columns[] = {
	COUPON("customer_id", INT8, customer_id),
	COUPON("coupon_id", INT8, coupon_id),
	COUPON("issued_at", TIME, issued_at),
	COUPON("valid_from", TIME, valid_from),
	COUPON("expires_at", TIME_OR_NEVER, expires_at),
	COUPON("revoked_at", TIME_OR_END, revoked_at),
	COUPON("org_id", INT4, org_id),
	COUPON("series_id", INT4, series_id),
	COUPON("redemptions", INT4, redemptions),
	COUPON("till_id", INT4_OR_0, till_id),
	COUPON("source_id", INT2, source_id),
	COUPON("campaign", TEXT, campaign),
};

static const LoyaltyLayout coupon_layout = LOYALTY_LAYOUT("coupon", Coupon, coupon_columns);
static const LoyaltyLayout generic_layout = LOYALTY_LAYOUT("generic_coupon", Coupon, generic_columns);

static LoyaltyQuery coupon_insert = LOYALTY_INSERT(coupon_layout);
static LoyaltyQuery coupon_update = LOYALTY_UPDATE(coupon_layout, "org_id, coupon_code");
static LoyaltyQuery coupon_of_code = LOYALTY_FIND(coupon_layout, "org_id, coupon_code");
static LoyaltyQuery coupon_locked = LOYALTY_LOCK(coupon_layout, "org_id, coupon_code");
static LoyaltyQuery generic_insert = LOYALTY_INSERT(generic_layout);
static LoyaltyQuery generic_update =
	LOYALTY_UPDATE(generic_layout, "org_id, customer_id, series_id, coupon_id");
static LoyaltyQuery generics_of_series =
	LOYALTY_FIND(generic_layout, "org_id, customer_id, series_id", .order = "coupon_id");

static LoyaltyQuery series_of_id = LOYALTY_STATEMENT(
	"SELECT s.promotion_id, s.series, s.starts_at, s.ends_at, s.redemptions_per_coupon,"
	" s.days_between_redemptions, s.code_type = 'g', s.any_user FROM loyalty_data.coupon_series s"
	" WHERE s.org_id = $1 AND s.series_id = $2",
	INT4OID, INT4OID);

/* Writes it to the table of its kind. */
void
loyalty_coupon_insert(const Coupon *coupon)
{
	loyalty_write(coupon->is_generic ? &generic_insert : &coupon_insert, coupon, 1);
}

/* Writes them in one go, as batches do. */
void
loyalty_coupons_insert(const Coupon *coupons, int count, bool generic)
{
	if (count > 0)
		loyalty_write(generic ? &generic_insert : &coupon_insert, coupons, count);
}

/* Replaces it in the table of its kind. */
void
loyalty_coupon_update(const Coupon *coupon)
{
	if (loyalty_write(coupon->is_generic ? &generic_update : &coupon_update, coupon, 1) != 1)
		elog(ERROR, "coupon " INT64_FORMAT " is not there", coupon->coupon_id);
}

/* Reads the one row that a code may have. */
static bool
coupon_by_code(LoyaltyQuery *query, int32 org_id, const char *code, Coupon *coupon)
{
	LoyaltyRows *rows = LOYALTY_QUERY(query, loyalty_int4(org_id), loyalty_text(code));

	if (rows->count == 0)
		return false;
	loyalty_row_read(rows, 0, &coupon_layout, coupon);
	coupon->is_generic = false;
	return true;
}

/* Takes no lock. */
bool
loyalty_coupon_read(int32 org_id, const char *code, Coupon *coupon)
{
	return coupon_by_code(&coupon_of_code, org_id, code, coupon);
}

/* Waits for whoever redeems, gives back or revokes the same coupon. */
bool
loyalty_coupon_lock(int32 org_id, const char *code, Coupon *coupon)
{
	return coupon_by_code(&coupon_locked, org_id, code, coupon);
}

/* Asks member by member. */
int
loyalty_generic_coupons(int32 org_id, const LoyaltyCustomer *customer, int32 series_id, Coupon **coupons)
{
	LOYALTY_ARRAY(Coupon) found = { 0 };
	int64 *ids;
	int count = loyalty_customer_group(customer, &ids);
	int i;

	for (i = 0; i < count; i++)
	{
		LoyaltyRows *rows =
			LOYALTY_QUERY(&generics_of_series, LOYALTY_CUSTOMER(org_id, ids[i]), loyalty_int4(series_id));
		uint64 row;

		for (row = 0; row < rows->count; row++)
		{
			Coupon coupon = { 0 };

			loyalty_row_read(rows, row, &generic_layout, &coupon);
			coupon.is_generic = true;
			LOYALTY_APPEND(found, coupon);
		}
	}
	*coupons = found.items;
	return found.n;
}

/* Series are never deleted. */
void
loyalty_series_read(int32 org_id, int32 series_id, CouponSeries *series)
{
	LoyaltyRows *rows = LOYALTY_QUERY(&series_of_id, loyalty_int4(org_id), loyalty_int4(series_id));

	if (rows->count == 0)
		elog(ERROR, "series %d is not there", series_id);
	*series = (CouponSeries){
		.series_id = series_id,
		.promotion_id = loyalty_row_int4(rows, 0, 1),
		.series = loyalty_row_text(rows, 0, 2),
		.starts_at = DatumGetTimestampTz(loyalty_row_value(rows, 0, 3)),
		.ends_at = DatumGetTimestampTz(loyalty_row_value(rows, 0, 4)),
		.per_coupon = loyalty_row_int4_or(rows, 0, 5, 0),
		.days_between_redemptions = loyalty_row_int4_or(rows, 0, 6, 0),
		.is_generic = loyalty_row_bool(rows, 0, 7),
		.any_user = loyalty_row_bool(rows, 0, 8),
	};
	if (series->per_coupon == 0)
		series->per_coupon = COUPON_UNLIMITED;
}
