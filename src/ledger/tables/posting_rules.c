/*
 * posting_rules.c: how points move.
 *
 * A lot is a row of columns whose sum never changes: a movement takes points from one column and gives them to
 * another. One table says which, for whoever posts, takes back, or verifies, so that the three cannot differ.
 *
 * An account moves by entries. Posting one gives it the next number, moves the balance and the counters, and
 * lifts its effective time to that of the account's last entry where it came late: entries are appended, never
 * put between others. The limits are asked after the addition: two numbers below POINTS_LIMIT never leave an
 * int64. So an account that does not fit has moved already, and whoever is told so must refuse the whole call.
 *
 * The customer of whatever is handed in here is locked by the caller. Nothing is late here: what is due but not
 * posted is the frame's to know (ledger/posting/due.c).
 */
#include "ledger/tables/posting_rules.h"

#include <stddef.h>

/*
 * Tells whether a lot pays at a time. A lot that is due does not, though its expiry may not be posted yet: an
 * answer must not depend on whether a job came by.
 */
bool
loyalty_lot_pays(const Lot *lot, int64_t at)
{
	return lot->remaining > 0 && lot->redeemable_from <= at && !loyalty_lot_is_due(lot, at);
}

/* Tells whether a lot is due. The expiry is the first instant at which it cannot be spent. */
bool
loyalty_lot_is_due(const Lot *lot, int64_t at)
{
	return lot->expires_at <= at;
}

/*
 * A promise may name a date that lies before its award, where the award was told of late, or an expiry that comes before
 * its date.
 */
int64_t
loyalty_conversion_instant(const Lot *promised)
{
	int64_t instant =
		promised->redeemable_from > promised->awarded_at ? promised->redeemable_from : promised->awarded_at;

	return loyalty_lot_is_due(promised, instant) ? NEVER : instant;
}

/* Every type of movement with the column that it takes points from and the one that it gives them to. */
static const struct
{
	MovementType type;
	size_t from;
	size_t to;
} movements[] = {
	{ MOVEMENT_REDEEMED, offsetof(Lot, remaining), offsetof(Lot, redeemed) },
	{ MOVEMENT_REDEMPTION_REVERSED, offsetof(Lot, redeemed), offsetof(Lot, remaining) },
	{ MOVEMENT_EXPIRED, offsetof(Lot, remaining), offsetof(Lot, expired) },
	{ MOVEMENT_EXPIRY_REVERTED, offsetof(Lot, expired), offsetof(Lot, remaining) },
	{ MOVEMENT_RETURNED, offsetof(Lot, remaining), offsetof(Lot, returned) },
	{ MOVEMENT_REDEMPTION_REVERTED, offsetof(Lot, redeemed), offsetof(Lot, returned) },
	{ MOVEMENT_TRANSFER_REVERTED, offsetof(Lot, transferred), offsetof(Lot, returned) },
	{ MOVEMENT_ARREARS_REVERTED, offsetof(Lot, arrears_paid), offsetof(Lot, returned) },
	{ MOVEMENT_TRANSFERRED, offsetof(Lot, remaining), offsetof(Lot, transferred) },
	{ MOVEMENT_MERGED, offsetof(Lot, remaining), offsetof(Lot, merged) },
	{ MOVEMENT_CONVERTED, offsetof(Lot, remaining), offsetof(Lot, converted) },
	{ MOVEMENT_ADJUSTED, offsetof(Lot, remaining), offsetof(Lot, adjusted) },
	{ MOVEMENT_ARREARS_PAID, offsetof(Lot, remaining), offsetof(Lot, arrears_paid) },
};

/* Returns the column of a lot at an offset. */
static int64_t *
lot_column(Lot *lot, size_t offset)
{
	return (int64_t *) ((char *) lot + offset);
}

/*
 * Finds the columns of a type of movement. Thirteen lines are compared in turn: cheaper than what calls it. The
 * verifier reads types from tables that may have been tampered with, so an unknown one is an answer and no
 * error.
 */
bool
loyalty_movement_columns(Lot *lot, MovementType type, int64_t **from, int64_t **to)
{
	size_t i;

	for (i = 0; i < sizeof(movements) / sizeof(movements[0]); i++)
		if (movements[i].type == type)
		{
			*from = lot_column(lot, movements[i].from);
			*to = lot_column(lot, movements[i].to);
			return true;
		}
	return false;
}

/* Moves what the column has of the points wanted. No column goes below zero by it, however much is wanted. */
int64_t
loyalty_lot_move(Lot *lot, int64_t wanted, MovementType type)
{
	int64_t *from;
	int64_t *to;
	int64_t moved;

	if (!loyalty_movement_columns(lot, type, &from, &to))
		return 0;
	moved = wanted < *from ? wanted : *from;
	*from -= moved;
	*to += moved;
	return moved;
}

/*
 * Undoes a part of a draw before it is posted: a draw that must keep to the program's step gives back what is
 * over.
 */
void
loyalty_lot_move_back(Lot *lot, int64_t points, MovementType type)
{
	int64_t *from;
	int64_t *to;

	if (!loyalty_movement_columns(lot, type, &from, &to))
		return;
	*from += points;
	*to -= points;
}

/*
 * Tells whether an activity moves the lot's expiry. An activity that is told of late would move it backwards,
 * and does not; an empty lot has nothing that could expire, and its row is left alone.
 */
bool
loyalty_lot_rolls(const Lot *lot, int64_t expires_at)
{
	return lot->remaining > 0 && lot->expiry_type == LOT_EXPIRY_ROLLING && lot->expires_at < expires_at;
}

/*
 * Judges before anything is written. "Sure" allows for entries that come before the credit: expiries of what is
 * due lower the balance, so that what fits now fits then; only their numbers are kept back.
 */
bool
loyalty_account_takes(const Account *account, int64_t points)
{
	return account->last_entry_no < INT32_MAX - ENTRIES_IN_RESERVE &&
		   loyalty_points_fit(account->balance + points) && loyalty_points_fit(account->lifetime + points);
}

/*
 * Judges for jobs, which must know beforehand: an error would take back the batch of all other customers.
 * Points that come by a conversion are counted as lifetime points already, so that this counter is not asked.
 */
bool
loyalty_account_has_room(const Account *account, int64_t coming, int64_t expiring)
{
	return account->last_entry_no < INT32_MAX - ENTRIES_IN_RESERVE &&
		   loyalty_points_fit(account->balance + coming) && loyalty_points_fit(account->expired + expiring);
}

/*
 * Judges a conversion, for the call that posts it and for reads that count it as posted. All points that are there and that
 * come may expire one after the other, so that what is due, and when, need not be known.
 */
bool
loyalty_account_converts(const Account *account, int64_t points)
{
	return loyalty_account_has_room(account, points, (account->balance > 0 ? account->balance : 0) + points);
}

/* Judges the counter alone: a redemption lowers the balance. */
bool
loyalty_account_redeems(const Account *account, int64_t points)
{
	return loyalty_points_fit(account->redeemed + points);
}

/* Notes arrears beside the entry, which has lowered the balance already: balance = open lots - arrears. */
void
loyalty_account_book_arrears(Account *account, int64_t points)
{
	account->arrears += points;
}

/*
 * Moves points of the lot to "arrears_paid", at most as many as the account owes. The balance is not touched:
 * the credit that brought the lot raised it in full. Open lots and arrears never stand side by side afterwards.
 */
int64_t
loyalty_lot_pay_arrears(Lot *lot, Account *account)
{
	int64_t paid = loyalty_lot_move(lot, account->arrears, MOVEMENT_ARREARS_PAID);

	account->arrears -= paid;
	return paid;
}

/*
 * Returns what an entry does to each counter. Lifetime points are never lowered: an import below zero and a
 * debit count nothing. The others follow the sign: a credit gives back what a debit of the same house account
 * took. Every house account is named, so that the compiler asks about a new one.
 */
Counters
loyalty_entry_counters(EntryType type, HouseAccount house, int64_t points)
{
	Counters counters = { 0, 0, 0, 0 };
	int64_t taken = type == ENTRY_DEBIT ? points : -points;

	switch (house)
	{
		case HOUSE_ISSUED:
		case HOUSE_IMPORTED:
			counters.lifetime = type == ENTRY_DEBIT || points < 0 ? 0 : points;
			break;
		case HOUSE_REDEEMED:
			counters.redeemed = taken;
			break;
		case HOUSE_EXPIRED:
			counters.expired = taken;
			break;
		case HOUSE_RETURNED:
			counters.returned = taken;
			break;
		case HOUSE_OPENING:
		case HOUSE_ADJUSTED:
		case HOUSE_CONVERTED:
		case HOUSE_TRANSFER_IN_TRANSIT:
		case HOUSE_MERGE_IN_TRANSIT:
			break;
	}
	return counters;
}

/*
 * Appends an entry: the account moves first, then the entry says how it was left. The posting day stays 0 for
 * the caller to set. The chain's hash is not touched either: it covers the parts of the entry, which come
 * later.
 */
bool
loyalty_account_post(Account *account, EntryType type, HouseAccount house, int64_t points,
					 int64_t effective_at, Entry *entry)
{
	Counters counters = loyalty_entry_counters(type, house, points);

	account->balance += type == ENTRY_DEBIT ? -points : points;
	account->lifetime += counters.lifetime;
	account->redeemed += counters.redeemed;
	account->expired += counters.expired;
	account->returned += counters.returned;
	account->last_entry_no++;
	if (effective_at > account->last_effective_at)
		account->last_effective_at = effective_at;
	*entry = (Entry){
		.program_id = account->program_id,
		.category = account->category,
		.entry_no = account->last_entry_no,
		.entry_type = type,
		.house_account = house,
		.points = points,
		.balance_after = account->balance,
		.effective_at = account->last_effective_at,
	};
	return account->last_entry_no < INT32_MAX && loyalty_points_fit(account->balance) &&
		   loyalty_points_fit(account->lifetime) && loyalty_points_fit(account->redeemed) &&
		   loyalty_points_fit(account->expired) && loyalty_points_fit(account->returned);
}
