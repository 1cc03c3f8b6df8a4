/*
 * recent_store.c: reading the ends of accounts.
 */
#include "postgres.h"

#include "catalog/pg_type.h"

#include "common/query.h"
#include "ledger/event_of_entry.h"
#include "ledger/recent_store.h"

/* How many entries are fetched at a time: most customers have few within a month. */
#define ENTRIES_PER_FETCH 32

typedef enum RecentQueryId
{
	Q_RECENT,
	Q_RECENT_SEEN,
	Q_COUNT
} RecentQueryId;

#define RECENT \
	"SELECT e.effective_at, e.house_account, e.entry_type, e.points, e.event_id, v.event_code," \
	" v.reverses_event_id FROM loyalty_data.ledger_entry e" \
	" CROSS JOIN LATERAL " LOYALTY_EVENT_OF_ENTRY("e") " v" \
													   " WHERE e.org_id = $1 AND e.customer_id = $2" \
													   " AND e.program_id = $3 AND e.category = 'r'" \
													   " ORDER BY e.entry_no DESC"

static const LoyaltyQuery queries[] = {
	[Q_RECENT] = {
		.sql = RECENT, .nargs = 3, .argtypes = { INT4OID, INT8OID, INT4OID }, .expect = SPI_OK_SELECT,
	},
	[Q_RECENT_SEEN] = {
		.sql = RECENT, .nargs = 3, .argtypes = { INT4OID, INT8OID, INT4OID }, .expect = SPI_OK_SELECT,
		.read_only = true,
	},
};
StaticAssertDecl(lengthof(queries) == Q_COUNT, "queries[] is out of step with RecentQueryId");

static LoyaltyPlan plans[Q_COUNT];

/* Reads the rows that were fetched; false where one is older than "since": there is no more to come. */
static bool
read_entries(HouseAccount house, TimestampTz since, RecentEntries *entries)
{
	uint64 row;

	for (row = 0; row < SPI_processed; row++)
	{
		RecentEntry entry = { .effective_at = loyalty_row_int8(row, 1) };

		if (entry.effective_at < since)
			return false;
		if (loyalty_row_char(row, 2) != (char) house)
			continue;
		entry.entry_type = loyalty_row_char(row, 3);
		entry.points = loyalty_row_points(row, 4);
		entry.event_id = loyalty_row_int8(row, 5);
		entry.event_code = loyalty_row_int2(row, 6);
		entry.reverses_event_id = loyalty_row_int8_or(row, 7, 0);
		LOYALTY_APPEND(*entries, entry);
	}
	return row > 0;
}

static void
read_account(RecentQueryId id, int32 org_id, int64 customer_id, int32 program_id, HouseAccount house,
			 TimestampTz since, RecentEntries *entries)
{
	LoyaltyParams params = { 0 };
	Portal portal;
	bool more;

	loyalty_param_int4(&params, org_id);
	loyalty_param_int8(&params, customer_id);
	loyalty_param_int4(&params, program_id);
	portal = loyalty_query_open(&queries[id], &plans[id], &params);
	do
	{
		loyalty_query_fetch(portal, ENTRIES_PER_FETCH);
		more = read_entries(house, since, entries);
		SPI_freetuptable(SPI_tuptable);
	} while (more);
	SPI_cursor_close(portal);
}

void
loyalty_recent_entries(int32 org_id, const LoyaltyCustomer *customer, int32 program_id, HouseAccount house,
					   TimestampTz since, bool snapshot, RecentEntries *entries)
{
	int64 *ids;
	int count = loyalty_customer_group(customer, &ids);
	int i;

	for (i = 0; i < count; i++)
		read_account(snapshot ? Q_RECENT_SEEN : Q_RECENT, org_id, ids[i], program_id, house, since, entries);
}
