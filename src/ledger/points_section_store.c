/*
 * points_section_store.c: the statement behind the points of customer_single_view.
 */
#include "postgres.h"

#include "catalog/pg_type.h"

#include "ledger/points_section_store.h"

/* Lots that expired count as gone, posted or not. */
static const LoyaltyQuery query = {
	.sql =
		"SELECT pg_catalog.jsonb_build_object('points', COALESCE(pg_catalog.jsonb_agg("
		"pg_catalog.jsonb_build_object('program', p.program, 'category',"
		" loyalty.ledger_word(a.category, 'category'), 'balance', a.balance OPERATOR(pg_catalog.-)"
		" COALESCE(x.points, 0), 'lifetime_points', a.lifetime_points, 'redeemed_points', a.redeemed_points)"
		" ORDER BY a.program_id, a.category), '[]')) FROM (SELECT g.program_id, g.category,"
		" pg_catalog.sum(g.balance) AS balance, pg_catalog.sum(g.lifetime_points) AS lifetime_points,"
		" pg_catalog.sum(g.redeemed_points) AS redeemed_points FROM loyalty.ledger_account g"
		" WHERE g.org_id OPERATOR(pg_catalog.=) $1 AND g.customer_id OPERATOR(pg_catalog.=) ANY ((SELECT"
		" pg_catalog.array_append(c.merged_ids, c.customer_id) FROM loyalty.customer c"
		" WHERE c.org_id OPERATOR(pg_catalog.=) $1 AND c.customer_id OPERATOR(pg_catalog.=) $2)::pg_catalog.int8[])"
		" GROUP BY g.program_id, g.category) a"
		" JOIN loyalty.program p ON p.org_id OPERATOR(pg_catalog.=) $1"
		" AND p.program_id OPERATOR(pg_catalog.=) a.program_id"
		" LEFT JOIN LATERAL (SELECT pg_catalog.sum(l.remaining) AS points FROM loyalty.points_lot l"
		" WHERE l.org_id OPERATOR(pg_catalog.=) $1 AND l.customer_id OPERATOR(pg_catalog.=) $2"
		" AND l.program_id OPERATOR(pg_catalog.=) a.program_id AND l.category OPERATOR(pg_catalog.=) a.category"
		" AND l.is_open AND l.expires_at OPERATOR(pg_catalog.<=) $3) x ON true",
	.nargs = 3,
	.argtypes = { INT4OID, INT8OID, TIMESTAMPTZOID },
	.expect = SPI_OK_SELECT,
	.read_only = true,
};

static LoyaltyPlan plan;

Datum
loyalty_points_section(LoyaltyCall *call, int64 customer_id)
{
	LoyaltyParams params = { 0 };
	bool isnull;

	loyalty_param_int4(&params, call->org->org_id);
	loyalty_param_int8(&params, customer_id);
	loyalty_param_time(&params, call->now);
	loyalty_query(&query, &plan, &params);
	return loyalty_row_datum(0, 1, &isnull);
}
