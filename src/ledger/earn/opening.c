/*
 * opening.c: balances that customers bring with them.
 */
#include "postgres.h"

#include "ledger/earn/opening.h"

/* The accounts of a program as they are before their first entry. */
static void
make_accounts(Posting *posting, const LoyaltyProgram *program)
{
	static const Category categories[LOYALTY_CATEGORIES] = { CATEGORY_REGULAR, CATEGORY_PROMISED,
															 CATEGORY_TRIGGER_BASED };
	int i;

	posting->accounts = palloc0(sizeof(PostedAccount) * LOYALTY_CATEGORIES);
	posting->account_count = LOYALTY_CATEGORIES;
	for (i = 0; i < LOYALTY_CATEGORIES; i++)
		posting->accounts[i].account = (Account){
			.program_id = program->program_id,
			.category = categories[i],
			.last_effective_at = posting->customer.registered_on,
			.next_expiry_at = NEVER,
		};
}

/* The opening entry of the account that has the balance, with the lot or the arrears that it is. */
static void
post_balance(Posting *posting, PostedAccount *account, const Award *award, PostingResult *answer)
{
	Lot lot;

	loyalty_event_post(posting, account, ENTRY_OPENING_BALANCE, HOUSE_IMPORTED, award->points);
	answer->expires_at = NEVER;
	if (award->points < 0)
		loyalty_account_book_arrears(&account->account, -award->points);
	else
	{
		lot = loyalty_award_lot(posting, award);
		(void) loyalty_event_add_credit_lot(posting, account, &lot);
		account->account.next_expiry_at = answer->expires_at = lot.expires_at;
	}
}

static void
insert_accounts(Posting *posting)
{
	Account rows[LOYALTY_CATEGORIES];
	int i;

	for (i = 0; i < LOYALTY_CATEGORIES; i++)
	{
		rows[i] = posting->accounts[i].account;
		posting->accounts[i].changed = false;
	}
	loyalty_account_insert(posting->writer, posting->call->org->org_id, posting->customer.customer_id, rows,
						   LOYALTY_CATEGORIES);
}

bool
loyalty_open_with_balance(Posting *posting, const Award *award, TimestampTz event_time, PostingResult *answer)
{
	PostedAccount *open;
	int i;

	(void) loyalty_posting_judge_loyalty(posting, LOYALTY_RAISES);
	if (loyalty_accounts_of_program(posting->call->org->org_id, posting->customer.customer_id,
									award->program->program_id, award->category, &open) > 0)
		return false;
	make_accounts(posting, award->program);
	loyalty_posting_at(posting, event_time, AT_JUDGED | AT_EXPIRES);
	loyalty_event_begin(posting, EVENT_BULK_JOB, event_time, &award->origin);
	for (i = 0; i < LOYALTY_CATEGORIES; i++)
	{
		PostedAccount *account = &posting->accounts[i];

		if (account->account.category == award->category)
			post_balance(posting, account, award, answer);
		else
			loyalty_event_post(posting, account, ENTRY_OPENING_BALANCE, HOUSE_OPENING, 0);
	}
	loyalty_event_end(posting);
	insert_accounts(posting);
	answer->event_id = posting->event.event_id;
	answer->points = award->points;
	return true;
}
