/*
 * kept_accounts.c: the accounts of a customer of whom a batch posts several items.
 */
#include "postgres.h"

#include "ledger/posting/kept_accounts.h"

static PostedAccount *
find(KeptAccounts *kept, int32 program_id, Category category)
{
	int i;

	for (i = 0; i < kept->accounts.n; i++)
	{
		PostedAccount *account = &kept->accounts.items[i];

		if (account->account.program_id == program_id && account->account.category == category)
			return account;
	}
	return NULL;
}

static void
add(KeptAccounts *kept, const PostedAccount *account)
{
	MemoryContext caller = MemoryContextSwitchTo(kept->context);

	LOYALTY_APPEND(kept->accounts, *account);
	MemoryContextSwitchTo(caller);
}

/* Of one program, or all: items that name no program may touch any account. */
static void
read_missing(KeptAccounts *kept, const Posting *posting, const AccountChoice *choice, Category category)
{
	int32 org_id = posting->call->org->org_id;
	int64 customer_id = posting->customer.customer_id;
	PostedAccount *accounts;
	int count;
	int i;

	if (kept->has_all || (choice->program && find(kept, choice->program->program_id, category) != NULL))
		return;
	if (choice->program)
		count = loyalty_accounts_of_program(org_id, customer_id, choice->program->program_id, category,
											&accounts);
	else
		count = loyalty_accounts_every(org_id, customer_id, &accounts);
	for (i = 0; i < count; i++)
		if (find(kept, accounts[i].account.program_id, accounts[i].account.category) == NULL)
			add(kept, &accounts[i]);
	kept->has_all = choice->program == NULL;
}

int
loyalty_kept_accounts_take(KeptAccounts *kept, const Posting *posting, const AccountChoice *choice,
						   PostedAccount **accounts)
{
	Category category = choice->category != 0 ? choice->category : CATEGORY_REGULAR;
	int count = 0;
	int i;

	read_missing(kept, posting, choice, category);
	*accounts = palloc0(sizeof(PostedAccount) * Max(kept->accounts.n, 1));
	for (i = 0; i < kept->accounts.n; i++)
	{
		const PostedAccount *one = &kept->accounts.items[i];
		const Account *account = &one->account;

		if (choice->program && account->program_id != choice->program->program_id)
			continue;
		if (choice->every_category || account->category == CATEGORY_REGULAR || account->category == category)
			(*accounts)[count++] = (PostedAccount){ .account = *account, .tid = one->tid };
	}
	return count;
}

void
loyalty_kept_accounts_put(KeptAccounts *kept, const PostedAccount *accounts, int count)
{
	int i;

	for (i = 0; i < count; i++)
	{
		PostedAccount *before = find(kept, accounts[i].account.program_id, accounts[i].account.category);

		if (before == NULL)
			add(kept, &accounts[i]);
		else if (accounts[i].changed)
			*before = accounts[i];
	}
}
