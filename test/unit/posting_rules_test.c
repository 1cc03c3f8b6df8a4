/*
 * posting_rules_test.c: draws, arrears, expiry and rolling over every small combination; the counters of every
 * entry type and house account; the limits of numeric(18,3).
 */
#include <string.h>

#include "ledger/tables/posting_rules.h"
#include "tap.h"

#define LENGTH(array) (sizeof(array) / sizeof((array)[0]))

static const EntryType entry_types[] = { ENTRY_CREDIT, ENTRY_DEBIT, ENTRY_OPENING_BALANCE, ENTRY_MEMO };

static const HouseAccount houses[] = { HOUSE_OPENING,		  HOUSE_ISSUED,	   HOUSE_IMPORTED,
									   HOUSE_REDEEMED,		  HOUSE_EXPIRED,   HOUSE_RETURNED,
									   HOUSE_ADJUSTED,		  HOUSE_CONVERTED, HOUSE_TRANSFER_IN_TRANSIT,
									   HOUSE_MERGE_IN_TRANSIT };

/* The columns of a lot, and what each type of movement takes from and gives to: the table of docs/ledger.md once more. */
enum LotColumn
{
	REMAINING,
	REDEEMED,
	EXPIRED,
	RETURNED,
	TRANSFERRED,
	MERGED,
	CONVERTED,
	ADJUSTED,
	ARREARS_PAID,
	COLUMNS
};

static const struct
{
	MovementType type;
	enum LotColumn from;
	enum LotColumn to;
} movements[] = {
	{ MOVEMENT_REDEEMED, REMAINING, REDEEMED },
	{ MOVEMENT_EXPIRED, REMAINING, EXPIRED },
	{ MOVEMENT_RETURNED, REMAINING, RETURNED },
	{ MOVEMENT_TRANSFERRED, REMAINING, TRANSFERRED },
	{ MOVEMENT_MERGED, REMAINING, MERGED },
	{ MOVEMENT_CONVERTED, REMAINING, CONVERTED },
	{ MOVEMENT_ADJUSTED, REMAINING, ADJUSTED },
	{ MOVEMENT_ARREARS_PAID, REMAINING, ARREARS_PAID },
	{ MOVEMENT_REDEMPTION_REVERSED, REDEEMED, REMAINING },
	{ MOVEMENT_EXPIRY_REVERTED, EXPIRED, REMAINING },
	{ MOVEMENT_REDEMPTION_REVERTED, REDEEMED, RETURNED },
	{ MOVEMENT_TRANSFER_REVERTED, TRANSFERRED, RETURNED },
	{ MOVEMENT_ARREARS_REVERTED, ARREARS_PAID, RETURNED },
};

/* ---------------------------------------------------------------- counters */

static bool
counters_are(Counters counters, int64_t lifetime, int64_t redeemed, int64_t expired, int64_t returned)
{
	return counters.lifetime == lifetime && counters.redeemed == redeemed && counters.expired == expired &&
		   counters.returned == returned;
}

/* What docs/ledger.md says of the counters: "taken" is what an entry takes from the customer. */
static bool
counters_as_documented(EntryType type, HouseAccount house, int64_t points)
{
	Counters counters = loyalty_entry_counters(type, house, points);
	bool takes = type == ENTRY_DEBIT;
	int64_t taken = takes ? points : -points;

	if (house == HOUSE_ISSUED || house == HOUSE_IMPORTED)
		return counters_are(counters, takes ? 0 : points, 0, 0, 0);
	if (house == HOUSE_REDEEMED)
		return counters_are(counters, 0, taken, 0, 0);
	if (house == HOUSE_EXPIRED)
		return counters_are(counters, 0, 0, taken, 0);
	if (house == HOUSE_RETURNED)
		return counters_are(counters, 0, 0, 0, taken);
	return counters_are(counters, 0, 0, 0, 0);
}

static void
test_counters(void)
{
	static const int64_t points[] = { 0, 1, 1000, 12345, POINTS_LIMIT - 1 };
	int wrong = 0;

	for (size_t t = 0; t < LENGTH(entry_types); t++)
		for (size_t h = 0; h < LENGTH(houses); h++)
			for (size_t p = 0; p < LENGTH(points); p++)
				if (!counters_as_documented(entry_types[t], houses[h], points[p]))
					wrong++;
	ok(wrong == 0, "counters: as documented for every entry type and house account");

	/* The same by hand, for those who check the check. */
	ok(counters_are(loyalty_entry_counters(ENTRY_CREDIT, HOUSE_ISSUED, 5), 5, 0, 0, 0),
	   "counters: an award raises lifetime points");
	ok(counters_are(loyalty_entry_counters(ENTRY_DEBIT, HOUSE_ISSUED, 5), 0, 0, 0, 0),
	   "counters: nothing lowers them");
	ok(counters_are(loyalty_entry_counters(ENTRY_DEBIT, HOUSE_REDEEMED, 5), 0, 5, 0, 0),
	   "counters: a redemption raises redeemed points");
	ok(counters_are(loyalty_entry_counters(ENTRY_CREDIT, HOUSE_REDEEMED, 5), 0, -5, 0, 0),
	   "counters: a credit from redeemed gives back");
	ok(counters_are(loyalty_entry_counters(ENTRY_DEBIT, HOUSE_EXPIRED, 5), 0, 0, 5, 0),
	   "counters: expiry raises expired points");
	ok(counters_are(loyalty_entry_counters(ENTRY_CREDIT, HOUSE_CONVERTED, 5), 0, 0, 0, 0),
	   "counters: conversions and transfers do not count");
}

/* ---------------------------------------------------------------- posting */

/* Everything of an account follows from what it was and from the entry. */
static bool
posts_right(EntryType type, HouseAccount house, int64_t points, int64_t effective_at)
{
	Account before = { .program_id = 3,
					   .category = CATEGORY_PROMISED,
					   .last_entry_no = 7,
					   .balance = 500,
					   .arrears = 0,
					   .lifetime = 10000,
					   .redeemed = 2000,
					   .expired = 300,
					   .returned = 40,
					   .last_effective_at = 1000,
					   .last_recorded_at = 77,
					   .next_expiry_at = 5000 };
	Account after = before;
	int64_t change = type == ENTRY_DEBIT ? -points : points;
	int64_t takes_effect = effective_at > 1000 ? effective_at : 1000;
	Counters counters = loyalty_entry_counters(type, house, points);
	Entry entry;

	return loyalty_account_post(&after, type, house, points, effective_at, &entry) &&
		   after.last_entry_no == 8 && after.balance == 500 + change && after.arrears == 0 &&
		   after.lifetime == 10000 + counters.lifetime && after.redeemed == 2000 + counters.redeemed &&
		   after.expired == 300 + counters.expired && after.returned == 40 + counters.returned &&
		   after.last_effective_at == takes_effect && after.last_recorded_at == 77 &&
		   after.next_expiry_at == 5000 && entry.program_id == 3 && entry.category == CATEGORY_PROMISED &&
		   entry.entry_no == 8 && entry.entry_type == type && entry.house_account == house &&
		   entry.points == points && entry.balance_after == after.balance &&
		   entry.effective_at == takes_effect;
}

static void
test_posting(void)
{
	static const int64_t points[] = { 0, 1, 499, 500, 501, 100000 };
	static const int64_t times[] = { INT64_MIN + 1, 0, 999, 1000, 1001, INT64_MAX - 1 };
	int wrong = 0;

	for (size_t t = 0; t < LENGTH(entry_types); t++)
		for (size_t h = 0; h < LENGTH(houses); h++)
			for (size_t p = 0; p < LENGTH(points); p++)
				for (size_t at = 0; at < LENGTH(times); at++)
					if (!posts_right(entry_types[t], houses[h], points[p], times[at]))
						wrong++;
	ok(wrong == 0, "post: number, balance, counters and time of every kind of entry");
}

static bool
fits(Account account, EntryType type, HouseAccount house, int64_t points)
{
	Entry entry;

	return loyalty_account_post(&account, type, house, points, 0, &entry);
}

/* One column at a time against its limits; the others are far away from theirs. */
static void
test_limits(void)
{
	Account empty = { .balance = 0 };
	Account account = empty;

	account.balance = POINTS_LIMIT - 2;
	ok(fits(account, ENTRY_CREDIT, HOUSE_ADJUSTED, 1), "limits: a balance of 10^15 less a thousandth");
	ok(!fits(account, ENTRY_CREDIT, HOUSE_ADJUSTED, 2), "limits: a balance of 10^15 is refused");
	ok(!fits(account, ENTRY_CREDIT, HOUSE_ADJUSTED, POINTS_LIMIT - 1), "limits: so is twice as much");
	account.balance = -(POINTS_LIMIT - 2);
	ok(fits(account, ENTRY_DEBIT, HOUSE_ADJUSTED, 1), "limits: a balance far below zero");
	ok(!fits(account, ENTRY_DEBIT, HOUSE_ADJUSTED, 2), "limits: one of -10^15 is refused");

	account = empty;
	account.lifetime = POINTS_LIMIT - 2;
	ok(fits(account, ENTRY_CREDIT, HOUSE_ISSUED, 1), "limits: lifetime points below 10^15");
	ok(!fits(account, ENTRY_CREDIT, HOUSE_ISSUED, 2), "limits: more is refused, though the balance is small");
	ok(!fits(account, ENTRY_CREDIT, HOUSE_IMPORTED, 2), "limits: so are imported ones");
	ok(fits(account, ENTRY_CREDIT, HOUSE_REDEEMED, 2), "limits: what does not count needs no room");

	account = empty;
	account.redeemed = POINTS_LIMIT - 2;
	ok(fits(account, ENTRY_DEBIT, HOUSE_REDEEMED, 1) && !fits(account, ENTRY_DEBIT, HOUSE_REDEEMED, 2),
	   "limits: redeemed points");
	account = empty;
	account.expired = POINTS_LIMIT - 2;
	ok(fits(account, ENTRY_DEBIT, HOUSE_EXPIRED, 1) && !fits(account, ENTRY_DEBIT, HOUSE_EXPIRED, 2),
	   "limits: expired points");
	account = empty;
	account.returned = POINTS_LIMIT - 2;
	ok(fits(account, ENTRY_DEBIT, HOUSE_RETURNED, 1) && !fits(account, ENTRY_DEBIT, HOUSE_RETURNED, 2),
	   "limits: returned points");

	account = empty;
	account.last_entry_no = INT32_MAX - 2;
	ok(fits(account, ENTRY_MEMO, HOUSE_ADJUSTED, 0), "limits: two thousand million entries");
	account.last_entry_no = INT32_MAX - 1;
	ok(!fits(account, ENTRY_MEMO, HOUSE_ADJUSTED, 0), "limits: their numbers end there");
}

/* What is judged before a job writes anything. */
static void
test_room(void)
{
	Account account = { .balance = POINTS_LIMIT - 2, .expired = POINTS_LIMIT - 4 };

	ok(loyalty_account_has_room(&account, 1, 3), "room: up to the limits of balance and expired points");
	ok(!loyalty_account_has_room(&account, 2, 0), "room: not for more of a balance");
	ok(!loyalty_account_has_room(&account, 0, 4), "room: not for more expired points");
	ok(!loyalty_account_has_room(&account, POINTS_LIMIT - 1, 2 * (POINTS_LIMIT - 1)),
	   "room: nor for the largest numbers that there are");
	account.lifetime = POINTS_LIMIT - 1;
	ok(loyalty_account_has_room(&account, 1, 3), "room: lifetime points take no part");
	account.last_entry_no = INT32_MAX - ENTRIES_IN_RESERVE - 1;
	ok(loyalty_account_has_room(&account, 1, 3), "room: entries up to the reserve");
	account.last_entry_no++;
	ok(!loyalty_account_has_room(&account, 0, 0), "room: and none beyond");

	account = (Account){ .balance = 1, .expired = POINTS_LIMIT - 4 };
	ok(loyalty_account_converts(&account, 2), "conversion: all that is there afterwards may expire");
	ok(!loyalty_account_converts(&account, 3), "conversion: not where the last point could not");
	account = (Account){ .balance = -5, .expired = POINTS_LIMIT - 4 };
	ok(loyalty_account_converts(&account, 3) && !loyalty_account_converts(&account, 4),
	   "conversion: what is owed makes no room among expired points");
	account = (Account){ .balance = POINTS_LIMIT - 3 };
	ok(loyalty_account_converts(&account, 2) && !loyalty_account_converts(&account, 3),
	   "conversion: the limit of a balance");

	account = (Account){ .balance = 2, .redeemed = POINTS_LIMIT - 2 };
	ok(loyalty_account_redeems(&account, 1), "room: up to the limit of redeemed points");
	ok(!loyalty_account_redeems(&account, 2), "room: and not for more, whatever the balance");
}

/* ---------------------------------------------------------------- lots */

static int64_t
column(const Lot *lot, enum LotColumn which)
{
	const int64_t columns[COLUMNS] = { lot->remaining, lot->redeemed,	 lot->expired,
									   lot->returned,  lot->transferred, lot->merged,
									   lot->converted, lot->adjusted,	 lot->arrears_paid };

	return columns[which];
}

/* points are the sum of the columns, none of which is below zero. */
static bool
adds_up(const Lot *lot)
{
	int64_t sum = 0;

	for (int which = 0; which < COLUMNS; which++)
	{
		if (column(lot, (enum LotColumn) which) < 0)
			return false;
		sum += column(lot, (enum LotColumn) which);
	}
	return lot->points == sum;
}

/* What is wanted or what is there leaves the one column for the other, and no third one notices. */
static bool
moves_right(size_t m, int64_t wanted)
{
	Lot lot = { .points = 45,
				.remaining = 1,
				.redeemed = 2,
				.expired = 3,
				.returned = 4,
				.transferred = 5,
				.merged = 6,
				.converted = 7,
				.adjusted = 8,
				.arrears_paid = 9 };
	Lot before = lot;
	int64_t moved = loyalty_lot_move(&lot, wanted, movements[m].type);
	int64_t there = column(&before, movements[m].from);

	if (moved != (wanted < there ? wanted : there) || !adds_up(&lot))
		return false;
	for (int which = 0; which < COLUMNS; which++)
	{
		int64_t change =
			(which == (int) movements[m].to ? moved : 0) - (which == (int) movements[m].from ? moved : 0);

		if (column(&lot, (enum LotColumn) which) != column(&before, (enum LotColumn) which) + change)
			return false;
	}
	return true;
}

static void
test_moves(void)
{
	int wrong = 0;

	for (size_t m = 0; m < LENGTH(movements); m++)
		for (int64_t wanted = 0; wanted <= 12; wanted++)
			if (!moves_right(m, wanted))
				wrong++;
	ok(wrong == 0, "move: what is wanted or what is there, between the two columns of its type");
}

/* To move some points and take a part of them back is to move the rest. */
static void
test_moves_back(void)
{
	int wrong = 0;

	for (size_t m = 0; m < LENGTH(movements); m++)
		for (int64_t wanted = 0; wanted <= 9; wanted++)
			for (int64_t back = 0; back <= wanted; back++)
			{
				Lot lot = { .points = 90,
							.remaining = 10,
							.redeemed = 10,
							.expired = 10,
							.returned = 10,
							.transferred = 10,
							.merged = 10,
							.converted = 10,
							.adjusted = 10,
							.arrears_paid = 10 };
				Lot less = lot;

				loyalty_lot_move(&lot, wanted, movements[m].type);
				loyalty_lot_move_back(&lot, back, movements[m].type);
				loyalty_lot_move(&less, wanted - back, movements[m].type);
				wrong += memcmp(&lot, &less, sizeof(Lot)) != 0;
			}
	ok(wrong == 0, "move back: as if less had been moved");
}

/* Every sequence of four movements keeps the lot adding up. */
static void
test_sequences(void)
{
	int kinds = 2 * (int) LENGTH(movements);
	int wrong = 0;

	for (int sequence = 0; sequence < kinds * kinds * kinds * kinds; sequence++)
	{
		Lot lot = { .points = 7, .remaining = 7 };

		for (int step = 0, rest = sequence; step < 4; step++, rest /= kinds)
		{
			int kind = rest % kinds;

			loyalty_lot_move(&lot, kind % 2 * 2 + 1, movements[kind / 2].type);
			if (!adds_up(&lot))
				wrong++;
		}
	}
	ok(wrong == 0, "move: every sequence of four keeps the lot adding up");
}

static void
test_arrears(void)
{
	Account account = { .balance = 0 };
	int wrong = 0;

	for (int64_t points = 0; points <= 8; points++)
		for (int64_t arrears = 0; arrears <= 8; arrears++)
		{
			Lot lot = { .points = points, .remaining = points };
			Account owing = { .balance = points - arrears, .arrears = arrears };
			int64_t paid = loyalty_lot_pay_arrears(&lot, &owing);

			if (paid != (points < arrears ? points : arrears) || lot.arrears_paid != paid ||
				owing.arrears != arrears - paid || !adds_up(&lot) ||
				owing.balance != lot.remaining - owing.arrears || (lot.remaining > 0 && owing.arrears > 0))
				wrong++;
		}
	ok(wrong == 0, "arrears: a credit pays them first; open lots and arrears never stand side by side");

	account.arrears = 3;
	loyalty_account_book_arrears(&account, 4);
	ok(account.arrears == 7, "arrears: what no lot pays is added to them");
}

static void
test_times(void)
{
	static const int64_t times[] = { AT_ONCE, 999, 1000, 1001, NEVER };
	int wrong = 0;
	Lot lot = { .points = 5, .remaining = 5, .redeemable_from = AT_ONCE, .expires_at = NEVER };

	for (size_t e = 0; e < LENGTH(times); e++)
		for (size_t r = 0; r < LENGTH(times); r++)
			for (int64_t remaining = 0; remaining <= 1; remaining++)
			{
				Lot tried = {
					.points = 5, .remaining = remaining, .redeemable_from = times[r], .expires_at = times[e]
				};

				if (loyalty_lot_is_due(&tried, 1000) != (times[e] <= 1000) ||
					loyalty_lot_pays(&tried, 1000) != (remaining > 0 && times[r] <= 1000 && times[e] > 1000))
					wrong++;
			}
	ok(wrong == 0, "time: every order of now, expiry and first use");

	ok(loyalty_lot_pays(&lot, 1000) && !loyalty_lot_is_due(&lot, 1000), "time: without times a lot pays");
	lot.expires_at = 1001;
	ok(loyalty_lot_pays(&lot, 1000) && !loyalty_lot_is_due(&lot, 1000),
	   "time: it pays until the microsecond before its expiry");
	lot.expires_at = 1000;
	ok(!loyalty_lot_pays(&lot, 1000) && loyalty_lot_is_due(&lot, 1000), "time: at its expiry it is due");
	lot = (Lot){ .points = 5, .remaining = 5, .redeemable_from = 1000, .expires_at = NEVER };
	ok(loyalty_lot_pays(&lot, 1000) && !loyalty_lot_pays(&lot, 999),
	   "time: it pays from the very instant it may be used");
}

static void
test_rolling(void)
{
	static const LotExpiryType types[] = { LOT_EXPIRY_FIXED, LOT_EXPIRY_ROLLING };
	static const int64_t expiries[] = { 999, 1000, 1001, NEVER };
	static const int64_t targets[] = { AT_ONCE, 999, 1000, 1001, NEVER };
	int wrong = 0;

	for (size_t t = 0; t < LENGTH(types); t++)
		for (size_t e = 0; e < LENGTH(expiries); e++)
			for (size_t n = 0; n < LENGTH(targets); n++)
				for (int64_t remaining = 0; remaining <= 1; remaining++)
				{
					Lot lot = { .points = 5,
								.remaining = remaining,
								.expiry_type = types[t],
								.expires_at = expiries[e] };

					if (loyalty_lot_rolls(&lot, targets[n]) !=
						(remaining > 0 && types[t] == LOT_EXPIRY_ROLLING && targets[n] > expiries[e]))
						wrong++;
				}
	ok(wrong == 0, "rolling: open lots that roll, forwards only");
}

/* When promised lots become regular. */
static void
test_conversion_instant(void)
{
	Lot lot = { .redeemable_from = 20, .awarded_at = 10, .expires_at = NEVER };

	ok(loyalty_conversion_instant(&lot) == 20, "conversion: at its date");
	lot.awarded_at = 30;
	ok(loyalty_conversion_instant(&lot) == 30, "conversion: not before the award");
	lot.expires_at = 31;
	ok(loyalty_conversion_instant(&lot) == 30, "conversion: before its own expiry");
	lot.expires_at = 30;
	ok(loyalty_conversion_instant(&lot) == NEVER, "conversion: never where the expiry is not later");
}

int
main(void)
{
	plan(50);
	test_counters();
	test_posting();
	test_limits();
	test_room();
	test_moves();
	test_moves_back();
	test_sequences();
	test_arrears();
	test_times();
	test_rolling();
	test_conversion_instant();
	return tap_exit();
}
