/*
 * claim_store.c: the statements on reversals and claims.
 *
 * Both tables are append-only. A claim is a sum over rows: what a return could not take is a row above zero, what came
 * back since and settled it is one below. The rows stand under whoever was locked as they were written, and name the
 * lot by its own customer; so after a merge a sum is taken over the whole group, member by member, as each statement is
 * about one customer. They are no columns of the lot, since a lot that was merged away gets no postings any more, and
 * no movements, since nothing moves within a lot when a claim arises.
 *
 * Nothing is late here: a claim is written with the entry that makes or settles it.
 */
#include "postgres.h"

#include "catalog/pg_type.h"

#include "common/query.h"
#include "ledger/tables/claim_store.h"
#include "ledger/tables/event_of_entry.h"

static LoyaltyQuery reversals_insert = LOYALTY_INSERT(reversal_layout);
static LoyaltyQuery claims_insert = LOYALTY_INSERT(claim_layout);

/* Read without the executor where the table allows: nearly everybody has none. */
static LoyaltyQuery claims_of_customer = LOYALTY_FIND_TO_WRITE(claim_layout, "org_id, customer_id");

/* The lot that lot $3 of customer $2 continues, and by which event. */
static LoyaltyQuery lot_before = LOYALTY_STATEMENT(
	"SELECT l.origin_customer_id, l.origin_lot_id, v.event_code FROM loyalty_data.points_lot l"
	" JOIN loyalty_data.ledger_entry e ON e.org_id = $1 AND e.customer_id = $2 AND e.program_id = l.program_id"
	" AND e.category = l.category AND e.entry_no = l.entry_no"
	" CROSS JOIN LATERAL " LOYALTY_EVENT_OF_ENTRY(
		"e") " v"
			 " WHERE l.org_id = $1 AND l.customer_id = $2 AND l.lot_id = $3 AND l.origin_lot_id IS NOT NULL",
	INT4OID, INT8OID, INT8OID);

static LoyaltyQuery put_back_by_event =
	LOYALTY_STATEMENT("SELECT COALESCE((SELECT sum(r.points) FROM loyalty_data.reversal r WHERE r.org_id = $1"
					  " AND r.customer_id = $2 AND r.event_id = $3), 0),"
					  " COALESCE((SELECT - sum(k.claimed) FROM loyalty_data.lot_claim k WHERE k.org_id = $1"
					  " AND k.customer_id = $2 AND k.event_id = $3 AND k.claimed < 0), 0)",
					  INT4OID, INT8OID, INT8OID);

/* Hands rows to the writer. */
void
loyalty_reversals_insert(LoyaltyWriter *writer, int64 customer_id, const ReversalRow *rows, int count)
{
	loyalty_writer_write(writer, customer_id, &reversals_insert, rows, count);
}

/* Hands rows to the writer. */
void
loyalty_claims_insert(LoyaltyWriter *writer, int64 customer_id, const ClaimRow *rows, int count)
{
	loyalty_writer_write(writer, customer_id, &claims_insert, rows, count);
}

/* Goes through all of them: a customer has as many as returns that found nothing to take. */
LotClaim *
loyalty_claim_find(const LotClaims *claims, int64 lot_customer_id, int64 lot_id)
{
	int i;

	for (i = 0; i < claims->n; i++)
		if (claims->items[i].lot_id == lot_id && claims->items[i].lot_customer_id == lot_customer_id)
			return &claims->items[i];
	return NULL;
}

/* Adds up rows that stand under one member. */
static void
add_claims(int32 org_id, int64 member, LotClaims *claims)
{
	uint64 i;
	LoyaltyRows *rows = LOYALTY_QUERY(&claims_of_customer, LOYALTY_CUSTOMER(org_id, member));

	for (i = 0; i < rows->count; i++)
	{
		ClaimRow row = { 0 };
		LotClaim *claim;

		loyalty_row_read(rows, i, &claim_layout, &row);
		claim = loyalty_claim_find(claims, row.claim.lot_customer_id, row.claim.lot_id);
		if (claim == NULL)
		{
			LotClaim found = { .lot_customer_id = row.claim.lot_customer_id, .lot_id = row.claim.lot_id };

			LOYALTY_APPEND(*claims, found);
			claim = &claims->items[claims->n - 1];
		}
		claim->open += row.claim.claimed;
		claim->covered += row.claim.covered;
	}
}

/* Asks each of the group: a claim may have arisen under one and be settled under another. */
void
loyalty_claims_of_group(int32 org_id, const LoyaltyCustomer *customer, LotClaims *claims)
{
	int64 *ids;
	int members = loyalty_customer_group(customer, &ids);
	int i;

	for (i = 0; i < members; i++)
		add_claims(org_id, ids[i], claims);
}

/* Tells whether an event carries points of a lot on as another lot, which a return follows. */
static bool
goes_on(EventCode code, bool same_customer)
{
	switch (code)
	{
		case EVENT_PROMISED_CONVERSION:
		case EVENT_TRIGGER_BASED_CONVERSION:
		case EVENT_MERGE:
			return true;
		case EVENT_REDEMPTION_REVERSAL:
		case EVENT_TRANSACTION_RETURN:
			return !same_customer;
		default:
			return false;
	}
}

/* Takes a statement for each step; lots have an origin that is older, so the way ends. */
void
loyalty_lot_root(int32 org_id, int64 *customer_id, int64 *lot_id)
{
	for (;;)
	{
		LoyaltyRows *rows =
			LOYALTY_QUERY(&lot_before, LOYALTY_CUSTOMER(org_id, *customer_id), loyalty_int8(*lot_id));
		int64 origin_id;

		if (rows->count == 0)
			return;
		origin_id = loyalty_row_int8(rows, 0, 1);
		if (!goes_on((EventCode) loyalty_row_int2(rows, 0, 3), origin_id == *customer_id))
			return;
		*customer_id = origin_id;
		*lot_id = loyalty_row_int8(rows, 0, 2);
	}
}

/* Reads what the event itself wrote, which never changes. */
int64
loyalty_event_put_back(int32 org_id, int64 customer_id, int64 event_id, int64 *settled)
{
	LoyaltyRows *rows =
		LOYALTY_QUERY(&put_back_by_event, LOYALTY_CUSTOMER(org_id, customer_id), loyalty_int8(event_id));

	*settled = loyalty_row_points(rows, 0, 2);
	return loyalty_row_points(rows, 0, 1);
}
