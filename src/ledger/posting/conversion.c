/*
 * conversion.c: promised and trigger-based points that become regular ones. A debit of the one account and a credit of
 * the other, both against the house account "converted": each lot goes on as a regular one that names it as its
 * origin, with the award's date, bill and till.
 *
 * The steps, in one event: lots that their own expiry has taken are left out; ids are reserved for points that will be
 * due on arrival; then, program by program, one debit takes every lot to its last point, and one credit brings as many
 * regular lots, which pay arrears of the regular account first. Debit and credit add up to zero, and so does the
 * event; lifetime points counted the points when they were promised, and do not move.
 *
 * The customer is locked by the caller, who has set the time and expired what was due. May be late: the conversion
 * itself. A job posts it at the instant of the lot, however late it runs, and the account lifts that to its last
 * entry; the expiry of the new lot counts from the instant, so points may be due on arrival. They expire at once, by
 * events of their own.
 */
#include "postgres.h"

#include "common/ids.h"
#include "common/points.h"
#include "ledger/posting/conversion.h"
#include "ledger/posting/due.h"
#include "ledger/posting/event.h"
#include "ledger/tables/lot_dates.h"
#include "ledger/tables/promised_lots.h"

/* Tells whether any of the lots is of a program. */
static bool
is_of_a_lot(const Lots *lots, int32 program_id)
{
	int i;

	for (i = 0; i < lots->n; i++)
		if (lots->items[i].program_id == program_id)
			return true;
	return false;
}

/*
 * Reads the accounts of the category and the regular ones, and keeps those of the programs that have a lot. An account
 * that takes no part is not lifted in time, and nothing of it expires.
 */
void
loyalty_conversion_involve(Posting *posting, const Lots *lots)
{
	PostedAccount *accounts;
	int count = loyalty_accounts_of_category(posting->call->org->org_id, posting->customer.customer_id,
											 lots->items[0].category, &accounts);
	int i;

	posting->accounts = accounts;
	posting->account_count = 0;
	for (i = 0; i < count; i++)
		if (is_of_a_lot(lots, accounts[i].account.program_id))
			accounts[posting->account_count++] = accounts[i];
}

/*
 * Returns the next expiry of an account that some of its open lots leave: that of the first lot in the table that
 * stays. The lots that leave are written at the end of the event, so the table still has them open. For each lot that
 * is read all that leave are compared, which matters for customers with hundreds of promised lots that expire, and for
 * nobody else.
 */
static TimestampTz
next_expiry_without(const Posting *posting, const Account *account, const Lot *leaving, int count)
{
	TimestampTz next_expiry = NEVER;
	LotStream *stream;
	Lot lot;

	if (account->next_expiry_at == NEVER)
		return NEVER;
	stream = loyalty_open_lots(posting->writer, posting->call->org->org_id, posting->customer.customer_id,
							   account->category, account->program_id);
	/* Lots come by expiry: the first one that stays is the answer. */
	while (next_expiry == NEVER && loyalty_next_lot(stream, &lot))
	{
		int i = 0;

		while (i < count && leaving[i].lot_id != lot.lot_id)
			i++;
		if (i == count)
		{
			next_expiry = lot.expires_at;
			break;
		}
	}
	loyalty_close_lots(stream);
	return next_expiry;
}

/* Returns the regular lot that one of the posting's customer becomes. */
static Lot
as_regular(const Posting *posting, const Lot *promised, TimestampTz converted_at, int64 lot_id)
{
	return loyalty_lot_as_regular(posting->call, posting->customer.customer_id, promised, converted_at,
								  lot_id);
}

/*
 * Returns how much of an account may expire by a time: all of it where anything is due, as the lots are not read for
 * this.
 */
static int64
expiring_by(const Account *account, TimestampTz at)
{
	return account->next_expiry_at <= at ? Max(account->balance, 0) : 0;
}

/*
 * Judges the lots of one program. "last" is the latest time at which one of them is posted: whatever is due by then
 * expires before. The sum of remaining points fits: it is a part of a balance.
 */
static bool
program_fits(Posting *posting, const Lot *lots, int count)
{
	const LoyaltyProgram *program = loyalty_org_program_by_id(posting->call->org, lots[0].program_id);
	const Account *promised =
		&loyalty_posting_account(posting, program->program_id, lots[0].category)->account;
	const Account *regular =
		&loyalty_posting_account(posting, program->program_id, CATEGORY_REGULAR)->account;
	TimestampTz last = Max(promised->last_effective_at, regular->last_effective_at);
	int64 points = 0;
	int i;

	for (i = 0; i < count; i++)
	{
		last = Max(last, loyalty_conversion_instant(&lots[i]));
		points += lots[i].remaining;
	}
	return loyalty_account_has_room(promised, 0, expiring_by(promised, last)) &&
		   loyalty_account_converts(regular, points);
}

/* Goes through the lots program by program, as a balance is that of one program. */
bool
loyalty_conversion_fits(Posting *posting, const Lots *lots)
{
	int first;
	int next;

	for (first = 0; first < lots->n; first = next)
	{
		next = first + 1;
		while (next < lots->n && lots->items[next].program_id == lots->items[first].program_id)
			next++;
		if (!program_fits(posting, &lots->items[first], next - first))
			return false;
	}
	return true;
}

/* Posts the debit of the account that the lots leave, each to its last point; returns how many points that were. */
static int64
post_debit(Posting *posting, const Lot *lots, int count)
{
	PostedAccount *account = loyalty_posting_account(posting, lots[0].program_id, lots[0].category);
	int64 points = 0;
	int i;

	for (i = 0; i < count; i++)
		loyalty_add_points(&points, lots[i].remaining);
	loyalty_event_post(posting, account, ENTRY_DEBIT, HOUSE_CONVERTED, points);
	for (i = 0; i < count; i++)
	{
		Lot lot = lots[i];
		int64 converted = loyalty_lot_move(&lot, lot.remaining, MOVEMENT_CONVERTED);

		loyalty_event_add_lot(posting, &lot, false);
		loyalty_event_add_movement(posting, lot.lot_id, MOVEMENT_CONVERTED, converted);
	}
	account->account.next_expiry_at = next_expiry_without(posting, &account->account, lots, count);
	return points;
}

/*
 * Posts the credit of the regular account, which pays arrears first; returns whether any of it is due on arrival. The
 * first new lot of the event has the event's id, as that of an award has: "count" lots are there then, those of the
 * first debit.
 */
static bool
post_credit(Posting *posting, const Lot *lots, int count, int64 points)
{
	PostedAccount *account = loyalty_posting_account(posting, lots[0].program_id, CATEGORY_REGULAR);
	bool due_on_arrival = false;
	int i;

	loyalty_event_post(posting, account, ENTRY_CREDIT, HOUSE_CONVERTED, points);
	for (i = 0; i < count; i++)
	{
		int64 lot_id = posting->lots.n == count ? posting->event.event_id : loyalty_next_id();
		Lot lot = as_regular(posting, &lots[i], posting->event_time, lot_id);
		int64 paid;

		lot.entry_no = account->account.last_entry_no;
		paid = loyalty_lot_pay_arrears(&lot, &account->account);
		loyalty_event_add_lot(posting, &lot, true);
		if (paid > 0)
			loyalty_event_add_movement(posting, lot.lot_id, MOVEMENT_ARREARS_PAID, paid);
		/* A lot that went into arrears is not open and has no part in the next expiry. */
		if (lot.remaining == 0)
			continue;
		account->account.next_expiry_at = Min(account->account.next_expiry_at, lot.expires_at);
		due_on_arrival |= loyalty_lot_is_due(&lot, posting->effective_at);
	}
	return due_on_arrival;
}

/* Takes the lots that their own expiry has left. The others were due before: their expiry is posted already. */
static void
take_open(const Posting *posting, const Lots *lots, Lots *open)
{
	int i;

	for (i = 0; i < lots->n; i++)
		if (!loyalty_lot_is_due(&lots->items[i], posting->effective_at))
			LOYALTY_APPEND(*open, lots->items[i]);
}

/*
 * Reserves an id for each lot that will be due on arrival, each at an instant of its own, whenever it is converted.
 * Ids are drawn before that of the event, so that a first answer, which reads up to the event, includes what expired
 * with it.
 */
static void
reserve_expiries(Posting *posting, const Lots *open)
{
	int i;

	for (i = 0; i < open->n; i++)
	{
		Lot lot = as_regular(posting, &open->items[i], posting->event_time, 0);

		if (loyalty_lot_is_due(&lot, posting->effective_at))
			loyalty_posting_reserve_expiry(posting);
	}
}

/*
 * Posts the event, with both entries of each program. The accounts stand as the event leaves them, and what is due on
 * arrival expires afterwards by loyalty_posting_expire_due, which reads the new lots from the table: so the event is
 * ended before.
 */
void
loyalty_convert_lots(Posting *posting, const Lots *lots, EventCode code, const Event *origin,
					 Conversion *conversion)
{
	Lots open = { 0 };
	bool due_on_arrival = false;
	int first;
	int next;

	*conversion = (Conversion){ 0 };
	take_open(posting, lots, &open);
	if (open.n == 0)
		return;
	reserve_expiries(posting, &open);
	loyalty_event_begin(posting, code, posting->event_time, origin);
	for (first = 0; first < open.n; first = next)
	{
		int64 points;

		next = first + 1;
		while (next < open.n && open.items[next].program_id == open.items[first].program_id)
			next++;
		points = post_debit(posting, &open.items[first], next - first);
		due_on_arrival |= post_credit(posting, &open.items[first], next - first, points);
		loyalty_add_points(&conversion->points, points);
	}
	loyalty_event_end(posting);
	conversion->event_id = posting->event.event_id;
	conversion->lots = open.n;
	if (due_on_arrival)
		(void) loyalty_posting_expire_due(posting);
}
