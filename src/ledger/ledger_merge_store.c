/*
 * ledger_merge_store.c: the statements of merges that read the ledger; what they cost goes with accounts and open lots,
 * whatever the history.
 */
#include "postgres.h"

#include "catalog/pg_type.h"

#include "ledger/ledger_merge_store.h"

typedef enum LedgerMergeQueryId
{
	Q_GROUP_ACCOUNTS,
	Q_EXPIRING,
	Q_IS_OPEN,
	Q_COUNT
} LedgerMergeQueryId;

static const LoyaltyQuery queries[] = {
	[Q_GROUP_ACCOUNTS] = {
		.sql = "SELECT a.program_id, a.category, sum(a.balance), sum(a.lifetime_points),"
		" sum(a.redeemed_points), sum(a.expired_points), sum(a.returned_points),"
		" COALESCE(max(a.last_effective_at) FILTER (WHERE a.customer_id = $3),"
		" '-infinity') FROM loyalty_data.ledger_account a"
		" WHERE a.org_id = $1 AND a.customer_id = ANY ($2)"
		" GROUP BY a.program_id, a.category ORDER BY a.program_id, a.category",
		.nargs = 3, .argtypes = { INT4OID, INT8ARRAYOID, INT8OID }, .expect = SPI_OK_SELECT,
	},
	[Q_EXPIRING] = {
		.sql = "SELECT l.program_id, l.category, l.expires_at, sum(l.remaining) FROM loyalty_data.points_lot l"
		" WHERE l.org_id = $1 AND l.customer_id = $2"
		" AND l.category = ANY ('{r,p,t}') AND l.is_open GROUP BY l.program_id, l.category, l.expires_at"
		" ORDER BY l.program_id, l.category, l.expires_at",
		.nargs = 2, .argtypes = { INT4OID, INT8OID }, .expect = SPI_OK_SELECT,
	},
	[Q_IS_OPEN] = {
		.sql = "SELECT 1 FROM loyalty_data.ledger_account a WHERE a.org_id = $1"
		" AND a.customer_id = $2 AND (a.balance <> 0"
		" OR a.arrears <> 0 OR a.next_expiry_at IS NOT NULL)"
		" UNION ALL SELECT 1 FROM loyalty_data.points_lot l WHERE l.org_id = $1"
		" AND l.customer_id = $2 AND l.category = ANY ('{r,p,t}')"
		" AND l.is_open LIMIT 1",
		.nargs = 2, .argtypes = { INT4OID, INT8OID }, .expect = SPI_OK_SELECT,
	},
};
StaticAssertDecl(lengthof(queries) == Q_COUNT, "queries[] is out of step with LedgerMergeQueryId");

static LoyaltyPlan plans[Q_COUNT];

static uint64
run(LedgerMergeQueryId id, bool seen, LoyaltyParams *params)
{
	return seen ? loyalty_query_seen(&queries[id], &plans[id], params)
				: loyalty_query(&queries[id], &plans[id], params);
}

int
loyalty_group_accounts(int32 org_id, const LoyaltyCustomer *customer, bool seen, Account **accounts)
{
	LoyaltyParams params = { 0 };
	uint64 rows;
	uint64 i;

	loyalty_param_int4(&params, org_id);
	loyalty_param_group(&params, customer);
	loyalty_param_int8(&params, customer->customer_id);
	rows = run(Q_GROUP_ACCOUNTS, seen, &params);
	*accounts = palloc0(sizeof(Account) * Max(rows, 1));
	for (i = 0; i < rows; i++)
		(*accounts)[i] = (Account){
			.program_id = loyalty_row_int4(i, 1),
			.category = loyalty_row_char(i, 2),
			.balance = loyalty_row_points(i, 3),
			.lifetime = loyalty_row_points(i, 4),
			.redeemed = loyalty_row_points(i, 5),
			.expired = loyalty_row_points(i, 6),
			.returned = loyalty_row_points(i, 7),
			.last_effective_at = loyalty_row_int8(i, 8),
		};
	return (int) rows;
}

int
loyalty_expiring_points(int32 org_id, int64 customer_id, bool seen, ExpiringPoints **expiring)
{
	LoyaltyParams params = { 0 };
	uint64 rows;
	uint64 i;

	loyalty_param_int4(&params, org_id);
	loyalty_param_int8(&params, customer_id);
	rows = run(Q_EXPIRING, seen, &params);
	*expiring = palloc(sizeof(ExpiringPoints) * Max(rows, 1));
	for (i = 0; i < rows; i++)
		(*expiring)[i] = (ExpiringPoints){
			.program_id = loyalty_row_int4(i, 1),
			.category = loyalty_row_char(i, 2),
			.expires_at = loyalty_row_int8_or(i, 3, NEVER),
			.points = loyalty_row_points(i, 4),
		};
	return (int) rows;
}

bool
loyalty_ledger_is_open(int32 org_id, int64 customer_id)
{
	LoyaltyParams params = { 0 };

	loyalty_param_int4(&params, org_id);
	loyalty_param_int8(&params, customer_id);
	return run(Q_IS_OPEN, false, &params) > 0;
}
