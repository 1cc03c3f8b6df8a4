/*
 * closing.c: the ledger of a customer who is deleted: what is left leaves, and free texts go.
 *
 * The books stay: entries, lots and events are numbers under a bare id, and verification needs them. Notes may
 * hold names, so those of the whole merge group go, whether there are points or not. Then the customer's
 * accounts come to zero by one event: a debit takes every open lot of an account, a credit pays the arrears of
 * one below zero. What is due by then expires before, so that it counts as expired.
 *
 * The deletion has locked the group; beginning the posting locks the customer once more, which costs a look.
 * Nothing is late here: the time is the clock's, or the registration's where that lies after it.
 */
#include "postgres.h"

#include "common/ids.h"
#include "customer/erasure.h"
#include "ledger/move/closing.h"
#include "ledger/move/move_store.h"
#include "ledger/posting/event.h"
#include "ledger/posting/posting.h"

/*
 * Posts the debit of an account with open lots, however young they are and promised ones too. The balance is
 * the sum of their remaining points: an account above zero owes nothing.
 */
static void
close_open_lots(Posting *posting, PostedAccount *account)
{
	LotStream *stream =
		loyalty_open_lots(posting->writer, posting->call->org->org_id, posting->customer.customer_id,
						  account->account.category, account->account.program_id);
	Lot lot;

	loyalty_event_post(posting, account, ENTRY_DEBIT, HOUSE_ADJUSTED, account->account.balance);
	while (loyalty_next_lot(stream, &lot))
	{
		int64 left = loyalty_lot_move(&lot, lot.remaining, MOVEMENT_ADJUSTED);

		loyalty_event_add_lot(posting, &lot, false);
		loyalty_event_add_movement(posting, lot.lot_id, MOVEMENT_ADJUSTED, left);
	}
	loyalty_close_lots(stream);
	account->account.next_expiry_at = NEVER;
}

/*
 * Posts the credit of an account below zero. Its lot pays the arrears, which are all of it, and is closed by
 * that: nobody can spend it.
 */
static void
close_arrears(Posting *posting, PostedAccount *account)
{
	Account *owing = &account->account;
	Lot lot = {
		.lot_id = loyalty_next_id(),
		.program_id = owing->program_id,
		.category = owing->category,
		.award_type = AWARD_DIRECT,
		.expiry_type = LOT_EXPIRY_FIXED,
		.points = -owing->balance,
		.remaining = -owing->balance,
		.awarded_at = posting->event_time,
		.expires_at = NEVER,
		.redeemable_from = AT_ONCE,
	};
	int64 paid;

	loyalty_event_post(posting, account, ENTRY_CREDIT, HOUSE_ADJUSTED, lot.points);
	lot.entry_no = owing->last_entry_no;
	paid = loyalty_lot_pay_arrears(&lot, owing);
	loyalty_event_add_lot(posting, &lot, true);
	loyalty_event_add_movement(posting, lot.lot_id, MOVEMENT_ARREARS_PAID, paid);
}

/* Posts one debit, or credit, of every account that is not zero; no event where all are. */
static void
close_accounts(Posting *posting)
{
	bool begun = false;
	int i;

	for (i = 0; i < posting->account_count; i++)
	{
		PostedAccount *account = &posting->accounts[i];

		if (account->account.balance == 0)
			continue;
		if (!begun)
			loyalty_event_begin(posting, EVENT_DELETION, posting->event_time, NULL);
		begun = true;
		if (account->account.balance > 0)
			close_open_lots(posting, account);
		else
			close_arrears(posting, account);
	}
	if (begun)
		loyalty_event_end(posting);
}

/*
 * Takes the root's accounts alone: those of customers merged into it came to zero by the merge, and nothing
 * was posted to them since. Customers who never had accounts are done with their notes.
 */
void
loyalty_ledger_erase(LoyaltyCall *call, const LoyaltyCustomer *root)
{
	Posting posting;

	loyalty_holdings_erase(&loyalty_ledger_holdings, call->org->org_id, root);
	if (!root->loyalty)
		return;
	loyalty_posting_begin(&posting, call, root->customer_id);
	loyalty_posting_load(&posting, (AccountChoice){ .every_category = true });
	loyalty_posting_at(&posting, loyalty_usual_event_time(call, root->registered_on), AT_EXPIRES);
	close_accounts(&posting);
	loyalty_posting_end(&posting);
}
