/*
 * ledger_read_api.c: points_ledger and ledger_closing_balance, and the words of the codes for views.
 *
 * Both functions fill one request (ledger_page.h), let it find the ranges of entries, and read rows of them: a page,
 * or one row of each account. Arguments are judged before any row is read. A page is read with one row more than it
 * holds, which tells whether more follow. The number of a bill is asked of bills by a hook, once a page and only where
 * a row has a bill.
 *
 * Nothing is locked or written. Each row shows an entry as it was written, so that a page is as right as the books;
 * what is due but not posted is in none.
 */
#include "postgres.h"

#include "utils/array.h"
#include "utils/builtins.h"
#include "utils/timestamp.h"

#include "catalog/pg_type.h"

#include "common/args.h"
#include "common/errors.h"
#include "common/pg_compat.h"
#include "common/points.h"
#include "common/srf.h"
#include "customer/member.h"
#include "ledger/read/ledger_page.h"
#include "ledger/tables/bill_hooks.h"

LOYALTY_FUNCTION(loyalty_points_ledger);
LOYALTY_FUNCTION(loyalty_ledger_closing_balance);
LOYALTY_FUNCTION(loyalty_ledger_word);

/* Entries of the largest page; the range without arguments; tills that a filter may name. */
#define MAX_PAGE 100
#define DEFAULT_RANGE (7 * USECS_PER_DAY)
#define MAX_TILLS 1000

/* Arguments of points_ledger; those of ledger_closing_balance are the same up to the source. */
enum LedgerArgument
{
	ARG_PROGRAM = 2,
	ARG_CATEGORY,
	ARG_ENTRY_TYPE,
	ARG_FROM,
	ARG_TO,
	ARG_TILLS,
	ARG_STORE,
	ARG_SOURCE,
	ARG_NEWEST_FIRST,
	ARG_PAGE_SIZE,
	ARG_AFTER_KEY,
	ARG_KNOWN_AT,
	ARG_TILL_CONCEPT,
	ARG_CLOSING_KNOWN_AT = ARG_NEWEST_FIRST, /* the closing balance has no pages */
};

/* Reads an argument that is a word of a set of codes; 0: it was not given. LY003 names the words that there are. */
static char
read_word(FunctionCallInfo fcinfo, int n, const char *code_set)
{
	const char *word = loyalty_arg_text_or_null(fcinfo, n, code_set, LOYALTY_MAX_CODE);
	char code = word ? loyalty_word_code(code_set, word) : 0;

	if (word && code == 0)
		loyalty_raise_not_allowed(code_set, loyalty_code_set_words(code_set));
	return code;
}

/*
 * Reads the range of effective times. Without any: the last seven days; with one end: seven days from there. Both ends
 * belong to it.
 */
static void
read_range(FunctionCallInfo fcinfo, PageRequest *request)
{
	bool has_from = !PG_ARGISNULL(ARG_FROM);
	bool has_to = !PG_ARGISNULL(ARG_TO);

	request->from = loyalty_arg_time_or(fcinfo, ARG_FROM, "from_time", 0);
	request->to = loyalty_arg_time_or(fcinfo, ARG_TO, "to_time", DT_NOEND);
	if (!has_from)
		request->from = (has_to ? request->to : request->call.now) - DEFAULT_RANGE;
	else if (!has_to)
		request->to = request->from + DEFAULT_RANGE;
}

/* A key as text: time, program, category, customer, number. */
#define KEY_FORMAT INT64_FORMAT ":%d:%c:" INT64_FORMAT ":%d"

/* Writes a key, in the current memory context. */
static char *
key_text(const PageKey *key)
{
	return psprintf(KEY_FORMAT, key->effective_at, key->program_id, key->category, key->customer_id,
					key->entry_no);
}

/*
 * Reads the key of the page before. It must be what we wrote ourselves, character by character: sscanf takes blanks
 * and numbers out of range, which would lead to a place that no page has ended at.
 */
static void
read_key(FunctionCallInfo fcinfo, PageKey *key)
{
	const char *text = loyalty_arg_text_or_null(fcinfo, ARG_AFTER_KEY, "after_key", LOYALTY_MAX_CODE);

	key->given = text != NULL;
	if (text && (sscanf(text, KEY_FORMAT, &key->effective_at, &key->program_id, &key->category,
						&key->customer_id, &key->entry_no) != 5 ||
				 strcmp(key_text(key), text) != 0))
		ereport(ERROR,
				(errcode(ERRCODE_LOYALTY_PAGE_INVALID), errmsg("argument \"after_key\" is not a page key"),
				 errhint("Pass the next_key of the page before.")));
}

/*
 * Reads the tills by their codes and returns the array of ids that the filter wants; 0: none was given. An empty list
 * stays one: it lets nothing through.
 */
static Datum
read_tills(FunctionCallInfo fcinfo, const LoyaltyOrg *org)
{
	Datum *tills;
	bool *nulls;
	int count;
	int i;

	if (PG_ARGISNULL(ARG_TILLS))
		return 0;
	deconstruct_array(PG_GETARG_ARRAYTYPE_P(ARG_TILLS), TEXTOID, -1, false, TYPALIGN_INT, &tills, &nulls,
					  &count);
	if (count > MAX_TILLS)
		loyalty_raise_not_allowed("tills", psprintf("at most %d tills", MAX_TILLS));
	for (i = 0; i < count; i++)
	{
		if (nulls[i])
			loyalty_raise_missing("tills");
		tills[i] = Int32GetDatum(
			loyalty_org_till(org, loyalty_checked_text(tills[i], "tills", LOYALTY_MAX_CODE))->till_id);
	}
	return PointerGetDatum(construct_array(tills, count, INT4OID, 4, true, TYPALIGN_INT));
}

/* Reads which entries are asked for. An unknown program, store, till or source raises, instead of an empty page. */
static void
read_filter(FunctionCallInfo fcinfo, PageRequest *request)
{
	const LoyaltyOrg *org = request->call.org;
	LedgerFilter *filter = &request->filter;
	const char *program = loyalty_arg_text_or_null(fcinfo, ARG_PROGRAM, "program", LOYALTY_MAX_CODE);
	const char *store = loyalty_arg_text_or_null(fcinfo, ARG_STORE, "store", LOYALTY_MAX_CODE);
	const char *source = loyalty_arg_text_or_null(fcinfo, ARG_SOURCE, "source", LOYALTY_MAX_CODE);

	request->program_id = loyalty_org_read_program(org, program);
	request->category = read_word(fcinfo, ARG_CATEGORY, "category");
	filter->entry_type = read_word(fcinfo, ARG_ENTRY_TYPE, "entry_type");
	filter->store_id = store ? loyalty_org_store(org, store)->store_id : 0;
	filter->source_id = source ? loyalty_source_id(source) : 0;
	filter->tills = read_tills(fcinfo, org);
}

/* Reads the order and the size of the page. LY416 for a size that is not allowed. */
static void
read_page(FunctionCallInfo fcinfo, PageRequest *request)
{
	LedgerFilter *filter = &request->filter;

	filter->newest_first = loyalty_arg_bool(fcinfo, ARG_NEWEST_FIRST, "newest_first");
	filter->limit = loyalty_arg_int4(fcinfo, ARG_PAGE_SIZE, "page_size");
	if (filter->limit < 1 || filter->limit > MAX_PAGE)
		ereport(ERROR, (errcode(ERRCODE_LOYALTY_PAGE_INVALID), errmsg("page size is not valid"),
						errdetail("It is %d; pages have 1 to %d entries.", filter->limit, MAX_PAGE)));
}

/* Returns the ids of the tills of a program; an array without any where it has none. */
static Datum
tills_of_program(const LoyaltyOrg *org, int32 program_id)
{
	Datum *tills = palloc(sizeof(Datum) * Max(org->till_count, 1));
	int count = 0;
	int i;

	for (i = 0; i < org->till_count; i++)
		if (org->tills[i].program_id == program_id)
			tills[count++] = Int32GetDatum(org->tills[i].till_id);
	return PointerGetDatum(construct_array(tills, count, INT4OID, 4, true, TYPALIGN_INT));
}

/*
 * Reads whether redemptions at the tills of the program that is asked for are shown whoever paid. Without a program
 * there is nothing to add.
 */
static void
read_till_concept(FunctionCallInfo fcinfo, PageRequest *request)
{
	request->till_concept =
		loyalty_arg_bool(fcinfo, ARG_TILL_CONCEPT, "include_till_concept_events") && request->program_id != 0;
	if (request->till_concept)
		request->filter.program_tills = tills_of_program(request->call.org, request->program_id);
}

/* Reads the customer and its merge group. LY107 where there is none. */
static void
read_customer(FunctionCallInfo fcinfo, PageRequest *request)
{
	int64 customer_id = loyalty_arg_int8(fcinfo, 1, "customer_id");

	if (!loyalty_customer_read(request->call.org->org_id, customer_id, &request->customer))
		loyalty_raise_customer_unknown(customer_id);
}

/* Takes a column of the page as it is; the tuple store copies it. */
static void
take(LoyaltyRows *rows, uint64 row, PageColumn column, Datum *values, bool *nulls)
{
	values[column - 1] = loyalty_row_datum(rows, row, column, &nulls[column - 1]);
}

/* Takes a column that is a code as its word. */
static void
take_word(LoyaltyRows *rows, uint64 row, PageColumn column, const char *code_set, Datum *values)
{
	values[column - 1] =
		CStringGetTextDatum(loyalty_code_word(code_set, loyalty_row_char(rows, row, column)));
}

/*
 * Returns the numbers of the bills that entries are of, which bills alone know, in the order of the rows; NULL where
 * there is none.
 */
static const char **
read_bill_numbers(const PageRequest *request, LoyaltyRows *rows)
{
	int64 *ids = palloc(sizeof(int64) * Max(rows->count, 1));
	bool any = false;
	uint64 i;

	for (i = 0; i < rows->count; i++)
	{
		ids[i] = loyalty_row_int8_or(rows, i, PAGE_TRANSACTION_ID, 0);
		any |= ids[i] != 0;
	}
	if (!any)
		return palloc0(sizeof(char *) * Max(rows->count, 1));
	return loyalty_bill_hooks.numbers(request->call.org->org_id, &request->customer, ids, (int) rows->count);
}

/* Adds a row to the result: the columns of the page up to the reason, has_more, and the key of the row. */
static void
add_row(FunctionCallInfo fcinfo, LoyaltyRows *rows, uint64 row, const char *bill_number, bool more)
{
	Datum values[PAGE_REASON + 2] = { 0 };
	bool nulls[PAGE_REASON + 2] = { false };
	PageKey key = {
		.effective_at = loyalty_row_int8(rows, row, PAGE_EFFECTIVE_AT),
		.program_id = loyalty_row_int4(rows, row, PAGE_PROGRAM_ID),
		.category = loyalty_row_char(rows, row, PAGE_CATEGORY),
		.customer_id = loyalty_row_int8(rows, row, PAGE_CUSTOMER_ID),
		.entry_no = loyalty_row_int4(rows, row, PAGE_ENTRY_NO),
	};
	int column;

	/* Codes are taken as they are first, and overwritten by their words. */
	for (column = PAGE_EVENT_ID; column <= PAGE_REASON; column++)
		take(rows, row, column, values, nulls);
	take_word(rows, row, PAGE_ENTRY_TYPE, "entry_type", values);
	take_word(rows, row, PAGE_CATEGORY, "category", values);
	if (bill_number != NULL)
		values[PAGE_TRANSACTION_NUMBER - 1] = CStringGetTextDatum(bill_number);
	nulls[PAGE_TRANSACTION_NUMBER - 1] = bill_number == NULL;
	values[PAGE_REASON] = BoolGetDatum(more);
	values[PAGE_REASON + 1] = CStringGetTextDatum(key_text(&key));
	loyalty_set_add(fcinfo, values, nulls);
}

/*
 * Returns a page of the entries of a customer and of those merged into it. The customer is read last of the arguments:
 * an argument that is wrong says so whoever is asked about.
 */
Datum
loyalty_points_ledger(PG_FUNCTION_ARGS)
{
	PageRequest request = { 0 };
	EntryRanges ranges = { 0 };
	uint64 page_size;
	const char **bill_numbers;
	LoyaltyRows *rows;
	uint64 i;

	loyalty_set_begin(fcinfo);
	loyalty_call_begin(&request.call, fcinfo);
	read_filter(fcinfo, &request);
	read_page(fcinfo, &request);
	read_range(fcinfo, &request);
	read_key(fcinfo, &request.after);
	request.known_at = loyalty_arg_time_or(fcinfo, ARG_KNOWN_AT, "known_at", NEVER);
	read_till_concept(fcinfo, &request);
	read_customer(fcinfo, &request);
	/* A row more than the page holds tells whether more follow. */
	page_size = request.filter.limit++;
	loyalty_page_ranges(&request, &ranges);
	rows = loyalty_read_page(request.call.org->org_id, ranges.items, ranges.n, &request.filter);
	bill_numbers = read_bill_numbers(&request, rows);
	for (i = 0; i < Min(rows->count, page_size); i++)
		add_row(fcinfo, rows, i, bill_numbers[i], rows->count > page_size);
	loyalty_call_end(&request.call);
	return (Datum) 0;
}

/* The balance that the accounts of a program and category closed with, summed over the merge group. */
typedef struct ClosingBalance
{
	int32 program_id;
	char category;
	char *program;
	int64 balance;
	int32 entry_no; /* of the last entry of them all, and its time */
	TimestampTz effective_at;
} ClosingBalance;

/* Closing balances, in the order in which their accounts are met. */
typedef LOYALTY_ARRAY(ClosingBalance) ClosingBalances;

/* Finds the closing balance of a range's account, or begins it. */
static ClosingBalance *
closing_of(ClosingBalances *closings, const EntryRange *range)
{
	ClosingBalance fresh = { .program_id = range->program_id, .category = range->category };
	int i;

	for (i = 0; i < closings->n; i++)
		if (closings->items[i].program_id == range->program_id &&
			closings->items[i].category == range->category)
			return &closings->items[i];
	LOYALTY_APPEND(*closings, fresh);
	return &closings->items[closings->n - 1];
}

/*
 * Adds the last entry of an account's range that the filter shows. With a filter of tills or entry types that may be
 * an earlier one than the account's last, as a page would show it first. Of several members the latest entry is told.
 */
static void
add_closing_balance(const PageRequest *request, const EntryRange *range, ClosingBalances *closings)
{
	LoyaltyRows *rows = loyalty_read_page(request->call.org->org_id, range, 1, &request->filter);
	ClosingBalance *closing;

	if (rows->count == 0)
		return;
	closing = closing_of(closings, range);
	loyalty_add_points(&closing->balance, loyalty_row_points(rows, 0, PAGE_BALANCE_AFTER));
	/* The balance is summed either way; entry and time are those of the latest. */
	if (closing->program != NULL && closing->effective_at > loyalty_row_int8(rows, 0, PAGE_EFFECTIVE_AT))
		return;
	closing->program = loyalty_row_text(rows, 0, PAGE_PROGRAM);
	closing->entry_no = loyalty_row_int4(rows, 0, PAGE_ENTRY_NO);
	closing->effective_at = loyalty_row_int8(rows, 0, PAGE_EFFECTIVE_AT);
}

/* Adds a closing balance to the result. */
static void
closing_result(FunctionCallInfo fcinfo, const ClosingBalance *closing)
{
	Datum values[5];
	bool nulls[5] = { false };

	values[0] = CStringGetTextDatum(closing->program);
	values[1] = CStringGetTextDatum(loyalty_code_word("category", closing->category));
	values[2] = loyalty_numeric(closing->balance);
	values[3] = Int32GetDatum(closing->entry_no);
	values[4] = TimestampTzGetDatum(closing->effective_at);
	loyalty_set_add(fcinfo, values, nulls);
}

/*
 * Returns a row for each program and category with entries in the range. No range is the whole history here. Each
 * account costs one page of one entry.
 */
Datum
loyalty_ledger_closing_balance(PG_FUNCTION_ARGS)
{
	PageRequest request = { .filter = { .newest_first = true, .limit = 1 } };
	EntryRanges ranges = { 0 };
	ClosingBalances closings = { 0 };
	int i;

	loyalty_set_begin(fcinfo);
	loyalty_call_begin(&request.call, fcinfo);
	read_filter(fcinfo, &request);
	request.from = loyalty_arg_time_or(fcinfo, ARG_FROM, "from_time", DT_NOBEGIN + 1);
	request.to = loyalty_arg_time_or(fcinfo, ARG_TO, "to_time", DT_NOEND);
	request.known_at = loyalty_arg_time_or(fcinfo, ARG_CLOSING_KNOWN_AT, "known_at", NEVER);
	read_customer(fcinfo, &request);
	loyalty_page_ranges(&request, &ranges);
	for (i = 0; i < ranges.n; i++)
		add_closing_balance(&request, &ranges.items[i], &closings);
	for (i = 0; i < closings.n; i++)
		closing_result(fcinfo, &closings.items[i]);
	loyalty_call_end(&request.call);
	return (Datum) 0;
}

/*
 * Returns the word of a code for views; NULL for a code that there is not, so that a view shows the row all the same.
 */
Datum
loyalty_ledger_word(PG_FUNCTION_ARGS)
{
	const char *word = loyalty_code_word(text_to_cstring(PG_GETARG_TEXT_PP(1)), PG_GETARG_CHAR(0));

	if (word == NULL)
		PG_RETURN_NULL();
	PG_RETURN_TEXT_P(cstring_to_text(word));
}
