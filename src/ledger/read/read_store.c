/*
 * read_store.c: the statements that read balances, and find entries by time. All see the caller's snapshot, so that a
 * balance and the entries behind it agree; none locks or writes, so they run on a replica.
 *
 * A balance as of a time is that after the last entry by then, less what was due by then and not posted. Entries of an
 * account never run backwards in time, so the last one is searched by number (search_rules.c); counters are the
 * account's, less what the entries after that one did. So a balance of now costs one row, and one of the past what is
 * younger than it.
 *
 * May be late: expiries that are due but not posted are in no entry; balances subtract them here.
 */
#include "postgres.h"

#include "catalog/pg_type.h"
#include "utils/timestamp.h"

#include "ledger/read/read_store.h"
#include "ledger/read/search_rules.h"
#include "ledger/tables/ledger_rows.h"

/* Rows of one account. */
#define OF_ACCOUNT(alias) \
	" WHERE " alias ".org_id = $1 AND " alias ".customer_id = $2" \
	" AND " alias ".program_id = $3 AND " alias ".category = $4"

/* Rows that a search looks at: an entry, and the event of one that does not carry it. */
static LoyaltyQuery entry_by_number =
	LOYALTY_FIND_SEEN(entry_layout, "org_id, customer_id, program_id, category, entry_no");
static LoyaltyQuery event_by_id = LOYALTY_FIND_SEEN(event_layout, "org_id, customer_id, event_id");

/* Entries after one, added up by what moves counters. */
static LoyaltyQuery sums_after_entry = LOYALTY_STATEMENT_SEEN(
	"SELECT e.entry_type, e.house_account, sum(e.points) FROM loyalty_data.ledger_entry e" OF_ACCOUNT(
		"e") " AND e.entry_no > $5 GROUP BY e.entry_type, e.house_account",
	INT4OID, INT8OID, INT4OID, CHAROID, INT4OID);

/* Open lots that are due: of those that never expire the expiry is null, which is not before any time. */
static LoyaltyQuery sum_due =
	LOYALTY_STATEMENT_SEEN("SELECT COALESCE(sum(l.remaining), 0) FROM loyalty_data.points_lot l" OF_ACCOUNT(
							   "l") " AND l.is_open AND l.expires_at <= $5",
						   INT4OID, INT8OID, INT4OID, CHAROID, TIMESTAMPTZOID);

/*
 * Points that were open after an entry, with the expiry that their lot had then: the movements up to the entry say
 * what was left, and the first change after it what the expiry was. Movements that neither take from nor give to
 * "remaining" count nothing. All lots of the account are read: that is what known_at costs.
 */
static LoyaltyQuery sum_due_as_known = LOYALTY_STATEMENT_SEEN(
	"SELECT COALESCE(sum(h.remaining), 0) FROM (SELECT l.points + COALESCE("
	"(SELECT sum(CASE WHEN m.movement_type = ANY ('{R,E}') THEN m.points"
	" WHEN m.movement_type = ANY ('{r,e,b,t,g,c,a,p}') THEN - m.points"
	" ELSE 0 END) FROM loyalty_data.lot_movement m WHERE m.org_id = $1"
	" AND m.customer_id = $2 AND m.lot_id = l.lot_id"
	" AND m.entry_no <= $6), 0) AS remaining,"
	" CASE WHEN c.lot_id IS NULL THEN l.expires_at ELSE c.old_expires_at END AS expires_at"
	" FROM loyalty_data.points_lot l LEFT JOIN LATERAL (SELECT x.lot_id, x.old_expires_at FROM loyalty_data.lot_expiry_change x"
	" WHERE x.org_id = $1 AND x.customer_id = $2"
	" AND x.lot_id = l.lot_id AND x.entry_no > $6"
	" ORDER BY x.entry_no LIMIT 1) c ON true" OF_ACCOUNT("l") " AND l.entry_no <= $6) h"
															  " WHERE h.expires_at <= $5",
	INT4OID, INT8OID, INT4OID, CHAROID, TIMESTAMPTZOID, INT4OID);

/* Open lots that are not due and not redeemable yet, by the index of those that have such a date. */
static LoyaltyQuery sum_redeemable_later =
	LOYALTY_STATEMENT_SEEN("SELECT COALESCE(sum(l.remaining), 0) FROM loyalty_data.points_lot l" OF_ACCOUNT(
							   "l") " AND l.is_open AND l.redeemable_from > $5"
									" AND (l.expires_at IS NULL OR l.expires_at > $5)",
						   INT4OID, INT8OID, INT4OID, CHAROID, TIMESTAMPTZOID);

/* Runs a statement about an account with one value more. */
static LoyaltyRows *
run_of_account(LoyaltyQuery *query, int32 org_id, int64 customer_id, const Account *account, Datum last)
{
	return LOYALTY_QUERY(query, LOYALTY_CUSTOMER(org_id, customer_id), loyalty_int4(account->program_id),
						 loyalty_char(account->category), loyalty_datum(last, false));
}

/* The account whose entries a search looks at, behind the pointer that it passes on. */
typedef struct SearchedAccount
{
	int32 org_id;
	int64 customer_id;
	const Account *account;
} SearchedAccount;

/* Reads one entry by its key. Numbers have no gap, so one that is missing was removed by hand: an internal error. */
static EntryRow
read_entry(const SearchedAccount *of, int32 entry_no)
{
	EntryRow row = { 0 };
	LoyaltyRows *rows =
		run_of_account(&entry_by_number, of->org_id, of->customer_id, of->account, Int32GetDatum(entry_no));

	if (rows->count != 1)
		elog(ERROR, "an account of customer " INT64_FORMAT " has no entry %d", of->customer_id, entry_no);
	loyalty_row_read(rows, 0, &entry_layout, &row);
	loyalty_rows_free(rows);
	return row;
}

/* Returns the effective time of an entry, as a search asks for it. */
static int64_t
effective_at(void *of, int32_t entry_no)
{
	return read_entry(of, entry_no).entry.effective_at;
}

/* Returns the time at which an entry was recorded: that of its event, which may stand in the entry. */
static int64_t
recorded_at(void *of, int32_t entry_no)
{
	const SearchedAccount *searched = of;
	EntryRow entry = read_entry(searched, entry_no);
	LoyaltyParams params = { 0 };
	EventRow row = { 0 };
	LoyaltyRows *rows;

	if (entry.carries_event)
		return entry.event.recorded_at;
	loyalty_param(&params, loyalty_int4(searched->org_id));
	loyalty_param(&params, loyalty_int8(searched->customer_id));
	loyalty_param(&params, loyalty_int8(entry.event_id));
	rows = loyalty_query(&event_by_id, &params);
	if (rows->count != 1)
		elog(ERROR, "customer " INT64_FORMAT " has no event " INT64_FORMAT, searched->customer_id,
			 entry.event_id);
	loyalty_row_read(rows, 0, &event_layout, &row);
	loyalty_rows_free(rows);
	return row.event.recorded_at;
}

/* Reads the one entry. */
bool
loyalty_entry_is_by(int32 org_id, int64 customer_id, const Account *account, int32 entry_no, TimestampTz at)
{
	SearchedAccount of = { org_id, customer_id, account };

	return effective_at(&of, entry_no) <= at;
}

/* Searches by effective time; the account knows the last entry's, which spares every read where that one counts. */
int32
loyalty_last_entry_by(int32 org_id, int64 customer_id, const Account *account, TimestampTz at)
{
	SearchedAccount of = { org_id, customer_id, account };

	return loyalty_search_entry(account->last_entry_no, account->last_effective_at, at, effective_at, &of);
}

/* Searches by recorded time, which costs a second row for each entry whose event has one. */
int32
loyalty_last_entry_known(int32 org_id, int64 customer_id, const Account *account, TimestampTz known_at)
{
	SearchedAccount of = { org_id, customer_id, account };

	return loyalty_search_entry(account->last_entry_no, account->last_recorded_at, known_at, recorded_at,
								&of);
}

/* Returns the account's own balance after its last entry, without a read. */
int64
loyalty_balance_after_entry(int32 org_id, int64 customer_id, const Account *account, int32 entry_no)
{
	SearchedAccount of = { org_id, customer_id, account };

	if (entry_no == 0)
		return 0;
	if (entry_no == account->last_entry_no)
		return account->balance;
	return read_entry(&of, entry_no).entry.balance_after;
}

/* Adds up by type and house account, since no entry has counters: a balance of the past reads all entries after it. */
Counters
loyalty_counters_after(int32 org_id, int64 customer_id, const Account *account, int32 entry_no)
{
	Counters sums = { 0 };
	LoyaltyRows *rows;
	uint64 i;

	if (entry_no == account->last_entry_no)
		return sums;
	rows = run_of_account(&sums_after_entry, org_id, customer_id, account, Int32GetDatum(entry_no));
	for (i = 0; i < rows->count; i++)
	{
		Counters part = loyalty_entry_counters(loyalty_row_char(rows, i, 1), loyalty_row_char(rows, i, 2),
											   loyalty_row_points(rows, i, 3));

		sums.lifetime += part.lifetime;
		sums.redeemed += part.redeemed;
		sums.expired += part.expired;
		sums.returned += part.returned;
	}
	return sums;
}

/* Reads the lots only where the account says that something is due. */
int64
loyalty_unposted_due(int32 org_id, int64 customer_id, const Account *account, TimestampTz at)
{
	LoyaltyRows *rows;

	if (account->next_expiry_at > at)
		return 0;
	rows = run_of_account(&sum_due, org_id, customer_id, account, TimestampTzGetDatum(at));
	return loyalty_row_points(rows, 0, 1);
}

/* Reads in any case: the account's next expiry is that of today, and no help about then. */
int64
loyalty_due_as_known(int32 org_id, int64 customer_id, const Account *account, TimestampTz at, int32 entry_no)
{
	LoyaltyRows *rows = LOYALTY_QUERY(&sum_due_as_known, LOYALTY_CUSTOMER(org_id, customer_id),
									  loyalty_int4(account->program_id), loyalty_char(account->category),
									  loyalty_time(at), loyalty_int4(entry_no));

	return loyalty_row_points(rows, 0, 1);
}

/* Reads in any case: accounts do not note such lots. */
int64
loyalty_redeemable_later(int32 org_id, int64 customer_id, const Account *account, TimestampTz at)
{
	LoyaltyRows *rows;

	rows = run_of_account(&sum_redeemable_later, org_id, customer_id, account, TimestampTzGetDatum(at));
	return loyalty_row_points(rows, 0, 1);
}
