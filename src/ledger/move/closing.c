/*
 * closing.c: the ledger of a customer who is deleted: what is left leaves, and free texts go.
 */
#include "postgres.h"

#include "common/ids.h"
#include "ledger/move/closing.h"
#include "ledger/move/move_store.h"
#include "ledger/posting/event.h"
#include "ledger/posting/posting.h"

/* The debit of an account with open lots, however young they are and promised ones too. */
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

/* A balance below zero leaves by a credit, whose lot pays the arrears and ends with that. */
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

/* One debit, or credit, of every account that is not zero; none where all are. */
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

/* Nothing was posted to those merged into the customer since, so that their accounts are zero. */
void
loyalty_ledger_erase(LoyaltyCall *call, const LoyaltyCustomer *root)
{
	Posting posting;

	loyalty_event_notes_erase(call->org->org_id, root);
	if (!root->loyalty)
		return;
	loyalty_posting_begin(&posting, call, root->customer_id);
	loyalty_posting_load(&posting, (AccountChoice){ .every_category = true });
	loyalty_posting_at(&posting, Max(call->now, root->registered_on), AT_JUDGED | AT_EXPIRES);
	close_accounts(&posting);
	loyalty_posting_end(&posting);
}
