/*
 * kept_accounts.c: the accounts of a customer of whom a batch posts several items.
 *
 * An item works on copies and gives them back when it is posted. An item that is refused gives nothing back,
 * so the next one finds the accounts as if it had never been there: that is what a subtransaction would have
 * been for. Copies carry the place of their rows, so that the write in the end need not find them again. The
 * rows in the table are late until then; whoever reads accounts of the customer in between, reads them here.
 */
#include "postgres.h"

#include "ledger/posting/kept_accounts.h"

/* Finds a kept account, or NULL. */
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

/* Keeps one more, in the context that outlives the items. */
static void
add(KeptAccounts *kept, const PostedAccount *account)
{
	MemoryContext caller = MemoryContextSwitchTo(kept->context);

	LOYALTY_APPEND(kept->accounts, *account);
	MemoryContextSwitchTo(caller);
}

/*
 * Reads the accounts of one program; or all, since items that name no program may touch any account. An
 * account that is kept already stays: its row in the table is older.
 */
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

/*
 * Copies come unchanged, whatever items before did: "changed" says what this item does, and the kept account
 * remembers the rest. The order is that in which accounts were read, which is the table's unless items asked
 * for programs one by one.
 */
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

/*
 * An account that the item did not change stays as it was kept: its copy lost the mark that an item before had
 * changed it. One that is new was opened by the item, and its row is in the writer.
 */
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
