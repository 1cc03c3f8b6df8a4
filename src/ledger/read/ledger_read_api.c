/*
 * ledger_read_api.c: points_ledger and ledger_closing_balance, and the words of the codes for views.
 *
 * Both functions fill one request (ledger_request.h), let it find the ranges of entries, and read rows of them: a page,
 * or one row of each account. A page is read with one row more than it holds, which tells whether more follow.
 *
 * Nothing is locked or written. Each row shows an entry as it was written, so that a page is as right as the books;
 * what is due but not posted is in none.
 */
#include "postgres.h"

#include "utils/builtins.h"

#include "common/pg_compat.h"
#include "common/points.h"
#include "common/srf.h"
#include "ledger/read/ledger_request.h"
#include "ledger/tables/code_rules.h"

LOYALTY_FUNCTION(loyalty_points_ledger);
LOYALTY_FUNCTION(loyalty_ledger_closing_balance);
LOYALTY_FUNCTION(loyalty_ledger_word);

/* Entries of the largest page. */
#define MAX_PAGE 100

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

/* Adds a row to the result: the columns of the page up to the reason, has_more, and the key of the row. */
static void
add_row(FunctionCallInfo fcinfo, LoyaltyRows *rows, uint64 row, const char *bill_number, bool more)
{
	Datum values[PAGE_REASON + 2] = { 0 };
	bool nulls[PAGE_REASON + 2] = { false };
	int column;

	/* Codes are taken as they are first, and overwritten by their words. */
	for (column = PAGE_CUSTOMER_ID; column <= PAGE_REASON; column++)
		take(rows, row, column, values, nulls);
	take_word(rows, row, PAGE_ENTRY_TYPE, "entry_type", values);
	take_word(rows, row, PAGE_CATEGORY, "category", values);
	if (bill_number != NULL)
		values[PAGE_TRANSACTION_NUMBER - 1] = CStringGetTextDatum(bill_number);
	nulls[PAGE_TRANSACTION_NUMBER - 1] = bill_number == NULL;
	values[PAGE_REASON] = BoolGetDatum(more);
	values[PAGE_REASON + 1] = CStringGetTextDatum(loyalty_ledger_key(rows, row));
	loyalty_set_add(fcinfo, values, nulls);
}

/* Returns a page of the entries of a customer, or of those merged into it as well. */
Datum
loyalty_points_ledger(PG_FUNCTION_ARGS)
{
	PageRequest request = { 0 };
	const char **bill_numbers;
	LoyaltyRows *rows;
	bool has_more;
	uint64 shown;
	uint64 i;

	loyalty_set_begin(fcinfo);
	loyalty_ledger_request(fcinfo, &request, MAX_PAGE);
	shown = loyalty_ledger_rows(&request, &rows, &has_more);
	bill_numbers = loyalty_ledger_bill_numbers(&request, rows);
	for (i = 0; i < shown; i++)
		add_row(fcinfo, rows, i, bill_numbers[i], has_more);
	loyalty_call_end(&request.call);
	return (Datum) 0;
}

/* Columns of a closing balance. */
enum ClosingColumn
{
	CLOSING_CUSTOMER_ID,
	CLOSING_PROGRAM,
	CLOSING_CATEGORY,
	CLOSING_BALANCE,
	CLOSING_ENTRY_NO,
	CLOSING_EFFECTIVE_AT,
	CLOSING_COLUMNS,
};

/*
 * Adds the last entry of an account's range that the filter shows. With a filter of tills or entry types that may be
 * an earlier one than the account's last, as a page would show it first.
 */
static void
add_closing_balance(FunctionCallInfo fcinfo, const PageRequest *request, const EntryRange *range)
{
	LoyaltyRows *rows = loyalty_read_page(request->call.org->org_id, range, 1, &request->filter);
	Datum values[CLOSING_COLUMNS];
	bool nulls[CLOSING_COLUMNS] = { false };

	if (rows->count == 0)
		return;
	values[CLOSING_CUSTOMER_ID] = Int64GetDatum(range->customer_id);
	values[CLOSING_PROGRAM] = loyalty_row_value(rows, 0, PAGE_PROGRAM);
	values[CLOSING_CATEGORY] = CStringGetTextDatum(loyalty_code_word("category", range->category));
	values[CLOSING_BALANCE] = loyalty_row_value(rows, 0, PAGE_BALANCE_AFTER);
	values[CLOSING_ENTRY_NO] = loyalty_row_value(rows, 0, PAGE_ENTRY_NO);
	values[CLOSING_EFFECTIVE_AT] = loyalty_row_value(rows, 0, PAGE_EFFECTIVE_AT);
	loyalty_set_add(fcinfo, values, nulls);
}

/* Adds the zero rows of a program whose accounts the customer has not opened yet: no entry, and no time of one. */
static void
add_unopened(FunctionCallInfo fcinfo, const PageRequest *request, const LoyaltyProgram *program)
{
	static const char categories[] = { CATEGORY_PROMISED, CATEGORY_REGULAR, CATEGORY_TRIGGER_BASED };
	Datum values[CLOSING_COLUMNS] = { 0 };
	bool nulls[CLOSING_COLUMNS] = { false };
	int i;

	nulls[CLOSING_ENTRY_NO] = nulls[CLOSING_EFFECTIVE_AT] = true;
	values[CLOSING_CUSTOMER_ID] = Int64GetDatum(request->customer.customer_id);
	values[CLOSING_PROGRAM] = CStringGetTextDatum(program->program);
	values[CLOSING_BALANCE] = loyalty_numeric(0);
	for (i = 0; i < lengthof(categories); i++)
		if (request->category == 0 || request->category == categories[i])
		{
			values[CLOSING_CATEGORY] = CStringGetTextDatum(loyalty_code_word("category", categories[i]));
			loyalty_set_add(fcinfo, values, nulls);
		}
}

/*
 * Returns a row for each account with entries in the range, which without arguments is the whole history; and zero
 * rows for programs that are younger than the customer. Each account costs one page of one entry.
 */
Datum
loyalty_ledger_closing_balance(PG_FUNCTION_ARGS)
{
	PageRequest request = { .filter = { .newest_first = true, .limit = 1 } };
	const LoyaltyOrg *org;
	EntryRanges ranges = { 0 };
	int i;

	loyalty_set_begin(fcinfo);
	loyalty_ledger_request(fcinfo, &request, 0);
	org = request.call.org;
	loyalty_page_ranges(&request, &ranges);
	for (i = 0; i < ranges.n; i++)
		add_closing_balance(fcinfo, &request, &ranges.items[i]);
	for (i = 0; i < org->program_count; i++)
		if (loyalty_page_shows_unopened(&request, org->programs[i].program_id))
			add_unopened(fcinfo, &request, &org->programs[i]);
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
