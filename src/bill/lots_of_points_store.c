/*
 * lots_of_points_store.c: the statements that follow points from lot to lot. They went on as other lots where they were
 * converted or merged, and where a reversal found their lot closed; whoever they were transferred to keeps them. What a
 * reversal put beside a lot of the same customer is nothing that went on.
 *
 * One statement follows them among the lots of one customer. Those of customers who merged nobody are never elsewhere; in a
 * group, what others of it got from the lots that were found last is asked of each, until nothing more is found.
 */
#include "postgres.h"

#include "catalog/pg_type.h"

#include "bill/referral_store.h"
#include "bill/return_store.h"
#include "common/array.h"
#include "common/query.h"
#include "ledger/tables/lot_store.h"

/* The event that brought lot "c" of customer $2. */
#define EVENT_OF_LOT \
	" JOIN loyalty_data.ledger_entry e ON e.org_id = $1 AND e.customer_id = $2 AND e.program_id = c.program_id" \
	" AND e.category = c.category AND e.entry_no = c.entry_no" \
	" JOIN loyalty_data.ledger_event v ON v.org_id = $1 AND v.customer_id = $2 AND v.event_id = e.event_id"

/* The lots that some lots of customer $2 went on as, by events of these codes, and they themselves. */
#define FOLLOWED(lots, codes) \
	"WITH RECURSIVE tree (lot_id, root_id, put_back) AS (" lots \
	" UNION ALL SELECT c.lot_id, p.root_id, false FROM tree p" \
	" JOIN loyalty_data.points_lot c ON c.org_id = $1 AND c.customer_id = $2" \
	" AND c.origin_lot_id = p.lot_id AND c.origin_customer_id = $2" EVENT_OF_LOT \
	" WHERE v.event_code = ANY ('{" codes "}'::int2[]))" \
	" SELECT " LOYALTY_LOT_COLUMN ", t.root_id, t.put_back FROM tree t" \
	" JOIN loyalty_data.points_lot l ON l.org_id = $1 AND l.customer_id = $2 AND l.lot_id = t.lot_id"

#define FIRST_LOTS(condition) \
	"SELECT b.lot_id, b.lot_id, false FROM loyalty_data.points_lot b" \
	" WHERE b.org_id = $1 AND b.customer_id = $2 AND " condition

/* What customer $2 got from lots of others, which stand in $3, $4 and $5 with the lots that they come from themselves. */
#define LOTS_FROM_OTHERS(codes) \
	"SELECT c.lot_id, w.root_id, v.event_code = 23 FROM" \
	" ROWS FROM (unnest($3), unnest($4), unnest($5)) w (customer_id, lot_id, root_id)" \
	" JOIN loyalty_data.points_lot c ON c.org_id = $1 AND c.customer_id = $2" \
	" AND c.origin_lot_id = w.lot_id AND c.origin_customer_id = w.customer_id" EVENT_OF_LOT \
	" WHERE v.event_code = ANY ('{23," codes "}'::int2[])"

#define OF_BILLS "20,21,41"
#define OF_AWARDS "41"

static LoyaltyQuery lots_of_bill =
	LOYALTY_STATEMENT(FOLLOWED(FIRST_LOTS("b.transaction_id = $3 AND b.award_type <> 'd'"
										  " AND b.origin_lot_id IS NULL"),
							   OF_BILLS),
					  INT4OID, INT8OID, INT8OID);

static LoyaltyQuery lots_of_bill_elsewhere =
	LOYALTY_STATEMENT(FOLLOWED(LOTS_FROM_OTHERS(OF_BILLS), OF_BILLS), INT4OID, INT8OID, INT8ARRAYOID,
					  INT8ARRAYOID, INT8ARRAYOID);

static LoyaltyQuery lots_of_award =
	LOYALTY_STATEMENT(FOLLOWED(FIRST_LOTS("b.lot_id = $3"), OF_AWARDS), INT4OID, INT8OID, INT8OID);

static LoyaltyQuery lots_of_award_elsewhere =
	LOYALTY_STATEMENT(FOLLOWED(LOTS_FROM_OTHERS(OF_AWARDS), OF_AWARDS), INT4OID, INT8OID, INT8ARRAYOID,
					  INT8ARRAYOID, INT8ARRAYOID);

typedef LOYALTY_ARRAY(ReturnedLot) ReturnedLots;

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

/* Adds what a customer got from lots of others, those from "first" to "end". */
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
		loyalty_param_int8_array(&params, columns[i], count);
	add_lots(loyalty_query(query, &params), customer_id, lots);
}

static int
compare_lots(const void *left, const void *right)
{
	const ReturnedLot *l = left;
	const ReturnedLot *r = right;

	if (l->root_id != r->root_id)
		return l->root_id < r->root_id ? -1 : 1;
	return l->lot.lot_id < r->lot.lot_id ? -1 : l->lot.lot_id > r->lot.lot_id;
}

/* The lots that bill or award "id" of a customer brought, and all that they went on as in the group. */
static int
follow_lots(LoyaltyQuery *first, LoyaltyQuery *elsewhere, int32 org_id, const LoyaltyCustomer *customer,
			int64 holder_id, int64 id, ReturnedLot **found)
{
	LoyaltyParams params = { 0 };
	ReturnedLots lots = { 0 };
	int64 *ids;
	int members = loyalty_customer_group(customer, &ids);
	int start = 0;
	int i;

	loyalty_param_customer(&params, org_id, holder_id);
	loyalty_param_int8(&params, id);
	add_lots(loyalty_query(first, &params), holder_id, &lots);
	while (members > 1 && start < lots.n)
	{
		int end = lots.n;

		for (i = 0; i < members; i++)
			add_lots_from_others(elsewhere, org_id, ids[i], start, end, &lots);
		start = end;
	}
	for (i = 0; i < lots.n; i++)
		lots.items[i].closed = lots.items[i].customer_id != customer->customer_id;
	if (lots.n > 1)
		qsort(lots.items, lots.n, sizeof(ReturnedLot), compare_lots);
	*found = lots.items;
	return lots.n;
}

int
loyalty_returned_lots(int32 org_id, const LoyaltyCustomer *customer, const ReturnedBill *bill,
					  ReturnedLot **lots)
{
	return follow_lots(&lots_of_bill, &lots_of_bill_elsewhere, org_id, customer, bill->customer_id,
					   bill->transaction_id, lots);
}

/* An award has one lot: in the order of lots, all have the same root. */
int
loyalty_award_lots(int32 org_id, const LoyaltyCustomer *customer, int64 awarded_to, int64 event_id,
				   ReturnedLot **lots)
{
	return follow_lots(&lots_of_award, &lots_of_award_elsewhere, org_id, customer, awarded_to, event_id,
					   lots);
}
