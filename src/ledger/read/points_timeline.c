/*
 * points_timeline.c: the entries of a customer's accounts as lines of its timeline.
 *
 * Entries of an account are recorded in the order of their numbers, so that the place of a page is searched for among numbers,
 * account by account, and each account gives at most a page. An account that has had no entry since the time asked for is not
 * read. Points that are due and not posted are in no entry.
 */
#include "postgres.h"

#include "ledger/read/points_timeline.h"
#include "ledger/read/points_timeline_store.h"
#include "ledger/tables/ledger_store.h"

/* The account whose entries a search looks at, behind the pointer that it passes on. */
typedef struct SearchedAccount
{
	const LoyaltyTimelineWindow *window;
	const Account *account;
} SearchedAccount;

/* Looks at the end of the account where the search asks for what lies behind it. */
static void
look(void *of, int64 position, TimelineRow *below, TimelineRow *above)
{
	const SearchedAccount *searched = of;

	loyalty_points_neighbours(searched->window, searched->account,
							  (int32) Min(position, searched->account->last_entry_no), below, above);
}

/* Returns the entry to begin with: that of the place, or some above it. */
static int32
first_entry(const LoyaltyTimelineWindow *window, const Account *account)
{
	SearchedAccount searched = { window, account };
	int64 last = account->last_entry_no;
	int64 at_place = loyalty_timeline_seek(&window->place, last, look, &searched);

	return (int32) Min(last, Min(at_place, last) + LOYALTY_TIMELINE_SLACK);
}

/* Puts the lines of all accounts behind each other: whoever merges sources sorts them. */
static LoyaltyRows *
read_points(const LoyaltyTimelineWindow *window, int64 part_below)
{
	Account *accounts;
	int count = loyalty_accounts_read(window->org->org_id, window->customer_id, 0, true, &accounts);
	LoyaltyRows *rows = palloc0(sizeof(LoyaltyRows));
	bool is_first = true;
	int i;

	for (i = 0; i < count; i++)
	{
		LoyaltyRows *of_account;

		if (accounts[i].last_entry_no == 0 || accounts[i].last_recorded_at < window->from)
			continue;
		of_account =
			loyalty_points_lines(window, part_below, &accounts[i], first_entry(window, &accounts[i]));
		if (is_first)
			rows = of_account;
		else
			loyalty_rows_add(rows, of_account);
		is_first = false;
	}
	return rows;
}

const LoyaltyTimelineSource loyalty_points_timeline = { .kind = "points", .read = read_points };
