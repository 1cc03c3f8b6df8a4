/*
 * points_section_store.c: the statement behind the points of customer_single_view.
 */
#include "postgres.h"

#include "catalog/pg_type.h"

#include "ledger/read/points_section_store.h"

/* Lots that expired count as gone, posted or not. */
static LoyaltyQuery query = LOYALTY_STATEMENT_SEEN(
	"SELECT jsonb_build_object('points', COALESCE(jsonb_agg("
	"jsonb_build_object('program', p.program, 'category',"
	" loyalty_data.ledger_word(a.category, 'category'), 'balance', a.balance -"
	" COALESCE(x.points, 0), 'lifetime_points', a.lifetime_points, 'redeemed_points', a.redeemed_points)"
	" ORDER BY a.program_id, a.category), '[]')) FROM (SELECT g.program_id, g.category,"
	" sum(g.balance) AS balance, sum(g.lifetime_points) AS lifetime_points,"
	" sum(g.redeemed_points) AS redeemed_points FROM loyalty_data.ledger_account g"
	" WHERE g.org_id = $1 AND g.customer_id = ANY ((SELECT"
	" array_append(c.merged_ids, c.customer_id) FROM loyalty_data.customer c"
	" WHERE c.org_id = $1 AND c.customer_id = $2)::int8[])"
	" GROUP BY g.program_id, g.category) a"
	" JOIN loyalty_data.program p ON p.org_id = $1"
	" AND p.program_id = a.program_id"
	" LEFT JOIN LATERAL (SELECT sum(l.remaining) AS points FROM loyalty_data.points_lot l"
	" WHERE l.org_id = $1 AND l.customer_id = $2"
	" AND l.program_id = a.program_id AND l.category = a.category"
	" AND l.is_open AND l.expires_at <= $3) x ON true",
	INT4OID, INT8OID, TIMESTAMPTZOID);

Datum
loyalty_points_section(LoyaltyCall *call, int64 customer_id)
{
	LoyaltyParams params = { 0 };
	bool isnull;
	LoyaltyRows *rows;

	loyalty_param_int4(&params, call->org->org_id);
	loyalty_param_int8(&params, customer_id);
	loyalty_param_time(&params, call->now);
	rows = loyalty_query(&query, &params);
	return loyalty_row_datum(rows, 0, 1, &isnull);
}
