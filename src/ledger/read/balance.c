/*
 * balance.c: what a customer's points come to at a time.
 *
 * A balance is a sum over the accounts of the customer's merge group, each as it was at a time: as its last entry by
 * then left it, less what was due by then and not posted, and with the promised points that had come by then as regular
 * ones. So it is the same whether or not expiries and conversions were posted meanwhile. With known_at the later
 * entries count as not there, and what was due is computed from what was known.
 *
 * Nothing is locked or written; all is read under the caller's snapshot.
 */
#include "postgres.h"

#include "common/points.h"
#include "ledger/read/balance.h"
#include "ledger/read/read_store.h"
#include "ledger/tables/ledger_store.h"

/* Returns the sum that an account of a category adds to. */
static int64 *
balance_of(Balance *sum, Category category)
{
	switch (category)
	{
		case CATEGORY_REGULAR:
			return &sum->current;
		case CATEGORY_PROMISED:
			return &sum->promised;
		case CATEGORY_TRIGGER_BASED:
			return &sum->trigger_based;
	}
	elog(ERROR, "unknown category %d", category);
}

/* Returns the last entry that took effect by a time and was known; notes where it is not the last of all. */
static int32
last_entry(BalanceRequest *request, const Account *account, TimestampTz at)
{
	int32 org_id = request->call.org->org_id;
	int32 entry_no = loyalty_last_entry_by(org_id, request->customer_id, account, at);

	if (request->known_at != NEVER)
		entry_no =
			Min(entry_no, loyalty_last_entry_known(org_id, request->customer_id, account, request->known_at));
	request->is_latest = request->is_latest && entry_no == account->last_entry_no;
	return entry_no;
}

/*
 * Moves promised points that had come by a time to the regular balance, as if they were converted. Those that are due
 * again have expired there; those with an expiry of their own were counted as expired before, with all their points.
 */
static void
add_come(Balance *sum, const ComeLots *come, TimestampTz at)
{
	int i;

	for (i = 0; i < come->n; i++)
	{
		const Lot *promised = &come->items[i].promised;
		const Lot *regular = &come->items[i].regular;
		bool is_due = loyalty_lot_is_due(regular, at);
		bool was_due = loyalty_lot_is_due(promised, at);

		loyalty_add_points(&sum->promised, was_due ? 0 : -promised->remaining);
		loyalty_add_points(&sum->current, promised->remaining - (is_due ? regular->remaining : 0));
		loyalty_add_points(&sum->counters.expired,
						   (is_due ? regular->remaining : 0) - (was_due ? promised->remaining : 0));
	}
}

/*
 * Finds the promised points that had come to a regular account by a time. Of those, the awards must be among the entries
 * that count: one that was told of late took effect later than the date that it names.
 */
static void
find_come(BalanceRequest *request, const Account *accounts, int count, const Account *regular, TimestampTz at,
		  ComeLots *come)
{
	ComeLots all = { 0 };
	int32 entry_no = 0;
	int i;

	loyalty_promised_come(&request->call, &request->customer, request->customer_id, regular, at, true, &all);
	for (i = 0; i < count && all.n > 0; i++)
		if (accounts[i].program_id == regular->program_id && accounts[i].category == CATEGORY_PROMISED)
			entry_no = last_entry(request, &accounts[i], at);
	for (i = 0; i < all.n; i++)
		if (all.items[i].promised.entry_no <= entry_no)
			LOYALTY_APPEND(*come, all.items[i]);
}

/*
 * Adds an account as it was at a time: what was posted by then, less what was due and is not posted yet. What was due
 * counts as expired. Available points are told of an account at its last entry alone: of lots in the past only sums
 * are known. Should a later account leave an entry out, the whole sum is not shown.
 */
static void
add_account(BalanceRequest *request, Balance *sum, const Account *account, const ComeLots *come,
			TimestampTz at)
{
	int64 gain = loyalty_promised_gain(come, at);
	int32 org_id = request->call.org->org_id;
	int64 customer_id = request->customer_id;
	int32 entry_no = last_entry(request, account, at);
	int64 balance = loyalty_balance_after_entry(org_id, customer_id, account, entry_no);
	Counters later = loyalty_counters_after(org_id, customer_id, account, entry_no);
	/* Lots of today are not those that were known, if entries that are left out have touched them. */
	int64 due = request->known_at != NEVER && entry_no != account->last_entry_no
					? loyalty_due_as_known(org_id, customer_id, account, at, entry_no)
					: loyalty_unposted_due(org_id, customer_id, account, at);

	loyalty_add_points(balance_of(sum, account->category), balance - due);
	loyalty_add_points(&sum->counters.lifetime, account->lifetime - later.lifetime);
	loyalty_add_points(&sum->counters.redeemed, account->redeemed - later.redeemed);
	loyalty_add_points(&sum->counters.expired, account->expired - later.expired + due);
	loyalty_add_points(&sum->counters.returned, account->returned - later.returned);
	add_come(sum, come, at);
	if (account->category == CATEGORY_REGULAR && request->is_latest && balance + gain > due)
		loyalty_add_points(&sum->available,
						   balance + gain - due - loyalty_redeemable_later(org_id, customer_id, account, at));
}

/* Adds the accounts of the member of the merge group that the request is at, each at its own time. */
static void
add_accounts(BalanceRequest *request, Balance *sum)
{
	Account *accounts;
	int count = loyalty_accounts_read(request->call.org->org_id, request->customer_id, request->program_id,
									  true, &accounts);
	int i;

	request->account_count += count;
	for (i = 0; i < count; i++)
	{
		TimestampTz at =
			request->has_as_of ? request->as_of : Max(request->call.now, accounts[i].last_effective_at);
		ComeLots come = { 0 };
		int c;

		if (accounts[i].category == CATEGORY_REGULAR)
			find_come(request, accounts, count, &accounts[i], at, &come);
		add_account(request, sum, &accounts[i], &come, at);
		for (c = 0; c < come.n; c++)
			LOYALTY_APPEND(request->come, come.items[c]);
	}
}

/* Adds up the group, and leaves the request at the customer itself, who has all open lots. */
void
loyalty_balance_read(BalanceRequest *request, Balance *sum)
{
	int64 *group;
	int members = loyalty_customer_group(&request->customer, &group);
	int m;

	*sum = (Balance){ 0 };
	request->come = (ComeLots){ 0 };
	request->account_count = 0;
	request->is_latest = true;
	for (m = 0; m < members; m++)
	{
		request->customer_id = group[m];
		add_accounts(request, sum);
	}
	request->customer_id = request->customer.customer_id;
}
