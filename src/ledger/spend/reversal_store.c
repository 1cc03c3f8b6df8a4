/*
 * reversal_store.c: the statements on redemptions, what they drew and what of it was reversed.
 *
 * A redemption draws by movements 'r' of its event. Reversals name that event: points went back by movements
 * 'R' on the lot itself, or as new lots that name it as their origin. Nothing keeps a sum of what was
 * reversed; it is added up from both, over the customer's whole merge group, member by member, as each
 * statement is about one customer. So it cannot disagree with what the lots say.
 */
#include "postgres.h"

#include "catalog/pg_type.h"
#include "miscadmin.h"

#include "common/query.h"
#include "ledger/spend/reversal_store.h"
#include "ledger/tables/lot_store.h"

/* Redemptions of a customer, those imported too. */
#define REDEMPTION \
	"SELECT v.customer_id, v.event_id, v.event_time, v.transaction_id, v.net_points, v.recorded_at" \
	" FROM loyalty_data.ledger_event v WHERE v.org_id = $1" \
	" AND v.customer_id = $2 AND (v.event_code = 30 OR v.event_code = 35)"

/* Conditions that every table of a statement has: one customer of one org. */
#define OF_CUSTOMER(a) " " a ".org_id = $1 AND " a ".customer_id = $2"

#define SAME_LOT(a, b) OF_CUSTOMER(a) " AND " a ".lot_id = " b ".lot_id"

#define SAME_EVENT(a, b) OF_CUSTOMER(a) " AND " a ".event_id = " b ".event_id"

/* The entry that brought lot "n". */
#define ENTRY_OF_LOT(e, n) \
	OF_CUSTOMER(e) \
	" AND " e ".program_id = " n ".program_id AND " e ".category = " n ".category AND " e ".entry_no = " n \
	".entry_no"

static LoyaltyQuery redemption_by_id =
	LOYALTY_STATEMENT(REDEMPTION " AND ($3 IS NULL OR v.redemption_id = $3)"
								 " AND ($4 IS NULL OR v.event_id = $4)",
					  INT4OID, INT8OID, TEXTOID, INT8OID);

static LoyaltyQuery redemptions_of_transaction =
	LOYALTY_STATEMENT(REDEMPTION " AND v.transaction_id = $3", INT4OID, INT8OID, INT8OID);

/* Lots that customer $2 got back by reversals of $3: new ones that name as their origin the lot that had paid. */
#define BACK_AS_NEW_LOTS(condition) \
	" FROM loyalty_data.points_lot n JOIN loyalty_data.ledger_entry e ON" ENTRY_OF_LOT( \
		"e", \
		"n") " JOIN loyalty_data.ledger_event v ON" SAME_EVENT("v", \
															   "e") " WHERE" OF_CUSTOMER("n") " AND v.reverses_event_id = $3 AND " condition

/*
 * Draws with what went back to the lot itself, or to a new lot of the same customer. The order is by expiry backwards, as
 * the walk drew by expiry; a lot whose expiry was changed since stands where it would be drawn today.
 */
static LoyaltyQuery draws_of_redemption = LOYALTY_STATEMENT(
	"SELECT " LOYALTY_LOT_COLUMN ", x.points, COALESCE((SELECT sum(y.points)"
	" FROM loyalty_data.ledger_event v JOIN loyalty_data.lot_movement y ON" SAME_EVENT("y", "v") " WHERE" OF_CUSTOMER(
		"v") " AND v.reverses_event_id = $3 AND y.lot_id = x.lot_id"
			 " AND y.movement_type = 'R'), 0) +"
			 " COALESCE((SELECT sum(n.points)" BACK_AS_NEW_LOTS(
				 "n.origin_lot_id = x.lot_id") "), 0)"
											   " FROM loyalty_data.lot_movement x JOIN loyalty_data.points_lot l ON" SAME_LOT(
												   "l",
												   "x") " WHERE" OF_CUSTOMER("x") " AND x.event_id = $3 AND x.movement_type = 'r'"
																				  " ORDER BY l.expires_at DESC, l.awarded_at DESC, l.lot_id DESC",
	INT4OID, INT8OID, INT8OID);

/* Points that went back to new lots of another member of the group, by lot of origin. */
static LoyaltyQuery back_elsewhere =
	LOYALTY_STATEMENT("SELECT n.origin_lot_id, sum(n.points)" BACK_AS_NEW_LOTS(
						  "n.origin_lot_id = ANY ($4)") " GROUP BY n.origin_lot_id",
					  INT4OID, INT8OID, INT8OID, INT8ARRAYOID);

/* The program whose points redemption "r" of customer $2 drew, 0: of several; NULL: it is not the customer's. */
#define PROGRAM_DRAWN(redemption) \
	"(SELECT CASE WHEN min(p.program_id) = max(p.program_id) THEN min(p.program_id)" \
	"  WHEN count(p.program_id) > 0 THEN 0 END" \
	"  FROM loyalty_data.lot_movement d JOIN loyalty_data.points_lot p ON" SAME_LOT( \
		"p", "d") "  WHERE" OF_CUSTOMER("d") " AND d.event_id = " redemption "  AND d.movement_type = 'r')"

static LoyaltyQuery program_drawn =
	LOYALTY_STATEMENT("SELECT " PROGRAM_DRAWN("$3"), INT4OID, INT8OID, INT8OID);

/*
 * Points that were due on arrival expired at a later entry, by an event whose id was drawn before the reversal's: no other
 * expiry looks like that.
 */
static LoyaltyQuery outcome_of_reversal = LOYALTY_STATEMENT(
	"WITH lot AS (SELECT y.lot_id, y.entry_no FROM loyalty_data.lot_movement y"
	" WHERE" OF_CUSTOMER(
		"y") " AND y.event_id = $3 AND y.movement_type = 'R'"
			 " UNION SELECT n.lot_id, n.entry_no FROM loyalty_data.points_lot n JOIN loyalty_data.ledger_entry e ON" ENTRY_OF_LOT("e", "n") " WHERE" OF_CUSTOMER(
				 "n") " AND n.origin_lot_id IS NOT NULL AND e.event_id = $3),"
					  " reversal AS (SELECT v.reverses_event_id FROM loyalty_data.ledger_event v WHERE" OF_CUSTOMER(
						  "v") " AND v.event_id = $3)"
							   " SELECT COALESCE(sum(x.points) FILTER (WHERE x.movement_type = 'e'), 0),"
							   " COALESCE(sum(x.points) FILTER (WHERE x.movement_type = 'p'), 0),"
							   " (SELECT r.reverses_event_id FROM reversal r),"
							   " (SELECT " PROGRAM_DRAWN(
								   "r.reverses_event_id") " FROM reversal r)"
														  " FROM lot JOIN loyalty_data.lot_movement x ON" OF_CUSTOMER(
															  "x") " AND x.lot_id = lot.lot_id"
																   " AND ((x.movement_type = 'e' AND x.entry_no > lot.entry_no"
																   "  AND x.event_id < $3)"
																   " OR (x.movement_type = 'p' AND x.event_id = $3))",
	INT4OID, INT8OID, INT8OID);

/* Reads a row of REDEMPTION; the event has the points as a debit, below zero. */
static void
redemption_from_row(Redemption *redemption, LoyaltyRows *rows, uint64 row)
{
	*redemption = (Redemption){
		.customer_id = loyalty_row_int8(rows, row, 1),
		.event_id = loyalty_row_int8(rows, row, 2),
		.event_time = loyalty_row_int8(rows, row, 3),
		.transaction_id = loyalty_row_int8_or(rows, row, 4, 0),
		.points = -loyalty_row_points(rows, row, 5),
		.recorded_at = loyalty_row_int8(rows, row, 6),
	};
}

/* Counts over the whole group: the caller must know that an id is that of several redemptions. */
int
loyalty_redemption_find(int32 org_id, const LoyaltyCustomer *customer, const char *redemption_id,
						int64 event_id, Redemption *redemption)
{
	int64 *ids;
	int members = loyalty_customer_group(customer, &ids);
	int found = 0;
	int i;

	for (i = 0; i < members; i++)
	{
		LoyaltyRows *rows = LOYALTY_QUERY(&redemption_by_id, LOYALTY_CUSTOMER(org_id, ids[i]),
										  loyalty_text(redemption_id), loyalty_int8_or_null(event_id));

		if (rows->count > 0 && found == 0)
			redemption_from_row(redemption, rows, 0);
		found += (int) rows->count;
	}
	return found;
}

/* Orders the last one first; of those that one transaction made, the one that got its id last. */
static int
compare_redemptions(const void *left, const void *right)
{
	const Redemption *l = left;
	const Redemption *r = right;

	if (l->recorded_at != r->recorded_at)
		return l->recorded_at > r->recorded_at ? -1 : 1;
	return l->event_id > r->event_id ? -1 : l->event_id < r->event_id;
}

/* Sorts in memory, since each member of the group is asked by a statement of its own. */
void
loyalty_redemptions_of_transaction(int32 org_id, const LoyaltyCustomer *customer, int64 transaction_id,
								   Redemptions *redemptions)
{
	int64 *ids;
	int members = loyalty_customer_group(customer, &ids);
	int m;

	for (m = 0; m < members; m++)
	{
		uint64 i;
		LoyaltyRows *rows = LOYALTY_QUERY(&redemptions_of_transaction, LOYALTY_CUSTOMER(org_id, ids[m]),
										  loyalty_int8(transaction_id));

		for (i = 0; i < rows->count; i++)
		{
			Redemption redemption;

			redemption_from_row(&redemption, rows, i);
			LOYALTY_APPEND(*redemptions, redemption);
		}
	}
	if (redemptions->n > 1)
		qsort(redemptions->items, redemptions->n, sizeof(Redemption), compare_redemptions);
}

/*
 * Adds what one of the group has of points that went back to new lots of its own. Matches rows to draws by a
 * loop over both, so interrupts are checked: a redemption may have drawn on thousands of lots.
 */
static void
add_back_elsewhere(int32 org_id, int64 customer_id, int64 event_id, Draws *draws)
{
	int64 *lots = palloc(sizeof(int64) * Max(draws->n, 1));
	LoyaltyRows *rows;
	uint64 row;
	int i;

	for (i = 0; i < draws->n; i++)
		lots[i] = draws->items[i].lot.lot_id;
	rows = LOYALTY_QUERY(&back_elsewhere, LOYALTY_CUSTOMER(org_id, customer_id), loyalty_int8(event_id),
						 loyalty_int8s(lots, draws->n));
	for (row = 0; row < rows->count; row++)
	{
		int64 lot_id = loyalty_row_int8(rows, row, 1);

		CHECK_FOR_INTERRUPTS();
		for (i = 0; i < draws->n; i++)
			if (lots[i] == lot_id)
				draws->items[i].reversed += loyalty_row_points(rows, row, 2);
	}
}

/*
 * Reads the draws under the customer who redeemed, then asks every other member of the group what it got back
 * of them.
 */
void
loyalty_redemption_draws(int32 org_id, const LoyaltyCustomer *customer, const Redemption *redemption,
						 Draws *draws)
{
	int64 *ids;
	int members = loyalty_customer_group(customer, &ids);
	uint64 i;
	int m;
	LoyaltyRows *rows = LOYALTY_QUERY(&draws_of_redemption, LOYALTY_CUSTOMER(org_id, redemption->customer_id),
									  loyalty_int8(redemption->event_id));

	for (i = 0; i < rows->count; i++)
	{
		Draw draw = { 0 };

		draw.lot = loyalty_lot_of_row(rows, i);
		draw.drawn = loyalty_row_points(rows, i, 2);
		draw.reversed = loyalty_row_points(rows, i, 3);
		LOYALTY_APPEND(*draws, draw);
	}
	for (m = 0; m < members; m++)
		if (ids[m] != redemption->customer_id)
			add_back_elsewhere(org_id, ids[m], redemption->event_id, draws);
}

/*
 * Returns the program of the points that a redemption of somebody merged into the customer drew; 0: of
 * several, or nobody's.
 */
static int32
program_drawn_elsewhere(int32 org_id, const LoyaltyCustomer *customer, int64 event_id)
{
	int i;

	for (i = 0; i < customer->merged_count; i++)
	{
		LoyaltyRows *rows = LOYALTY_QUERY(&program_drawn, LOYALTY_CUSTOMER(org_id, customer->merged_ids[i]),
										  loyalty_int8(event_id));

		if (!loyalty_row_isnull(rows, 0, 1))
			return loyalty_row_int4(rows, 0, 1);
	}
	return 0;
}

/*
 * The reversal may be of a victim's redemption; then the drawn program is not found under the customer and is
 * looked for under the others.
 */
void
loyalty_reversal_outcome(int32 org_id, const LoyaltyCustomer *customer, int64 event_id,
						 ReversalOutcome *outcome)
{
	LoyaltyRows *rows = LOYALTY_QUERY(&outcome_of_reversal, LOYALTY_CUSTOMER(org_id, customer->customer_id),
									  loyalty_int8(event_id));

	outcome->expired = loyalty_row_points(rows, 0, 1);
	outcome->arrears_paid = loyalty_row_points(rows, 0, 2);
	if (loyalty_row_isnull(rows, 0, 4))
		outcome->program_id = program_drawn_elsewhere(org_id, customer, loyalty_row_int8_or(rows, 0, 3, 0));
	else
		outcome->program_id = loyalty_row_int4(rows, 0, 4);
}
