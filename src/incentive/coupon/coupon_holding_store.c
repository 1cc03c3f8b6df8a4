/*
 * coupon_holding_store.c: the statements on coupons of a person as a whole.
 *
 * A coupon stays under the bare id when its customer is deleted for good: its uses are facts of bills, and its code must not come
 * again. What was not redeemed is revoked, so that nobody redeems what nobody holds. What people wrote goes.
 *
 * All of a customer's coupons are found by the index of customers, also those that are keyed by their code.
 */
#include "postgres.h"

#include "incentive/coupon/coupon_holding_store.h"
#include "incentive/limit/incentive_request.h"

/* Revoke what was not redeemed, of both tables. */
#define REVOKE(table) \
	LOYALTY_STATEMENT("UPDATE loyalty_data." table \
					  " SET revoked_at = $3 WHERE org_id = $1 AND customer_id = $2" \
					  " AND redemptions = 0 AND revoked_at IS NULL", \
					  INT4OID, INT8OID, TIMESTAMPTZOID)
static LoyaltyQuery coupons_revoke = REVOKE("coupon");
static LoyaltyQuery generics_revoke = REVOKE("generic_coupon");

/* Words for series and places of a coupon. */
#define SAYS_SERIES \
	"'series', (SELECT q.series FROM loyalty_data.coupon_series q WHERE q.org_id = t.org_id" \
	" AND q.series_id = t.series_id)"

/* Rows that are held. */
static LoyaltyHolding holdings[] = {
	LOYALTY_HELD("coupon", SAYS_SERIES ", " SAYS_TILL ", " SAYS_SOURCE, LOYALTY_KEEPS),
	LOYALTY_HELD("generic_coupon", SAYS_SERIES ", " SAYS_TILL ", " SAYS_SOURCE, LOYALTY_KEEPS),
	LOYALTY_HELD("incentive_use", SAYS_SERIES ", " SAYS_TILL ", " SAYS_STORE ", " SAYS_SOURCE, LOYALTY_KEEPS),
	LOYALTY_HELD("use_return", SAYS_TILL ", " SAYS_SOURCE, LOYALTY_KEEPS),
	LOYALTY_HELD("customer_use", "", LOYALTY_KEEPS),
	LOYALTY_HELD("incentive_note", "", LOYALTY_DELETES("incentive_note")),
	LOYALTY_HELD("incentive_request", "", LOYALTY_KEEPS),
};

const LoyaltyHoldings loyalty_coupon_holdings = { holdings, lengthof(holdings) };

/* Coupons of both tables with the ends of their series and promotion. */
#define COUNTED(table) \
	"SELECT c.redemptions, LEAST(c.expires_at, s.ends_at, p.ends_at, p.stopped_at) AS ends_at FROM loyalty_data." table \
	" c JOIN loyalty_data.coupon_series s ON s.org_id = c.org_id AND s.series_id = c.series_id" \
	" JOIN loyalty_data.promotion p ON p.org_id = s.org_id AND p.promotion_id = s.promotion_id" \
	" WHERE c.org_id = $1 AND c.customer_id = $2 AND c.revoked_at IS NULL"

/* Coupons, vouchers that a customer holds, and codes that are linked to it: one statement, since most have none of all that. */
#define COUNTS \
	"SELECT count(*) FILTER (WHERE x.ends_at > $3), COALESCE(bool_or(x.redemptions > 0), false)," \
	" COALESCE(bool_or(x.ends_at <= $3), false)," \
	" (SELECT count(*) FROM loyalty_data.gift_voucher v WHERE v.org_id = $1 AND v.customer_id = $2)," \
	" (SELECT count(*) FROM loyalty_data.customer_code l WHERE l.org_id = $1 AND l.customer_id = $2)" \
	" FROM (" COUNTED("coupon") " UNION ALL " COUNTED("generic_coupon") ") x"
static LoyaltyQuery incentives_count = LOYALTY_STATEMENT(COUNTS, INT4OID, INT8OID, TIMESTAMPTZOID);

/* Goes through the group, then by the list. */
void
loyalty_coupons_erase(LoyaltyCall *call, const LoyaltyCustomer *root)
{
	LoyaltyParams now = LOYALTY_PARAMS(loyalty_time(call->now));

	loyalty_execute_of_group(&coupons_revoke, call->org->org_id, root, &now);
	loyalty_execute_of_group(&generics_revoke, call->org->org_id, root, &now);
	loyalty_holdings_erase(&loyalty_coupon_holdings, call->org->org_id, root);
}

/* Asks one statement under the snapshot that is asked for. */
void
loyalty_incentives_count(int32 org_id, int64 customer_id, TimestampTz at, bool seen, IncentiveCounts *counts)
{
	LoyaltyParams params = LOYALTY_PARAMS(LOYALTY_CUSTOMER(org_id, customer_id), loyalty_time(at));
	LoyaltyRows *rows =
		seen ? loyalty_query_seen(&incentives_count, &params) : loyalty_query(&incentives_count, &params);

	counts->active += loyalty_row_int8(rows, 0, 1);
	counts->redeemed |= loyalty_row_bool(rows, 0, 2);
	counts->expired |= loyalty_row_bool(rows, 0, 3);
	counts->vouchers += loyalty_row_int8(rows, 0, 4);
	counts->links += loyalty_row_int8(rows, 0, 5);
}
