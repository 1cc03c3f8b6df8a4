/*
 * expiries_store.c: the statements behind the coming expiries of points_balance. Promised points that have come have no rows
 * yet as regular ones: they are handed in as arrays. Lots of today are read, under the caller's snapshot.
 */
#include "postgres.h"

#include "catalog/pg_type.h"
#include "utils/array.h"
#include "utils/timestamp.h"

#include "common/points.h"
#include "ledger/read/read_store.h"

/* The lots that expire first; the limit keeps an account of many lots from being read whole. */
static LoyaltyQuery coming_expiries = LOYALTY_STATEMENT_SEEN(
	"SELECT COALESCE(jsonb_agg(jsonb_build_object('program', p.program, 'expires_at',"
	" e.expires_at, 'last_day', loyalty_data.last_day(e.expires_at, $5), 'points', e.points)"
	" ORDER BY e.expires_at, p.program), '[]')"
	" FROM (SELECT f.program_id, f.expires_at, sum(f.remaining) AS points"
	"  FROM (SELECT l.program_id, l.expires_at, l.remaining FROM loyalty_data.points_lot l"
	"   WHERE l.org_id = $1 AND l.customer_id = $2"
	"   AND l.category = 'r' AND l.is_open"
	"   AND l.expires_at > $4 AND ($3 = 0"
	"    OR l.program_id = $3) ORDER BY l.expires_at LIMIT 1000) f"
	"  GROUP BY f.program_id, f.expires_at) e JOIN loyalty_data.program p ON p.org_id = $1"
	"  AND p.program_id = e.program_id",
	INT4OID, INT8OID, INT4OID, TIMESTAMPTZOID, TEXTOID);

/* The same with lots that have come beside those of the table. */
static LoyaltyQuery coming_expiries_with = LOYALTY_STATEMENT_SEEN(
	"SELECT COALESCE(jsonb_agg(jsonb_build_object('program', p.program, 'expires_at',"
	" e.expires_at, 'last_day', loyalty_data.last_day(e.expires_at, $5), 'points', e.points)"
	" ORDER BY e.expires_at, p.program), '[]')"
	" FROM (SELECT f.program_id, f.expires_at, sum(f.remaining) AS points"
	"  FROM ((SELECT l.program_id, l.expires_at, l.remaining FROM loyalty_data.points_lot l"
	"   WHERE l.org_id = $1 AND l.customer_id = $2"
	"   AND l.category = 'r' AND l.is_open"
	"   AND l.expires_at > $4 AND ($3 = 0"
	"    OR l.program_id = $3) ORDER BY l.expires_at LIMIT 1000)"
	"   UNION ALL SELECT c.program_id, c.expires_at, c.remaining"
	"   FROM ROWS FROM (unnest($6), unnest($7), unnest($8)) AS c (program_id, expires_at, remaining)) f"
	"  GROUP BY f.program_id, f.expires_at) e JOIN loyalty_data.program p ON p.org_id = $1"
	"  AND p.program_id = e.program_id",
	INT4OID, INT8OID, INT4OID, TIMESTAMPTZOID, TEXTOID, INT4ARRAYOID, TIMESTAMPTZARRAYOID, NUMERICARRAYOID);

/* Adds the lots that have come and will expire after a time as three arrays: programs, expiries, points. */
static void
param_come(LoyaltyParams *params, const ComeLots *come, TimestampTz at)
{
	Datum *columns[3];
	int count = 0;
	int c;
	int i;

	for (c = 0; c < 3; c++)
		columns[c] = palloc(sizeof(Datum) * come->n);
	for (i = 0; i < come->n; i++)
	{
		const Lot *lot = &come->items[i].regular;

		if (lot->remaining == 0 || lot->expires_at == NEVER || loyalty_lot_is_due(lot, at))
			continue;
		columns[0][count] = Int32GetDatum(lot->program_id);
		columns[1][count] = TimestampTzGetDatum(lot->expires_at);
		columns[2][count++] = loyalty_numeric(lot->remaining);
	}
	for (c = 0; c < 3; c++)
	{
		ArrayType *array =
			c == 0	 ? construct_array(columns[c], count, INT4OID, 4, true, TYPALIGN_INT)
			: c == 1 ? construct_array(columns[c], count, TIMESTAMPTZOID, 8, FLOAT8PASSBYVAL, TYPALIGN_DOUBLE)
					 : construct_array(columns[c], count, NUMERICOID, -1, false, TYPALIGN_INT);

		loyalty_param(params, loyalty_datum(PointerGetDatum(array), false));
	}
}

/* Returns the list as the statement made it; the aggregate is never null. */
Datum
loyalty_coming_expiries(const LoyaltyOrg *org, int64 customer_id, int32 program_id, TimestampTz at,
						const ComeLots *come)
{
	bool isnull;
	LoyaltyParams params =
		LOYALTY_PARAMS(LOYALTY_CUSTOMER(org->org_id, customer_id), loyalty_int4(program_id), loyalty_time(at),
					   loyalty_text(pg_get_timezone_name(org->zone)));

	if (come->n > 0)
		param_come(&params, come, at);
	return loyalty_row_datum(loyalty_query(come->n > 0 ? &coming_expiries_with : &coming_expiries, &params),
							 0, 1, &isnull);
}
