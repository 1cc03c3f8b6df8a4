/*
 * ledger_page.c: the entries of a customer's accounts that a page of the ledger may show.
 *
 * Entries are ordered by effective_at, program, category, customer and entry_no. Within an account that is the order
 * of entry_no, so a page is a range of entry numbers per account, found by a few reads, whatever the history: the last
 * entry by the end of the time asked for, the first one after its beginning, and on a later page the place of the key.
 * The statement then takes at most a page from each range.
 *
 * A key names an entry, not a number of rows, so a page stays right when entries are added between two calls. Nothing
 * is locked; all is read under the caller's snapshot. Expiries that are due but not posted are in no entry yet.
 */
#include "postgres.h"

#include "common/compare.h"
#include "ledger/read/ledger_page.h"
#include "ledger/read/read_store.h"
#include "ledger/tables/ledger_store.h"

/* Compares an account with that of the key at the same instant: negative where it comes before, oldest first. */
static int
compare_account(const PageRequest *request, const Account *account)
{
	const PageKey *key = &request->after;

	if (account->program_id != key->program_id)
		return account->program_id < key->program_id ? -1 : 1;
	if (account->category != (Category) key->category)
		return account->category < (Category) key->category ? -1 : 1;
	return loyalty_compare_int64(request->customer_id, key->customer_id);
}

/* Returns the last entry of an account, of the member at hand, by a time. */
static int32
last_entry_by(const PageRequest *request, const Account *account, TimestampTz at)
{
	return loyalty_last_entry_by(request->call.org->org_id, request->customer_id, account, at);
}

/*
 * Returns the entry of an account up to which the order has come with the key: shown last, or (newest first) to come
 * next. In the key's own account the number says it. In any other it is the last one by the key's instant where the
 * account comes before at that instant, else the last one before the instant.
 */
static int32
entry_at_key(const PageRequest *request, const Account *account)
{
	const PageKey *key = &request->after;
	int side = compare_account(request, account);

	if (side == 0)
		return request->filter.newest_first ? key->entry_no - 1 : key->entry_no;
	return last_entry_by(request, account, side < 0 ? key->effective_at : key->effective_at - 1);
}

/* Looks at the conditions on single entries; ranges of other programs' accounts have one of their own. */
bool
loyalty_page_shows_all(const LedgerFilter *filter)
{
	return filter->entry_type == 0 && filter->source_id == 0 && filter->store_id == 0 && filter->tills == 0;
}

/*
 * Returns the first entry of the range of an account. A page that shows every entry needs no more of an account than
 * it holds: if the entry so far back is within the time asked for, the search for where the range begins is spared.
 */
static int32
first_entry(const PageRequest *request, const Account *account, int32 last, bool range_at_tills)
{
	int32 enough = last - request->filter.limit + 1;

	if (request->filter.newest_first && enough > 1 && loyalty_page_shows_all(&request->filter) &&
		!range_at_tills &&
		!loyalty_entry_is_by(request->call.org->org_id, request->customer_id, account, enough,
							 request->from - 1))
		return enough;
	return last_entry_by(request, account, request->from - 1) + 1;
}

/*
 * Finds the entries of an account that the page may show. The key ends the range for newest first, and begins it
 * otherwise. Entries are recorded in the order of their numbers, so that what was known by a time is a range as well.
 */
static void
find_range(const PageRequest *request, const Account *account, EntryRange *range)
{
	range->customer_id = request->customer_id;
	range->program_id = account->program_id;
	range->category = account->category;
	range->last = last_entry_by(request, account, request->to);
	if (request->known_at != NEVER)
		range->last =
			Min(range->last, loyalty_last_entry_known(request->call.org->org_id, request->customer_id,
													  account, request->known_at));
	if (request->after.given && request->filter.newest_first)
		range->last = Min(range->last, entry_at_key(request, account));
	range->first = first_entry(request, account, range->last, range->at_tills);
	/* The shortcut of first_entry is for newest first alone, so it is in no conflict with the key. */
	if (request->after.given && !request->filter.newest_first)
		range->first = Max(range->first, entry_at_key(request, account) + 1);
}

/*
 * Tells whether an account is asked for; and whether its range shows redemptions at the program's tills alone, since
 * its own program is another one. Only regular accounts pay redemptions.
 */
static bool
wants_account(const PageRequest *request, const Account *account, bool *at_tills)
{
	if (request->category != 0 && account->category != (Category) request->category)
		return false;
	*at_tills = request->program_id != 0 && account->program_id != request->program_id;
	return !*at_tills || (request->till_concept && account->category == CATEGORY_REGULAR);
}

/*
 * Adds the ranges of the member of the merge group that the request is at. Other programs are read only where they may
 * show something.
 */
static void
find_ranges_of_member(PageRequest *request, EntryRanges *ranges)
{
	Account *accounts;
	int count = loyalty_accounts_read(request->call.org->org_id, request->customer_id,
									  request->till_concept ? 0 : request->program_id, true, &accounts);
	int i;

	for (i = 0; i < count; i++)
	{
		EntryRange range = { 0 };

		if (request->customer_id == request->customer.customer_id)
			LOYALTY_APPEND(request->open_programs, accounts[i].program_id);
		if (!wants_account(request, &accounts[i], &range.at_tills))
			continue;
		find_range(request, &accounts[i], &range);
		if (range.first <= range.last)
			LOYALTY_APPEND(*ranges, range);
	}
}

/* Goes through the group, or stays with its first member, the customer: entries stay under the id of their account. */
void
loyalty_page_ranges(PageRequest *request, EntryRanges *ranges)
{
	int64 *group;
	int members = loyalty_customer_group(&request->customer, &group);
	int i;

	request->open_programs.n = 0;
	for (i = 0; i < (request->include_merged ? members : 1); i++)
	{
		request->customer_id = group[i];
		find_ranges_of_member(request, ranges);
	}
}

/*
 * Judges as if the opening entries were there: of zero points, at the registration, without till or source. Nobody has
 * recorded them yet, so what was known by a time has none. A customer who was merged or deleted opens nothing any more.
 */
bool
loyalty_page_shows_unopened(const PageRequest *request, int32 program_id)
{
	const LoyaltyCustomer *customer = &request->customer;
	const LedgerFilter *filter = &request->filter;
	int i;

	for (i = 0; i < request->open_programs.n; i++)
		if (request->open_programs.items[i] == program_id)
			return false;
	return (request->program_id == 0 || request->program_id == program_id) && customer->loyalty &&
		   !customer->erased && customer->merged_into == 0 && request->known_at == NEVER &&
		   request->from <= customer->registered_on && customer->registered_on <= request->to &&
		   (filter->entry_type == 0 || filter->entry_type == ENTRY_OPENING_BALANCE) &&
		   filter->source_id == 0 && filter->store_id == 0 && filter->tills == 0;
}

/*
 * Finds the whole ranges, without a key: the order that is asked for does not matter, and oldest first knows no
 * shortcut. Numbers of entries have no gap, so the ranges say how many there are; with other filters, or redemptions
 * of other programs, the entries are counted, which costs what the ranges hold.
 */
int64
loyalty_page_total(const PageRequest *request)
{
	PageRequest whole = *request;
	EntryRanges ranges = { 0 };
	bool at_tills = false;
	int64 total = 0;
	int i;

	whole.after.given = false;
	whole.filter.newest_first = false;
	memset(&whole.open_programs, 0, sizeof(whole.open_programs));
	loyalty_page_ranges(&whole, &ranges);
	for (i = 0; i < ranges.n; i++)
	{
		total += ranges.items[i].last - ranges.items[i].first + 1;
		at_tills = at_tills || ranges.items[i].at_tills;
	}
	if (at_tills || !loyalty_page_shows_all(&request->filter))
		total = loyalty_count_page(request->call.org->org_id, ranges.items, ranges.n, &request->filter);
	return total;
}
