/*
 * reversal_store.c: the statements on redemptions, what they drew and what of it was reversed.
 *
 * A redemption draws by movements 'r' of its event. What went back of each draw stands in the table of reversals, under
 * whoever was locked then; so it is added up over the customer's whole merge group, member by member, as each statement
 * is about one customer.
 */
#include "postgres.h"

#include "catalog/pg_type.h"

#include "common/compare.h"
#include "common/query.h"
#include "ledger/spend/reversal_store.h"
#include "ledger/tables/claim_store.h"
#include "ledger/tables/lot_store.h"

/* Redemptions of a customer, those imported too. */
#define REDEMPTION \
	"SELECT v.customer_id, v.event_id, v.event_time, v.transaction_id, v.net_points, v.recorded_at" \
	" FROM loyalty_data.ledger_event v WHERE v.org_id = $1" \
	" AND v.customer_id = $2 AND (v.event_code = 30 OR v.event_code = 35)"

/* Conditions that every table of a statement has: one customer of one org. */
#define OF_CUSTOMER(a) " " a ".org_id = $1 AND " a ".customer_id = $2"

#define SAME_LOT(a, b) OF_CUSTOMER(a) " AND " a ".lot_id = " b ".lot_id"

/* Redemptions by the id that customers see, and by that of the event, each by an index of its own. */
static LoyaltyQuery redemption_by_id =
	LOYALTY_STATEMENT(REDEMPTION " AND v.redemption_id = $3", INT4OID, INT8OID, TEXTOID);

static LoyaltyQuery redemption_by_event =
	LOYALTY_STATEMENT(REDEMPTION " AND v.event_id = $4 AND ($3 IS NULL OR v.redemption_id = $3)", INT4OID,
					  INT8OID, TEXTOID, INT8OID);

static LoyaltyQuery redemptions_of_transaction =
	LOYALTY_STATEMENT(REDEMPTION " AND v.transaction_id = $3", INT4OID, INT8OID, INT8OID);

/*
 * Draws in the order of expiry backwards, as the walk drew by expiry; a lot whose expiry was changed since stands where
 * it would be drawn today.
 */
static LoyaltyQuery draws_of_redemption =
	LOYALTY_STATEMENT("SELECT " LOYALTY_LOT_COLUMN ", x.points FROM loyalty_data.lot_movement x"
					  " JOIN loyalty_data.points_lot l ON" SAME_LOT("l", "x") " WHERE" OF_CUSTOMER(
						  "x") " AND x.event_id = $3 AND x.movement_type = 'r'"
							   " ORDER BY l.expires_at DESC, l.awarded_at DESC, l.lot_id DESC",
					  INT4OID, INT8OID, INT8OID);

/* Points that events of one customer put back of redemption $3, by the lot that had paid. */
static LoyaltyQuery reversed_of_redemption =
	LOYALTY_STATEMENT("SELECT r.lot_id, sum(r.points) FROM loyalty_data.reversal r WHERE" OF_CUSTOMER(
						  "r") " AND r.reversed_event_id = $3 GROUP BY r.lot_id",
					  INT4OID, INT8OID, INT8OID);

/* The program whose points a redemption drew; 0: several paid. */
static LoyaltyQuery program_drawn = LOYALTY_STATEMENT(
	"SELECT CASE WHEN min(p.program_id) = max(p.program_id) THEN min(p.program_id) ELSE 0 END"
	" FROM loyalty_data.lot_movement d JOIN loyalty_data.points_lot p ON" SAME_LOT(
		"p", "d") " WHERE" OF_CUSTOMER("d") " AND d.event_id = $3 AND d.movement_type = 'r'",
	INT4OID, INT8OID, INT8OID);

/* Redemptions that an event put something back of: one, but for returns. */
static LoyaltyQuery reversed_by_event = LOYALTY_STATEMENT(
	"SELECT r.reversed_customer_id, r.reversed_event_id FROM loyalty_data.reversal r WHERE" OF_CUSTOMER(
		"r") " AND r.event_id = $3 LIMIT 1",
	INT4OID, INT8OID, INT8OID);

/*
 * Points that were due on arrival expired at a later entry, by an event whose id was drawn before the reversal's: no other
 * expiry looks like that. Arrears that were paid and came again with what returns claimed are none. A reversal's lots are
 * those that had paid, and new ones that continue them.
 */
static LoyaltyQuery outcome_of_reversal = LOYALTY_STATEMENT(
	"WITH put AS (SELECT DISTINCT r.lot_id, r.program_id, r.entry_no FROM loyalty_data.reversal r WHERE" OF_CUSTOMER(
		"r") " AND r.event_id = $3),"
			 " lot AS (SELECT y.lot_id, y.entry_no FROM put p JOIN loyalty_data.lot_movement y ON" OF_CUSTOMER(
				 "y") " AND y.lot_id = p.lot_id AND y.entry_no = p.entry_no AND y.movement_type = 'R'"
					  " UNION SELECT n.lot_id, n.entry_no FROM put p JOIN loyalty_data.points_lot n ON" OF_CUSTOMER(
						  "n") " AND n.origin_lot_id = p.lot_id AND n.entry_no = p.entry_no"
							   " AND n.program_id = p.program_id AND n.category = 'r')"
							   " SELECT COALESCE(sum(x.points) FILTER (WHERE x.movement_type = 'e'), 0),"
							   " COALESCE(sum(CASE x.movement_type WHEN 'p' THEN x.points ELSE - x.points END)"
							   "  FILTER (WHERE x.movement_type <> 'e'), 0)"
							   " FROM lot JOIN loyalty_data.lot_movement x ON" OF_CUSTOMER(
								   "x") " AND x.lot_id = lot.lot_id"
										" AND ((x.movement_type = 'e' AND x.entry_no > lot.entry_no"
										"  AND x.event_id < $3)"
										" OR (x.movement_type = ANY ('{p,q}'::\"char\"[]) AND x.event_id = $3))",
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
		LoyaltyRows *rows = event_id == 0
								? LOYALTY_QUERY(&redemption_by_id, LOYALTY_CUSTOMER(org_id, ids[i]),
												loyalty_text(redemption_id))
								: LOYALTY_QUERY(&redemption_by_event, LOYALTY_CUSTOMER(org_id, ids[i]),
												loyalty_text(redemption_id), loyalty_int8(event_id));

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

/* Compares an id with that of a draw's lot, for bsearch; and two draws by their lots. */
static int
compare_lot(const void *key, const void *item)
{
	return loyalty_compare_int64(*(const int64 *) key, (*(Draw *const *) item)->lot.lot_id);
}

static int
compare_draws(const void *left, const void *right)
{
	return compare_lot(&(*(Draw *const *) left)->lot.lot_id, right);
}

/* Adds what events of one of the group put back of a redemption. "by_lot" are its draws in the order of lots. */
static void
add_reversed(int32 org_id, int64 customer_id, int64 event_id, Draw **by_lot, int count)
{
	uint64 row;
	LoyaltyRows *rows =
		LOYALTY_QUERY(&reversed_of_redemption, LOYALTY_CUSTOMER(org_id, customer_id), loyalty_int8(event_id));

	for (row = 0; row < rows->count; row++)
	{
		int64 lot_id = loyalty_row_int8(rows, row, 1);
		Draw **found = bsearch(&lot_id, by_lot, count, sizeof(Draw *), compare_lot);

		if (found != NULL)
			(*found)->reversed += loyalty_row_points(rows, row, 2);
	}
}

/* Reads the draws under the customer who redeemed, then asks every member of the group what it put back of them. */
void
loyalty_redemption_draws(int32 org_id, const LoyaltyCustomer *customer, const Redemption *redemption,
						 Draws *draws)
{
	int64 *ids;
	int members = loyalty_customer_group(customer, &ids);
	Draw **by_lot;
	uint64 i;
	int m;
	LoyaltyRows *rows = LOYALTY_QUERY(&draws_of_redemption, LOYALTY_CUSTOMER(org_id, redemption->customer_id),
									  loyalty_int8(redemption->event_id));

	for (i = 0; i < rows->count; i++)
	{
		Draw draw = { .lot = loyalty_lot_of_row(rows, i), .drawn = loyalty_row_points(rows, i, 2) };

		LOYALTY_APPEND(*draws, draw);
	}
	if (draws->n == 0)
		return;
	by_lot = palloc(sizeof(Draw *) * draws->n);
	for (m = 0; m < draws->n; m++)
		by_lot[m] = &draws->items[m];
	qsort(by_lot, draws->n, sizeof(Draw *), compare_draws);
	for (m = 0; m < members; m++)
		add_reversed(org_id, ids[m], redemption->event_id, by_lot, draws->n);
}

/* Reads the redemption that was reversed under whoever made it: its programs say whose balance was answered. */
void
loyalty_reversal_outcome(int32 org_id, const LoyaltyCustomer *customer, int64 event_id,
						 ReversalOutcome *outcome)
{
	int64 customer_id = customer->customer_id;
	LoyaltyRows *rows =
		LOYALTY_QUERY(&outcome_of_reversal, LOYALTY_CUSTOMER(org_id, customer_id), loyalty_int8(event_id));

	outcome->expired = loyalty_row_points(rows, 0, 1);
	outcome->arrears_paid = loyalty_row_points(rows, 0, 2);
	outcome->program_id = 0;
	(void) loyalty_event_put_back(org_id, customer_id, event_id, &outcome->settled);
	rows = LOYALTY_QUERY(&reversed_by_event, LOYALTY_CUSTOMER(org_id, customer_id), loyalty_int8(event_id));
	if (rows->count == 0)
		return;
	rows = LOYALTY_QUERY(&program_drawn, LOYALTY_CUSTOMER(org_id, loyalty_row_int8(rows, 0, 1)),
						 loyalty_int8(loyalty_row_int8(rows, 0, 2)));
	outcome->program_id = loyalty_row_int4(rows, 0, 1);
}
