/*
 * verify_claim_rules_test.c: what an entry may reverse and claim, and which rows belong to none.
 */
#include <string.h>

#include "ledger/verify/verify_claim_rules.h"
#include "tap.h"

#define ROWS 2

/* An entry with the reversals and claims that stand in its books. */
typedef struct Example
{
	Books books;
	BookEntry entry;
	BookReversal reversals[ROWS];
	BookClaim claims[ROWS];
} Example;

/* Divergences that were reported, by invariant. */
static int found[INVARIANT_COUNT];

static void
note(void *context, Invariant invariant, const char *detail)
{
	(void) context;
	(void) detail;
	found[invariant]++;
}

/* Judges the entry with the first of its rows, and then what is left. */
static void
judge(EntryType type, HouseAccount house, int64_t points, Example *x, int reversals, int claims)
{
	Auditor auditor = { .diverges = note };
	Walk walk = { .books = &x->books, .auditor = &auditor, .entry = &x->entry };

	memset(found, 0, sizeof(found));
	x->entry = (BookEntry){ .entry = { .program_id = 1,
									   .category = CATEGORY_REGULAR,
									   .entry_no = 5,
									   .entry_type = type,
									   .house_account = house,
									   .points = points },
							.event_id = 7 };
	x->books = (Books){
		.reversal_count = reversals, .reversals = x->reversals, .claim_count = claims, .claims = x->claims
	};
	loyalty_entry_take_claims(&walk);
	loyalty_entry_judge_claims(&walk);
	walk.entry = NULL;
	loyalty_entry_take_claims(&walk);
}

static Example
example(void)
{
	return (Example){
		.reversals = { { .reversal = { .program_id = 1, .entry_no = 5, .points = 30 }, .event_id = 7 },
					   { .reversal = { .program_id = 1, .entry_no = 5, .points = 10 }, .event_id = 7 } },
		.claims = { { .claim = { .program_id = 1,
								 .category = CATEGORY_REGULAR,
								 .entry_no = 5,
								 .claimed = 30,
								 .covered = 5 },
					  .event_id = 7 },
					{ .claim = { .program_id = 1,
								 .category = CATEGORY_REGULAR,
								 .entry_no = 5,
								 .claimed = 10 },
					  .event_id = 7 } },
	};
}

static void
test_reversals(void)
{
	Example x = example();

	judge(ENTRY_CREDIT, HOUSE_REDEEMED, 40, &x, 2, 0);
	ok(found[INVARIANT_REVERSALS] == 0, "a credit puts back what its reversals say");
	judge(ENTRY_CREDIT, HOUSE_REDEEMED, 41, &x, 2, 0);
	ok(found[INVARIANT_REVERSALS] == 1, "not another number of points");
	judge(ENTRY_DEBIT, HOUSE_REDEEMED, 40, &x, 2, 0);
	ok(found[INVARIANT_REVERSALS] == 1, "a debit reverses nothing");
	judge(ENTRY_CREDIT, HOUSE_ISSUED, 40, &x, 2, 0);
	ok(found[INVARIANT_REVERSALS] == 1, "nor does an award");
	x.reversals[1].reversal.points = 0;
	judge(ENTRY_CREDIT, HOUSE_REDEEMED, 30, &x, 2, 0);
	ok(found[INVARIANT_REVERSALS] == 1, "a reversal has points");
	x.reversals[1] =
		(BookReversal){ .reversal = { .program_id = 1, .entry_no = 6, .points = 10 }, .event_id = 7 };
	judge(ENTRY_CREDIT, HOUSE_REDEEMED, 30, &x, 2, 0);
	ok(found[INVARIANT_REVERSALS] == 1, "a reversal of no entry is reported");
	judge(ENTRY_CREDIT, HOUSE_REDEEMED, 30, &x, 1, 0);
	x.reversals[0].event_id = 8;
	judge(ENTRY_CREDIT, HOUSE_REDEEMED, 30, &x, 1, 0);
	ok(found[INVARIANT_REVERSALS] == 1, "so is one of another event than its entry's");
}

static void
test_claims(void)
{
	Example x = example();

	judge(ENTRY_MEMO, HOUSE_ADJUSTED, 0, &x, 0, 2);
	ok(found[INVARIANT_RETURNS] == 0, "a memo leaves claims");
	judge(ENTRY_DEBIT, HOUSE_RETURNED, 70, &x, 0, 2);
	ok(found[INVARIANT_RETURNS] == 0, "so does the debit of a return");
	judge(ENTRY_DEBIT, HOUSE_EXPIRED, 70, &x, 0, 2);
	ok(found[INVARIANT_RETURNS] == 1, "no other debit does");
	x.claims[0].claim.claimed = -30;
	judge(ENTRY_DEBIT, HOUSE_RETURNED, 30, &x, 0, 2);
	ok(found[INVARIANT_RETURNS] == 1, "an entry settles or claims");
	x.claims[1].claim.claimed = -10;
	judge(ENTRY_DEBIT, HOUSE_RETURNED, 40, &x, 0, 2);
	ok(found[INVARIANT_RETURNS] == 0, "a debit settles as much as it takes");
	judge(ENTRY_DEBIT, HOUSE_RETURNED, 41, &x, 0, 2);
	ok(found[INVARIANT_RETURNS] == 1, "not less");
	judge(ENTRY_MEMO, HOUSE_ADJUSTED, 0, &x, 0, 2);
	ok(found[INVARIANT_RETURNS] == 1, "a memo settles nothing");
	x = example();
	x.claims[1].claim.covered = -1;
	judge(ENTRY_MEMO, HOUSE_ADJUSTED, 0, &x, 0, 2);
	ok(found[INVARIANT_RETURNS] == 1, "nothing is covered below zero");
	x.claims[1].claim = (Claim){ .program_id = 1, .category = CATEGORY_REGULAR, .entry_no = 9 };
	judge(ENTRY_MEMO, HOUSE_ADJUSTED, 0, &x, 0, 2);
	ok(found[INVARIANT_RETURNS] == 1, "a claim of no entry is reported");
}

int
main(void)
{
	plan(16);
	test_reversals();
	test_claims();
	return tap_exit();
}
