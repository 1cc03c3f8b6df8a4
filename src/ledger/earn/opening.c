/*
 * opening.c: balances that customers bring with them.
 *
 * Where the program's accounts are not open yet, the balance is their opening: one event opens all categories
 * of the program, one of them with the balance instead of zero. Above zero it has a lot, as an award would
 * make it; below zero it is arrears, which the next credits pay. It counts as imported, at the time of the
 * event and not of the registration. Where the accounts are open, an import is an ordinary credit or debit
 * (opening_api.c).
 *
 * The customer is locked, so nobody opens the accounts beside. Nothing is due, since there are no lots before.
 */
#include "postgres.h"

#include "ledger/earn/opening.h"
#include "ledger/posting/accounts.h"
#include "ledger/posting/event.h"

/*
 * Posts the opening entry of the account that has the balance, with the lot or the arrears that it is. Arrears
 * are zero before, so the new lot keeps all its points.
 */
static void
post_balance(Posting *posting, PostedAccount *account, const Award *award, PostingResult *result)
{
	Lot lot;

	loyalty_event_post(posting, account, ENTRY_OPENING_BALANCE, HOUSE_IMPORTED, award->points);
	result->expires_at = NEVER;
	if (award->points < 0)
		loyalty_account_book_arrears(&account->account, -award->points);
	else
	{
		lot = loyalty_award_lot(posting, award);
		(void) loyalty_event_add_credit_lot(posting, account, &lot);
		account->account.next_expiry_at = result->expires_at = lot.expires_at;
	}
}

/*
 * Asks the table whether the accounts are there, loads none. The accounts are made in memory and take part, so
 * that the time can be fixed; their rows go in behind their first entries.
 */
bool
loyalty_open_with_balance(Posting *posting, const Award *award, TimestampTz event_time, PostingResult *result)
{
	PostedAccount *open;
	int i;

	if (loyalty_accounts_of_program(posting->call->org->org_id, posting->customer.customer_id,
									award->program->program_id, award->category, &open) > 0)
		return false;
	posting->account_count = LOYALTY_CATEGORIES;
	posting->accounts = palloc0(sizeof(PostedAccount) * LOYALTY_CATEGORIES);
	loyalty_accounts_make(posting, award->program, 1, posting->accounts);
	loyalty_posting_at(posting, event_time, AT_EXPIRES);
	loyalty_event_begin(posting, EVENT_BULK_JOB, event_time, &award->origin);
	for (i = 0; i < LOYALTY_CATEGORIES; i++)
	{
		PostedAccount *account = &posting->accounts[i];

		if (account->account.category == award->category)
			post_balance(posting, account, award, result);
		else
			loyalty_event_post(posting, account, ENTRY_OPENING_BALANCE, HOUSE_OPENING, 0);
	}
	loyalty_event_end(posting);
	loyalty_accounts_insert(posting, posting->accounts, LOYALTY_CATEGORIES);
	result->event_id = posting->event.event_id;
	result->points = award->points;
	return true;
}
