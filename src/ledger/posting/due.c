/*
 * due.c: what is due and its expiry.
 *
 * An account knows when the first of its open lots expires. Where that has come by the effective time of a
 * posting, its open lots are read in the order in which they are spent, which is that of their expiry, up to
 * the first one that is not due; that one is the next expiry. What is due leaves by one event per instant,
 * with one entry per account, at that instant and not when it was found: a balance as of any time is the same,
 * whether a job, a redemption or nobody came by. Where nothing is due, the whole costs a comparison per
 * account.
 *
 * The customer is locked, or the lots were read under its lock (the job). May be late: an expiry whose instant
 * lies before the account's last entry takes effect with that entry; and points of a late event, or of a lot
 * that comes back, may be due on arrival: they expire in an event after the one that brought them, whose id
 * was reserved before.
 */
#include "postgres.h"

#include "common/compare.h"
#include "common/ids.h"
#include "ledger/posting/due.h"
#include "ledger/posting/event.h"
#include "ledger/posting/posting.h"

/* A lot that is due, with the account it leaves. */
typedef struct DueLot
{
	Lot lot;
	PostedAccount *account;
} DueLot;

/* Lots that are due, of all accounts: in the order of instants once they are sorted. */
typedef LOYALTY_ARRAY(DueLot) DueLots;

/*
 * Tells whether an account has lots that are due. If so, the account is without a next expiry until take_due
 * meets the first lot that is not due.
 */
static bool
begin_due(const Posting *posting, PostedAccount *account)
{
	if (account->account.next_expiry_at > posting->effective_at)
		return false;
	account->account.next_expiry_at = NEVER;
	account->changed = true;
	return true;
}

/*
 * Takes the next open lot of an account, in spending order; false for one that is not due, which is the
 * account's next expiry.
 */
static bool
take_due(const Posting *posting, PostedAccount *account, const Lot *lot, DueLots *due)
{
	DueLot taken = { .lot = *lot, .account = account };

	if (!loyalty_lot_is_due(lot, posting->effective_at))
	{
		account->account.next_expiry_at = lot->expires_at;
		return false;
	}
	LOYALTY_APPEND(*due, taken);
	return true;
}

/*
 * Adds the due lots of an account. The stream reads lots as they stand in the table: rows that a writer keeps
 * back of this customer go out first.
 */
static void
collect_due(Posting *posting, PostedAccount *account, DueLots *due)
{
	LotStream *stream;
	Lot lot;

	if (!begin_due(posting, account))
		return;
	stream = loyalty_open_lots(posting->writer, posting->call->org->org_id, posting->customer.customer_id,
							   account->account.category, account->account.program_id);
	while (loyalty_next_lot(stream, &lot) && take_due(posting, account, &lot, due))
		;
	loyalty_close_lots(stream);
}

/*
 * Orders by instant, then account: one event per instant, one entry per account in it. Accounts come in the
 * order in which they take part.
 */
static int
compare_due(const void *left, const void *right)
{
	const DueLot *a = left;
	const DueLot *b = right;

	if (a->lot.expires_at != b->lot.expires_at)
		return a->lot.expires_at < b->lot.expires_at ? -1 : 1;
	if (a->account != b->account)
		return a->account < b->account ? -1 : 1;
	return loyalty_compare_int64(a->lot.lot_id, b->lot.lot_id);
}

/*
 * Posts the due lots of one account at one instant; returns how many there are. All of a lot's remaining
 * points go.
 */
static int
post_due_of_account(Posting *posting, const DueLot *due, int count)
{
	int64 points = 0;
	int n = 0;
	int i;

	while (n < count && due[n].account == due[0].account && due[n].lot.expires_at == due[0].lot.expires_at)
		points += due[n++].lot.remaining;
	loyalty_event_post(posting, due[0].account, ENTRY_DEBIT, HOUSE_EXPIRED, points);
	for (i = 0; i < n; i++)
	{
		Lot lot = due[i].lot;
		int64 expired = loyalty_lot_move(&lot, lot.remaining, MOVEMENT_EXPIRED);

		loyalty_event_add_lot(posting, &lot, false);
		loyalty_event_add_movement(posting, lot.lot_id, MOVEMENT_EXPIRED, expired);
	}
	return n;
}

/*
 * Posts what was collected, instant by instant from the earliest on, and puts the effective time of the
 * posting back in the end.
 */
static void
post_due(Posting *posting, DueLots *due)
{
	TimestampTz effective_at = posting->effective_at;
	int i;

	if (due->n == 0)
		return;
	qsort(due->items, due->n, sizeof(DueLot), compare_due);
	for (i = 0; i < due->n;)
	{
		TimestampTz instant = due->items[i].lot.expires_at;

		/* Expiry takes effect at its instant, not when a later call finds it due; the account lifts it if late. */
		posting->effective_at = instant;
		loyalty_event_begin(posting, EVENT_EXPIRY, instant, NULL);
		while (i < due->n && due->items[i].lot.expires_at == instant)
			i += post_due_of_account(posting, &due->items[i], due->n - i);
		loyalty_event_end(posting);
	}
	posting->effective_at = effective_at;
}

/*
 * Reads no lot where the account says that nothing has come due. Does not touch the account: the caller only
 * judges.
 */
int64
loyalty_posting_due(const Posting *posting, const Account *account)
{
	int64 due = 0;
	LotStream *stream;
	Lot lot;

	if (account->next_expiry_at > posting->effective_at)
		return 0;
	stream = loyalty_open_lots(posting->writer, posting->call->org->org_id, posting->customer.customer_id,
							   account->category, account->program_id);
	while (loyalty_next_lot(stream, &lot) && loyalty_lot_is_due(&lot, posting->effective_at))
		due += lot.remaining;
	loyalty_close_lots(stream);
	return due;
}

/*
 * The first condition takes the worst case, that the whole balance expires, and reads no lots: an account far
 * from the limits passes by it. Lots are read for the others alone; expiry makes room in the balance, and
 * takes some in the counter of expired points.
 */
bool
loyalty_posting_takes(const Posting *posting, const Account *account, int64 coming, int64 passing)
{
	Account then = *account;
	int64 due;

	if (loyalty_account_takes(account, coming) &&
		loyalty_account_has_room(account, coming, Max(account->balance, 0) + passing))
		return true;
	due = loyalty_posting_due(posting, account);
	then.balance -= due;
	then.expired += due;
	return loyalty_account_takes(&then, coming) && loyalty_account_has_room(&then, coming, passing);
}

/*
 * Collects from all accounts before it posts, since an event holds what expires at one instant in all of them.
 */
bool
loyalty_posting_expire_due(Posting *posting)
{
	DueLots due = { 0 };
	int i;

	for (i = 0; i < posting->account_count; i++)
		collect_due(posting, &posting->accounts[i], &due);
	post_due(posting, &due);
	return due.n > 0;
}

/*
 * Ids come from one sequence, ascending within a server: drawn now, it is lower than all that are drawn later.
 */
void
loyalty_posting_reserve_expiry(Posting *posting)
{
	LOYALTY_APPEND(posting->reserved_event_ids, loyalty_next_id());
}

/*
 * Works on copies of the accounts, as nothing expires yet. Draws an id per due lot, more than the instants
 * need, and one more if the event is late. They are taken in their order: the expiry of the first instant gets
 * the lowest id.
 */
void
loyalty_posting_reserve_expiries(Posting *posting)
{
	DueLots due = { 0 };
	int i;

	for (i = 0; i < posting->account_count; i++)
	{
		PostedAccount account = posting->accounts[i];

		collect_due(posting, &account, &due);
	}
	if (posting->event_time < posting->effective_at)
		due.n++;
	for (i = 0; i < due.n; i++)
		loyalty_posting_reserve_expiry(posting);
}

/*
 * Walks accounts and lots side by side, each lot once. Lots behind the first one that is not due, and those of
 * an account where nothing is due, are passed over.
 */
void
loyalty_posting_expire_lots(Posting *posting, const LotRow *lots, int count)
{
	DueLots due = { 0 };
	int i;
	int l = 0;

	for (i = 0; i < posting->account_count; i++)
	{
		PostedAccount *account = &posting->accounts[i];
		bool more = begin_due(posting, account);

		for (; l < count && lots[l].lot.program_id == account->account.program_id &&
			   lots[l].lot.category == account->account.category;
			 l++)
			more = more && take_due(posting, account, &lots[l].lot, &due);
	}
	post_due(posting, &due);
}
