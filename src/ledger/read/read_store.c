/*
 * read_store.c: the statements that read balances and pages of entries. All see the caller's snapshot, so that a
 * balance and the entries behind it agree; none locks or writes, so they run on a replica.
 *
 * A balance as of a time is that after the last entry by then, less what was due by then and not posted. Entries of an
 * account never run backwards in time, so the last one is searched by number (search_rules.c); counters are the
 * account's, less what the entries after that one did. So a balance of now costs one row, and one of the past what is
 * younger than it.
 *
 * A page is a range of entry numbers for each account (ledger_page.c). From each range as many entries are read as the
 * page holds, and of these the first are the page: what it costs goes with accounts and its size, not with the
 * history.
 *
 * May be late: expiries that are due but not posted are in no entry and in no page; balances subtract them here.
 */
#include "postgres.h"

#include "catalog/pg_type.h"
#include "utils/array.h"
#include "utils/timestamp.h"

#include "ledger/read/read_store.h"
#include "ledger/read/search_rules.h"
#include "ledger/tables/event_of_entry.h"
#include "ledger/tables/ledger_rows.h"

/* Rows of one account. */
#define OF_ACCOUNT(alias) \
	" WHERE " alias ".org_id = $1 AND " alias ".customer_id = $2" \
	" AND " alias ".program_id = $3 AND " alias ".category = $4"

/*
 * A row by its whole key. The limit keeps the planner from joining by customer instead, which would read the
 * customer's history for each row of a page.
 */
#define EVENT_OF(alias, of) \
	" WHERE " alias ".org_id = $1 AND " alias ".customer_id = $2 AND " alias ".event_id = " of \
	".event_id LIMIT 1"

/*
 * A page of customer $2: from each account's range at most as many entries as the page holds, then the first of all
 * these. Arrays $3 to $6 and $12 are the ranges, $7 to $10 the filter (null: any), $11 the limit, $13 the tills of the
 * program. The inner order is by entry number, which is the order of time within an account, so that the index has it.
 */
#define PAGE(direction) \
	"SELECT e.event_id, t.event_name, e.event_time, e.effective_at, e.recorded_at, e.entry_no, e.entry_type, p.program," \
	" e.category, e.points, e.balance_after, e.net_points, tl.till, st.store, s.source, e.transaction_id," \
	" NULL::text, e.redemption_id, n.reason, e.program_id, e.customer_id" \
	" FROM ROWS FROM (unnest($3), unnest($4), unnest($5), unnest($6), unnest($12)) AS r (program_id, category, first_no, last_no, at_tills)" \
	" CROSS JOIN LATERAL (SELECT x.customer_id, x.program_id, x.category, x.entry_no, x.entry_type, x.points, x.balance_after," \
	" x.effective_at, x.event_id, v.event_code, v.event_time, v.recorded_at, v.source_id, v.till_id, v.store_id," \
	" v.transaction_id, v.redemption_id, v.net_points" \
	" FROM loyalty_data.ledger_entry x CROSS JOIN LATERAL " LOYALTY_EVENT_OF_ENTRY( \
		"x") " v" \
			 " WHERE x.org_id = $1 AND x.customer_id = $2" \
			 " AND x.program_id = r.program_id AND x.category = r.category" \
			 " AND x.entry_no >= r.first_no AND x.entry_no <= r.last_no" \
			 " AND ($7 IS NULL OR x.entry_type = $7)" \
			 " AND ($8 IS NULL OR v.source_id = $8)" \
			 " AND ($9 IS NULL OR v.store_id = $9)" \
			 " AND ($10 IS NULL OR v.till_id = ANY ($10))" \
			 " AND (NOT r.at_tills OR (v.event_code = 30 AND v.till_id = ANY ($13)))" \
			 " ORDER BY x.entry_no " direction " LIMIT $11) e" \
			 " JOIN loyalty_data.event_type t ON t.event_code = e.event_code" \
			 " JOIN loyalty_data.program p ON p.org_id = $1 AND p.program_id = e.program_id" \
			 " LEFT JOIN loyalty_data.till tl ON tl.org_id = $1 AND tl.till_id = e.till_id" \
			 " LEFT JOIN loyalty_data.store st ON st.org_id = $1" \
			 " AND st.store_id = e.store_id" \
			 " LEFT JOIN loyalty_data.source s ON s.source_id = e.source_id" \
			 " LEFT JOIN LATERAL (SELECT y.reason FROM loyalty_data.event_note y" EVENT_OF( \
				 "y", "e") ") n ON true" \
						   " ORDER BY e.effective_at " direction ", e.program_id " direction \
						   ", e.category " direction ", e.entry_no " direction " LIMIT $11"

/* Parameters of a page. */
#define PAGE_TYPES \
	INT4OID, INT8OID, INT4ARRAYOID, CHARARRAYOID, INT4ARRAYOID, INT4ARRAYOID, CHAROID, INT2OID, INT4OID, \
		INT4ARRAYOID, INT4OID, BOOLARRAYOID, INT4ARRAYOID

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

/* The lots that expire first; the limit keeps an account of many lots from being read whole. */
static LoyaltyQuery coming_expiries = LOYALTY_STATEMENT_SEEN(
	"SELECT COALESCE(jsonb_agg(jsonb_build_object('program', p.program, 'expires_at',"
	" e.expires_at, 'points', e.points) ORDER BY e.expires_at, p.program), '[]')"
	" FROM (SELECT f.program_id, f.expires_at, sum(f.remaining) AS points"
	"  FROM (SELECT l.program_id, l.expires_at, l.remaining FROM loyalty_data.points_lot l"
	"   WHERE l.org_id = $1 AND l.customer_id = $2"
	"   AND l.category = 'r' AND l.is_open"
	"   AND l.expires_at > $4 AND ($3 = 0"
	"    OR l.program_id = $3) ORDER BY l.expires_at LIMIT 1000) f"
	"  GROUP BY f.program_id, f.expires_at) e JOIN loyalty_data.program p ON p.org_id = $1"
	"  AND p.program_id = e.program_id",
	INT4OID, INT8OID, INT4OID, TIMESTAMPTZOID);

/* The order is part of the text: each has a plan of its own. */
static LoyaltyQuery page_newest = LOYALTY_STATEMENT_SEEN(PAGE("DESC"), PAGE_TYPES);

static LoyaltyQuery page_oldest = LOYALTY_STATEMENT_SEEN(PAGE("ASC"), PAGE_TYPES);

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

/* Returns the list as the statement made it; the aggregate is never null. */
Datum
loyalty_coming_expiries(int32 org_id, int64 customer_id, int32 program_id, TimestampTz at)
{
	bool isnull;
	LoyaltyRows *rows = LOYALTY_QUERY(&coming_expiries, LOYALTY_CUSTOMER(org_id, customer_id),
									  loyalty_int4(program_id), loyalty_time(at));

	return loyalty_row_datum(rows, 0, 1, &isnull);
}

/* Adds the ranges as four arrays: programs, categories, first and last numbers. */
static void
param_ranges(LoyaltyParams *params, const EntryRange *ranges, int count)
{
	Datum *columns[4];
	int c;
	int i;

	for (c = 0; c < 4; c++)
		columns[c] = palloc(sizeof(Datum) * Max(count, 1));
	for (i = 0; i < count; i++)
	{
		columns[0][i] = Int32GetDatum(ranges[i].program_id);
		columns[1][i] = CharGetDatum(ranges[i].category);
		columns[2][i] = Int32GetDatum(ranges[i].first);
		columns[3][i] = Int32GetDatum(ranges[i].last);
	}
	for (c = 0; c < 4; c++)
	{
		ArrayType *array = c == 1 ? construct_array(columns[c], count, CHAROID, 1, true, TYPALIGN_CHAR)
								  : construct_array(columns[c], count, INT4OID, 4, true, TYPALIGN_INT);

		loyalty_param(params, loyalty_datum(PointerGetDatum(array), false));
	}
}

/* Adds an array that tells which of the ranges show redemptions at tills of the program alone. */
static void
param_at_tills(LoyaltyParams *params, const EntryRange *ranges, int count)
{
	Datum *flags = palloc(sizeof(Datum) * Max(count, 1));
	int i;

	for (i = 0; i < count; i++)
		flags[i] = BoolGetDatum(ranges[i].at_tills);
	loyalty_param(params, loyalty_datum(PointerGetDatum(
											construct_array(flags, count, BOOLOID, 1, true, TYPALIGN_CHAR)),
										false));
}

/*
 * Reads a page of some ranges of one customer. Zero in the filter stands for any value, which is null in the
 * statement.
 */
static LoyaltyRows *
read_page(int32 org_id, int64 customer_id, const EntryRange *ranges, int count, const LedgerFilter *filter)
{
	LoyaltyParams params = LOYALTY_PARAMS(LOYALTY_CUSTOMER(org_id, customer_id));

	param_ranges(&params, ranges, count);
	loyalty_param(&params, loyalty_datum(CharGetDatum(filter->entry_type), filter->entry_type == 0));
	loyalty_param(&params, loyalty_datum(Int16GetDatum(filter->source_id), filter->source_id == 0));
	loyalty_param(&params, loyalty_int4_or_null(filter->store_id));
	loyalty_param(&params, loyalty_datum(filter->tills, filter->tills == 0));
	loyalty_param(&params, loyalty_int4(filter->limit));
	param_at_tills(&params, ranges, count);
	loyalty_param(&params, loyalty_datum(filter->program_tills, filter->program_tills == 0));
	return loyalty_query(filter->newest_first ? &page_newest : &page_oldest, &params);
}

/* A row of a page and its place in the order of entries. */
typedef struct PlacedRow
{
	TimestampTz effective_at;
	int32 program_id;
	Category category;
	int64 customer_id;
	int32 entry_no;
	HeapTuple tuple;
} PlacedRow;

/* Compares by the order of entries, oldest first: time, program, category, customer, number. No two are equal. */
static int
compare_rows(const void *left, const void *right)
{
	const PlacedRow *l = left;
	const PlacedRow *r = right;

	if (l->effective_at != r->effective_at)
		return l->effective_at < r->effective_at ? -1 : 1;
	if (l->program_id != r->program_id)
		return l->program_id < r->program_id ? -1 : 1;
	if (l->category != r->category)
		return l->category < r->category ? -1 : 1;
	if (l->customer_id != r->customer_id)
		return l->customer_id < r->customer_id ? -1 : 1;
	return l->entry_no - r->entry_no;
}

/*
 * Merges the pages of several customers: sorts all rows, turns them round for newest first, and drops what is beyond
 * the limit. The row that stands taken apart is forgotten, as it has moved.
 */
static void
sort_page(LoyaltyRows *rows, const LedgerFilter *filter)
{
	PlacedRow *placed = palloc(sizeof(PlacedRow) * Max(rows->count, 1));
	uint64 i;

	for (i = 0; i < rows->count; i++)
		placed[i] = (PlacedRow){
			.effective_at = loyalty_row_int8(rows, i, PAGE_EFFECTIVE_AT),
			.program_id = loyalty_row_int4(rows, i, PAGE_PROGRAM_ID),
			.category = (Category) loyalty_row_char(rows, i, PAGE_CATEGORY),
			.customer_id = loyalty_row_int8(rows, i, PAGE_CUSTOMER_ID),
			.entry_no = loyalty_row_int4(rows, i, PAGE_ENTRY_NO),
			.tuple = rows->tuples[i],
		};
	qsort(placed, rows->count, sizeof(PlacedRow), compare_rows);
	for (i = 0; i < rows->count; i++)
		rows->tuples[i] = placed[filter->newest_first ? rows->count - 1 - i : i].tuple;
	rows->open = 0;
	rows->count = Min(rows->count, (uint64) filter->limit);
}

/*
 * Reads a page for each customer of the group and keeps the first rows of all so far, so that never more than two
 * pages are held. Each customer takes a statement of its own, for a statement is about one customer (CONTRIBUTING.md).
 * The loop runs once without ranges, for the empty result.
 */
LoyaltyRows *
loyalty_read_page(int32 org_id, const EntryRange *ranges, int count, const LedgerFilter *filter)
{
	LoyaltyRows *rows = NULL;
	int first;
	int end;

	for (first = 0; first < count || rows == NULL; first = end)
	{
		int64 customer_id = count > 0 ? ranges[first].customer_id : 0;
		LoyaltyRows *page;

		for (end = first; end < count && ranges[end].customer_id == customer_id; end++)
			;
		page = read_page(org_id, customer_id, ranges + first, end - first, filter);
		if (rows == NULL)
			rows = page;
		else
		{
			loyalty_rows_add(rows, page);
			sort_page(rows, filter);
		}
	}
	return rows;
}
