/*
 * verify_entry_rules_test.c: what an entry must be after the one before it, and what must pay it.
 */
#include <string.h>

#include "ledger/verify/verify_entry_rules.h"
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

/* Whether an entry follows another one; NULL: it is the first. */
static bool
follows(const BookEntry *previous, const BookEntry *entry)
{
	Books books = { .customer_id = 1 };
	Walk walk = { .books = &books, .auditor = &auditor, .entry = entry, .previous = previous };

	broken = 0;
	loyalty_entry_judge_following(&walk);
	return broken == 0;
}

static BookEntry
entry(int32_t entry_no, EntryType type, int64_t points, int64_t balance_after)
{
	return (BookEntry){ .entry = { .entry_no = entry_no,
								   .category = CATEGORY_REGULAR,
								   .entry_type = type,
								   .points = points,
								   .balance_after = balance_after } };
}

static void
test_following(void)
{
	BookEntry first = entry(1, ENTRY_CREDIT, 10, 10);
	BookEntry second = entry(2, ENTRY_DEBIT, 4, 6);

	ok(follows(NULL, &first) && follows(&first, &second), "an award and a redemption");
	ok(!follows(NULL, &second), "the first has number 1");
	second.entry.entry_no = 3;
	ok(!follows(&first, &second), "no number is left out");
	second = entry(2, ENTRY_DEBIT, 4, 7);
	ok(!follows(&first, &second), "the balance is what was there and what came");
	second = entry(2, ENTRY_CREDIT, 0, 10);
	ok(!follows(&first, &second), "nothing is awarded by no points");
	second = entry(2, ENTRY_MEMO, 0, 10);
	ok(follows(&first, &second), "a memo has none");
	second = entry(2, ENTRY_OPENING_BALANCE, 1, 11);
	ok(!follows(&first, &second), "an opening balance is the first entry");
	first.entry.effective_at = 1;
	second = entry(2, ENTRY_DEBIT, 4, 6);
	ok(!follows(&first, &second), "times do not go back");
	first = entry(INT32_MAX, ENTRY_CREDIT, 10, 10);
	second = entry(INT32_MIN, ENTRY_DEBIT, 4, 6);
	ok(!follows(&first, &second), "nothing follows the last number that there is");
}

/* What the parts of an entry break: its lots, and movements of a lot that had points before. */
static unsigned
parts_break(BookEntry one, BookLot *lots, int lot_count, BookMovement *movements, int movement_count)
{
	BookLot *order[30];
	Books books = { .lots = lots, .lot_order = order, .movements = movements };
	Walk walk = { .books = &books,
				  .auditor = &auditor,
				  .entry = &one,
				  .lots = { 0, lot_count },
				  .movements = { 0, movement_count } };
	int i;

	for (i = 0; i < lot_count; i++)
		order[i] = &lots[i];
	broken = 0;
	loyalty_entry_judge_parts(&walk);
	return broken;
}

static void
test_parts(void)
{
	BookLot lot = { .lot = { .points = 10 } };
	BookMovement redeemed = { .movement = { .movement_type = MOVEMENT_REDEEMED, .points = 4 } };
	BookMovement paid = { .movement = { .movement_type = MOVEMENT_ARREARS_PAID, .points = 3 } };

	ok(parts_break(entry(1, ENTRY_CREDIT, 10, 10), &lot, 1, NULL, 0) == 0, "a credit is its lot");
	ok(parts_break(entry(1, ENTRY_CREDIT, 11, 11), &lot, 1, NULL, 0) == 1U << INVARIANT_CREDITS_ARE_LOTS,
	   "and no more");
	ok(parts_break(entry(1, ENTRY_CREDIT, 10, 7), &lot, 1, &paid, 1) == 0,
	   "it pays the arrears that it lifts");
	ok(parts_break(entry(1, ENTRY_CREDIT, 10, 10), &lot, 1, &paid, 1) == 1U << INVARIANT_DEBITS_PAID,
	   "where there are any");
	ok(parts_break(entry(2, ENTRY_DEBIT, 4, 6), NULL, 0, &redeemed, 1) == 0, "a debit is paid by movements");
	ok(parts_break(entry(2, ENTRY_DEBIT, 9, -5), NULL, 0, &redeemed, 1) == 0,
	   "what they do not pay is arrears");
	ok(parts_break(entry(2, ENTRY_DEBIT, 5, 5), NULL, 0, &redeemed, 1) == 1U << INVARIANT_DEBITS_PAID,
	   "what the balance has must be paid");
	redeemed.event_id = 5;
	ok(parts_break(entry(2, ENTRY_DEBIT, 4, 6), NULL, 0, &redeemed, 1) == 1U << INVARIANT_DEBITS_PAID,
	   "by movements of its own event");
}

/* Nineteen lots, or movements, of almost all points there can be: sums that come around to what the entry says. */
static void
test_enormous(void)
{
	BookLot lots[19];
	BookMovement movements[19];
	int64_t each = INT64_C(970881267037344821); /* times 19 it is 2^64 - 17 */
	int i;

	for (i = 0; i < 19; i++)
	{
		lots[i] = (BookLot){ .lot = { .points = each } };
		movements[i] = (BookMovement){ .movement = { .movement_type = MOVEMENT_REDEEMED, .points = each } };
	}
	lots[0].lot.points += 17 + 4;
	movements[0].movement.points += 17 + 4;
	ok(parts_break(entry(1, ENTRY_CREDIT, 4, 4), lots, 19, NULL, 0) == 1U << INVARIANT_CREDITS_ARE_LOTS,
	   "lots that are more than can be counted are no credit");
	ok(parts_break(entry(2, ENTRY_DEBIT, 4, 6), NULL, 0, movements, 19) == 1U << INVARIANT_DEBITS_PAID,
	   "nor do such movements pay a debit");
}

static void
test_counts(void)
{
	Counters sum = { 0, 0, 0, 0 };
	Entry award = { .entry_type = ENTRY_CREDIT, .house_account = HOUSE_ISSUED, .points = 10 };
	Entry redemption = { .entry_type = ENTRY_DEBIT, .house_account = HOUSE_REDEEMED, .points = 4 };
	Entry reversal = { .entry_type = ENTRY_CREDIT, .house_account = HOUSE_REDEEMED, .points = 1 };

	loyalty_entry_count(&sum, &award);
	loyalty_entry_count(&sum, &redemption);
	loyalty_entry_count(&sum, &reversal);
	ok(sum.lifetime == 10 && sum.redeemed == 3 && sum.expired == 0 && sum.returned == 0, "counters");
}

int
main(void)
{
	plan(20);
	test_following();
	test_parts();
	test_enormous();
	test_counts();
	return tap_exit();
}
