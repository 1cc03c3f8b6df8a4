/*
 * recent_store.c: reading the ends of accounts.
 */
#include "postgres.h"

#include "catalog/pg_type.h"

#include "common/query.h"
#include "ledger/spend/recent_store.h"
#include "ledger/tables/event_of_entry.h"

/* How many entries are fetched at a time: most customers have few within a month. */
#define ENTRIES_PER_FETCH 32

#define RECENT \
	"SELECT e.effective_at, e.house_account, e.entry_type, e.points, e.event_id, v.event_code," \
	" v.reverses_event_id FROM loyalty_data.ledger_entry e" \
	" CROSS JOIN LATERAL " LOYALTY_EVENT_OF_ENTRY("e") " v" \
													   " WHERE e.org_id = $1 AND e.customer_id = $2" \
													   " AND e.program_id = $3 AND e.category = 'r'" \
													   " ORDER BY e.entry_no DESC"

static LoyaltyQuery entries_now = LOYALTY_STATEMENT(RECENT, INT4OID, INT8OID, INT4OID);

static LoyaltyQuery entries_seen = LOYALTY_STATEMENT_SEEN(RECENT, INT4OID, INT8OID, INT4OID);

static RecentEntry
entry_of_row(LoyaltyRows *rows, uint64 row)
{
	return (RecentEntry){
		.effective_at = loyalty_row_int8(rows, row, 1),
		.entry_type = loyalty_row_char(rows, row, 3),
		.points = loyalty_row_points(rows, row, 4),
		.event_id = loyalty_row_int8(rows, row, 5),
		.event_code = loyalty_row_int2(rows, row, 6),
		.reverses_event_id = loyalty_row_int8_or(rows, row, 7, 0),
	};
}

/* Reads the entries of an account, the last one first, until one is older than "since". */
static void
read_account(LoyaltyQuery *query, int32 org_id, int64 customer_id, int32 program_id, HouseAccount house,
			 TimestampTz since, RecentEntries *entries)
{
	LoyaltyCursor *cursor;

	cursor =
		loyalty_cursor_open(query,
							LOYALTY_GIVEN(LOYALTY_CUSTOMER(org_id, customer_id), loyalty_int4(program_id)),
							ENTRIES_PER_FETCH);
	while (loyalty_cursor_next(cursor) && loyalty_row_int8(cursor->rows, cursor->row, 1) >= since)
		if (loyalty_row_char(cursor->rows, cursor->row, 2) == (char) house)
			LOYALTY_APPEND(*entries, entry_of_row(cursor->rows, cursor->row));
	loyalty_cursor_close(cursor);
}

void
loyalty_recent_entries(int32 org_id, const LoyaltyCustomer *customer, int32 program_id, HouseAccount house,
					   TimestampTz since, bool snapshot, RecentEntries *entries)
{
	int64 *ids;
	int count = loyalty_customer_group(customer, &ids);
	int i;

	for (i = 0; i < count; i++)
		read_account(snapshot ? &entries_seen : &entries_now, org_id, ids[i], program_id, house, since,
					 entries);
}
