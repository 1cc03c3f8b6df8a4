/*
 * verify_rules.c: recomputing what must hold of one customer's books, in one walk over the entries with everything
 * that belongs to them.
 */
#include "common/compare.h"
#include "ledger/verify/verify_rules.h"

#include <inttypes.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define DETAIL_SIZE 400
#define POINTS_SIZE 32

static const char *const names[INVARIANT_COUNT] = {
	[INVARIANT_ENTRY_CHAIN] = "entries follow each other",
	[INVARIANT_BALANCE_IS_LOTS] = "balance is the sum of lots less arrears",
	[INVARIANT_LOT_COLUMNS] = "lots add up and follow from their movements",
	[INVARIANT_DEBITS_PAID] = "debits are paid by movements",
	[INVARIANT_CREDITS_ARE_LOTS] = "credits are lots",
	[INVARIANT_TRIAL_BALANCE] = "trial balance",
	[INVARIANT_COUNTERS] = "counters follow from the entries",
	[INVARIANT_EVENTS] = "events match their entries",
	[INVARIANT_CUSTOMERS] = "events have their customer",
	[INVARIANT_EXPIRY] = "expiries follow from their changes",
	[INVARIANT_REVERSALS] = "nothing is reversed beyond its amount",
	[INVARIANT_TRANSACTIONS] = "bills have their number and their event",
	[INVARIANT_RETURNS] = "bills agree with their returns and lots",
	[INVARIANT_HASH_CHAIN] = "hash chain",
	[INVARIANT_ACCOUNT_ENDS] = "accounts end with their last entry",
	[INVARIANT_SEALS] = "sealed days",
};

/* The parts of the books that belong to one entry: [first, next) of each order. */
typedef struct Range
{
	int first;
	int next;
} Range;

/* The walk over the entries. */
typedef struct Walk
{
	Books *books;
	const Auditor *auditor;
	const BookEntry *entry;
	const BookEntry *previous; /* of the same account; NULL: it is the first */
	const Event *event;		   /* NULL: there is none */
	int64_t previous_recorded_at;
	Range lots;
	Range movements;
	Range changes;
	int account; /* the next one to meet */
	Counters counters;
} Walk;

const char *
loyalty_invariant_name(Invariant invariant)
{
	return names[invariant];
}

bool
loyalty_same_account(const Entry *a, const Entry *b)
{
	return a->program_id == b->program_id && a->category == b->category;
}

/* Points as people write them. */
static const char *
points_text(int64_t points, char text[POINTS_SIZE])
{
	uint64_t size = points < 0 ? 0 - (uint64_t) points : (uint64_t) points;

	snprintf(text, POINTS_SIZE, "%s%" PRIu64 ".%03" PRIu64, points < 0 ? "-" : "", size / 1000, size % 1000);
	return text;
}

static void diverges(const Books *books, const Auditor *auditor, Invariant invariant, const char *format, ...)
	__attribute__((format(printf, 4, 5)));

/* Reports a divergence of the customer's. */
static void
diverges(const Books *books, const Auditor *auditor, Invariant invariant, const char *format, ...)
{
	char detail[DETAIL_SIZE];
	int start = snprintf(detail, sizeof(detail), "customer %" PRId64 ", ", books->customer_id);
	va_list arguments;

	va_start(arguments, format);
	vsnprintf(detail + start, sizeof(detail) - start, format, arguments);
	va_end(arguments);
	auditor->diverges(auditor->context, invariant, detail);
}

static const char *
category_word(Category category)
{
	const char *word = loyalty_code_word("category", category);

	return word ? word : "unknown";
}

/* Reports a divergence at an entry. */
static void
entry_diverges(const Walk *walk, Invariant invariant, const Entry *entry, const char *problem)
{
	diverges(walk->books, walk->auditor, invariant, "program %d, category %s, entry %d: %s",
			 entry->program_id, category_word(entry->category), entry->entry_no, problem);
}

static int
compare_accounts(int32_t program, Category category, int32_t other_program, Category other_category)
{
	if (program != other_program)
		return loyalty_compare_int64(program, other_program);
	return (int) (unsigned char) category - (int) (unsigned char) other_category;
}

/* Where a lot's account and the number of an entry stand towards those of another. */
static int
compare_places(const Lot *lot, int32_t entry_no, const Lot *other, int32_t other_no)
{
	int side = compare_accounts(lot->program_id, lot->category, other->program_id, other->category);

	return side ? side : loyalty_compare_int64(entry_no, other_no);
}

static int
compare_lots(const void *left, const void *right)
{
	const Lot *a = &(*(BookLot *const *) left)->lot;
	const Lot *b = &(*(BookLot *const *) right)->lot;
	int side = compare_places(a, a->entry_no, b, b->entry_no);

	return side ? side : loyalty_compare_int64(a->lot_id, b->lot_id);
}

/* Those without a lot come last. */
static int
compare_movements(const void *left, const void *right)
{
	const BookMovement *a = left;
	const BookMovement *b = right;
	int side;

	if (!a->lot || !b->lot)
		return (a->lot == NULL) - (b->lot == NULL);
	side = compare_places(&a->lot->lot, a->movement.entry_no, &b->lot->lot, b->movement.entry_no);
	if (side == 0)
		side = loyalty_compare_int64(a->movement.lot_id, b->movement.lot_id);
	return side ? side : (int) a->movement.movement_type - (int) b->movement.movement_type;
}

static int
compare_changes(const void *left, const void *right)
{
	const BookChange *a = left;
	const BookChange *b = right;
	int side;

	if (!a->lot || !b->lot)
		return (a->lot == NULL) - (b->lot == NULL);
	side = compare_places(&a->lot->lot, a->change.entry_no, &b->lot->lot, b->change.entry_no);
	return side ? side : loyalty_compare_int64(a->change.lot_id, b->change.lot_id);
}

static int
compare_event(const void *event_id, const void *event)
{
	return loyalty_compare_int64(*(const int64_t *) event_id, ((const BookEvent *) event)->event.event_id);
}

static BookEvent *
find_event(const Books *books, int64_t event_id)
{
	if (books->event_count == 0)
		return NULL;
	return bsearch(&event_id, books->events, books->event_count, sizeof(BookEvent), compare_event);
}

/* The lot of an id, looking from a place in their order on; both go up together. */
static BookLot *
lot_from(Books *books, int *place, int64_t lot_id)
{
	while (*place < books->lot_count && books->lots[*place].lot.lot_id < lot_id)
		(*place)++;
	if (*place == books->lot_count || books->lots[*place].lot.lot_id != lot_id)
		return NULL;
	return &books->lots[*place];
}

/* A lot as it was awarded. */
static void
restore_lot(BookLot *book)
{
	book->moved = (Lot){ .points = book->lot.points, .remaining = book->lot.points };
	book->first_expires_at = book->latest_expires_at = book->lot.expires_at;
	book->moved_strangely = false;
}

static void
apply_movement(BookLot *book, const Movement *movement)
{
	int64_t *from;
	int64_t *to;

	if (!loyalty_movement_columns(&book->moved, movement->movement_type, &from, &to))
	{
		book->moved_strangely = true;
		return;
	}
	*from -= movement->points;
	*to += movement->points;
}

/* Each change begins where the one before ended; the first one tells what the award said. */
static void
apply_change(const Books *books, const Auditor *auditor, BookChange *book, bool is_first)
{
	const ExpiryChange *change = &book->change;

	if (is_first)
		book->lot->first_expires_at = change->old_expires_at;
	else if (book->lot->latest_expires_at != change->old_expires_at)
		diverges(books, auditor, INVARIANT_EXPIRY,
				 "lot %" PRId64 ": the change of entry %d does not begin where the one before ended",
				 change->lot_id, change->entry_no);
	book->lot->latest_expires_at = change->new_expires_at;
}

/* Finds the lots of movements and changes, and lets the lots follow from them. */
static void
apply_parts(Books *books, const Auditor *auditor)
{
	int place = 0;
	int i;

	for (i = 0; i < books->lot_count; i++)
	{
		restore_lot(&books->lots[i]);
		books->lot_order[i] = &books->lots[i];
	}
	for (i = 0; i < books->movement_count; i++)
	{
		BookMovement *book = &books->movements[i];

		book->lot = lot_from(books, &place, book->movement.lot_id);
		if (book->lot)
			apply_movement(book->lot, &book->movement);
	}
	place = 0;
	for (i = 0; i < books->change_count; i++)
	{
		BookChange *book = &books->changes[i];

		book->lot = lot_from(books, &place, book->change.lot_id);
		if (book->lot)
			apply_change(books, auditor, book, i == 0 || books->changes[i - 1].lot != book->lot);
	}
}

/* Every column of a lot's row but for what it was awarded, against what its movements make of it. */
static bool
same_columns(const Lot *a, const Lot *b)
{
	return a->remaining == b->remaining && a->redeemed == b->redeemed && a->expired == b->expired &&
		   a->returned == b->returned && a->transferred == b->transferred && a->merged == b->merged &&
		   a->converted == b->converted && a->adjusted == b->adjusted && a->arrears_paid == b->arrears_paid;
}

static void
judge_lots(const Books *books, const Auditor *auditor)
{
	char has[POINTS_SIZE];
	char moved[POINTS_SIZE];
	int i;

	for (i = 0; i < books->lot_count; i++)
	{
		const BookLot *book = &books->lots[i];
		const Lot *lot = &book->lot;

		if (book->moved_strangely || lot->remaining < 0 || book->is_open != (book->moved.remaining > 0) ||
			!same_columns(lot, &book->moved))
			diverges(books, auditor, INVARIANT_LOT_COLUMNS,
					 "lot %" PRId64 ": remaining %s, by its movements %s, or another column differs",
					 lot->lot_id, points_text(lot->remaining, has),
					 points_text(book->moved.remaining, moved));
		if (lot->expires_at != book->latest_expires_at)
			diverges(books, auditor, INVARIANT_EXPIRY,
					 "lot %" PRId64 ": its expiry is not what its last change says", lot->lot_id);
	}
}

/* The account of an entry; those that are passed over have no entries. */
static const Account *
meet_account(Walk *walk, const Entry *entry)
{
	const Books *books = walk->books;

	for (; walk->account < books->account_count; walk->account++)
	{
		const Account *account = &books->accounts[walk->account];
		int side =
			compare_accounts(account->program_id, account->category, entry ? entry->program_id : INT32_MAX,
							 entry ? entry->category : (Category) UINT8_MAX);

		if (entry && side == 0)
			return account;
		if (entry && side > 0)
			return NULL;
		diverges(books, walk->auditor, INVARIANT_ENTRY_CHAIN, "program %d, category %s: no entries",
				 account->program_id, category_word(account->category));
		diverges(books, walk->auditor, INVARIANT_ACCOUNT_ENDS,
				 "program %d, category %s: the account does not end with its last entry", account->program_id,
				 category_word(account->category));
	}
	return NULL;
}

static bool
follows(const Walk *walk)
{
	const Entry *entry = &walk->entry->entry;
	const Entry *before = walk->previous ? &walk->previous->entry : NULL;
	int64_t balance = before ? before->balance_after : 0;

	balance += entry->entry_type == ENTRY_DEBIT ? -entry->points : entry->points;
	if (entry->entry_no != (before ? before->entry_no : 0) + 1 || entry->balance_after != balance)
		return false;
	if (before && entry->effective_at < before->effective_at)
		return false;
	if (before && walk->event && walk->event->recorded_at < walk->previous_recorded_at)
		return false;
	if (entry->entry_no > 1 && entry->entry_type == ENTRY_OPENING_BALANCE)
		return false;
	return entry->points > 0 || (entry->entry_type != ENTRY_CREDIT && entry->entry_type != ENTRY_DEBIT);
}

static void
judge_following(const Walk *walk)
{
	char text[160];
	char balance[POINTS_SIZE];

	if (follows(walk))
		return;
	snprintf(text, sizeof(text),
			 "number, balance or time does not follow from the entry before (balance after %s)",
			 points_text(walk->entry->entry.balance_after, balance));
	entry_diverges(walk, INVARIANT_ENTRY_CHAIN, &walk->entry->entry, text);
}

/* Where a lot's account and the number of an entry stand towards the entry at hand. */
static int
compare_to_entry(const Walk *walk, const Lot *lot, int32_t entry_no)
{
	const Entry *entry = &walk->entry->entry;
	int side = compare_accounts(lot->program_id, lot->category, entry->program_id, entry->category);

	return side ? side : loyalty_compare_int64(entry_no, entry->entry_no);
}

static void
part_is_lost(const Walk *walk, Invariant invariant, const char *what, int64_t lot_id, int32_t entry_no)
{
	diverges(walk->books, walk->auditor, invariant, "lot %" PRId64 ": its %s belongs to no entry (entry %d)",
			 lot_id, what, entry_no);
}

/* Finds the lots of the entry at hand; without an entry all that are left belong to none. */
static void
take_lots(Walk *walk)
{
	Range *range = &walk->lots;
	int side;

	for (range->first = range->next; range->next < walk->books->lot_count; range->next++)
	{
		const Lot *lot = &walk->books->lot_order[range->next]->lot;

		side = walk->entry ? compare_to_entry(walk, lot, lot->entry_no) : -1;
		if (side > 0)
			break;
		if (side < 0)
		{
			part_is_lost(walk, INVARIANT_CREDITS_ARE_LOTS, "award", lot->lot_id, lot->entry_no);
			range->first = range->next + 1;
		}
	}
}

static void
take_movements(Walk *walk)
{
	Range *range = &walk->movements;
	int side;

	for (range->first = range->next; range->next < walk->books->movement_count; range->next++)
	{
		const BookMovement *book = &walk->books->movements[range->next];

		if (walk->entry && !book->lot)
			break;
		side = walk->entry ? compare_to_entry(walk, &book->lot->lot, book->movement.entry_no) : -1;
		if (side > 0)
			break;
		if (side < 0)
		{
			part_is_lost(walk, INVARIANT_DEBITS_PAID, "movement", book->movement.lot_id,
						 book->movement.entry_no);
			range->first = range->next + 1;
		}
	}
}

static void
take_changes(Walk *walk)
{
	Range *range = &walk->changes;
	int side;

	for (range->first = range->next; range->next < walk->books->change_count; range->next++)
	{
		const BookChange *book = &walk->books->changes[range->next];

		if (walk->entry && !book->lot)
			break;
		side = walk->entry ? compare_to_entry(walk, &book->lot->lot, book->change.entry_no) : -1;
		if (side > 0)
			break;
		if (side < 0 || book->event_id != walk->entry->event_id)
			part_is_lost(walk, INVARIANT_EXPIRY, "change of expiry", book->change.lot_id,
						 book->change.entry_no);
		if (side < 0)
			range->first = range->next + 1;
	}
}

/* What the movements of an entry do to the remaining points of lots. */
typedef struct Moved
{
	int64_t lowered;
	int64_t raised;
	int64_t at_debits; /* of what lowers: that which a credit never does */
	bool of_another_event;
} Moved;

static Moved
sum_movements(const Walk *walk)
{
	Moved moved = { 0, 0, 0, false };
	Lot lot;
	int i;

	for (i = walk->movements.first; i < walk->movements.next; i++)
	{
		const BookMovement *book = &walk->books->movements[i];
		int64_t points = book->movement.points;
		int64_t *from;
		int64_t *to;

		moved.of_another_event |= book->event_id != walk->entry->event_id;
		if (!loyalty_movement_columns(&lot, book->movement.movement_type, &from, &to))
			continue; /* found with the lot */
		if (from == &lot.remaining)
			moved.lowered += points;
		if (from == &lot.remaining && to != &lot.arrears_paid)
			moved.at_debits += points;
		if (to == &lot.remaining)
			moved.raised += points;
	}
	return moved;
}

static int64_t
below_zero(int64_t balance)
{
	return balance < 0 ? -balance : 0;
}

/*
 * Movements that lower "remaining" pay a debit to the last point, but for what goes below zero; at a credit they pay
 * just the arrears that it lifts. An opening balance below zero is arrears itself.
 */
static bool
is_paid(const Entry *entry, const Moved *moved)
{
	int64_t signed_points = entry->entry_type == ENTRY_DEBIT ? -entry->points : entry->points;
	int64_t arrears = below_zero(entry->balance_after) - below_zero(entry->balance_after - signed_points);

	if (moved->of_another_event)
		return false;
	if (entry->entry_type == ENTRY_DEBIT)
		return entry->points == moved->lowered + arrears && moved->raised == 0;
	return moved->lowered == (arrears < 0 ? -arrears : 0) && moved->at_debits == 0;
}

/* Each credit brought lots, or put points back into some, of as many points; nothing else does. */
static bool
is_lots(const Walk *walk, const Entry *entry, const Moved *moved)
{
	bool brings = entry->entry_type == ENTRY_CREDIT ||
				  (entry->entry_type == ENTRY_OPENING_BALANCE && entry->points > 0);
	int64_t points = moved->raised;
	int i;

	for (i = walk->lots.first; i < walk->lots.next; i++)
		points += walk->books->lot_order[i]->lot.points;
	if (!brings)
		return walk->lots.first == walk->lots.next && moved->raised == 0;
	return points == entry->points;
}

static void
judge_parts(const Walk *walk)
{
	const Entry *entry = &walk->entry->entry;
	Moved moved = sum_movements(walk);
	char text[160];
	char points[POINTS_SIZE];
	char out[POINTS_SIZE];

	if (!is_paid(entry, &moved))
	{
		snprintf(text, sizeof(text), "%s points, movements out of lots of %s",
				 points_text(entry->points, points), points_text(moved.lowered, out));
		entry_diverges(walk, INVARIANT_DEBITS_PAID, entry, text);
	}
	if (!is_lots(walk, entry, &moved))
	{
		snprintf(text, sizeof(text), "%s points that its lots do not have",
				 points_text(entry->points, points));
		entry_diverges(walk, INVARIANT_CREDITS_ARE_LOTS, entry, text);
	}
}

static void
judge_customer(const Books *books, const Auditor *auditor, int64_t event_id)
{
	if (!books->customer_exists)
		diverges(books, auditor, INVARIANT_CUSTOMERS, "event %" PRId64 ": the customer does not exist",
				 event_id);
}

static void
event_is_missing(const Walk *walk)
{
	diverges(walk->books, walk->auditor, INVARIANT_EVENTS, "event %" PRId64 ": entries without their event",
			 walk->entry->event_id);
}

/* The row of the event of the entry at hand, which the entry adds to; NULL: there is none. */
static const Event *
add_to_event(const Walk *walk)
{
	const Entry *entry = &walk->entry->entry;
	BookEvent *book = find_event(walk->books, walk->entry->event_id);

	if (!book)
	{
		event_is_missing(walk);
		return NULL;
	}
	book->posted += entry->entry_type == ENTRY_DEBIT ? -entry->points : entry->points;
	book->entries++;
	return &book->event;
}

static void
judge_event(Walk *walk)
{
	if (!walk->entry->carries_event)
	{
		walk->event = add_to_event(walk);
		return;
	}
	walk->event = &walk->entry->event;
	if (walk->event->event_code == EVENT_NONE)
		event_is_missing(walk);
	judge_customer(walk->books, walk->auditor, walk->entry->event_id);
}

static void
judge_hash(const Walk *walk)
{
	static const unsigned char zeroes[ENTRY_HASH_BYTES];
	const Auditor *auditor = walk->auditor;
	void *context = auditor->context;
	const Books *books = walk->books;
	Event no_event = { .event_id = walk->entry->event_id };
	unsigned char hash[ENTRY_HASH_BYTES];
	int i;

	if (!auditor->hash_begin(context, books, walk->entry))
		return;
	loyalty_chain_entry(auditor->hash_sink, context, walk->previous ? walk->previous->hash : zeroes,
						books->org_id, books->customer_id, walk->event ? walk->event : &no_event,
						&walk->entry->entry);
	for (i = walk->lots.first; i < walk->lots.next; i++)
	{
		Lot lot = books->lot_order[i]->lot;

		lot.expires_at = books->lot_order[i]->first_expires_at;
		loyalty_chain_lot(auditor->hash_sink, context, &lot);
	}
	for (i = walk->movements.first; i < walk->movements.next; i++)
		loyalty_chain_movement(auditor->hash_sink, context, &books->movements[i].movement);
	for (i = walk->changes.first; i < walk->changes.next; i++)
		loyalty_chain_expiry_change(auditor->hash_sink, context, &books->changes[i].change);
	auditor->hash_end(context, hash);
	if (!walk->entry->hash_is_whole || memcmp(hash, walk->entry->hash, ENTRY_HASH_BYTES) != 0)
		entry_diverges(walk, INVARIANT_HASH_CHAIN, &walk->entry->entry, "the hash does not match");
}

/* The account against its last entry. */
static void
judge_end(const Walk *walk, const Account *account)
{
	const Entry *entry = &walk->entry->entry;

	if (!account)
	{
		entry_diverges(walk, INVARIANT_ENTRY_CHAIN, entry, "there is no such account");
		return;
	}
	if (entry->entry_no != account->last_entry_no || entry->balance_after != account->balance ||
		entry->effective_at != account->last_effective_at ||
		(walk->event && walk->event->recorded_at != account->last_recorded_at))
		entry_diverges(walk, INVARIANT_ENTRY_CHAIN, entry, "the account is not as its last entry left it");
	if (entry->entry_no != account->last_entry_no ||
		memcmp(walk->entry->hash, account->last_hash, ENTRY_HASH_BYTES) != 0)
		diverges(walk->books, walk->auditor, INVARIANT_ACCOUNT_ENDS,
				 "program %d, category %s: the account does not end with its last entry", account->program_id,
				 category_word(account->category));
	if (account->lifetime != walk->counters.lifetime || account->redeemed != walk->counters.redeemed ||
		account->expired != walk->counters.expired || account->returned != walk->counters.returned)
		diverges(walk->books, walk->auditor, INVARIANT_COUNTERS,
				 "program %d, category %s: a counter is not what the entries add up to", account->program_id,
				 category_word(account->category));
}

static void
add_counters(Counters *sum, const Entry *entry)
{
	Counters part = loyalty_entry_counters(entry->entry_type, entry->house_account, entry->points);

	sum->lifetime += part.lifetime;
	sum->redeemed += part.redeemed;
	sum->expired += part.expired;
	sum->returned += part.returned;
}

/* Everything about one entry. */
static void
judge_entry(Walk *walk, int i)
{
	const Books *books = walk->books;
	const BookEntry *previous = i > 0 ? &books->entries[i - 1] : NULL;
	bool is_last;

	walk->entry = &books->entries[i];
	is_last = i + 1 == books->entry_count ||
			  !loyalty_same_account(&walk->entry->entry, &books->entries[i + 1].entry);
	walk->previous =
		previous && loyalty_same_account(&previous->entry, &walk->entry->entry) ? previous : NULL;
	if (!walk->previous)
		walk->counters = (Counters){ 0, 0, 0, 0 };
	judge_event(walk);
	judge_following(walk);
	take_lots(walk);
	take_movements(walk);
	take_changes(walk);
	judge_parts(walk);
	judge_hash(walk);
	add_counters(&walk->counters, &walk->entry->entry);
	if (is_last)
	{
		const Account *account = meet_account(walk, &walk->entry->entry);

		judge_end(walk, account);
		if (account)
			walk->account++;
	}
	if (walk->event)
		walk->previous_recorded_at = walk->event->recorded_at;
	else if (!walk->previous)
		walk->previous_recorded_at = INT64_MIN;
}

/* Only a bill may have nothing to post. */
static void
judge_events(const Books *books, const Auditor *auditor)
{
	char net[POINTS_SIZE];
	char posted[POINTS_SIZE];
	int i;

	for (i = 0; i < books->event_count; i++)
	{
		const BookEvent *book = &books->events[i];

		if (book->event.net_points != book->posted ||
			(book->entries == 0 && book->event.event_code != EVENT_TRANSACTION_ADD &&
			 book->event.event_code != EVENT_TRANSACTION_RETURN))
			diverges(books, auditor, INVARIANT_EVENTS, "event %" PRId64 ": net points %s, entries %s",
					 book->event.event_id, points_text(book->event.net_points, net),
					 points_text(book->posted, posted));
		judge_customer(books, auditor, book->event.event_id);
	}
}

/* What open lots of an account add up to; the lots stand in the order of accounts. */
static void
judge_balance(const Books *books, const Auditor *auditor, const Account *account, int *lot)
{
	int64_t open = 0;
	int64_t next_expiry = NEVER;
	char balance[POINTS_SIZE];
	char lots[POINTS_SIZE];

	for (; *lot < books->lot_count; (*lot)++)
	{
		const Lot *next = &books->lot_order[*lot]->lot;
		int side = compare_accounts(next->program_id, next->category, account->program_id, account->category);

		if (side > 0)
			break;
		if (side < 0 || next->remaining <= 0)
			continue;
		open += next->remaining;
		next_expiry = next->expires_at < next_expiry ? next->expires_at : next_expiry;
	}
	if (account->balance != open - account->arrears || account->arrears < 0 ||
		(account->arrears > 0 && open > 0) || account->next_expiry_at != next_expiry)
		diverges(books, auditor, INVARIANT_BALANCE_IS_LOTS,
				 "program %d, category %s: balance %s, open lots %s, or its next expiry differs",
				 account->program_id, category_word(account->category),
				 points_text(account->balance, balance), points_text(open, lots));
}

void
loyalty_books_judge(Books *books, const Auditor *auditor)
{
	Walk walk = { .books = books, .auditor = auditor, .previous_recorded_at = INT64_MIN };
	int lot = 0;
	int i;

	apply_parts(books, auditor);
	judge_lots(books, auditor);
	if (books->lot_count > 0)
		qsort(books->lot_order, books->lot_count, sizeof(BookLot *), compare_lots);
	if (books->movement_count > 0)
		qsort(books->movements, books->movement_count, sizeof(BookMovement), compare_movements);
	if (books->change_count > 0)
		qsort(books->changes, books->change_count, sizeof(BookChange), compare_changes);
	for (i = 0; i < books->entry_count; i++)
		judge_entry(&walk, i);
	walk.entry = NULL;
	(void) meet_account(&walk, NULL);
	take_lots(&walk);
	take_movements(&walk);
	take_changes(&walk);
	judge_events(books, auditor);
	for (i = 0; i < books->account_count; i++)
		judge_balance(books, auditor, &books->accounts[i], &lot);
}
