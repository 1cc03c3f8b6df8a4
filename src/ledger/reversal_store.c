/*
 * reversal_store.c: the statements on redemptions, what they drew and what of it was reversed.
 */
#include "postgres.h"

#include "catalog/pg_type.h"

#include "common/query.h"
#include "ledger/lot_store.h"
#include "ledger/reversal_store.h"

typedef enum ReversalQueryId
{
	Q_REDEMPTION,
	Q_REDEMPTIONS_OF_TRANSACTION,
	Q_DRAWS,
	Q_OUTCOME,
	Q_COUNT
} ReversalQueryId;

/* Redemptions, those imported too, of the customers in $2. */
#define REDEMPTION                                                                                   \
	"SELECT v.customer_id, v.event_id, v.event_time, v.transaction_id, v.net_points"                 \
	" FROM loyalty.ledger_event v WHERE v.org_id OPERATOR(pg_catalog.=) $1"                          \
	" AND v.customer_id OPERATOR(pg_catalog.=) ANY ($2) AND (v.event_code OPERATOR(pg_catalog.=) 30" \
	" OR v.event_code OPERATOR(pg_catalog.=) 35)"

#define SAME_LOT(a, b)                                                                                  \
	" " a ".org_id OPERATOR(pg_catalog.=) " b ".org_id AND " a ".customer_id OPERATOR(pg_catalog.=) " b \
	".customer_id AND " a ".lot_id OPERATOR(pg_catalog.=) " b ".lot_id"

#define SAME_EVENT(a, b)                                                                                \
	" " a ".org_id OPERATOR(pg_catalog.=) " b ".org_id AND " a ".customer_id OPERATOR(pg_catalog.=) " b \
	".customer_id AND " a ".event_id OPERATOR(pg_catalog.=) " b ".event_id"

/* The entry that brought lot "n". */
#define ENTRY_OF_LOT(e, n)                                                                                   \
	" " e ".org_id OPERATOR(pg_catalog.=) " n ".org_id AND " e ".customer_id OPERATOR(pg_catalog.=) " n      \
	".customer_id AND " e ".program_id OPERATOR(pg_catalog.=) " n ".program_id"                              \
	" AND " e ".category OPERATOR(pg_catalog.=) " n ".category AND " e ".entry_no OPERATOR(pg_catalog.=) " n \
	".entry_no"

static const LoyaltyQuery queries[] = {
	[Q_REDEMPTION] = {
		.sql = REDEMPTION " AND ($3 IS NULL OR v.redemption_id OPERATOR(pg_catalog.=) $3)"
		" AND ($4 IS NULL OR v.event_id OPERATOR(pg_catalog.=) $4) ORDER BY v.event_id",
		.nargs = 4, .argtypes = { INT4OID, INT8ARRAYOID, TEXTOID, INT8OID }, .expect = SPI_OK_SELECT,
	},
	[Q_REDEMPTIONS_OF_TRANSACTION] = {
		.sql = REDEMPTION " AND v.transaction_id OPERATOR(pg_catalog.=) $3 ORDER BY v.event_id DESC",
		.nargs = 3, .argtypes = { INT4OID, INT8ARRAYOID, INT8OID }, .expect = SPI_OK_SELECT,
	},
	/* Points went back to the lot itself, or to a new lot that names it as its origin. */
	[Q_DRAWS] = {
		.sql = "SELECT " LOYALTY_LOT_COLUMN ", x.points, COALESCE((SELECT pg_catalog.sum(y.points)"
		" FROM loyalty.ledger_event v JOIN loyalty.lot_movement y ON" SAME_EVENT("y", "v")
		" WHERE v.org_id OPERATOR(pg_catalog.=) $1 AND v.customer_id OPERATOR(pg_catalog.=) ANY ($4)"
		" AND v.reverses_event_id OPERATOR(pg_catalog.=) $3 AND y.lot_id OPERATOR(pg_catalog.=) x.lot_id"
		" AND y.movement_type OPERATOR(pg_catalog.=) 'R'), 0) OPERATOR(pg_catalog.+)"
		" COALESCE((SELECT pg_catalog.sum(n.points) FROM loyalty.points_lot n"
		" JOIN loyalty.ledger_entry e ON" ENTRY_OF_LOT("e", "n") " JOIN loyalty.ledger_event v ON" SAME_EVENT("v", "e")
		" WHERE n.org_id OPERATOR(pg_catalog.=) $1 AND n.customer_id OPERATOR(pg_catalog.=) ANY ($4)"
		" AND n.origin_lot_id OPERATOR(pg_catalog.=) x.lot_id"
		" AND v.reverses_event_id OPERATOR(pg_catalog.=) $3), 0)"
		" FROM loyalty.lot_movement x JOIN loyalty.points_lot l ON" SAME_LOT("l", "x")
		" WHERE x.org_id OPERATOR(pg_catalog.=) $1 AND x.customer_id OPERATOR(pg_catalog.=) $2"
		" AND x.event_id OPERATOR(pg_catalog.=) $3 AND x.movement_type OPERATOR(pg_catalog.=) 'r'"
		" ORDER BY l.expires_at DESC, l.awarded_at DESC, l.lot_id DESC",
		.nargs = 4, .argtypes = { INT4OID, INT8OID, INT8OID, INT8ARRAYOID }, .expect = SPI_OK_SELECT,
	},
	/*
	 * What was due on arrival expired at a later entry, by an event whose id was drawn before the reversal's: no other
	 * expiry looks like that.
	 */
	[Q_OUTCOME] = {
		.sql = "WITH lot AS (SELECT y.lot_id, y.entry_no FROM loyalty.lot_movement y"
		" WHERE y.org_id OPERATOR(pg_catalog.=) $1 AND y.customer_id OPERATOR(pg_catalog.=) $2"
		" AND y.event_id OPERATOR(pg_catalog.=) $3 AND y.movement_type OPERATOR(pg_catalog.=) 'R'"
		" UNION SELECT n.lot_id, n.entry_no FROM loyalty.points_lot n JOIN loyalty.ledger_entry e ON" ENTRY_OF_LOT("e", "n")
		" WHERE n.org_id OPERATOR(pg_catalog.=) $1 AND n.customer_id OPERATOR(pg_catalog.=) $2"
		" AND n.origin_lot_id IS NOT NULL AND e.event_id OPERATOR(pg_catalog.=) $3)"
		" SELECT COALESCE(pg_catalog.sum(x.points) FILTER (WHERE x.movement_type OPERATOR(pg_catalog.=) 'e'), 0),"
		" COALESCE(pg_catalog.sum(x.points) FILTER (WHERE x.movement_type OPERATOR(pg_catalog.=) 'p'), 0),"
		" (SELECT CASE WHEN pg_catalog.min(p.program_id) OPERATOR(pg_catalog.=) pg_catalog.max(p.program_id)"
		"  THEN pg_catalog.min(p.program_id) ELSE 0 END FROM loyalty.ledger_event v"
		"  JOIN loyalty.ledger_event r ON r.org_id OPERATOR(pg_catalog.=) $1"
		"   AND r.customer_id OPERATOR(pg_catalog.=) ANY ($4) AND r.event_id OPERATOR(pg_catalog.=) v.reverses_event_id"
		"  JOIN loyalty.lot_movement d ON" SAME_EVENT("d", "r") " AND d.movement_type OPERATOR(pg_catalog.=) 'r'"
		"  JOIN loyalty.points_lot p ON" SAME_LOT("p", "d")
		"  WHERE v.org_id OPERATOR(pg_catalog.=) $1 AND v.customer_id OPERATOR(pg_catalog.=) $2"
		"  AND v.event_id OPERATOR(pg_catalog.=) $3)"
		" FROM lot JOIN loyalty.lot_movement x ON x.org_id OPERATOR(pg_catalog.=) $1"
		" AND x.customer_id OPERATOR(pg_catalog.=) $2 AND x.lot_id OPERATOR(pg_catalog.=) lot.lot_id"
		" AND ((x.movement_type OPERATOR(pg_catalog.=) 'e' AND x.entry_no OPERATOR(pg_catalog.>) lot.entry_no"
		"  AND x.event_id OPERATOR(pg_catalog.<) $3)"
		" OR (x.movement_type OPERATOR(pg_catalog.=) 'p' AND x.event_id OPERATOR(pg_catalog.=) $3))",
		.nargs = 4, .argtypes = { INT4OID, INT8OID, INT8OID, INT8ARRAYOID }, .expect = SPI_OK_SELECT,
	},
};
StaticAssertDecl(lengthof(queries) == Q_COUNT, "queries[] is out of step with ReversalQueryId");

static LoyaltyPlan plans[Q_COUNT];

static uint64
run(ReversalQueryId id, LoyaltyParams *params)
{
	return loyalty_query(&queries[id], &plans[id], params);
}

static void
redemption_from_row(Redemption *redemption, uint64 row)
{
	*redemption = (Redemption){
		.customer_id = loyalty_row_int8(row, 1),
		.event_id = loyalty_row_int8(row, 2),
		.event_time = loyalty_row_int8(row, 3),
		.transaction_id = loyalty_row_int8_or(row, 4, 0),
		.points = -loyalty_row_points(row, 5),
	};
}

int
loyalty_redemption_find(int32 org_id, const LoyaltyCustomer *customer, const char *redemption_id,
						int64 event_id, Redemption *redemption)
{
	LoyaltyParams params = { 0 };
	uint64 rows;

	loyalty_param_int4(&params, org_id);
	loyalty_param_group(&params, customer);
	loyalty_param_text(&params, redemption_id);
	loyalty_param_int8_or_null(&params, event_id);
	rows = run(Q_REDEMPTION, &params);
	if (rows > 0)
		redemption_from_row(redemption, 0);
	return (int) rows;
}

void
loyalty_redemptions_of_transaction(int32 org_id, const LoyaltyCustomer *customer, int64 transaction_id,
								   Redemptions *redemptions)
{
	LoyaltyParams params = { 0 };
	uint64 rows;
	uint64 i;

	loyalty_param_int4(&params, org_id);
	loyalty_param_group(&params, customer);
	loyalty_param_int8(&params, transaction_id);
	rows = run(Q_REDEMPTIONS_OF_TRANSACTION, &params);
	for (i = 0; i < rows; i++)
	{
		Redemption redemption;

		redemption_from_row(&redemption, i);
		LOYALTY_APPEND(*redemptions, redemption);
	}
}

void
loyalty_redemption_draws(int32 org_id, const LoyaltyCustomer *customer, const Redemption *redemption,
						 Draws *draws)
{
	LoyaltyParams params = { 0 };
	uint64 rows;
	uint64 i;

	loyalty_param_int4(&params, org_id);
	loyalty_param_int8(&params, redemption->customer_id);
	loyalty_param_int8(&params, redemption->event_id);
	loyalty_param_group(&params, customer);
	rows = run(Q_DRAWS, &params);
	for (i = 0; i < rows; i++)
	{
		Draw draw = { 0 };

		loyalty_lot_from_row(&draw.lot, i);
		draw.drawn = loyalty_row_points(i, 2);
		draw.reversed = loyalty_row_points(i, 3);
		LOYALTY_APPEND(*draws, draw);
	}
}

void
loyalty_reversal_outcome(int32 org_id, const LoyaltyCustomer *customer, int64 event_id,
						 ReversalOutcome *outcome)
{
	LoyaltyParams params = { 0 };

	loyalty_param_int4(&params, org_id);
	loyalty_param_int8(&params, customer->customer_id);
	loyalty_param_int8(&params, event_id);
	loyalty_param_group(&params, customer);
	run(Q_OUTCOME, &params);
	outcome->expired = loyalty_row_points(0, 1);
	outcome->arrears_paid = loyalty_row_points(0, 2);
	outcome->program_id = loyalty_row_int4(0, 3);
}
