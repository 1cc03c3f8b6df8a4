/*
 * ledger_request_api.c: the arguments and the rows that points_ledger, points_ledger_json and ledger_closing_balance
 * have in common.
 *
 * There is one list of filters: a new one is read here, for all of them. Arguments are judged before any row is read.
 * The number of a bill is asked of bills by a hook, once a page and only where a row has a bill. Nothing is locked or
 * written, and nothing is late but what no entry has: points that are due and not posted.
 */
#include "postgres.h"

#include "catalog/pg_type.h"
#include "utils/array.h"
#include "utils/timestamp.h"

#include "common/args.h"
#include "common/errors.h"
#include "common/word_rules.h"
#include "customer/find.h"
#include "ledger/read/ledger_request.h"
#include "ledger/tables/bill_hooks.h"
#include "ledger/tables/posting_rules.h"

/* The range without arguments; tills that a filter may name. */
#define DEFAULT_RANGE (7 * USECS_PER_DAY)
#define MAX_TILLS 1000

/*
 * Arguments of functions with pages. Without pages what is known, and all that follows, comes in the place of the order.
 */
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
};

/* The word that filters nothing, as NULL does. No program and no source has it as its code. */
#define ALL LOYALTY_ALL_PROGRAMS

/* Reads a code that filters; NULL: it was not given, or is ALL. */
static const char *
read_code(FunctionCallInfo fcinfo, int n, const char *name)
{
	const char *code = loyalty_arg_text_or_null(fcinfo, n, name, LOYALTY_MAX_CODE);

	return code != NULL && loyalty_same_word(code, ALL) ? NULL : code;
}

/* Reads an argument that is a word of a set of codes; 0: it was not given. LY003 names the words that there are. */
static char
read_word(FunctionCallInfo fcinfo, int n, const char *code_set)
{
	const char *word = read_code(fcinfo, n, code_set);
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
 * Reads the key of the page before; in front of that of a JSON page stands its number. It must be what we wrote
 * ourselves, character by character: sscanf takes blanks and numbers out of range, which would lead to a place that no
 * page has ended at.
 */
static void
read_key(FunctionCallInfo fcinfo, PageKey *key)
{
	const char *text = loyalty_arg_text_or_null(fcinfo, ARG_AFTER_KEY, "after_key", LOYALTY_MAX_CODE);
	const char *slash = text ? strchr(text, '/') : NULL;
	const char *place = slash ? slash + 1 : text;
	bool is_key;

	key->given = text != NULL;
	if (!key->given)
		return;
	is_key = sscanf(place, KEY_FORMAT, &key->effective_at, &key->program_id, &key->category,
					&key->customer_id, &key->entry_no) == 5 &&
			 strcmp(key_text(key), place) == 0;
	if (is_key && slash)
		is_key = sscanf(text, "%d/", &key->number) == 1 && key->number > 1 && key->number < PG_INT32_MAX &&
				 strcmp(loyalty_ledger_numbered_key(key->number, place), text) == 0;
	if (!is_key)
		ereport(ERROR,
				(errcode(ERRCODE_LOYALTY_PAGE_INVALID), errmsg("argument \"after_key\" is not a page key"),
				 errhint("Pass the next_key of the page before.")));
}

/* Keeps the number in front, so that the rest is the key of a row as anywhere. */
char *
loyalty_ledger_numbered_key(int32 number, const char *key)
{
	return psprintf("%d/%s", number, key);
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
	const char *source = read_code(fcinfo, ARG_SOURCE, "source");

	request->program_id = loyalty_org_read_program(org, program);
	request->category = read_word(fcinfo, ARG_CATEGORY, "category");
	filter->entry_type = read_word(fcinfo, ARG_ENTRY_TYPE, "entry_type");
	filter->store_id = store ? loyalty_org_store(org, store)->store_id : 0;
	filter->source_id = source ? loyalty_source_id(source) : 0;
	filter->tills = read_tills(fcinfo, org);
}

/* Reads the order and the size of the page. LY416 for a size that is not allowed. */
static void
read_page(FunctionCallInfo fcinfo, PageRequest *request, int largest_page)
{
	LedgerFilter *filter = &request->filter;

	filter->newest_first = loyalty_arg_bool(fcinfo, ARG_NEWEST_FIRST, "newest_first");
	filter->limit = loyalty_arg_int4(fcinfo, ARG_PAGE_SIZE, "page_size");
	if (filter->limit < 1 || filter->limit > largest_page)
		ereport(ERROR, (errcode(ERRCODE_LOYALTY_PAGE_INVALID), errmsg("page size is not valid"),
						errdetail("It is %d; pages have 1 to %d entries.", filter->limit, largest_page)));
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
read_till_concept(FunctionCallInfo fcinfo, int n, PageRequest *request)
{
	request->till_concept =
		loyalty_arg_bool(fcinfo, n, "include_till_concept_events") && request->program_id != 0;
	if (request->till_concept)
		request->filter.program_tills = tills_of_program(request->call.org, request->program_id);
}

/* Reads the pages in the middle where the function has them; what follows them comes in one order everywhere. */
void
loyalty_ledger_request(FunctionCallInfo fcinfo, PageRequest *request, int largest_page)
{
	int next = largest_page > 0 ? ARG_KNOWN_AT : ARG_NEWEST_FIRST;

	loyalty_call_begin(&request->call, fcinfo);
	read_filter(fcinfo, request);
	if (largest_page > 0)
	{
		read_page(fcinfo, request, largest_page);
		read_range(fcinfo, request);
		read_key(fcinfo, &request->after);
	}
	else
	{
		request->from = loyalty_arg_time_or(fcinfo, ARG_FROM, "from_time", DT_NOBEGIN + 1);
		request->to = loyalty_arg_time_or(fcinfo, ARG_TO, "to_time", DT_NOEND);
	}
	request->known_at = loyalty_arg_time_or(fcinfo, next++, "known_at", NEVER);
	read_till_concept(fcinfo, next++, request);
	request->include_merged = loyalty_arg_bool(fcinfo, next++, "include_merged");
	loyalty_customer_named(&request->call, fcinfo, next, &request->customer);
}

/* Asks bills once a page, and only where a row has a bill: that of a merged customer may be named by its survivor. */
const char **
loyalty_ledger_bill_numbers(const PageRequest *request, LoyaltyRows *rows)
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

/* Makes the key of what the row itself shows. */
char *
loyalty_ledger_key(LoyaltyRows *rows, uint64 row)
{
	PageKey key = {
		.effective_at = loyalty_row_int8(rows, row, PAGE_EFFECTIVE_AT),
		.program_id = loyalty_row_int4(rows, row, PAGE_PROGRAM_ID),
		.category = loyalty_row_char(rows, row, PAGE_CATEGORY),
		.customer_id = loyalty_row_int8(rows, row, PAGE_CUSTOMER_ID),
		.entry_no = loyalty_row_int4(rows, row, PAGE_ENTRY_NO),
	};

	return key_text(&key);
}

/* Asks for one row more than the page holds, and leaves the request as it was. */
uint64
loyalty_ledger_rows(PageRequest *request, LoyaltyRows **rows, bool *has_more)
{
	EntryRanges ranges = { 0 };
	uint64 page_size = request->filter.limit++;

	loyalty_page_ranges(request, &ranges);
	*rows = loyalty_read_page(request->call.org->org_id, ranges.items, ranges.n, &request->filter);
	request->filter.limit--;
	*has_more = (*rows)->count > page_size;
	return Min((*rows)->count, page_size);
}
