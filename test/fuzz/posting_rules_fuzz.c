/*
 * posting_rules_fuzz.c: any movements of any lots. A lot adds up, nothing of it goes below zero, and what moved goes back;
 * an account's entries follow each other, its counters are what they add up to, and what was sure to fit fits.
 */
// sources: posting_rules.c
#include "fuzz_input.h"
#include "ledger/tables/posting_rules.h"

static const char movement_types[] = "rRebEsuqtgcap?";
static const char entry_types[] = "cdom";
static const char houses[] = "oimrebactg";

static int64_t
sum_of(const Lot *lot)
{
	return lot->remaining + lot->redeemed + lot->expired + lot->returned + lot->transferred + lot->merged +
		   lot->converted + lot->adjusted + lot->arrears_paid;
}

static bool
none_negative(const Lot *lot)
{
	return lot->remaining >= 0 && lot->redeemed >= 0 && lot->expired >= 0 && lot->returned >= 0 &&
		   lot->transferred >= 0 && lot->merged >= 0 && lot->converted >= 0 && lot->adjusted >= 0 &&
		   lot->arrears_paid >= 0;
}

static void
fuzz_lot(FuzzInput *input)
{
	int64_t points = fuzz_number(input, 1, POINTS_LIMIT - 1);
	Lot lot = { .points = points, .remaining = points };
	int moves = fuzz_choice(input, 20);

	while (moves-- > 0)
	{
		MovementType type = (MovementType) movement_types[fuzz_choice(input, sizeof(movement_types) - 1)];
		int64_t wanted = fuzz_number(input, 0, POINTS_LIMIT - 1);
		Lot before = lot;
		int64_t moved = loyalty_lot_move(&lot, wanted, type);
		Lot undone = lot;
		int64_t *from;
		int64_t *to;

		REQUIRE(moved >= 0 && moved <= wanted && sum_of(&lot) == points && none_negative(&lot));
		loyalty_lot_move_back(&undone, moved, type);
		REQUIRE(memcmp(&undone, &before, sizeof(Lot)) == 0);
		if (!loyalty_movement_columns(&lot, type, &from, &to))
			REQUIRE(moved == 0 && memcmp(&lot, &before, sizeof(Lot)) == 0);
		else
			REQUIRE(from != to && (moved == wanted || *from == 0));
	}
}

static void
fuzz_times(FuzzInput *input)
{
	Lot lot = { .remaining = fuzz_number(input, 0, 5),
				.expires_at = fuzz_number(input, INT64_MIN, INT64_MAX),
				.redeemable_from = fuzz_number(input, INT64_MIN, INT64_MAX),
				.expiry_type = fuzz_bool(input) ? LOT_EXPIRY_ROLLING : LOT_EXPIRY_FIXED };
	int64_t at = fuzz_number(input, INT64_MIN, INT64_MAX - 1);

	REQUIRE(!loyalty_lot_pays(&lot, at) || (!loyalty_lot_is_due(&lot, at) && lot.remaining > 0));
	REQUIRE(!loyalty_lot_is_due(&lot, at) || loyalty_lot_is_due(&lot, at + 1));
	REQUIRE(lot.expires_at != NEVER || !loyalty_lot_is_due(&lot, at));
	REQUIRE(!loyalty_lot_rolls(&lot, at) || (at > lot.expires_at && lot.expiry_type == LOT_EXPIRY_ROLLING));
	if (loyalty_lot_rolls(&lot, at))
	{
		lot.expires_at = at;
		REQUIRE(!loyalty_lot_rolls(&lot, at));
	}
}

/* Posts what comes, and counts along. */
static void
fuzz_account(FuzzInput *input)
{
	Account account = { .program_id = 7, .category = CATEGORY_REGULAR, .last_effective_at = INT64_MIN };
	Counters sums = { 0, 0, 0, 0 };
	int posts = fuzz_choice(input, 20);

	account.last_entry_no =
		fuzz_bool(input) ? 0 : (int32_t) fuzz_number(input, 0, INT32_MAX - 2 * ENTRIES_IN_RESERVE);
	while (posts-- > 0)
	{
		EntryType type = (EntryType) entry_types[fuzz_choice(input, 4)];
		HouseAccount house = (HouseAccount) houses[fuzz_choice(input, sizeof(houses) - 1)];
		bool may_be_negative = type == ENTRY_OPENING_BALANCE;
		int64_t points = fuzz_number(input, may_be_negative ? 1 - POINTS_LIMIT : 0, POINTS_LIMIT - 1);
		int64_t at = fuzz_number(input, INT64_MIN, INT64_MAX);
		Account before = account;
		Counters part = loyalty_entry_counters(type, house, points);
		bool sure = type == ENTRY_CREDIT && (house == HOUSE_ISSUED || house == HOUSE_IMPORTED) &&
					loyalty_account_takes(&account, points);
		Entry entry;
		bool fits = loyalty_account_post(&account, type, house, points, at, &entry);

		REQUIRE(fits || !sure);
		REQUIRE(entry.entry_no == before.last_entry_no + 1 && entry.entry_no == account.last_entry_no);
		REQUIRE(entry.balance_after == account.balance && entry.points == points);
		REQUIRE(account.balance - before.balance == (type == ENTRY_DEBIT ? -points : points));
		REQUIRE(entry.effective_at >= before.last_effective_at && entry.effective_at >= at);
		REQUIRE(entry.effective_at == at || entry.effective_at == before.last_effective_at);
		if (!fits)
			return;
		sums.lifetime += part.lifetime;
		sums.redeemed += part.redeemed;
		sums.expired += part.expired;
		sums.returned += part.returned;
		REQUIRE(part.lifetime >= 0 && loyalty_points_fit(account.balance) &&
				loyalty_points_fit(account.lifetime));
		REQUIRE(sums.lifetime == account.lifetime && sums.redeemed == account.redeemed &&
				sums.expired == account.expired && sums.returned == account.returned);
	}
}

/* What a lot pays of arrears is on both sides the same, and ends one of the two. */
static void
fuzz_arrears(FuzzInput *input)
{
	int64_t points = fuzz_number(input, 0, POINTS_LIMIT - 1);
	Lot lot = { .points = points, .remaining = points };
	Account account = { .arrears = 0 };
	int64_t owed = fuzz_number(input, 0, POINTS_LIMIT - 1);
	int64_t paid;

	loyalty_account_book_arrears(&account, owed);
	REQUIRE(account.arrears == owed);
	paid = loyalty_lot_pay_arrears(&lot, &account);
	REQUIRE(paid >= 0 && lot.arrears_paid == paid && lot.remaining + paid == points &&
			account.arrears + paid == owed);
	REQUIRE(lot.remaining == 0 || account.arrears == 0);
	REQUIRE(loyalty_lot_pay_arrears(&lot, &account) == 0);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	FuzzInput input = { data, size };

	fuzz_arrears(&input);
	fuzz_times(&input);
	fuzz_lot(&input);
	fuzz_account(&input);
	return 0;
}
