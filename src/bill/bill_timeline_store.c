/*
 * bill_timeline_store.c: the statements behind the bills of customer_timeline. A customer may have thousands, which are found by
 * their ids. What a bill earned is in the lines of points.
 */
#include "postgres.h"

#include "bill/bill_timeline_store.h"
#include "customer/timeline_store.h"

static LoyaltyQuery bill_neighbours =
	LOYALTY_TIMELINE_NEIGHBOURS("transaction", "transaction_id", "recorded_at");

static LoyaltyQuery bill_lines = LOYALTY_STATEMENT_SEEN(
	"SELECT t.recorded_at, t.transaction_id, 0::int8, CASE t.transaction_type WHEN 'b' THEN 'transaction_return'"
	" ELSE 'transaction_add' END, t.event_time, jsonb_build_object('transaction_number', t.transaction_number,"
	" 'transaction_type', loyalty_data.ledger_word(t.transaction_type, 'transaction_type'), 'amount', t.amount, 'till', l.till,"
	" 'store', s.store, 'program', p.program, 'returned_transaction_id', t.parent_id) FROM " LOYALTY_TIMELINE_ROWS(
		"transaction",
		"transaction_id") " t LEFT JOIN loyalty_data.till l ON l.org_id = t.org_id AND l.till_id = t.till_id"
						  " LEFT JOIN loyalty_data.store s ON s.org_id = t.org_id AND s.store_id = t.store_id"
						  " LEFT JOIN loyalty_data.program p ON p.org_id = t.org_id AND p.program_id = t.program_id"
						  " WHERE true" LOYALTY_TIMELINE_BEHIND("t.recorded_at", "t.transaction_id",
																"0::int8"),
	LOYALTY_TIMELINE_ROWS_TYPES);

const LoyaltyTimelineSource loyalty_bill_timeline = { .kind = "bill",
													  .lines = &bill_lines,
													  .neighbours = &bill_neighbours };
