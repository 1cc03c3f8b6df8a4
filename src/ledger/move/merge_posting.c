/*
 * merge_posting.c: how points leave a victim and come to the survivor: two events that share the id of the
 * merge.
 *
 * Accounts move one by one, each to the survivor's of the same program and category. A balance above zero
 * leaves by a debit that closes every open lot; each goes on as a new lot of the survivor, with everything but
 * its past, and pays what the survivor's account owes. A balance below zero leaves by a credit that pays the
 * arrears; the survivor gets a debit, which its open lots pay as far as they can, and owes the rest. An account at
 * zero gets a memo, and so does the survivor's: the last entry of each of the victim's accounts is the merge's, and
 * both ledgers tell of it whatever there was to move. Counters do not move, nothing rolls, and no points are made or
 * lost. The cost goes with accounts and open lots, whatever the history.
 *
 * The merge has locked both customers, ascending; beginning the postings reads them again under those locks.
 * Both events take effect at one time, the later of both sides', and what is due by it expires first on either
 * side. May be late: the merge's own time; nothing that it moves.
 */
#include "postgres.h"

#include "common/ids.h"
#include "ledger/move/merge_posting.h"
#include "ledger/posting/event.h"
#include "ledger/posting/promised.h"

/* Open lots of an account, in the order in which they are spent. */
typedef LOYALTY_ARRAY(Lot) LotList;

/* An account of the victim. */
typedef struct MovedAccount
{
	PostedAccount *account;
	int64 balance; /* before the merge */
	LotList lots;  /* open lots before the merge; an account at zero or below has none */
} MovedAccount;

/* All accounts of the victim, in the order of program and category. */
typedef struct MovedAccounts
{
	int n;
	MovedAccount *items;
} MovedAccounts;

/*
 * Begins the event of one side, with the merge as its pair and the place where it happened; the record of the
 * merge has the rest.
 */
static void
begin_event(Posting *posting, const MergeEvent *merge)
{
	Event origin = { .pair_id = merge->merge_id, .till_id = merge->till_id, .store_id = merge->store_id };

	loyalty_event_begin(posting, EVENT_MERGE, merge->event_time, &origin);
}

/* Reads all open lots before any is changed, since both sides of the move need them as they stood. */
static void
read_open_lots(const Posting *posting, const Account *account, LotList *lots)
{
	LotStream *stream =
		loyalty_open_lots(posting->writer, posting->call->org->org_id, posting->customer.customer_id,
						  account->category, account->program_id);
	Lot lot;

	while (loyalty_next_lot(stream, &lot))
		LOYALTY_APPEND(*lots, lot);
	loyalty_close_lots(stream);
}

/* Posts a debit that takes every open lot as it stands: their remaining points are the balance. */
static void
empty_account(Posting *posting, MovedAccount *moved)
{
	int i;

	read_open_lots(posting, &moved->account->account, &moved->lots);
	loyalty_event_post(posting, moved->account, ENTRY_DEBIT, HOUSE_MERGE_IN_TRANSIT, moved->balance);
	for (i = 0; i < moved->lots.n; i++)
	{
		Lot lot = moved->lots.items[i];
		int64 points = loyalty_lot_move(&lot, lot.remaining, MOVEMENT_MERGED);

		loyalty_event_add_lot(posting, &lot, false);
		loyalty_event_add_movement(posting, lot.lot_id, MOVEMENT_MERGED, points);
	}
	moved->account->account.next_expiry_at = NEVER;
}

/*
 * Posts a credit that pays what the account owes, to the last point. Its lot is closed by that and never
 * moves.
 */
static void
pay_off(Posting *posting, MovedAccount *moved)
{
	Account *account = &moved->account->account;
	Lot lot = {
		.lot_id = loyalty_next_id(),
		.program_id = account->program_id,
		.category = account->category,
		.award_type = AWARD_DIRECT,
		.expiry_type = LOT_EXPIRY_FIXED,
		.points = -moved->balance,
		.remaining = -moved->balance,
		.awarded_at = posting->event_time,
		.expires_at = NEVER,
		.redeemable_from = AT_ONCE,
	};
	int64 paid;

	loyalty_event_post(posting, moved->account, ENTRY_CREDIT, HOUSE_MERGE_IN_TRANSIT, lot.points);
	lot.entry_no = account->last_entry_no;
	paid = loyalty_lot_pay_arrears(&lot, account);
	loyalty_event_add_lot(posting, &lot, true);
	loyalty_event_add_movement(posting, lot.lot_id, MOVEMENT_ARREARS_PAID, paid);
}

/* Posts that the merge took place to an account that it moves nothing of. */
static void
note_merge(Posting *posting, PostedAccount *account)
{
	loyalty_event_post(posting, account, ENTRY_MEMO, HOUSE_MERGE_IN_TRANSIT, 0);
}

/* Brings every account of the victim to zero by one event, and remembers what each held. */
static void
close_victim(Posting *victim, const MergeEvent *merge, MovedAccounts *moved)
{
	int i;

	moved->n = victim->account_count;
	moved->items = palloc0(sizeof(MovedAccount) * moved->n);
	begin_event(victim, merge);
	for (i = 0; i < moved->n; i++)
	{
		MovedAccount *of = &moved->items[i];

		of->account = &victim->accounts[i];
		of->balance = of->account->account.balance;
		if (of->balance > 0)
			empty_account(victim, of);
		else if (of->balance < 0)
			pay_off(victim, of);
		else
			note_merge(victim, of->account);
	}
	loyalty_event_end(victim);
}

/*
 * Makes the lot that goes on under the survivor. Everything but its past stays: expiry, award date, till,
 * bill, and from when it can be spent. It names the lot that it continues.
 */
static Lot
continued(const Lot *lot, int64 victim_id, int32 entry_no)
{
	Lot next = *lot;

	next.lot_id = loyalty_next_id();
	next.entry_no = entry_no;
	next.points = lot->remaining;
	next.redeemed = next.expired = next.returned = next.transferred = 0;
	next.merged = next.converted = next.adjusted = next.arrears_paid = 0;
	next.origin_customer_id = victim_id;
	next.origin_lot_id = lot->lot_id;
	return next;
}

/*
 * Posts one credit; its lots, in the order in which they are spent, pay what the account owes first. What is
 * left of them counts for the next expiry.
 */
static void
receive(Posting *survivor, PostedAccount *account, int64 victim_id, const MovedAccount *moved)
{
	int i;

	loyalty_event_post(survivor, account, ENTRY_CREDIT, HOUSE_MERGE_IN_TRANSIT, moved->balance);
	for (i = 0; i < moved->lots.n; i++)
	{
		Lot lot = continued(&moved->lots.items[i], victim_id, account->account.last_entry_no);
		int64 paid = loyalty_lot_pay_arrears(&lot, &account->account);

		loyalty_event_add_lot(survivor, &lot, true);
		if (paid > 0)
			loyalty_event_add_movement(survivor, lot.lot_id, MOVEMENT_ARREARS_PAID, paid);
		if (lot.remaining > 0)
			account->account.next_expiry_at = Min(account->account.next_expiry_at, lot.expires_at);
		loyalty_posting_promise(survivor, &lot);
	}
}

/*
 * Posts one debit of what the victim owed; what open lots do not pay is owed on. All open lots are read, those
 * that cannot be spent yet as well: a debt is paid by whatever there is. The account's next expiry is worked
 * out anew, as any of them may be gone.
 */
static void
take_over_arrears(Posting *survivor, PostedAccount *account, int64 owed)
{
	LotList lots = { 0 };
	int64 wanted = owed;
	int i;

	read_open_lots(survivor, &account->account, &lots);
	loyalty_event_post(survivor, account, ENTRY_DEBIT, HOUSE_MERGE_IN_TRANSIT, owed);
	account->account.next_expiry_at = NEVER;
	for (i = 0; i < lots.n; i++)
	{
		Lot *lot = &lots.items[i];
		int64 paid = loyalty_lot_move(lot, wanted, MOVEMENT_MERGED);

		wanted -= paid;
		if (paid > 0)
		{
			loyalty_event_add_lot(survivor, lot, false);
			loyalty_event_add_movement(survivor, lot->lot_id, MOVEMENT_MERGED, paid);
		}
		if (lot->remaining > 0)
			account->account.next_expiry_at = Min(account->account.next_expiry_at, lot->expires_at);
	}
	loyalty_account_book_arrears(&account->account, wanted);
}

/*
 * Posts the survivor's event, with an entry for each account of the victim. Each finds its counterpart by program
 * and category, which load_survivor has opened.
 */
static void
open_survivor(Posting *survivor, int64 victim_id, const MergeEvent *merge, const MovedAccounts *moved)
{
	int i;

	begin_event(survivor, merge);
	for (i = 0; i < moved->n; i++)
	{
		const MovedAccount *from = &moved->items[i];
		const Account *account = &from->account->account;
		PostedAccount *to = loyalty_posting_account(survivor, account->program_id, account->category);

		if (from->balance > 0)
			receive(survivor, to, victim_id, from);
		else if (from->balance < 0)
			take_over_arrears(survivor, to, -from->balance);
		else
			note_merge(survivor, to);
	}
	loyalty_event_end(survivor);
}

/* Loads all accounts of the survivor, those of the victim's programs opened where the survivor has none. */
static void
load_survivor(Posting *survivor, const Posting *victim)
{
	int32 *programs = palloc(sizeof(int32) * victim->account_count);
	int i;

	for (i = 0; i < victim->account_count; i++)
		programs[i] = victim->accounts[i].account.program_id;
	loyalty_posting_load(survivor, (AccountChoice){
									   .every_category = true,
									   .open = programs,
									   .open_count = victim->account_count,
								   });
}

/*
 * Loads and times both before anything moves, since the common effective time depends on all accounts of both.
 * A victim without accounts has no ledger, and the survivor's has nothing to tell of. The accounts of the two are written in either order: no row
 * is of both.
 */
void
loyalty_merge_post(LoyaltyCall *call, int64 survivor_id, int64 victim_id, const MergeEvent *merge)
{
	Posting survivor;
	Posting victim;
	MovedAccounts moved;

	loyalty_posting_begin(&survivor, call, survivor_id);
	loyalty_posting_begin(&victim, call, victim_id);
	loyalty_posting_load(&victim, (AccountChoice){ .every_category = true });
	if (victim.account_count == 0)
		return;
	load_survivor(&survivor, &victim);
	loyalty_postings_expire_at(&survivor, &victim, merge->event_time);
	close_victim(&victim, merge, &moved);
	open_survivor(&survivor, victim_id, merge, &moved);
	loyalty_posting_end(&victim);
	loyalty_posting_end(&survivor);
}
