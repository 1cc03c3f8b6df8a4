/*
 * verify_rules.c: recomputing what must hold of one customer's books, in one walk over the entries with everything
 * that belongs to them.
 *
 * First each lot is made anew from its award, movements and changes, and compared with its row. Then lots, movements
 * and changes are sorted by account and entry, as entries are, and the walk meets each entry with its parts, one list
 * beside the other. What the walk passes over belongs to no entry, and is reported. At the last entry of an account it
 * meets the account; at the end, events are compared with what their entries posted, and balances with the open lots.
 *
 * Pure: the books are in memory, read under one snapshot. Nothing is late here: an expiry that is due but not posted
 * is in no row yet, so lots and balance agree without it. The time goes with the rows, and with a sort of a customer's
 * parts.
 */
#include "common/compare.h"
#include "ledger/verify/verify_claim_rules.h"
#include "ledger/verify/verify_entry_rules.h"
#include "ledger/verify/verify_lot_rules.h"
#include "ledger/verify/verify_report_rules.h"
#include "ledger/verify/verify_rules.h"

#include <inttypes.h>
#include <stddef.h>

/* Compares program and category, as the customer is one. */
bool
loyalty_same_account(const Entry *a, const Entry *b)
{
	return a->program_id == b->program_id && a->category == b->category;
}

/*
 * Finds the account of an entry; reports the accounts that are passed over, which have no entries. Entry NULL: all
 * that are left have none.
 */
static const Account *
meet_account(Walk *walk, const Entry *entry)
{
	const Books *books = walk->books;

	for (; walk->account < books->account_count; walk->account++)
	{
		const Account *account = &books->accounts[walk->account];
		int side = loyalty_compare_accounts(account->program_id, account->category,
											entry ? entry->program_id : INT32_MAX,
											entry ? entry->category : (Category) UINT8_MAX);

		if (entry && side == 0)
			return account;
		if (entry && side > 0)
			return NULL;
		loyalty_diverges(books, walk->auditor, INVARIANT_ENTRY_CHAIN, "program %d, category %s: no entries",
						 account->program_id, loyalty_category_name(account->category));
		loyalty_diverges(books, walk->auditor, INVARIANT_ACCOUNT_ENDS,
						 "program %d, category %s: the account does not end with its last entry",
						 account->program_id, loyalty_category_name(account->category));
	}
	return NULL;
}

/* Compares a lot's account and the number of an entry with the entry at hand. */
static int
compare_to_entry(const Walk *walk, const Lot *lot, int32_t entry_no)
{
	const Entry *entry = &walk->entry->entry;
	int side = loyalty_compare_accounts(lot->program_id, lot->category, entry->program_id, entry->category);

	return side ? side : loyalty_compare_int64(entry_no, entry->entry_no);
}

/* Reports a part that belongs to no entry. */
static void
part_is_lost(const Walk *walk, Invariant invariant, const char *what, int64_t lot_id, int32_t entry_no)
{
	loyalty_diverges(walk->books, walk->auditor, invariant,
					 "lot %" PRId64 ": its %s belongs to no entry (entry %d)", lot_id, what, entry_no);
}

/*
 * Finds the lots of the entry at hand; without an entry all that are left belong to none. A lot before the entry is
 * lost, and the range begins behind it.
 */
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

/* Finds the movements in the same way. Those without a lot stand last, and are lost when the walk has ended. */
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

/*
 * Finds the changes of expiry in the same way. One that names another event than its entry is reported, and stays in
 * the range: the hash of the entry covers it.
 */
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

/*
 * Judges one entry and all that belongs to it. The event comes first, since its time of recording and its columns are
 * needed by the rules that follow; the parts are found before they are added up and hashed.
 */
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
	loyalty_entry_find_event(walk);
	loyalty_entry_judge_following(walk);
	take_lots(walk);
	take_movements(walk);
	take_changes(walk);
	loyalty_entry_take_claims(walk);
	loyalty_entry_judge_parts(walk);
	loyalty_entry_judge_claims(walk);
	loyalty_entry_judge_hash(walk);
	loyalty_entry_judge_key(walk);
	loyalty_entry_count(&walk->counters, &walk->entry->entry);
	if (is_last)
	{
		const Account *account = meet_account(walk, &walk->entry->entry);

		loyalty_entry_judge_end(walk, account);
		if (account)
			walk->account++;
	}
	/* An entry without its event leaves the time of the one before it, in its account, to the next. */
	if (walk->event)
		walk->previous_recorded_at = walk->event->recorded_at;
	else if (!walk->previous)
		walk->previous_recorded_at = INT64_MIN;
}

/* Reports the key of a bill's hash that is older than what was used before; the hash itself is for bills to judge. */
static void
judge_bill_key(const Books *books, const Auditor *auditor, const Event *event)
{
	int required;

	if (!event->has_bill)
	{
		if (event->key_id != 0 || event->hash_version != 0)
			loyalty_diverges(books, auditor, INVARIANT_EVENTS,
							 "event %" PRId64 ": it has a key or a version, and no bill", event->event_id);
		return;
	}
	required = auditor->key_required(auditor->context, event->event_id, event->key_id);
	if (event->key_id == 0 ? required > 0
						   : auditor->key_rank(auditor->context, event->key_id) >= 0 &&
								 auditor->key_rank(auditor->context, event->key_id) < required)
		loyalty_diverges(books, auditor, INVARIANT_KEYS,
						 "event %" PRId64 ": its bill is hashed with key %d, and a newer one was used before",
						 event->event_id, event->key_id);
}

/*
 * Reports events whose net points are not what their entries posted, and events without entries: only a bill, or its
 * return, may have none.
 */
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
			loyalty_diverges(books, auditor, INVARIANT_EVENTS, "event %" PRId64 ": net points %s, entries %s",
							 book->event.event_id, loyalty_exact_points(book->event.net_points, net),
							 loyalty_exact_points(book->posted, posted));
		judge_bill_key(books, auditor, &book->event);
		loyalty_event_judge_customer(books, auditor, book->event.event_id);
	}
}

/* State of going through accounts and their lots side by side. */
typedef struct Balances
{
	int lot;				  /* the next one */
	int32_t promised_program; /* of the open promised lots met last; 0: none yet */
	int64_t next_conversion;  /* when the first of them becomes regular */
} Balances;

/* Notes the instant of a promised lot: the regular account, which comes later, must not let it pass by. */
static void
note_promised(const Lot *lot, int32_t *program_id, int64_t *next_conversion)
{
	int64_t instant = loyalty_conversion_instant(lot);

	if (lot->category != CATEGORY_PROMISED)
		return;
	if (*program_id != lot->program_id)
		*next_conversion = NEVER;
	*program_id = lot->program_id;
	*next_conversion = instant < *next_conversion ? instant : *next_conversion;
}

/*
 * Compares an account with its open lots, which stand in the order of accounts: the balance, the arrears, which never
 * stand beside an open lot, and the next expiry. The regular account comes after the promised one of its program, whose
 * lots it must not let pass by.
 */
static void
judge_balance(const Books *books, const Auditor *auditor, const Account *account, Balances *so_far)
{
	int *lot = &so_far->lot;
	int64_t open = 0;
	int64_t next_expiry = NEVER;
	char balance[POINTS_SIZE];
	char lots[POINTS_SIZE];

	for (; *lot < books->lot_count; (*lot)++)
	{
		const Lot *next = &books->lot_order[*lot]->lot;
		int side = loyalty_compare_accounts(next->program_id, next->category, account->program_id,
											account->category);

		if (side > 0)
			break;
		if (side < 0 || next->remaining <= 0)
			continue;
		open = loyalty_points_sum(open, next->remaining);
		note_promised(next, &so_far->promised_program, &so_far->next_conversion);
		next_expiry = next->expires_at < next_expiry ? next->expires_at : next_expiry;
	}
	if (account->balance != loyalty_points_sum(open, -account->arrears) || account->arrears < 0 ||
		(account->arrears > 0 && open > 0) || account->next_expiry_at != next_expiry ||
		(account->category == CATEGORY_REGULAR && so_far->promised_program == account->program_id &&
		 account->next_conversion_at > so_far->next_conversion))
		loyalty_diverges(
			books, auditor, INVARIANT_BALANCE_IS_LOTS,
			"program %d, category %s: balance %s, open lots %s, or its next expiry or conversion differs",
			account->program_id, loyalty_category_name(account->category),
			loyalty_exact_points(account->balance, balance), loyalty_exact_points(open, lots));
}

/*
 * Judges in the order that the head of this file tells. The walk goes once more without an entry, for all that is
 * left.
 */
void
loyalty_books_judge(Books *books, const Auditor *auditor)
{
	Walk walk = { .books = books, .auditor = auditor, .previous_recorded_at = INT64_MIN };
	Balances balances = { .next_conversion = NEVER };
	int i;

	loyalty_lots_follow_parts(books, auditor);
	loyalty_lots_judge(books, auditor);
	loyalty_parts_sort(books);
	for (i = 0; i < books->entry_count; i++)
		judge_entry(&walk, i);
	walk.entry = NULL;
	(void) meet_account(&walk, NULL);
	take_lots(&walk);
	take_movements(&walk);
	take_changes(&walk);
	loyalty_entry_take_claims(&walk);
	judge_events(books, auditor);
	for (i = 0; i < books->account_count; i++)
		judge_balance(books, auditor, &books->accounts[i], &balances);
}
