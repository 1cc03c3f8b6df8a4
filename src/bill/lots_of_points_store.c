/*
 * lots_of_points_store.c: the statements that follow points from lot to lot, for returns of bills and for
 * referrals that go back.
 *
 * Points go on as other lots where they were converted or merged, and where a reversal found their lot closed.
 * Points that were transferred are not followed: whoever received them keeps them. Nor is a lot followed that a
 * reversal put beside one of the same customer: that lot is the redemption's, and the one that it came from
 * still says so.
 *
 * One recursive statement follows them among the lots of one customer. That is all for a customer who merged
 * nobody. In a group, each member is asked what it got from the lots that were found last, round by round,
 * until nothing more is found: a statement is about one customer. So it takes members times rounds, and a chain
 * of merges has a round for each.
 *
 * The lock of the group's root is held, and merges lock it: no lot moves meanwhile. The lots are read as they
 * are in tables, so what is due must be expired, and rows that a batch keeps back must be written; returns come
 * in no batches.
 */
#include "postgres.h"

#include "catalog/pg_type.h"

#include "bill/referral_store.h"
#include "bill/return_store.h"
#include "common/array.h"
#include "common/query.h"
#include "ledger/tables/lot_store.h"

/* The event that brought lot "c" of customer $2, by the entry that awarded it. */
#define EVENT_OF_LOT \
	" JOIN loyalty_data.ledger_entry e ON e.org_id = $1 AND e.customer_id = $2 AND e.program_id = c.program_id" \
	" AND e.category = c.category AND e.entry_no = c.entry_no" \
	" JOIN loyalty_data.ledger_event v ON v.org_id = $1 AND v.customer_id = $2 AND v.event_id = e.event_id"

/*
 * Some lots of customer $2 and those that they went on as, by events of these codes. The columns are the lot as
 * a whole, its root and whether a reversal put it in place of a closed one.
 */
#define FOLLOWED(lots, codes) \
	"WITH RECURSIVE tree (lot_id, root_id, put_back) AS (" lots \
	" UNION ALL SELECT c.lot_id, p.root_id, false FROM tree p" \
	" JOIN loyalty_data.points_lot c ON c.org_id = $1 AND c.customer_id = $2" \
	" AND c.origin_lot_id = p.lot_id AND c.origin_customer_id = $2" EVENT_OF_LOT \
	" WHERE v.event_code = ANY ('{" codes "}'::int2[]))" \
	" SELECT " LOYALTY_LOT_COLUMN ", t.root_id, t.put_back FROM tree t" \
	" JOIN loyalty_data.points_lot l ON l.org_id = $1 AND l.customer_id = $2 AND l.lot_id = t.lot_id"

/* The lots of customer $2 that a search begins with, each its own root. */
#define FIRST_LOTS(condition) \
	"SELECT b.lot_id, b.lot_id, false FROM loyalty_data.points_lot b" \
	" WHERE b.org_id = $1 AND b.customer_id = $2 AND " condition

/*
 * Lots that customer $2 got from lots of others. Those stand in $3 (customers), $4 (lots) and $5 (their roots),
 * one for each in the same place. Codes 23 and 32 are a reversal, by itself or with a return: here its lot stands in
 * place of one that a merge had closed.
 */
#define LOTS_FROM_OTHERS(codes) \
	"SELECT c.lot_id, w.root_id, v.event_code = 23 OR v.event_code = 32 FROM" \
	" ROWS FROM (unnest($3), unnest($4), unnest($5)) w (customer_id, lot_id, root_id)" \
	" JOIN loyalty_data.points_lot c ON c.org_id = $1 AND c.customer_id = $2" \
	" AND c.origin_lot_id = w.lot_id AND c.origin_customer_id = w.customer_id" EVENT_OF_LOT \
	" WHERE v.event_code = ANY ('{23,32," codes "}'::int2[])"

/*
 * Codes of events by which points go on as other lots: conversions of promised and trigger based points (20,
 * 21) and merges (41). The awards of referrals are regular points, which are not converted.
 */
#define OF_BILLS "20,21,41"
#define OF_AWARDS "41"

/* Lots that the bill $3 itself brought: no award that merely names it, and none that went on from others. */
static LoyaltyQuery lots_of_bill =
	LOYALTY_STATEMENT(FOLLOWED(FIRST_LOTS("b.transaction_id = $3 AND b.award_type <> 'd'"
										  " AND b.origin_lot_id IS NULL"),
							   OF_BILLS),
					  INT4OID, INT8OID, INT8OID);

static LoyaltyQuery lots_of_bill_elsewhere =
	LOYALTY_STATEMENT(FOLLOWED(LOTS_FROM_OTHERS(OF_BILLS), OF_BILLS), INT4OID, INT8OID, INT8ARRAYOID,
					  INT8ARRAYOID, INT8ARRAYOID);

/* The one lot of award $3, whose id is that of its event. */
static LoyaltyQuery lots_of_award =
	LOYALTY_STATEMENT(FOLLOWED(FIRST_LOTS("b.lot_id = $3"), OF_AWARDS), INT4OID, INT8OID, INT8OID);

static LoyaltyQuery lots_of_award_elsewhere =
	LOYALTY_STATEMENT(FOLLOWED(LOTS_FROM_OTHERS(OF_AWARDS), OF_AWARDS), INT4OID, INT8OID, INT8ARRAYOID,
					  INT8ARRAYOID, INT8ARRAYOID);

/* Adds the rows of a statement, as lots of the customer whom it was about. */
static void
add_lots(LoyaltyRows *rows, int64 customer_id, ReturnedLots *lots)
{
	uint64 i;

	for (i = 0; i < rows->count; i++)
	{
		ReturnedLot lot = {
			.lot = loyalty_lot_of_row(rows, i),
			.customer_id = customer_id,
			.root_id = loyalty_row_int8(rows, i, 2),
			.put_back = loyalty_row_bool(rows, i, 3),
		};

		LOYALTY_APPEND(*lots, lot);
	}
}

/*
 * Adds lots that a customer got from lots of others, those from "first" to "end". Its own are left out: the
 * statement that found them has followed them already.
 */
static void
add_lots_from_others(LoyaltyQuery *query, int32 org_id, int64 customer_id, int first, int end,
					 ReturnedLots *lots)
{
	LoyaltyParams params = { 0 };
	int64 *columns[3];
	int count = 0;
	int i;

	for (i = 0; i < 3; i++)
		columns[i] = palloc(sizeof(int64) * (end - first));
	for (i = first; i < end; i++)
	{
		if (lots->items[i].customer_id == customer_id)
			continue;
		columns[0][count] = lots->items[i].customer_id;
		columns[1][count] = lots->items[i].lot.lot_id;
		columns[2][count++] = lots->items[i].root_id;
	}
	if (count == 0)
		return;
	loyalty_param_customer(&params, org_id, customer_id);
	for (i = 0; i < 3; i++)
		loyalty_param(&params, loyalty_int8s(columns[i], count));
	add_lots(loyalty_query(query, &params), customer_id, lots);
}

/* Keeps together what one lot of a bill went on as: roots come first. */
int
loyalty_returned_lots_compare(const void *left, const void *right)
{
	const ReturnedLot *l = left;
	const ReturnedLot *r = right;

	if (l->root_id != r->root_id)
		return l->root_id < r->root_id ? -1 : 1;
	return l->lot.lot_id < r->lot.lot_id ? -1 : l->lot.lot_id > r->lot.lot_id;
}

/*
 * Finds the lots that bill or award "id" of "holder_id" brought, and all that they went on as in the group of
 * "customer". Lots of others than the root are closed: a merge left nothing in them.
 */
static void
follow_lots(LoyaltyQuery *first, LoyaltyQuery *elsewhere, int32 org_id, const LoyaltyCustomer *customer,
			int64 holder_id, int64 id, ReturnedLots *lots)
{
	int64 *ids;
	int members = loyalty_customer_group(customer, &ids);
	int start = 0;
	int i;

	add_lots(LOYALTY_QUERY(first, LOYALTY_CUSTOMER(org_id, holder_id), loyalty_int8(id)), holder_id, lots);
	while (members > 1 && start < lots->n)
	{
		int end = lots->n;

		for (i = 0; i < members; i++)
			add_lots_from_others(elsewhere, org_id, ids[i], start, end, lots);
		start = end;
	}
	for (i = 0; i < lots->n; i++)
	{
		lots->items[i].closed = lots->items[i].customer_id != customer->customer_id;
		lots->items[i].root_customer_id = holder_id;
	}
	if (lots->n > 1)
		qsort(lots->items, lots->n, sizeof(ReturnedLot), loyalty_returned_lots_compare);
}

/* Asks for the customer that the bill was written for, who may be merged into the one at hand. */
void
loyalty_returned_lots(int32 org_id, const LoyaltyCustomer *customer, const ReturnedBill *bill,
					  ReturnedLots *lots)
{
	follow_lots(&lots_of_bill, &lots_of_bill_elsewhere, org_id, customer, bill->customer_id,
				bill->transaction_id, lots);
}

/* Asks for one award. It has one lot, so all that is found has the same root. */
void
loyalty_award_lots(int32 org_id, const LoyaltyCustomer *customer, int64 awarded_to, int64 event_id,
				   ReturnedLots *lots)
{
	follow_lots(&lots_of_award, &lots_of_award_elsewhere, org_id, customer, awarded_to, event_id, lots);
}
