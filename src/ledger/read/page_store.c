/*
 * page_store.c: the statements that read pages of entries, and count them. All see the caller's snapshot; none locks or
 * writes, so they run on a replica.
 *
 * A page is a range of entry numbers for each account (ledger_page.c). From each range as many entries are read as the
 * page holds, and of these the first are the page: what it costs goes with accounts and its size, not with the
 * history.
 *
 * May be late: expiries that are due but not posted are in no entry and in no page; balances subtract them.
 */
#include "postgres.h"

#include "catalog/pg_type.h"
#include "utils/array.h"
#include "utils/timestamp.h"

#include "ledger/read/page_store.h"
#include "ledger/tables/code_rules.h"
#include "ledger/tables/event_of_entry.h"

/*
 * A row by its whole key. The limit keeps the planner from joining by customer instead, which would read the
 * customer's history for each row of a page.
 */
#define EVENT_OF(alias, of) \
	" WHERE " alias ".org_id = $1 AND " alias ".customer_id = $2 AND " alias ".event_id = " of \
	".event_id LIMIT 1"

/*
 * The ranges of entries of customer $2: arrays $3 to $6 and $12; and the entries of a range that the filter $7 to $10
 * (null: any) shows; $13 are the tills of the program.
 */
#define RANGES \
	" FROM ROWS FROM (unnest($3), unnest($4), unnest($5), unnest($6), unnest($12)) AS r (program_id, category, first_no, last_no, at_tills)"
#define ENTRIES_OF_RANGE \
	" FROM loyalty_data.ledger_entry x CROSS JOIN LATERAL " LOYALTY_EVENT_OF_ENTRY( \
		"x") " v" \
			 " WHERE x.org_id = $1 AND x.customer_id = $2" \
			 " AND x.program_id = r.program_id AND x.category = r.category" \
			 " AND x.entry_no >= r.first_no AND x.entry_no <= r.last_no" \
			 " AND ($7 IS NULL OR x.entry_type = $7)" \
			 " AND ($8 IS NULL OR v.source_id = $8)" \
			 " AND ($9 IS NULL OR v.store_id = $9)" \
			 " AND ($10 IS NULL OR v.till_id = ANY ($10))" \
			 " AND (NOT r.at_tills OR (v.event_code = 30 AND v.till_id = ANY ($13)))"

/*
 * A page: from each account's range at most as many entries as the page holds ($11), then the first of all these. The
 * inner order is by entry number, which is the order of time within an account, so that the index has it.
 */
#define PAGE(direction) \
	"SELECT e.customer_id, e.event_id, t.event_name, e.event_time, e.effective_at, e.recorded_at, e.entry_no," \
	" e.entry_type, p.program, e.category, e.points, e.balance_after, e.net_points, tl.till, st.store, s.source," \
	" e.transaction_id, NULL::text, e.redemption_id, n.reason, e.program_id, e.event_code" RANGES \
	" CROSS JOIN LATERAL (SELECT x.customer_id, x.program_id, x.category, x.entry_no, x.entry_type, x.points, x.balance_after," \
	" x.effective_at, x.event_id, v.event_code, v.event_time, v.recorded_at, v.source_id, v.till_id, v.store_id," \
	" v.transaction_id, v.redemption_id, v.net_points" ENTRIES_OF_RANGE " ORDER BY x.entry_no " direction \
	" LIMIT $11) e" \
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

/* The order is part of the text: each has a plan of its own. */
static LoyaltyQuery page_newest = LOYALTY_STATEMENT_SEEN(PAGE("DESC"), PAGE_TYPES);

static LoyaltyQuery page_oldest = LOYALTY_STATEMENT_SEEN(PAGE("ASC"), PAGE_TYPES);

/* The entries of all pages; the limit is a parameter that it does not read. */
static LoyaltyQuery page_count =
	LOYALTY_STATEMENT_SEEN("SELECT count(*)" RANGES " CROSS JOIN LATERAL (SELECT x.entry_no" ENTRIES_OF_RANGE
						   ") e",
						   PAGE_TYPES);

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
 * Runs a statement of pages for some ranges of one customer. Zero in the filter stands for any value, which is null in
 * the statement.
 */
static LoyaltyRows *
run_page(LoyaltyQuery *query, int32 org_id, int64 customer_id, const EntryRange *ranges, int count,
		 const LedgerFilter *filter)
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
	return loyalty_query(query, &params);
}

/* Returns the end of the ranges of the customer whose first one is at "first". */
static int
ranges_end(const EntryRange *ranges, int first, int count)
{
	int end;

	for (end = first; end < count && ranges[end].customer_id == ranges[first].customer_id; end++)
		;
	return end;
}

/* Adds the customers up, a statement for each. */
int64
loyalty_count_page(int32 org_id, const EntryRange *ranges, int count, const LedgerFilter *filter)
{
	int64 total = 0;
	int first;
	int end;

	for (first = 0; first < count; first = end)
	{
		end = ranges_end(ranges, first, count);
		total += loyalty_row_int8(run_page(&page_count, org_id, ranges[first].customer_id, ranges + first,
										   end - first, filter),
								  0, 1);
	}
	return total;
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
	LoyaltyQuery *query = filter->newest_first ? &page_newest : &page_oldest;
	LoyaltyRows *rows = NULL;
	int first;
	int end;

	for (first = 0; first < count || rows == NULL; first = end)
	{
		int64 customer_id = count > 0 ? ranges[first].customer_id : 0;
		LoyaltyRows *page;

		end = ranges_end(ranges, first, count);
		page = run_page(query, org_id, customer_id, ranges + first, end - first, filter);
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
