/*
 * recent_store.c: reading the ends of accounts. Entries of an account stand in the order of their effective
 * times, so the last ones are read backwards, by the primary key, until one is too old. No index by time is
 * needed, which every award would have to keep.
 */
#include "postgres.h"

#include "catalog/pg_type.h"

#include "common/query.h"
#include "ledger/spend/recent_store.h"
#include "ledger/tables/event_of_entry.h"

/* Entries that are fetched at a time: most customers have few within a month. */
#define ENTRIES_PER_FETCH 32

/* Regular entries of a program, the last one first, each with the event that it stands for. */
#define RECENT \
	"SELECT e.effective_at, e.house_account, e.entry_type, e.points, e.event_id, v.event_code" \
	" FROM loyalty_data.ledger_entry e" \
	" CROSS JOIN LATERAL " LOYALTY_EVENT_OF_ENTRY("e") " v" \
													   " WHERE e.org_id = $1 AND e.customer_id = $2" \
													   " AND e.program_id = $3 AND e.category = 'r'" \
													   " ORDER BY e.entry_no DESC"

/* Two plans for one text: a call that only reads must agree with the rest of its statement. */
static LoyaltyQuery entries_now = LOYALTY_STATEMENT(RECENT, INT4OID, INT8OID, INT4OID);

static LoyaltyQuery entries_seen = LOYALTY_STATEMENT_SEEN(RECENT, INT4OID, INT8OID, INT4OID);

/* Makes an entry of a row; the house account, column 2, was looked at before. */
static RecentEntry
entry_of_row(LoyaltyRows *rows, uint64 row)
{
	return (RecentEntry){
		.effective_at = loyalty_row_int8(rows, row, 1),
		.entry_type = loyalty_row_char(rows, row, 3),
		.points = loyalty_row_points(rows, row, 4),
		.event_id = loyalty_row_int8(rows, row, 5),
		.event_code = loyalty_row_int2(rows, row, 6),
	};
}

/* Points that some events of customer $2 put back of redemptions in program $3. */
#define REVERSED \
	"SELECT r.reversed_event_id, sum(r.points) FROM loyalty_data.reversal r WHERE r.org_id = $1" \
	" AND r.customer_id = $2 AND r.program_id = $3 AND r.event_id = ANY ($4) GROUP BY r.reversed_event_id"

static LoyaltyQuery reversed_now = LOYALTY_STATEMENT(REVERSED, INT4OID, INT8OID, INT4OID, INT8ARRAYOID);

static LoyaltyQuery reversed_seen = LOYALTY_STATEMENT_SEEN(REVERSED, INT4OID, INT8OID, INT4OID, INT8ARRAYOID);

/* Events by their ids. */
typedef LOYALTY_ARRAY(int64) EventIds;

/* Adds a credit for each redemption that some events of an account put something back of: a return may, of several. */
static void
add_reversed(LoyaltyQuery *query, int32 org_id, int64 customer_id, int32 program_id, const EventIds *events,
			 RecentEntries *entries)
{
	LoyaltyRows *rows;
	uint64 i;

	if (events->n == 0)
		return;
	rows = LOYALTY_QUERY(query, LOYALTY_CUSTOMER(org_id, customer_id), loyalty_int4(program_id),
						 loyalty_int8s(events->items, events->n));
	for (i = 0; i < rows->count; i++)
	{
		RecentEntry entry = { .reverses_event_id = loyalty_row_int8(rows, i, 1),
							  .points = loyalty_row_points(rows, i, 2),
							  .entry_type = ENTRY_CREDIT };

		LOYALTY_APPEND(*entries, entry);
	}
}

/*
 * Reads the entries of an account, the last one first, until one is older than "since". Returns the events of those
 * that gave points back, which are not among the entries.
 */
static EventIds
read_account(LoyaltyQuery *query, int32 org_id, int64 customer_id, int32 program_id, HouseAccount house,
			 TimestampTz since, RecentEntries *entries)
{
	EventIds reversals = { 0 };
	LoyaltyCursor *cursor;

	cursor =
		loyalty_cursor_open(query,
							LOYALTY_GIVEN(LOYALTY_CUSTOMER(org_id, customer_id), loyalty_int4(program_id)),
							ENTRIES_PER_FETCH);
	while (loyalty_cursor_next(cursor) && loyalty_row_int8(cursor->rows, cursor->row, 1) >= since)
	{
		RecentEntry entry;

		if (loyalty_row_char(cursor->rows, cursor->row, 2) != (char) house)
			continue;
		entry = entry_of_row(cursor->rows, cursor->row);
		if (house == HOUSE_REDEEMED && entry.entry_type == ENTRY_CREDIT)
			LOYALTY_APPEND(reversals, entry.event_id);
		else
			LOYALTY_APPEND(*entries, entry);
	}
	loyalty_cursor_close(cursor);
	return reversals;
}

/*
 * Redemptions of those who were merged into the customer count as its own. Each member is asked by a statement
 * of its own, since rows stand under the ids they were written with.
 */
void
loyalty_recent_entries(int32 org_id, const LoyaltyCustomer *customer, int32 program_id, HouseAccount house,
					   TimestampTz since, bool snapshot, RecentEntries *entries)
{
	int64 *ids;
	int count = loyalty_customer_group(customer, &ids);
	int i;

	for (i = 0; i < count; i++)
	{
		EventIds reversals = read_account(snapshot ? &entries_seen : &entries_now, org_id, ids[i], program_id,
										  house, since, entries);

		add_reversed(snapshot ? &reversed_seen : &reversed_now, org_id, ids[i], program_id, &reversals,
					 entries);
	}
}
