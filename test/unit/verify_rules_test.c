/*
 * verify_rules_test.c: judging the books of one customer: those that are right, and every divergence that a single
 * changed column makes.
 */
#include <stdio.h>
#include <string.h>

#include "ledger/verify/verify_rules.h"
#include "tap.h"

/* An award of 10 points whose lot expires later than was promised first, then a redemption of 4. */
typedef struct Example
{
	Account account;
	BookEntry entries[3];
	BookEvent event;
	BookLot lot;
	BookMovement movement;
	BookChange change;
	BookLot *order[1];
	Books books;
} Example;

static void
fill_example(Example *x)
{
	*x = (Example){
		.account = { .program_id = 1,
					 .category = CATEGORY_REGULAR,
					 .last_entry_no = 3,
					 .balance = 6000,
					 .lifetime = 10000,
					 .redeemed = 4000,
					 .last_effective_at = 30,
					 .last_recorded_at = 30,
					 .next_expiry_at = 200 },
		.entries = { { .entry = { .program_id = 1,
								  .category = CATEGORY_REGULAR,
								  .entry_no = 1,
								  .entry_type = ENTRY_CREDIT,
								  .house_account = HOUSE_ISSUED,
								  .points = 10000,
								  .balance_after = 10000,
								  .effective_at = 10 },
					   .event_id = 71,
					   .carries_event = true,
					   .hash_version = HASH_VERSION,
					   .hash_is_whole = true,
					   .event = { .event_id = 71, .event_code = EVENT_POINTS_AWARD, .recorded_at = 10 } },
					 { .entry = { .program_id = 1,
								  .category = CATEGORY_REGULAR,
								  .entry_no = 2,
								  .entry_type = ENTRY_MEMO,
								  .balance_after = 10000,
								  .effective_at = 20 },
					   .event_id = 72,
					   .carries_event = true,
					   .hash_version = HASH_VERSION,
					   .hash_is_whole = true,
					   .event = { .event_id = 72, .event_code = EVENT_EXPIRY_CHANGE, .recorded_at = 20 } },
					 { .entry = { .program_id = 1,
								  .category = CATEGORY_REGULAR,
								  .entry_no = 3,
								  .entry_type = ENTRY_DEBIT,
								  .house_account = HOUSE_REDEEMED,
								  .points = 4000,
								  .balance_after = 6000,
								  .effective_at = 30 },
					   .event_id = 73,
					   .hash_version = HASH_VERSION,
					   .hash_is_whole = true } },
		.event = { .event = { .event_id = 73,
							  .event_code = EVENT_REDEMPTION,
							  .recorded_at = 30,
							  .net_points = -4000 } },
		.lot = { .lot = { .lot_id = 71,
						  .program_id = 1,
						  .category = CATEGORY_REGULAR,
						  .entry_no = 1,
						  .points = 10000,
						  .remaining = 6000,
						  .redeemed = 4000,
						  .expires_at = 200 },
				 .is_open = true },
		.movement = { .movement = { .lot_id = 71,
									.entry_no = 3,
									.movement_type = MOVEMENT_REDEEMED,
									.points = 4000 },
					  .event_id = 73 },
		.change = { .change = { .lot_id = 71, .entry_no = 2, .old_expires_at = 100, .new_expires_at = 200 },
					.event_id = 72 },
	};
	x->books = (Books){ .org_id = 5,
						.customer_id = 6,
						.customer_exists = true,
						.account_count = 1,
						.accounts = &x->account,
						.entry_count = 3,
						.entries = x->entries,
						.event_count = 1,
						.events = &x->event,
						.lot_count = 1,
						.lots = &x->lot,
						.movement_count = 1,
						.movements = &x->movement,
						.change_count = 1,
						.changes = &x->change,
						.lot_order = x->order };
}

/* What was found: a bit for each invariant that does not hold, and the last detail. */
typedef struct Found
{
	unsigned broken;
	char detail[400];
} Found;

static void
note(void *context, Invariant invariant, const char *detail)
{
	Found *found = context;

	found->broken |= 1U << invariant;
	snprintf(found->detail, sizeof(found->detail), "%s", detail);
}

/* The sum of all bytes stands for a hash. */
static unsigned char sum;

static bool
sum_begin(void *context, const Books *books, const BookEntry *entry)
{
	(void) context;
	(void) books;
	(void) entry;
	sum = 0;
	return true;
}

static void
sum_add(void *context, const void *bytes, size_t size)
{
	const unsigned char *byte = bytes;

	(void) context;
	while (size-- > 0)
		sum = (unsigned char) (sum * 31 + *byte++);
}

static void
sum_end(void *context, unsigned char hash[ENTRY_HASH_BYTES])
{
	(void) context;
	memset(hash, sum, ENTRY_HASH_BYTES);
}

static bool
no_hash(void *context, const Books *books, const BookEntry *entry)
{
	(void) context;
	(void) books;
	(void) entry;
	return false;
}

/* Ranks of keys: 1 and 2 are as old as their numbers say, 9 is not known. */
static int
key_rank(void *context, int16_t key_id)
{
	(void) context;
	return key_id == 9 ? -1 : key_id;
}

/* Requires of events a rank from an id on. */
static int64_t bound = INT64_MAX;
static int bound_rank;

static int
key_required(void *context, int64_t event_id, int16_t key_id)
{
	(void) context;
	(void) key_id;
	return event_id > bound ? bound_rank : 0;
}

static Found
judge(Example *x, bool with_hashes)
{
	Found found = { 0, "" };
	Auditor auditor = { .context = &found,
						.diverges = note,
						.hash_begin = with_hashes ? sum_begin : no_hash,
						.hash_sink = sum_add,
						.hash_end = sum_end,
						.key_rank = key_rank,
						.key_required = key_required };

	loyalty_books_judge(&x->books, &auditor);
	return found;
}

static void
is_broken(Example *x, unsigned wanted, const char *name)
{
	Found found = judge(x, false);

	if (!ok(found.broken == wanted, name))
		printf("# broken %#x, not %#x: %s\n", found.broken, wanted, found.detail);
}

/* Changes a column of the example, and says which invariants notice. */
#define BREAKS(column, value, invariants) \
	do \
	{ \
		Example changed; \
		fill_example(&changed); \
		changed.column = (value); \
		is_broken(&changed, (invariants), #column " becomes " #value); \
	} while (0)

#define BIT(name) (1U << INVARIANT_##name)

static void
test_entries(void)
{
	BREAKS(entries[1].entry.entry_no, 5, BIT(ENTRY_CHAIN) | BIT(DEBITS_PAID) | BIT(EXPIRY));
	BREAKS(entries[1].entry.effective_at, 9, BIT(ENTRY_CHAIN));
	BREAKS(entries[1].entry.effective_at, 21, BIT(ENTRY_CHAIN));
	BREAKS(entries[1].event.recorded_at, 9, BIT(ENTRY_CHAIN));
	BREAKS(entries[1].entry.balance_after, 10001, BIT(ENTRY_CHAIN));
	BREAKS(entries[1].entry.entry_type, ENTRY_OPENING_BALANCE, BIT(ENTRY_CHAIN));
	BREAKS(entries[1].event.event_code, EVENT_NONE, BIT(EVENTS));
	BREAKS(entries[2].event_id, 74, BIT(EVENTS) | BIT(DEBITS_PAID));
	BREAKS(event.event.net_points, -4001, BIT(EVENTS));
	BREAKS(books.event_count, 0, BIT(EVENTS));
	BREAKS(books.customer_exists, false, BIT(CUSTOMERS));
}

static void
test_accounts(void)
{
	BREAKS(account.balance, 6001, BIT(ENTRY_CHAIN) | BIT(BALANCE_IS_LOTS));
	BREAKS(account.arrears, 1, BIT(BALANCE_IS_LOTS));
	BREAKS(account.next_expiry_at, 100, BIT(BALANCE_IS_LOTS));
	BREAKS(account.last_entry_no, 4, BIT(ENTRY_CHAIN) | BIT(ACCOUNT_ENDS));
	BREAKS(account.last_hash[0], 1, BIT(ACCOUNT_ENDS));
	BREAKS(account.last_recorded_at, 31, BIT(ENTRY_CHAIN));
	BREAKS(account.lifetime, 9999, BIT(COUNTERS));
	BREAKS(account.redeemed, 0, BIT(COUNTERS));
	BREAKS(account.expired, 1, BIT(COUNTERS));
	BREAKS(account.returned, 1, BIT(COUNTERS));
	BREAKS(books.account_count, 0, BIT(ENTRY_CHAIN));
	BREAKS(account.program_id, 2, BIT(ENTRY_CHAIN) | BIT(ACCOUNT_ENDS) | BIT(BALANCE_IS_LOTS));
}

/* The accounts of a customer who was merged end with that. */
static void
test_merged(void)
{
	Example merged;

	BREAKS(books.customer_merged, true, BIT(ENTRY_CHAIN));
	fill_example(&merged);
	merged.books.customer_merged = true;
	merged.event.event.event_code = EVENT_MERGE;
	is_broken(&merged, 0, "the last event is the merge");
}

static void
test_lots(void)
{
	BREAKS(lot.lot.remaining, 6001, BIT(LOT_COLUMNS) | BIT(BALANCE_IS_LOTS));
	BREAKS(lot.is_open, false, BIT(LOT_COLUMNS));
	BREAKS(lot.lot.redeemed, 0, BIT(LOT_COLUMNS));
	BREAKS(lot.lot.merged, 1, BIT(LOT_COLUMNS));
	BREAKS(lot.lot.entry_no, 4, BIT(CREDITS_ARE_LOTS));
	BREAKS(lot.lot.entry_no, 2, BIT(CREDITS_ARE_LOTS));
	BREAKS(lot.lot.expires_at, 201, BIT(EXPIRY) | BIT(BALANCE_IS_LOTS));
	BREAKS(movement.movement.points, 3999, BIT(LOT_COLUMNS) | BIT(DEBITS_PAID));
	BREAKS(movement.movement.entry_no, 2, BIT(DEBITS_PAID));
	BREAKS(movement.movement.lot_id, 70, BIT(LOT_COLUMNS) | BIT(DEBITS_PAID));
	BREAKS(movement.movement.movement_type, (MovementType) '?', BIT(LOT_COLUMNS) | BIT(DEBITS_PAID));
	BREAKS(movement.event_id, 74, BIT(DEBITS_PAID));
	BREAKS(books.movement_count, 0, BIT(LOT_COLUMNS) | BIT(DEBITS_PAID));
	BREAKS(change.change.new_expires_at, 201, BIT(EXPIRY));
	BREAKS(change.change.lot_id, 70, BIT(EXPIRY));
	BREAKS(change.event_id, 73, BIT(EXPIRY));
	BREAKS(change.change.entry_no, 4, BIT(EXPIRY));
}

/* Gives the entries so many bytes for hashes, the last one to the account too. */
static void
put_hashes(Example *x, const unsigned char bytes[3])
{
	int i;

	fill_example(x);
	for (i = 0; i < 3; i++)
		memset(x->entries[i].hash, bytes[i], ENTRY_HASH_BYTES);
	memcpy(x->account.last_hash, x->entries[2].hash, ENTRY_HASH_BYTES);
}

/* Each hash covers the one before, so they are found one after the other, by trying. */
static void
find_hashes(unsigned char bytes[3])
{
	Example x;
	int i;

	for (i = 0; i < 3; i++)
	{
		do
		{
			bytes[i]++;
			put_hashes(&x, bytes);
			x.books.entry_count = i + 1;
		} while ((judge(&x, true).broken & BIT(HASH_CHAIN)) && bytes[i] != 0);
	}
}

static void
test_hashes(void)
{
	unsigned char bytes[3] = { 0, 0, 0 };
	Example x;

	put_hashes(&x, bytes);
	ok(judge(&x, true).broken == BIT(HASH_CHAIN), "hashes that nobody made do not match");
	find_hashes(bytes);
	put_hashes(&x, bytes);
	ok(judge(&x, true).broken == 0, "hashes match");
	put_hashes(&x, bytes);
	x.entries[1].hash_is_whole = false;
	ok(judge(&x, true).broken == BIT(HASH_CHAIN), "a hash of another length does not");
	put_hashes(&x, bytes);
	x.lot.lot.expires_at = x.change.change.new_expires_at = x.account.next_expiry_at = 300;
	ok(judge(&x, true).broken == BIT(HASH_CHAIN), "the hash of a memo covers the change of expiry");
}

/* Gives the entries keys, the last one to the account too. */
static void
is_broken_with_keys(int16_t first, int16_t second, int16_t third, unsigned wanted, const char *name)
{
	Example x;

	fill_example(&x);
	x.entries[0].key_id = first;
	x.entries[1].key_id = second;
	x.entries[2].key_id = x.account.last_key_id = third;
	is_broken(&x, wanted, name);
}

static void
test_keys(void)
{
	Example x;

	is_broken_with_keys(0, 1, 2, 0, "keys that go on");
	is_broken_with_keys(1, 0, 2, BIT(KEYS), "no key behind a key");
	is_broken_with_keys(2, 2, 1, BIT(KEYS), "an older key behind a newer one");
	is_broken_with_keys(2, 9, 1, BIT(KEYS), "behind one between that is not known, too");
	is_broken_with_keys(1, 9, 2, 0, "a key that is not known, which may be of any age");
	is_broken_with_keys(9, 0, 1, BIT(KEYS), "no key behind a key that is not known");
	bound = 72;
	bound_rank = 2;
	is_broken_with_keys(1, 1, 1, BIT(KEYS), "a key older than that which others have used before");
	is_broken_with_keys(1, 1, 2, 0, "the same key as others");
	is_broken_with_keys(0, 0, 9, 0, "one that is not known");
	bound = INT64_MAX;
	fill_example(&x);
	x.account.last_key_id = 1;
	is_broken(&x, BIT(ENTRY_CHAIN), "an account has the key of its last entry");
	fill_example(&x);
	x.event.event.key_id = 1;
	is_broken(&x, BIT(EVENTS), "an event without a bill has no key");
	fill_example(&x);
	x.event.event.has_bill = true;
	bound = 72;
	is_broken_with_keys(2, 2, 2, 0, "keys before");
	is_broken(&x, BIT(KEYS), "the key of a bill is judged like that of an entry");
	bound = INT64_MAX;
}

/* Rows that somebody invented: sums that leave an int64 are divergences, and no undefined behaviour. */
static void
test_sums_too_large(void)
{
	Example x;

	fill_example(&x);
	x.account.lifetime = x.account.balance = x.account.arrears = INT64_MAX;
	x.lot.lot.remaining = x.lot.lot.points = INT64_MAX;
	x.movement.movement.points = INT64_MIN;
	x.entries[0].entry.balance_after = INT64_MAX;
	x.entries[1].entry.points = INT64_MAX;
	ok(judge(&x, false).broken != 0, "sums beyond an int64");
}

/* A divergence says where it is, in the words and the points of people. */
static void
test_details(void)
{
	Example x;

	fill_example(&x);
	x.lot.lot.remaining = -1;
	x.account.last_entry_no = 4;
	ok(strcmp(judge(&x, false).detail,
			  "customer 6, program 1, category regular: balance 6.000, open lots 0.000, or "
			  "its next expiry or conversion differs") == 0,
	   "a detail");
}

int
main(void)
{
	Example x;

	plan(62);
	fill_example(&x);
	is_broken(&x, 0, "books that are right");
	test_entries();
	test_accounts();
	test_merged();
	test_lots();
	test_hashes();
	test_keys();
	test_sums_too_large();
	test_details();
	return tap_exit();
}
