/*
 * verify_entry_rules.c: what must hold of one entry: it follows from the one before, its lots and movements add up to
 * its points, its event and its hash are its own, and an account ends as its last entry left it.
 *
 * Every number here may have been tampered with, so nothing is trusted: types that there are not, events that are
 * missing and hashes of another length are answers. One number is a numeric(18,3) at most; a sum of many may leave an
 * int64, and stops at its end then (loyalty_points_sum). Each invariant is judged by one function, so that a divergence
 * has one name.
 *
 * Pure: the books of one customer are in memory, read under one snapshot.
 */
#include "common/compare.h"
#include "ledger/verify/verify_entry_rules.h"
#include "ledger/verify/verify_report_rules.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* Reports a divergence at an entry. */
static void
entry_diverges(const Walk *walk, Invariant invariant, const Entry *entry, const char *problem)
{
	loyalty_diverges(walk->books, walk->auditor, invariant, "program %d, category %s, entry %d: %s",
					 entry->program_id, loyalty_category_name(entry->category), entry->entry_no, problem);
}

/*
 * Tells whether an entry takes effect when its event lets it: not before that happened, as far as it was not recorded
 * before, and not after it was recorded. Entries of one event may belong to accounts of which one ended later than the
 * others, so there is no upper bound but that.
 */
static bool
takes_effect_in_time(const Entry *entry, const Event *event)
{
	int64_t earliest = event->event_time < event->recorded_at ? event->event_time : event->recorded_at;

	return entry->effective_at >= earliest && entry->effective_at <= event->recorded_at;
}

/*
 * Tells whether an entry follows from the one before, or begins its account with number 1 and a balance of its own
 * points. Times do not run backwards; an opening balance comes first alone; credits and debits have points. The
 * times of the event are not judged where the event is missing, which is reported by itself.
 */
static bool
follows(const Walk *walk)
{
	const Entry *entry = &walk->entry->entry;
	const Entry *before = walk->previous ? &walk->previous->entry : NULL;
	int64_t balance = before ? before->balance_after : 0;

	balance += entry->entry_type == ENTRY_DEBIT ? -entry->points : entry->points;
	if (entry->entry_no != (before ? (int64_t) before->entry_no : 0) + 1 || entry->balance_after != balance)
		return false;
	if (before && entry->effective_at < before->effective_at)
		return false;
	if (before && walk->event && walk->event->recorded_at < walk->previous_recorded_at)
		return false;
	if (walk->event && !takes_effect_in_time(entry, walk->event))
		return false;
	if (entry->entry_no > 1 && entry->entry_type == ENTRY_OPENING_BALANCE)
		return false;
	return entry->points > 0 || (entry->entry_type != ENTRY_CREDIT && entry->entry_type != ENTRY_DEBIT);
}

/* Reports one divergence whatever does not follow: a removed row breaks number, balance and often time together. */
void
loyalty_entry_judge_following(const Walk *walk)
{
	char text[160];
	char balance[POINTS_SIZE];

	if (follows(walk))
		return;
	snprintf(text, sizeof(text),
			 "number, balance or time does not follow from the entry before (balance after %s)",
			 loyalty_exact_points(walk->entry->entry.balance_after, balance));
	entry_diverges(walk, INVARIANT_ENTRY_CHAIN, &walk->entry->entry, text);
}

/* Points that the movements of an entry take from, or give to, the remaining points of lots. */
typedef struct Moved
{
	int64_t lowered;
	int64_t raised;
	int64_t
		at_debits; /* of those that lower: all but payments of arrears, which alone may come with a credit */
	bool of_another_event; /* true: a movement names another event than its entry does */
} Moved;

/*
 * Adds up the movements of the entry at hand. The columns of a lot of no account tell which movements touch
 * "remaining"; those that change what became of spent points do not.
 */
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
			continue; /* reported with the lot */
		if (from == &lot.remaining)
			moved.lowered = loyalty_points_sum(moved.lowered, points);
		if (from == &lot.remaining && to != &lot.arrears_paid)
			moved.at_debits = loyalty_points_sum(moved.at_debits, points);
		if (to == &lot.remaining)
			moved.raised = loyalty_points_sum(moved.raised, points);
	}
	return moved;
}

/* Returns how far a balance is below zero. */
static int64_t
below_zero(int64_t balance)
{
	return balance < 0 ? -balance : 0;
}

/*
 * Tells whether movements pay what they must. Those that lower "remaining" pay a debit to the last point, but for what
 * goes below zero; at a credit they pay just the arrears that it lifts. An opening balance below zero is arrears
 * itself.
 */
static bool
is_paid(const Entry *entry, const Moved *moved)
{
	int64_t signed_points = entry->entry_type == ENTRY_DEBIT ? -entry->points : entry->points;
	int64_t arrears = below_zero(entry->balance_after) - below_zero(entry->balance_after - signed_points);

	if (moved->of_another_event)
		return false;
	if (entry->entry_type == ENTRY_DEBIT)
		return entry->points == loyalty_points_sum(moved->lowered, arrears) && moved->raised == 0;
	return moved->lowered == (arrears < 0 ? -arrears : 0) && moved->at_debits == 0;
}

/* Tells whether a credit brought lots, or put points back into some, of as many points; no other entry does either. */
static bool
is_lots(const Walk *walk, const Entry *entry, const Moved *moved)
{
	bool brings = entry->entry_type == ENTRY_CREDIT ||
				  (entry->entry_type == ENTRY_OPENING_BALANCE && entry->points > 0);
	int64_t points = moved->raised;
	int i;

	for (i = walk->lots.first; i < walk->lots.next; i++)
		points = loyalty_points_sum(points, walk->books->lot_order[i]->lot.points);
	if (!brings)
		return walk->lots.first == walk->lots.next && moved->raised == 0;
	return points == entry->points;
}

/* Reports what the movements do not pay, and what lots do not have, each under its invariant. */
void
loyalty_entry_judge_parts(const Walk *walk)
{
	const Entry *entry = &walk->entry->entry;
	Moved moved = sum_movements(walk);
	char text[160];
	char points[POINTS_SIZE];
	char out[POINTS_SIZE];

	if (!is_paid(entry, &moved))
	{
		snprintf(text, sizeof(text), "%s points, movements out of lots of %s",
				 loyalty_exact_points(entry->points, points), loyalty_exact_points(moved.lowered, out));
		entry_diverges(walk, INVARIANT_DEBITS_PAID, entry, text);
	}
	if (!is_lots(walk, entry, &moved))
	{
		snprintf(text, sizeof(text), "%s points that its lots do not have",
				 loyalty_exact_points(entry->points, points));
		entry_diverges(walk, INVARIANT_CREDITS_ARE_LOTS, entry, text);
	}
}

/* Reports the event of a customer who is not there. */
void
loyalty_event_judge_customer(const Books *books, const Auditor *auditor, int64_t event_id)
{
	if (!books->customer_exists)
		loyalty_diverges(books, auditor, INVARIANT_CUSTOMERS,
						 "event %" PRId64 ": the customer does not exist", event_id);
}

/* Compares an id with that of an event. */
static int
compare_event(const void *event_id, const void *event)
{
	return loyalty_compare_int64(*(const int64_t *) event_id, ((const BookEvent *) event)->event.event_id);
}

/* Finds the row of an event, in the order in which they were read; NULL: there is none. */
static BookEvent *
find_event(const Books *books, int64_t event_id)
{
	if (books->event_count == 0)
		return NULL;
	return bsearch(&event_id, books->events, books->event_count, sizeof(BookEvent), compare_event);
}

/* Reports that the entry at hand has no event. */
static void
event_is_missing(const Walk *walk)
{
	loyalty_diverges(walk->books, walk->auditor, INVARIANT_EVENTS,
					 "event %" PRId64 ": entries without their event", walk->entry->event_id);
}

/* Returns the row of the event of the entry at hand, which the entry adds to; NULL: there is none. */
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
	book->posted =
		loyalty_points_sum(book->posted, entry->entry_type == ENTRY_DEBIT ? -entry->points : entry->points);
	book->entries++;
	return &book->event;
}

/*
 * Takes the event from the entry where it stands there, else from its row. One that stands in the entry is never
 * counted among the rows, so its customer is judged here; a part of one, without a code, is no event.
 */
void
loyalty_entry_find_event(Walk *walk)
{
	if (!walk->entry->carries_event)
	{
		walk->event = add_to_event(walk);
		return;
	}
	walk->event = &walk->entry->event;
	if (walk->event->event_code == EVENT_NONE)
		event_is_missing(walk);
	loyalty_event_judge_customer(walk->books, walk->auditor, walk->entry->event_id);
}

/*
 * Recomputes the hash as the writer made it: over the hash of the row before as it stands, so that one bad entry is
 * one divergence and not all that follow. A lot goes in with the expiry of its award; what else of it may change is in
 * no hash. Without its event the hash is that of an empty one, which matches nothing.
 */
void
loyalty_entry_judge_hash(const Walk *walk)
{
	static const unsigned char zeroes[ENTRY_HASH_BYTES];
	const Auditor *auditor = walk->auditor;
	void *context = auditor->context;
	const Books *books = walk->books;
	Event no_event = { .event_id = walk->entry->event_id };
	unsigned char hash[ENTRY_HASH_BYTES];
	int i;

	if (!loyalty_chain_knows(walk->entry->hash_version))
	{
		entry_diverges(walk, INVARIANT_HASH_CHAIN, &walk->entry->entry,
					   "the hash is of a version that there is not");
		return;
	}
	if (!auditor->hash_begin(context, books, walk->entry))
		return;
	loyalty_chain_entry(auditor->hash_sink, context, walk->entry->hash_version,
						walk->previous ? walk->previous->hash : zeroes, books->org_id, books->customer_id,
						walk->event ? walk->event : &no_event, &walk->entry->entry);
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
	for (i = walk->reversals.first; i < walk->reversals.next; i++)
		loyalty_chain_reversal(auditor->hash_sink, context, &books->reversals[i].reversal);
	for (i = walk->claims.first; i < walk->claims.next; i++)
		loyalty_chain_claim(auditor->hash_sink, context, &books->claims[i].claim);
	auditor->hash_end(context, hash);
	if (!walk->entry->hash_is_whole || memcmp(hash, walk->entry->hash, ENTRY_HASH_BYTES) != 0)
		entry_diverges(walk, INVARIANT_HASH_CHAIN, &walk->entry->entry, "the hash does not match");
}

/*
 * Compares the key with those before it in the account and with that which its event must have. A key of which no rank is
 * known may be of any; the hash chain says that it is missing. But whatever has a key is newer than what has none.
 */
void
loyalty_entry_judge_key(Walk *walk)
{
	const BookEntry *entry = walk->entry;
	const Auditor *auditor = walk->auditor;
	int rank = auditor->key_rank(auditor->context, entry->key_id);
	int required = auditor->key_required(auditor->context, entry->event_id, entry->key_id);
	char text[80];

	if (!walk->previous)
	{
		walk->key_rank = 0;
		walk->is_keyed = false;
	}
	snprintf(text, sizeof(text), "hashed with key %d, and a newer one was used before", entry->key_id);
	if (entry->key_id == 0 && (walk->is_keyed || required > 0))
		entry_diverges(walk, INVARIANT_KEYS, &entry->entry, "hashed without a key, and one was used before");
	else if (rank >= 0 && (rank < walk->key_rank || rank < required))
		entry_diverges(walk, INVARIANT_KEYS, &entry->entry, text);
	walk->key_rank = rank > walk->key_rank ? rank : walk->key_rank;
	walk->is_keyed = walk->is_keyed || entry->key_id != 0;
}

/*
 * Compares the account with what the walk has added up. The row of an account is what balances are read from, so
 * whatever it says must be what its last entry says. Nothing comes after the merge of a customer who was merged.
 */
void
loyalty_entry_judge_end(const Walk *walk, const Account *account)
{
	const Entry *entry = &walk->entry->entry;

	if (!account)
	{
		entry_diverges(walk, INVARIANT_ENTRY_CHAIN, entry, "there is no such account");
		return;
	}
	if (entry->entry_no != account->last_entry_no || entry->balance_after != account->balance ||
		entry->effective_at != account->last_effective_at || walk->entry->key_id != account->last_key_id ||
		(walk->event && walk->event->recorded_at != account->last_recorded_at))
		entry_diverges(walk, INVARIANT_ENTRY_CHAIN, entry, "the account is not as its last entry left it");
	if (walk->books->customer_merged && walk->event && walk->event->event_code != EVENT_MERGE)
		entry_diverges(walk, INVARIANT_ENTRY_CHAIN, entry,
					   "the customer was merged, and the account does not end with that");
	if (entry->entry_no != account->last_entry_no ||
		memcmp(walk->entry->hash, account->last_hash, ENTRY_HASH_BYTES) != 0)
		loyalty_diverges(walk->books, walk->auditor, INVARIANT_ACCOUNT_ENDS,
						 "program %d, category %s: the account does not end with its last entry",
						 account->program_id, loyalty_category_name(account->category));
	if (account->lifetime != walk->counters.lifetime || account->redeemed != walk->counters.redeemed ||
		account->expired != walk->counters.expired || account->returned != walk->counters.returned)
		loyalty_diverges(walk->books, walk->auditor, INVARIANT_COUNTERS,
						 "program %d, category %s: a counter is not what the entries add up to",
						 account->program_id, loyalty_category_name(account->category));
}

/* Counts by the same rule that posting uses. */
void
loyalty_entry_count(Counters *sum, const Entry *entry)
{
	Counters part = loyalty_entry_counters(entry->entry_type, entry->house_account, entry->points);

	sum->lifetime = loyalty_points_sum(sum->lifetime, part.lifetime);
	sum->redeemed = loyalty_points_sum(sum->redeemed, part.redeemed);
	sum->expired = loyalty_points_sum(sum->expired, part.expired);
	sum->returned = loyalty_points_sum(sum->returned, part.returned);
}
