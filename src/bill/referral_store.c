/*
 * referral_store.c: the statements on referrals.
 */
#include "postgres.h"

#include "catalog/pg_type.h"

#include "bill/referral_store.h"
#include "common/query.h"
#include "ledger/tables/lot_store.h"

static LoyaltyQuery referral_insert = LOYALTY_STATEMENT(
	"INSERT INTO loyalty_data.referral (org_id, customer_id, referral_id, referrer_id, referrer_event_id,"
	" transaction_id, program_id) VALUES ($1, $2, $3, $4, $5, $6, $7) ON CONFLICT DO NOTHING",
	INT4OID, INT8OID, INT8OID, INT8OID, INT8OID, INT8OID, INT4OID);

static LoyaltyQuery referral_of_bill =
	LOYALTY_STATEMENT("SELECT r.referral_id, r.customer_id, r.referrer_id, r.referrer_event_id, r.program_id"
					  " FROM loyalty_data.referral r WHERE r.org_id = $1"
					  " AND r.customer_id = ANY ($2) AND r.transaction_id = $3"
					  " AND NOT EXISTS (SELECT FROM loyalty_data.ledger_event v WHERE v.org_id = $1"
					  "  AND v.customer_id = ANY ($2)"
					  "  AND v.reverses_event_id = r.referral_id)",
					  INT4OID, INT8ARRAYOID, INT8OID);

static LoyaltyQuery referrer_of_number = LOYALTY_STATEMENT(
	"SELECT min(COALESCE(c.merged_into, c.customer_id)) FROM (SELECT n.transaction_id"
	"  FROM loyalty_data.transaction_number n JOIN loyalty_data.transaction t ON t.org_id = $1"
	"   AND t.customer_id = n.customer_id AND t.transaction_id = n.transaction_id"
	"  WHERE n.org_id = $1 AND n.transaction_number = $3 AND n.customer_id = ANY ($2)"
	"  AND ($4 OR n.till_id = $5) AND t.transaction_type <> 'b'"
	"  ORDER BY n.till_id <> 0 FETCH FIRST ROW WITH TIES) n"
	" JOIN loyalty_data.referral r ON r.org_id = $1"
	"  AND r.customer_id = ANY ($2)"
	"  AND r.transaction_id = n.transaction_id"
	" JOIN loyalty_data.customer c ON c.org_id = $1"
	"  AND c.customer_id = r.referrer_id",
	INT4OID, INT8ARRAYOID, TEXTOID, BOOLOID, INT4OID);

/* Points went on as other lots where they were merged, and where a reversal found their lot closed. */
static LoyaltyQuery lots_of_awards = LOYALTY_STATEMENT(
	"WITH RECURSIVE tree AS (SELECT b.customer_id, b.lot_id, b.lot_id AS root_id, false AS put_back FROM loyalty_data.points_lot b"
	"  WHERE b.org_id = $1 AND b.customer_id = $4"
	"  AND b.lot_id = $3"
	" UNION ALL SELECT c.customer_id, c.lot_id, p.root_id,"
	"   v.event_code = 23 FROM tree p"
	"  JOIN loyalty_data.points_lot c ON c.org_id = $1"
	"   AND c.customer_id = ANY ($2) AND c.origin_lot_id = p.lot_id"
	"   AND c.origin_customer_id = p.customer_id"
	"  JOIN loyalty_data.ledger_entry e ON e.org_id = $1"
	"   AND e.customer_id = c.customer_id AND e.program_id = c.program_id"
	"   AND e.category = c.category AND e.entry_no = c.entry_no"
	"  JOIN loyalty_data.ledger_event v ON v.org_id = $1"
	"   AND v.customer_id = c.customer_id AND v.event_id = e.event_id"
	"  WHERE v.event_code = 41"
	"   OR (v.event_code = 23 AND c.customer_id <> p.customer_id))"
	" SELECT " LOYALTY_LOT_COLUMN ", l.customer_id, t.root_id, t.put_back FROM tree t"
	" JOIN loyalty_data.points_lot l ON l.org_id = $1"
	"  AND l.customer_id = t.customer_id AND l.lot_id = t.lot_id"
	" ORDER BY l.lot_id",
	INT4OID, INT8ARRAYOID, INT8OID, INT8OID);

bool
loyalty_referral_insert(int32 org_id, const Referral *referral)
{
	LoyaltyParams params = { 0 };

	loyalty_param_int4(&params, org_id);
	loyalty_param_int8(&params, referral->referee_id);
	loyalty_param_int8(&params, referral->referral_id);
	loyalty_param_int8(&params, referral->referrer_id);
	loyalty_param_int8(&params, referral->referrer_event_id);
	loyalty_param_int8_or_null(&params, referral->transaction_id);
	loyalty_param_int4(&params, referral->program_id);
	return loyalty_execute(&referral_insert, &params) == 1;
}

bool
loyalty_referral_of_bill(int32 org_id, const LoyaltyCustomer *customer, int64 transaction_id,
						 Referral *referral)
{
	LoyaltyParams params = { 0 };
	LoyaltyRows *rows;

	loyalty_param_int4(&params, org_id);
	loyalty_param_group(&params, customer);
	loyalty_param_int8(&params, transaction_id);
	rows = loyalty_query(&referral_of_bill, &params);
	if (rows->count == 0)
		return false;
	*referral = (Referral){
		.referral_id = loyalty_row_int8(rows, 0, 1),
		.referee_id = loyalty_row_int8(rows, 0, 2),
		.referrer_id = loyalty_row_int8(rows, 0, 3),
		.referrer_event_id = loyalty_row_int8(rows, 0, 4),
		.program_id = loyalty_row_int4(rows, 0, 5),
		.transaction_id = transaction_id,
	};
	return true;
}

int64
loyalty_referrer_of_number(int32 org_id, const LoyaltyCustomer *customer, const char *number, bool any_till,
						   int32 till_id)
{
	LoyaltyParams params = { 0 };
	LoyaltyRows *rows;

	loyalty_param_int4(&params, org_id);
	loyalty_param_group(&params, customer);
	loyalty_param_text(&params, number);
	loyalty_param_bool(&params, any_till);
	loyalty_param_int4(&params, till_id);
	rows = loyalty_query(&referrer_of_number, &params);
	return loyalty_row_int8_or(rows, 0, 1, 0);
}

int
loyalty_award_lots(int32 org_id, const LoyaltyCustomer *customer, int64 awarded_to, int64 event_id,
				   ReturnedLot **lots)
{
	LoyaltyParams params = { 0 };
	int count;
	int i;
	LoyaltyRows *rows;

	loyalty_param_int4(&params, org_id);
	loyalty_param_group(&params, customer);
	loyalty_param_int8(&params, event_id);
	loyalty_param_int8(&params, awarded_to);
	rows = loyalty_query(&lots_of_awards, &params);
	count = (int) rows->count;
	*lots = palloc0(sizeof(ReturnedLot) * Max(count, 1));
	for (i = 0; i < count; i++)
	{
		ReturnedLot *lot = &(*lots)[i];

		lot->lot = loyalty_lot_of_row(rows, i);
		lot->customer_id = loyalty_row_int8(rows, i, 2);
		lot->root_id = loyalty_row_int8(rows, i, 3);
		lot->put_back = loyalty_row_bool(rows, i, 4);
		lot->closed = lot->customer_id != customer->customer_id;
	}
	return count;
}
