/*
 * kept_accounts.h: the accounts of a customer of whom a batch posts several items: read once, as the items leave them, and
 * written when all are posted.
 */
#ifndef LOYALTY_KEPT_ACCOUNTS_H
#define LOYALTY_KEPT_ACCOUNTS_H

#include "ledger/posting/posting.h"

typedef struct KeptAccounts
{
	MemoryContext context; /* outlives the items */
	bool has_all;		   /* not just those that items asked for */
	LOYALTY_ARRAY(PostedAccount) accounts;
} KeptAccounts;

/* A copy of those that a choice names, read where no item before has brought them; returns how many there are. */
extern int loyalty_kept_accounts_take(KeptAccounts *kept, const Posting *posting, const AccountChoice *choice,
									  PostedAccount **accounts);

/* What an item made of them, and what it opened. */
extern void loyalty_kept_accounts_put(KeptAccounts *kept, const PostedAccount *accounts, int count);

#endif
