/*
 * list_store.c: the statements that list coupons and redemptions.
 *
 * A merge group is asked member by member, each for no more than a page, and the pages are joined: so every statement is about one
 * customer, and a page costs a page. All see the caller's snapshot and lock nothing. What a coupon is at a time is said by
 * loyalty_data.coupon_status_word, which is the rule that redemptions are judged by.
 *
 * Coupons stand in two tables: those with a code of their own, keyed by it and found by an index of holders, and generic ones under
 * their holders. Series, promotions and versions are reference data, a row of each for a coupon. Redemptions of points are events of
 * the ledger that have an id of a redemption, which an index has; those of coupons are uses. Each side is cut to a page before the two
 * are put in one order: by time, and within a time by id, so that a page that begins behind a row never leaves one out.
 */
#include "postgres.h"

#include "catalog/pg_type.h"
#include "utils/array.h"
#include "utils/builtins.h"
#include "utils/fmgrprotos.h"
#include "utils/timestamp.h"

#include "common/array.h"
#include "common/points.h"
#include "customer/find.h"
#include "incentive/coupon/coupon_rules.h"
#include "incentive/coupon/list_store.h"

/* Coupons of a customer $2, of both tables, as "c". */
#define COUPONS_OF_CUSTOMER \
	"(SELECT x.coupon_id, x.series_id, x.issued_at, x.valid_from, x.expires_at, x.revoked_at, x.redemptions, x.campaign," \
	" x.display_code FROM loyalty_data.coupon x WHERE x.org_id = $1 AND x.customer_id = $2" \
	" UNION ALL SELECT y.coupon_id, y.series_id, y.issued_at, y.valid_from, y.expires_at, y.revoked_at, y.redemptions," \
	" y.campaign, NULL FROM loyalty_data.generic_coupon y WHERE y.org_id = $1 AND y.customer_id = $2) c"

/* Series "s", promotion "p" and version "v" of a coupon: reference data, each found by its whole key, whatever a planner thinks. */
#define WITH_SERIES \
	" CROSS JOIN LATERAL (SELECT q.series, q.name, q.description, q.promotion_id, q.starts_at, q.ends_at, q.generic_code," \
	" q.redemptions_per_coupon FROM loyalty_data.coupon_series q WHERE q.org_id = $1 AND q.series_id = c.series_id OFFSET 0) s" \
	" CROSS JOIN LATERAL (SELECT q.version, q.promotion_id, q.starts_at, q.ends_at, q.stopped_at FROM loyalty_data.promotion q" \
	" WHERE q.org_id = $1 AND q.promotion_id = s.promotion_id OFFSET 0) p" \
	" CROSS JOIN LATERAL (SELECT q.benefit, q.maximum_discount FROM loyalty_data.promotion_version q WHERE q.org_id = $1" \
	" AND q.promotion_id = p.promotion_id AND q.version = p.version OFFSET 0) v"

/* End of a coupon: the earliest of its own, its series' and its promotion's. Its status at a time. */
#define COUPON_END "LEAST(c.expires_at, s.ends_at, p.ends_at, COALESCE(p.stopped_at, 'infinity'))"
#define COUPON_STATUS(at) \
	"loyalty_data.coupon_status_word(" COUPON_END ", c.revoked_at IS NOT NULL, c.redemptions, " at ")"
#define COUPON_LEFT "GREATEST(s.redemptions_per_coupon - c.redemptions, 0)::int8"

/* A page of the coupons of one customer. */
static LoyaltyQuery coupons = LOYALTY_STATEMENT_SEEN(
	"SELECT c.issued_at, c.coupon_id, c.coupon_id, COALESCE(c.display_code, (SELECT g.display_code FROM loyalty_data.coupon g WHERE g.org_id = $1 AND g.coupon_code = s.generic_code))::text, s.series::text, s.name,"
	" s.description, v.benefit ->> 'type', (v.benefit ->> 'value')::numeric, v.maximum_discount,"
	" " COUPON_STATUS(
		"$6") ", c.issued_at, GREATEST(c.valid_from, s.starts_at, p.starts_at), " COUPON_END
			  ", loyalty_data.last_day(" COUPON_END ", $3), c.redemptions::int8, " COUPON_LEFT
			  ", c.campaign, c.revoked_at,"
			  " " LOYALTY_PAGE_KEY("c.issued_at", "c.coupon_id") " FROM " COUPONS_OF_CUSTOMER
				  WITH_SERIES " WHERE ($4 IS NULL OR " COUPON_STATUS(
					  "$6") " = ANY ($4)) AND ($5 IS NULL OR s.series = $5)"
							" AND ($7 IS NULL OR c.issued_at < $7 OR (c.issued_at = $7 AND c.coupon_id < $8))"
							" ORDER BY c.issued_at DESC, c.coupon_id DESC LIMIT $9",
	INT4OID, INT8OID, TEXTOID, TEXTARRAYOID, TEXTOID, TIMESTAMPTZOID, TIMESTAMPTZOID, INT8OID, INT4OID);

/* Behind the place of a page. */
#define BEHIND(at, id) " AND ($5 IS NULL OR " at " < $5 OR (" at " = $5 AND " id " < $6))"

/* Coupons that a customer redeemed, from $3 to $4, behind a place, with bounds of the coupon's id. */
static LoyaltyQuery coupon_redemptions = LOYALTY_STATEMENT_SEEN(
	"SELECT u.event_time, u.use_id, 'coupon', u.use_id, NULL, u.coupon_id, u.code::text, s.series::text, NULL::numeric, u.discount,"
	" u.bill_amount, u.transaction_number::text, u.transaction_id, t.till::text, q.store::text, o.source::text, u.event_time,"
	" u.recorded_at, r.event_time, NULL::numeric, " LOYALTY_PAGE_KEY(
		"u.event_time",
		"u.use_id") " FROM loyalty_data.incentive_use u"
					" JOIN loyalty_data.coupon_series s ON s.org_id = $1 AND s.series_id = u.series_id"
					" LEFT JOIN loyalty_data.use_return r ON r.org_id = $1 AND r.customer_id = $2 AND r.use_id = u.use_id"
					" LEFT JOIN loyalty_data.till t ON t.org_id = $1 AND t.till_id = u.till_id"
					" LEFT JOIN loyalty_data.store q ON q.org_id = $1 AND q.store_id = u.store_id"
					" LEFT JOIN loyalty_data.source o ON o.source_id = u.source_id"
					" WHERE u.org_id = $1 AND u.customer_id = $2 AND u.kind = 'c' AND ($3 IS NULL OR u.event_time >= $3)"
					" AND ($4 IS NULL OR u.event_time <= $4)" BEHIND(
						"u.event_time",
						"u.use_id") " AND ($7 IS NULL OR u.store_id = $7) AND u.coupon_id BETWEEN $9 AND $10"
									" ORDER BY u.event_time DESC, u.use_id DESC LIMIT $8",
	INT4OID, INT8OID, TIMESTAMPTZOID, TIMESTAMPTZOID, TIMESTAMPTZOID, INT8OID, INT4OID, INT4OID, INT8OID,
	INT8OID);

/* Redemptions of points of a customer, in the same columns. */
static LoyaltyQuery points_redemptions = LOYALTY_STATEMENT_SEEN(
	"SELECT e.event_time, e.event_id, 'points', e.event_id, e.redemption_id::text, NULL::int8, NULL, NULL, -e.net_points,"
	" NULL::numeric, NULL::numeric, (SELECT b.transaction_number::text FROM loyalty_data.transaction b WHERE b.org_id = $1"
	" AND b.customer_id = $2 AND b.transaction_id = e.transaction_id), e.transaction_id, t.till::text, q.store::text,"
	" o.source::text, e.event_time, e.recorded_at, NULL::timestamptz, (SELECT COALESCE(sum(w.points), 0)"
	" FROM loyalty_data.reversal w WHERE w.org_id = $1 AND w.customer_id = $2 AND w.reversed_event_id = e.event_id),"
	" " LOYALTY_PAGE_KEY(
		"e.event_time",
		"e.event_id") " FROM loyalty_data.ledger_event e"
					  " LEFT JOIN loyalty_data.till t ON t.org_id = $1 AND t.till_id = e.till_id"
					  " LEFT JOIN loyalty_data.store q ON q.org_id = $1 AND q.store_id = e.store_id"
					  " LEFT JOIN loyalty_data.source o ON o.source_id = e.source_id"
					  " WHERE e.org_id = $1 AND e.customer_id = $2 AND e.redemption_id IS NOT NULL"
					  " AND ($3 IS NULL OR e.event_time >= $3) AND ($4 IS NULL OR e.event_time <= $4)" BEHIND(
						  "e.event_time",
						  "e.event_id") " AND ($7 IS NULL OR e.store_id = $7) ORDER BY e.event_time DESC, e.event_id DESC LIMIT $8",
	INT4OID, INT8OID, TIMESTAMPTZOID, TIMESTAMPTZOID, TIMESTAMPTZOID, INT8OID, INT4OID, INT4OID);

/* Counts the coupons that a customer has of each status, and of these what may be used. */
static LoyaltyQuery counts = LOYALTY_STATEMENT_SEEN(
	"SELECT " COUPON_STATUS(
		"$3") ", count(*), count(*) FILTER (WHERE COALESCE(" COUPON_LEFT ", 1) > 0"
			  " AND GREATEST(c.valid_from, s.starts_at, p.starts_at) <= $3) FROM " COUPONS_OF_CUSTOMER
				  WITH_SERIES " GROUP BY 1",
	INT4OID, INT8OID, TIMESTAMPTZOID);

/* ---- pages */

/* Newer ones come first. */
static int
compare_rows(const void *left, const void *right)
{
	const ListedRow *a = left;
	const ListedRow *b = right;

	if (a->at != b->at)
		return a->at > b->at ? -1 : 1;
	return a->id > b->id ? -1 : a->id < b->id;
}

/* Rows of a page, as they come from one statement after the other. */
typedef LOYALTY_ARRAY(ListedRow) ListedRows;

/* Adds the rows of a statement. */
static void
add_rows(ListedRows *listed, LoyaltyRows *rows)
{
	uint64 i;

	for (i = 0; i < rows->count; i++)
	{
		ListedRow row = { .rows = rows,
						  .row = i,
						  .at = DatumGetTimestampTz(loyalty_row_value(rows, i, 1)),
						  .id = loyalty_row_int8(rows, i, 2) };

		LOYALTY_APPEND(*listed, row);
	}
}

/* Sorts what came, and cuts the page. */
static int
page_of(ListedRows *rows, int page_size, ListedRow **listed)
{
	if (rows->n > 0)
		qsort(rows->items, rows->n, sizeof(ListedRow), compare_rows);
	*listed = rows->items;
	return Min(rows->n, page_size);
}

/* Makes the list of statuses a parameter; NULL for all. */
static NullableDatum
statuses_of(const CouponFilter *filter)
{
	Datum *texts = palloc(sizeof(Datum) * Max(filter->status_count, 1));
	int i;

	if (filter->statuses == NULL)
		return loyalty_datum((Datum) 0, true);
	for (i = 0; i < filter->status_count; i++)
		texts[i] = CStringGetTextDatum(filter->statuses[i]);
	return loyalty_varlena(construct_array(texts, filter->status_count, TEXTOID, -1, false, TYPALIGN_INT));
}

/* Asks member by member. */
int
loyalty_coupons_list(const LoyaltyOrg *org, const CouponFilter *filter, ListedRow **listed)
{
	ListedRows rows = { 0 };
	int64 *ids;
	int count = loyalty_customer_group(filter->customer, &ids);
	int i;

	for (i = 0; i < count; i++)
		add_rows(&rows, LOYALTY_QUERY(&coupons, LOYALTY_CUSTOMER(org->org_id, ids[i]),
									  loyalty_text(pg_get_timezone_name(org->zone)), statuses_of(filter),
									  loyalty_text(filter->series), loyalty_time(filter->as_of),
									  loyalty_time(filter->after.at), loyalty_int8(filter->after.id),
									  loyalty_int4(filter->page_size)));
	return page_of(&rows, filter->page_size, listed);
}

/* Asks member by member, for points and for coupons. */
int
loyalty_redemptions_list(const LoyaltyOrg *org, const RedemptionFilter *filter, ListedRow **listed)
{
	ListedRows rows = { 0 };
	int64 *ids;
	int count = loyalty_customer_group(filter->customer, &ids);
	int i;

	for (i = 0; i < count; i++)
	{
		LoyaltyParams params =
			LOYALTY_PARAMS(LOYALTY_CUSTOMER(org->org_id, ids[i]), loyalty_time(filter->from),
						   loyalty_time(filter->to), loyalty_time(filter->after.at),
						   loyalty_int8(filter->after.id), loyalty_int4_or_null(filter->store_id),
						   loyalty_int4(filter->page_size));

		if (filter->points)
			add_rows(&rows, loyalty_query(&points_redemptions, &params));
		loyalty_param(&params, loyalty_int8(filter->coupon_id_from));
		loyalty_param(&params, loyalty_int8(filter->coupon_id_to));
		if (filter->coupons)
			add_rows(&rows, loyalty_query(&coupon_redemptions, &params));
	}
	return page_of(&rows, filter->page_size, listed);
}

/* ---- sections of documents */

/* Coupons of a group by status, and how many of these may be used. */
typedef struct CouponCounts
{
	int64 all[COUPON_STATUS_COUNT];
	int64 usable[COUPON_STATUS_COUNT];
} CouponCounts;

/* Adds the row of a status. */
static void
add_count(CouponCounts *sums, LoyaltyRows *rows, uint64 row)
{
	const char *word = loyalty_row_text(rows, row, 1);
	int status;

	for (status = 0; status < COUPON_STATUS_COUNT; status++)
		if (strcmp(loyalty_coupon_filters[status], word) == 0)
		{
			sums->all[status] += loyalty_row_int8(rows, row, 2);
			sums->usable[status] += loyalty_row_int8(rows, row, 3);
		}
}

/* Adds up what the group has. */
static void
count_coupons(LoyaltyCall *call, int64 customer_id, CouponCounts *sums)
{
	LoyaltyCustomer customer;
	int64 *ids;
	int count;
	int i;

	memset(sums, 0, sizeof(CouponCounts));
	if (!loyalty_customer_read(call->org->org_id, customer_id, &customer))
		elog(ERROR, "customer " INT64_FORMAT " has vanished", customer_id);
	loyalty_customer_survivor(call, &customer);
	count = loyalty_customer_group(&customer, &ids);
	for (i = 0; i < count; i++)
	{
		LoyaltyRows *rows =
			LOYALTY_QUERY(&counts, LOYALTY_CUSTOMER(call->org->org_id, ids[i]), loyalty_time(call->now));
		uint64 row;

		for (row = 0; row < rows->count; row++)
			add_count(sums, rows, row);
	}
}

/* Says how many there are, by status: the lists have the rest. */
Datum
loyalty_coupons_section(LoyaltyCall *call, int64 customer_id)
{
	CouponCounts sums;
	StringInfoData json;
	int status;

	count_coupons(call, customer_id, &sums);
	initStringInfo(&json);
	appendStringInfoString(&json, "{\"coupons\": {");
	for (status = 0; status < COUPON_STATUS_COUNT; status++)
		appendStringInfo(&json, "%s\"%s\": " INT64_FORMAT, status > 0 ? ", " : "",
						 loyalty_coupon_filters[status], sums.all[status]);
	appendStringInfoString(&json, "}}");
	return DirectFunctionCall1(jsonb_in, CStringGetDatum(json.data));
}

/* Says how many may be used now, as far as bills and limits go. */
Datum
loyalty_coupons_brief(LoyaltyCall *call, int64 customer_id)
{
	CouponCounts sums;
	int64 usable;

	count_coupons(call, customer_id, &sums);
	usable = sums.usable[COUPON_ACTIVE_UNREDEEMED] + sums.usable[COUPON_ACTIVE_REDEEMED];
	return DirectFunctionCall1(jsonb_in,
							   CStringGetDatum(psprintf("{\"usable_coupons\": " INT64_FORMAT "}", usable)));
}
