/*
 * points_timeline_store.c: the statements behind the entries of customer_timeline. Both see the caller's snapshot.
 *
 * An entry is found by its number, and shows what its event says, wherever that stands. Entries of no points that open an account
 * or note a merge are left out, since the registration and the merge have lines of their own.
 */
#include "postgres.h"

#include "customer/timeline_store.h"
#include "ledger/read/points_timeline_store.h"
#include "ledger/tables/event_of_entry.h"

#define OF_ACCOUNT(program, category) \
	" WHERE " LOYALTY_TIMELINE_OF("x") " AND x.program_id = " program " AND x.category = " category

static LoyaltyQuery neighbours = LOYALTY_STATEMENT_SEEN(
	"SELECT x.entry_no, x.event_id, v.recorded_at FROM loyalty_data.ledger_entry x CROSS JOIN LATERAL " LOYALTY_EVENT_OF_ENTRY(
		"x") " v" OF_ACCOUNT("$3", "$4") " AND x.entry_no >= $5 AND x.entry_no <= $5 + 1 ORDER BY x.entry_no",
	INT4OID, INT8OID, INT4OID, CHAROID, INT4OID);

/* Tells the entries of an event apart: their program, category and number. Ids of programs are small. */
#define PART "((e.program_id::int8 * 4 + strpos('prt', e.category::text)) << 31 | e.entry_no)"

static LoyaltyQuery lines = LOYALTY_STATEMENT_SEEN(
	"SELECT v.recorded_at, e.event_id, " PART
	", n.event_name, v.event_time, jsonb_build_object('program', p.program, 'category',"
	" loyalty_data.ledger_word(e.category, 'category'), 'entry_type', loyalty_data.ledger_word(e.entry_type, 'entry_type'),"
	" 'points', e.points, 'balance_after', e.balance_after, 'transaction_id', v.transaction_id, 'redemption_id', v.redemption_id,"
	" 'till', l.till, 'store', s.store, 'source', q.source, 'reason', (SELECT y.reason FROM loyalty_data.event_note y"
	" WHERE y.org_id = $1 AND y.customer_id = $2 AND y.event_id = e.event_id))"
	" FROM (SELECT x.* FROM loyalty_data.ledger_entry x" OF_ACCOUNT(
		"$8",
		"$9") " AND x.entry_no <= $10 AND (x.points <> 0 OR x.entry_type <> 'o' AND x.house_account <> 'g')"
			  " ORDER BY x.entry_no DESC" LOYALTY_TIMELINE_MORE
			  ") e CROSS JOIN LATERAL " LOYALTY_EVENT_OF_ENTRY(
				  "e") " v"
					   " JOIN loyalty_data.event_type n ON n.event_code = v.event_code"
					   " JOIN loyalty_data.program p ON p.org_id = $1 AND p.program_id = e.program_id"
					   " LEFT JOIN loyalty_data.till l ON l.org_id = $1 AND l.till_id = v.till_id"
					   " LEFT JOIN loyalty_data.store s ON s.org_id = $1 AND s.store_id = v.store_id"
					   " LEFT JOIN loyalty_data.source q ON q.source_id = v.source_id"
					   " WHERE true" LOYALTY_TIMELINE_BEHIND("v.recorded_at", "e.event_id", PART),
	LOYALTY_TIMELINE_TYPES, INT4OID, CHAROID, INT4OID);

/* Takes the rows as they come: the entry, if it is there, and the one behind it. */
void
loyalty_points_neighbours(const LoyaltyTimelineWindow *window, const Account *account, int32 entry_no,
						  TimelineRow *below, TimelineRow *above)
{
	LoyaltyRows *rows = LOYALTY_QUERY(&neighbours, LOYALTY_CUSTOMER(window->org->org_id, window->customer_id),
									  loyalty_int4(account->program_id),
									  loyalty_char((char) account->category), loyalty_int4(entry_no));
	uint64 i;

	*below = *above = (TimelineRow){ 0 };
	for (i = 0; i < rows->count; i++)
	{
		TimelineRow row = { .found = true,
							.position = loyalty_row_int4(rows, i, 1),
							.id = loyalty_row_int8(rows, i, 2),
							.at = loyalty_row_int8(rows, i, 3) };

		if (row.position <= entry_no)
			*below = row;
		else
			*above = row;
	}
	loyalty_rows_free(rows);
}

/* Adds what an account needs to the parameters of every source. */
LoyaltyRows *
loyalty_points_lines(const LoyaltyTimelineWindow *window, int64 part_below, const Account *account,
					 int32 entry_no)
{
	LoyaltyParams params = loyalty_timeline_params(window, part_below);

	loyalty_param(&params, loyalty_int4(account->program_id));
	loyalty_param(&params, loyalty_char((char) account->category));
	loyalty_param(&params, loyalty_int4(entry_no));
	return loyalty_query(&lines, &params);
}
