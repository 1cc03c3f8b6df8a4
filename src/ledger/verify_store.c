/*
 * verify_store.c: the statements that recompute what one pass over the books cannot: what ties events to each other,
 * and bills to their numbers.
 */
#include "postgres.h"

#include "catalog/pg_type.h"

#include "common/query.h"
#include "ledger/verify_store.h"

typedef struct Check
{
	Invariant invariant;
	LoyaltyQuery query;
} Check;

#define CHECK_QUERY(text)                                                                             \
	{                                                                                                 \
		.sql = text, .nargs = 1, .argtypes = { INT4OID }, .expect = SPI_OK_SELECT, .read_only = true, \
		.limit = 1,                                                                                   \
	}

/* clang-format off */
static const Check checks[] = {
	/*
	 * A reversal may be written for another customer of the merge group than what it takes back. The limit keeps the
	 * planner from joining all events.
	 */
	[CHECK_REVERSALS] = { INVARIANT_REVERSALS, CHECK_QUERY(
		"SELECT pg_catalog.format('customer %s, event %s: net points %s, reversed %s', r.customer_id, r.reverses_event_id,"
		" v.net_points, r.net)"
		" FROM (SELECT COALESCE(c.merged_into, x.customer_id) AS customer_id, x.reverses_event_id,"
		"  pg_catalog.sum(x.net_points) AS net FROM loyalty.ledger_event x"
		"  LEFT JOIN loyalty.customer c ON c.org_id OPERATOR(pg_catalog.=) x.org_id"
		"   AND c.customer_id OPERATOR(pg_catalog.=) x.customer_id"
		"  WHERE x.org_id OPERATOR(pg_catalog.=) $1 AND x.reverses_event_id IS NOT NULL"
		"  GROUP BY COALESCE(c.merged_into, x.customer_id), x.reverses_event_id) r"
		" LEFT JOIN loyalty.customer d ON d.org_id OPERATOR(pg_catalog.=) $1"
		"  AND d.customer_id OPERATOR(pg_catalog.=) r.customer_id"
		" LEFT JOIN LATERAL (SELECT y.net_points FROM loyalty.ledger_event y WHERE y.org_id OPERATOR(pg_catalog.=) $1"
		"  AND y.customer_id OPERATOR(pg_catalog.=) ANY (pg_catalog.array_prepend(r.customer_id, d.merged_ids))"
		"  AND y.event_id OPERATOR(pg_catalog.=) r.reverses_event_id LIMIT 1) v ON true"
		" WHERE v.net_points IS NULL OR pg_catalog.abs(r.net) OPERATOR(pg_catalog.>) pg_catalog.abs(v.net_points)") },

	[CHECK_TRANSACTIONS] = { INVARIANT_TRANSACTIONS, CHECK_QUERY(
		"SELECT pg_catalog.format('customer %s, bill %s', COALESCE(b.customer_id, n.customer_id),"
		" COALESCE(b.transaction_id, n.transaction_id))"
		" FROM (SELECT * FROM loyalty.transaction z WHERE z.org_id OPERATOR(pg_catalog.=) $1) b"
		" FULL JOIN (SELECT * FROM loyalty.transaction_number y WHERE y.org_id OPERATOR(pg_catalog.=) $1) n"
		" ON n.org_id OPERATOR(pg_catalog.=) b.org_id AND n.customer_id OPERATOR(pg_catalog.=) b.customer_id"
		" AND n.transaction_id OPERATOR(pg_catalog.=) b.transaction_id"
		" LEFT JOIN loyalty.ledger_event v ON v.org_id OPERATOR(pg_catalog.=) b.org_id"
		"  AND v.customer_id OPERATOR(pg_catalog.=) b.customer_id AND v.event_id OPERATOR(pg_catalog.=) b.transaction_id"
		"  AND v.event_code OPERATOR(pg_catalog.=) 10"
		" WHERE b.transaction_id IS NULL OR n.transaction_id IS NULL OR v.event_id IS NULL"
		" OR n.transaction_number OPERATOR(pg_catalog.<>) b.transaction_number"
		" OR n.till_id OPERATOR(pg_catalog.<>) COALESCE(b.till_id, 0)") },
};
/* clang-format on */
StaticAssertDecl(lengthof(checks) == CHECK_COUNT, "checks[] is out of step with LoyaltyCheck");

static LoyaltyPlan plans[CHECK_COUNT];

Invariant
loyalty_check_invariant(LoyaltyCheck check)
{
	return checks[check].invariant;
}

char *
loyalty_check_run(LoyaltyCheck check, int32 org_id)
{
	LoyaltyParams params = { 0 };

	loyalty_param_int4(&params, org_id);
	if (loyalty_query(&checks[check].query, &plans[check], &params) == 0)
		return NULL;
	return loyalty_row_text_or_null(0, 1) ? loyalty_row_text(0, 1) : pstrdup("a row without its account");
}
