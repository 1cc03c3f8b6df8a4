/*
 * kept_accounts.h: the accounts of a customer of whom a batch posts several items. They are read once, hold
 * what the items before left, and are written when all are posted. The customer is locked from before the
 * first read to the end of the transaction.
 */
#ifndef LOYALTY_KEPT_ACCOUNTS_H
#define LOYALTY_KEPT_ACCOUNTS_H

#include "ledger/posting/posting.h"

/* Accounts of one customer. Zero but for the context: nothing was read yet. */
typedef struct KeptAccounts
{
	MemoryContext context; /* outlives the items */
	bool has_all;		   /* all of the customer's, not just those that items asked for */
	LOYALTY_ARRAY(PostedAccount) accounts;
} KeptAccounts;

/*
 * Copies those that a choice names into the current context, reading what no item before has brought; returns
 * how many there are.
 */
extern int loyalty_kept_accounts_take(KeptAccounts *kept, const Posting *posting, const AccountChoice *choice,
									  PostedAccount **accounts);

/* Takes over what an item made of the accounts, and those that it opened. */
extern void loyalty_kept_accounts_put(KeptAccounts *kept, const PostedAccount *accounts, int count);

#endif
