/*
 * verify_lot_rules_test.c: the order of accounts and of what belongs to their entries, and what movements and changes of
 * expiry make of lots.
 */
#include <string.h>

#include "ledger/verify/verify_lot_rules.h"
#include "tap.h"

static unsigned broken;

static void
hear(void *context, Invariant invariant, const char *detail)
{
	(void) context;
	(void) detail;
	broken |= 1U << invariant;
}

static const Auditor auditor = { .diverges = hear };

static void
test_accounts(void)
{
	ok(loyalty_compare_accounts(1, CATEGORY_TRIGGER_BASED, 2, CATEGORY_PROMISED) < 0, "programs come first");
	ok(loyalty_compare_accounts(1, CATEGORY_PROMISED, 1, CATEGORY_REGULAR) < 0,
	   "then categories, by their letters");
	ok(loyalty_compare_accounts(1, CATEGORY_REGULAR, 1, CATEGORY_REGULAR) == 0, "an account is itself");
	ok(loyalty_compare_accounts(INT32_MIN, CATEGORY_REGULAR, INT32_MAX, CATEGORY_REGULAR) < 0,
	   "programs that lie far apart");
	ok(loyalty_compare_accounts(1, (Category) (char) 0xE9, 1, CATEGORY_REGULAR) > 0,
	   "a category that is no ASCII letter comes last, as the server sorts it");
}

/* Two lots of two accounts; what belongs to the second, which comes first, and to none. */
static void
test_order(void)
{
	BookLot lots[] = {
		{ .lot = { .lot_id = 1,
				   .program_id = 1,
				   .category = CATEGORY_REGULAR,
				   .entry_no = 4,
				   .points = 10,
				   .remaining = 10 } },
		{ .lot = { .lot_id = 2,
				   .program_id = 1,
				   .category = CATEGORY_PROMISED,
				   .entry_no = 9,
				   .points = 10,
				   .remaining = 7,
				   .redeemed = 3 } },
	};
	BookMovement movements[] = {
		{ .movement = { .lot_id = 0, .movement_type = MOVEMENT_REDEEMED, .points = 1 } },
		{ .movement = { .lot_id = 2, .entry_no = 12, .movement_type = MOVEMENT_REDEEMED, .points = 1 } },
		{ .movement = { .lot_id = 2, .entry_no = 11, .movement_type = MOVEMENT_REDEEMED, .points = 2 } },
	};
	BookLot *order[2];
	Books books = {
		.lot_count = 2, .lots = lots, .movement_count = 3, .movements = movements, .lot_order = order
	};

	broken = 0;
	loyalty_lots_follow_parts(&books, &auditor);
	ok(movements[0].lot == NULL && movements[1].lot == &lots[1], "a movement finds its lot, or none");
	ok(lots[1].moved.remaining == 7 && lots[1].moved.redeemed == 3 && lots[0].moved.remaining == 10,
	   "lots follow from their movements");
	lots[0].is_open = lots[1].is_open = true;
	loyalty_lots_judge(&books, &auditor);
	ok(broken == 0, "lots that are what their movements made of them");
	loyalty_parts_sort(&books);
	ok(order[0] == &lots[1] && order[1] == &lots[0], "lots by account");
	ok(movements[0].movement.entry_no == 11 && movements[1].movement.entry_no == 12 &&
		   movements[2].lot == NULL,
	   "movements by entry, those without a lot behind them");
	lots[0].lot.merged = 1;
	loyalty_lots_judge(&books, &auditor);
	ok(broken == 1U << INVARIANT_LOT_COLUMNS, "a column that no movement made");
}

static void
test_changes(void)
{
	BookLot lot = { .lot = { .lot_id = 1, .expires_at = 300 } };
	BookChange changes[] = {
		{ .change = { .lot_id = 1, .entry_no = 2, .old_expires_at = 100, .new_expires_at = 200 } },
		{ .change = { .lot_id = 1, .entry_no = 3, .old_expires_at = 200, .new_expires_at = 300 } },
	};
	BookLot *order[1];
	Books books = { .lot_count = 1, .lots = &lot, .change_count = 2, .changes = changes, .lot_order = order };

	broken = 0;
	loyalty_lots_follow_parts(&books, &auditor);
	loyalty_lots_judge(&books, &auditor);
	ok(broken == 0 && lot.first_expires_at == 100 && lot.latest_expires_at == 300,
	   "expiries follow each other");
	changes[1].change.old_expires_at = 199;
	loyalty_lots_follow_parts(&books, &auditor);
	ok(broken == 1U << INVARIANT_EXPIRY, "a change that does not begin where the one before ended");
}

int
main(void)
{
	plan(13);
	test_accounts();
	test_order();
	test_changes();
	return tap_exit();
}
