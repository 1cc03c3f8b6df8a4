/*
 * group_accounts.c: the accounts of a merge group, read member by member and summed up.
 *
 * Counters do not move in a merge: they stay with the accounts that they were posted to, and a survivor's are the sums
 * over its group (docs/architecture.md). Balances did move, so that those of members are zero, and are summed all the
 * same. Sums are as posted: what is due and not posted yet is still in them.
 */
#include "postgres.h"

#include "utils/timestamp.h"

#include "common/array.h"
#include "common/points.h"
#include "ledger/tables/group_accounts.h"
#include "ledger/tables/ledger_store.h"

/* Sums, in the order in which their accounts were met first. */
typedef LOYALTY_ARRAY(Account) Accounts;

/* Finds the sum of a program and category, or begins it. An org has few programs, so each look goes through all. */
static Account *
sum_of(Accounts *sums, int32 program_id, Category category)
{
	Account fresh = { .program_id = program_id,
					  .category = category,
					  .last_effective_at = DT_NOBEGIN,
					  .last_recorded_at = DT_NOBEGIN,
					  .next_conversion_at = NEVER };
	int i;

	for (i = 0; i < sums->n; i++)
		if (sums->items[i].program_id == program_id && sums->items[i].category == category)
			return &sums->items[i];
	LOYALTY_APPEND(*sums, fresh);
	return &sums->items[sums->n - 1];
}

/*
 * Adds an account to its sum; LY404 where a sum leaves an int64. An account of the customer's own lends it its last
 * times.
 */
static void
add_account(Accounts *sums, const Account *account, bool own)
{
	Account *sum = sum_of(sums, account->program_id, account->category);

	loyalty_add_points(&sum->balance, account->balance);
	loyalty_add_points(&sum->lifetime, account->lifetime);
	loyalty_add_points(&sum->redeemed, account->redeemed);
	loyalty_add_points(&sum->expired, account->expired);
	loyalty_add_points(&sum->returned, account->returned);
	if (!own)
		return;
	sum->last_effective_at = account->last_effective_at;
	sum->last_recorded_at = account->last_recorded_at;
	sum->next_conversion_at = account->next_conversion_at;
	sum->arrears = account->arrears;
}

/* Compares by program, then by the code of the category, as tables have them. */
static int
compare_accounts(const void *left, const void *right)
{
	const Account *l = left;
	const Account *r = right;

	if (l->program_id != r->program_id)
		return l->program_id < r->program_id ? -1 : 1;
	return (int) l->category - (int) r->category;
}

/*
 * Reads the customer first, then the members: the first of a group is the customer itself. A program that only a
 * member had makes the order differ from that of the tables, hence the sort.
 */
int
loyalty_group_accounts(int32 org_id, const LoyaltyCustomer *customer, bool seen, Account **accounts)
{
	Accounts sums = { 0 };
	int64 *ids;
	int members = loyalty_customer_group(customer, &ids);
	int m;

	for (m = 0; m < members; m++)
	{
		Account *read;
		int count = loyalty_accounts_read(org_id, ids[m], 0, seen, &read);
		int i;

		for (i = 0; i < count; i++)
			add_account(&sums, &read[i], m == 0);
	}
	if (sums.n > 1)
		qsort(sums.items, sums.n, sizeof(Account), compare_accounts);
	*accounts = sums.items;
	return sums.n;
}
