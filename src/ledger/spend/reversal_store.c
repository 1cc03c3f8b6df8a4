/*
 * reversal_store.c: the statements on redemptions, what they drew and what of it was reversed.
 */
#include "postgres.h"

#include "catalog/pg_type.h"

#include "common/query.h"
#include "ledger/spend/reversal_store.h"
#include "ledger/tables/lot_store.h"

/* Redemptions, those imported too, of the customers in $2. */
#define REDEMPTION \
	"SELECT v.customer_id, v.event_id, v.event_time, v.transaction_id, v.net_points" \
	" FROM loyalty_data.ledger_event v WHERE v.org_id = $1" \
	" AND v.customer_id = ANY ($2) AND (v.event_code = 30" \
	" OR v.event_code = 35)"

#define SAME_LOT(a, b) \
	" " a ".org_id = " b ".org_id AND " a ".customer_id = " b ".customer_id AND " a ".lot_id = " b ".lot_id"

#define SAME_EVENT(a, b) \
	" " a ".org_id = " b ".org_id AND " a ".customer_id = " b ".customer_id AND " a ".event_id = " b \
	".event_id"

/* The entry that brought lot "n". */
#define ENTRY_OF_LOT(e, n) \
	" " e ".org_id = " n ".org_id AND " e ".customer_id = " n ".customer_id AND " e ".program_id = " n \
	".program_id" \
	" AND " e ".category = " n ".category AND " e ".entry_no = " n ".entry_no"

static LoyaltyQuery redemption_by_id =
	LOYALTY_STATEMENT(REDEMPTION " AND ($3 IS NULL OR v.redemption_id = $3)"
								 " AND ($4 IS NULL OR v.event_id = $4) ORDER BY v.event_id",
					  INT4OID, INT8ARRAYOID, TEXTOID, INT8OID);

static LoyaltyQuery redemptions_of_transaction =
	LOYALTY_STATEMENT(REDEMPTION " AND v.transaction_id = $3 ORDER BY v.event_id DESC", INT4OID, INT8ARRAYOID,
					  INT8OID);

/* Points went back to the lot itself, or to a new lot that names it as its origin. */
static LoyaltyQuery draws_of_redemption = LOYALTY_STATEMENT(
	"SELECT " LOYALTY_LOT_COLUMN ", x.points, COALESCE((SELECT sum(y.points)"
	" FROM loyalty_data.ledger_event v JOIN loyalty_data.lot_movement y ON" SAME_EVENT(
		"y",
		"v") " WHERE v.org_id = $1 AND v.customer_id = ANY ($4)"
			 " AND v.reverses_event_id = $3 AND y.lot_id = x.lot_id"
			 " AND y.movement_type = 'R'), 0) +"
			 " COALESCE((SELECT sum(n.points) FROM loyalty_data.points_lot n"
			 " JOIN loyalty_data.ledger_entry e ON" ENTRY_OF_LOT("e", "n") " JOIN loyalty_data.ledger_event v ON" SAME_EVENT(
				 "v", "e") " WHERE n.org_id = $1 AND n.customer_id = ANY ($4)"
						   " AND n.origin_lot_id = x.lot_id"
						   " AND v.reverses_event_id = $3), 0)"
						   " FROM loyalty_data.lot_movement x JOIN loyalty_data.points_lot l ON" SAME_LOT(
							   "l", "x") " WHERE x.org_id = $1 AND x.customer_id = $2"
										 " AND x.event_id = $3 AND x.movement_type = 'r'"
										 " ORDER BY l.expires_at DESC, l.awarded_at DESC, l.lot_id DESC",
	INT4OID, INT8OID, INT8OID, INT8ARRAYOID);

/*
 * What was due on arrival expired at a later entry, by an event whose id was drawn before the reversal's: no other
 * expiry looks like that.
 */
static LoyaltyQuery outcome_of_reversal = LOYALTY_STATEMENT(
	"WITH lot AS (SELECT y.lot_id, y.entry_no FROM loyalty_data.lot_movement y"
	" WHERE y.org_id = $1 AND y.customer_id = $2"
	" AND y.event_id = $3 AND y.movement_type = 'R'"
	" UNION SELECT n.lot_id, n.entry_no FROM loyalty_data.points_lot n JOIN loyalty_data.ledger_entry e ON" ENTRY_OF_LOT(
		"e", "n") " WHERE n.org_id = $1 AND n.customer_id = $2"
				  " AND n.origin_lot_id IS NOT NULL AND e.event_id = $3)"
				  " SELECT COALESCE(sum(x.points) FILTER (WHERE x.movement_type = 'e'), 0),"
				  " COALESCE(sum(x.points) FILTER (WHERE x.movement_type = 'p'), 0),"
				  " (SELECT CASE WHEN min(p.program_id) = max(p.program_id)"
				  "  THEN min(p.program_id) ELSE 0 END FROM loyalty_data.ledger_event v"
				  "  JOIN loyalty_data.ledger_event r ON r.org_id = $1"
				  "   AND r.customer_id = ANY ($4) AND r.event_id = v.reverses_event_id"
				  "  JOIN loyalty_data.lot_movement d ON" SAME_EVENT(
					  "d", "r") " AND d.movement_type = 'r'"
								"  JOIN loyalty_data.points_lot p ON" SAME_LOT(
									"p", "d") "  WHERE v.org_id = $1 AND v.customer_id = $2"
											  "  AND v.event_id = $3)"
											  " FROM lot JOIN loyalty_data.lot_movement x ON x.org_id = $1"
											  " AND x.customer_id = $2 AND x.lot_id = lot.lot_id"
											  " AND ((x.movement_type = 'e' AND x.entry_no > lot.entry_no"
											  "  AND x.event_id < $3)"
											  " OR (x.movement_type = 'p' AND x.event_id = $3))",
	INT4OID, INT8OID, INT8OID, INT8ARRAYOID);

static void
redemption_from_row(Redemption *redemption, LoyaltyRows *rows, uint64 row)
{
	*redemption = (Redemption){
		.customer_id = loyalty_row_int8(rows, row, 1),
		.event_id = loyalty_row_int8(rows, row, 2),
		.event_time = loyalty_row_int8(rows, row, 3),
		.transaction_id = loyalty_row_int8_or(rows, row, 4, 0),
		.points = -loyalty_row_points(rows, row, 5),
	};
}

int
loyalty_redemption_find(int32 org_id, const LoyaltyCustomer *customer, const char *redemption_id,
						int64 event_id, Redemption *redemption)
{
	LoyaltyParams params = { 0 };
	LoyaltyRows *rows;

	loyalty_param_int4(&params, org_id);
	loyalty_param_group(&params, customer);
	loyalty_param_text(&params, redemption_id);
	loyalty_param_int8_or_null(&params, event_id);
	rows = loyalty_query(&redemption_by_id, &params);
	if (rows->count > 0)
		redemption_from_row(redemption, rows, 0);
	return (int) rows->count;
}

void
loyalty_redemptions_of_transaction(int32 org_id, const LoyaltyCustomer *customer, int64 transaction_id,
								   Redemptions *redemptions)
{
	LoyaltyParams params = { 0 };
	LoyaltyRows *rows;
	uint64 i;

	loyalty_param_int4(&params, org_id);
	loyalty_param_group(&params, customer);
	loyalty_param_int8(&params, transaction_id);
	rows = loyalty_query(&redemptions_of_transaction, &params);
	for (i = 0; i < rows->count; i++)
	{
		Redemption redemption;

		redemption_from_row(&redemption, rows, i);
		LOYALTY_APPEND(*redemptions, redemption);
	}
}

void
loyalty_redemption_draws(int32 org_id, const LoyaltyCustomer *customer, const Redemption *redemption,
						 Draws *draws)
{
	LoyaltyParams params = { 0 };
	LoyaltyRows *rows;
	uint64 i;

	loyalty_param_int4(&params, org_id);
	loyalty_param_int8(&params, redemption->customer_id);
	loyalty_param_int8(&params, redemption->event_id);
	loyalty_param_group(&params, customer);
	rows = loyalty_query(&draws_of_redemption, &params);
	for (i = 0; i < rows->count; i++)
	{
		Draw draw = { 0 };

		draw.lot = loyalty_lot_of_row(rows, i);
		draw.drawn = loyalty_row_points(rows, i, 2);
		draw.reversed = loyalty_row_points(rows, i, 3);
		LOYALTY_APPEND(*draws, draw);
	}
}

void
loyalty_reversal_outcome(int32 org_id, const LoyaltyCustomer *customer, int64 event_id,
						 ReversalOutcome *outcome)
{
	LoyaltyParams params = { 0 };
	LoyaltyRows *rows;

	loyalty_param_int4(&params, org_id);
	loyalty_param_int8(&params, customer->customer_id);
	loyalty_param_int8(&params, event_id);
	loyalty_param_group(&params, customer);
	rows = loyalty_query(&outcome_of_reversal, &params);
	outcome->expired = loyalty_row_points(rows, 0, 1);
	outcome->arrears_paid = loyalty_row_points(rows, 0, 2);
	outcome->program_id = loyalty_row_int4(rows, 0, 3);
}
