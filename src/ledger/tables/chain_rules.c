/*
 * chain_rules.c: the bytes that an entry's hash covers: numbers as eight bytes, least first, each group led by
 * a letter, so that no two sets of rows give the same bytes. A group of one letter always has the same length,
 * or, as an event's, says in a number that more follows.
 *
 * An entry's hash begins with that of the entry before it in the same account, so that a changed, removed or
 * added row breaks every later hash. The event is covered with each of its entries, wherever its columns stand.
 * A lot goes in with its initial values: those that movements and expiry changes alter since are hashed with
 * the entries that altered them, and the row of the lot stays free to change. Parts of an entry come by lot id,
 * movements of one lot by type, so that the order in which tables are read does not matter.
 *
 * The writer holds the customer's lock, and the chain with it: no two entries get one predecessor. Nothing is
 * late here. A further column cannot simply join a group: entries that are there would no longer verify.
 */
#include "ledger/tables/chain_rules.h"

#include <string.h>

/* Numbers that a group has room for: a lot, an entry or an event has at most 13. */
#define MAX_NUMBERS 24

/* Collects the numbers of a group, then hands them to the sink in one piece. */
typedef struct Group
{
	unsigned char bytes[1 + 8 * MAX_NUMBERS];
	size_t size;
} Group;

/* Begins a group with its letter. */
static void
begin(Group *group, char letter)
{
	group->bytes[0] = (unsigned char) letter;
	group->size = 1;
}

/* Adds a number, byte by byte: the same on every machine, whatever its order of bytes. */
static void
number(Group *group, int64_t value)
{
	int i;

	for (i = 0; i < 8; i++)
		group->bytes[group->size++] = (unsigned char) ((uint64_t) value >> (8 * i));
}

/*
 * Judges by columns that an entry does not have: a key, a bill, a reversal, a pair and a redemption id need the
 * row, since something looks for them there. A redemption has a row in any case: reversals and recent
 * redemptions look for it. Most awards and expiries need none, which spares a row and an index entry each.
 */
bool
loyalty_event_stands_in_entry(const Event *event, int entries)
{
	bool redeems = event->event_code == EVENT_REDEMPTION || event->event_code == EVENT_REDEMPTION_IMPORT;

	return entries == 1 && !redeems && !event->has_key && event->redemption_id[0] == '\0' &&
		   event->transaction_id == 0 && event->reverses_event_id == 0 && event->pair_id == 0;
}

/*
 * Passes the predecessor's hash, the entry, and its event. The first entry of an account has sixteen zeroes
 * before it. The lots, movements and changes are passed by the caller, who knows which belong to it.
 */
void
loyalty_chain_entry(ChainSink to, void *sink, const unsigned char *previous_hash, int32_t org_id,
					int64_t customer_id, const Event *event, const Entry *entry)
{
	Group group;

	to(sink, previous_hash, ENTRY_HASH_BYTES);
	begin(&group, 'E');
	number(&group, org_id);
	number(&group, customer_id);
	number(&group, entry->program_id);
	number(&group, entry->category);
	number(&group, entry->entry_no);
	number(&group, entry->entry_type);
	number(&group, entry->house_account);
	number(&group, entry->points);
	number(&group, entry->balance_after);
	number(&group, entry->effective_at);
	number(&group, entry->posting_day);
	to(sink, group.bytes, group.size);

	begin(&group, 'V');
	number(&group, event->event_id);
	number(&group, event->event_code);
	number(&group, event->event_time);
	number(&group, event->recorded_at);
	number(&group, event->source_id);
	number(&group, event->till_id);
	number(&group, event->store_id);
	number(&group, event->transaction_id);
	number(&group, event->reverses_event_id);
	number(&group, event->pair_id);
	number(&group, event->request_digest);
	number(&group, event->has_key);
	number(&group, event->net_points);
	to(sink, group.bytes, group.size);
	to(sink, event->redemption_id, sizeof(event->redemption_id));
	if (event->has_key)
		to(sink, event->idempotency_digest, sizeof(event->idempotency_digest));
}

/*
 * Passes a lot as it was awarded: the caller puts the first expiry back where it changed since. Program,
 * category and entry number are the entry's.
 */
void
loyalty_chain_lot(ChainSink to, void *sink, const Lot *lot)
{
	Group group;

	begin(&group, 'L');
	number(&group, lot->lot_id);
	number(&group, lot->award_type);
	number(&group, lot->expiry_type);
	number(&group, lot->points);
	number(&group, lot->awarded_at);
	number(&group, lot->expires_at);
	number(&group, lot->redeemable_from);
	number(&group, lot->transaction_id);
	number(&group, lot->till_id);
	number(&group, lot->line_no);
	number(&group, lot->origin_customer_id);
	number(&group, lot->origin_lot_id);
	to(sink, group.bytes, group.size);
}

/* Passes a movement; its entry number is the entry's. */
void
loyalty_chain_movement(ChainSink to, void *sink, const Movement *movement)
{
	Group group;

	begin(&group, 'M');
	number(&group, movement->lot_id);
	number(&group, movement->movement_type);
	number(&group, movement->points);
	to(sink, group.bytes, group.size);
}

/* Passes a change of expiry with both times. */
void
loyalty_chain_expiry_change(ChainSink to, void *sink, const ExpiryChange *change)
{
	Group group;

	begin(&group, 'X');
	number(&group, change->lot_id);
	number(&group, change->old_expires_at);
	number(&group, change->new_expires_at);
	to(sink, group.bytes, group.size);
}

/* Passes the last entry of an account as the term of the account in a seal's digest. */
void
loyalty_chain_account(ChainSink to, void *sink, int32_t org_id, int64_t customer_id, int32_t program_id,
					  Category category, int32_t entry_no, const unsigned char *entry_hash)
{
	Group group;

	begin(&group, 'A');
	number(&group, org_id);
	number(&group, customer_id);
	number(&group, program_id);
	number(&group, category);
	number(&group, entry_no);
	to(sink, group.bytes, group.size);
	to(sink, entry_hash, ENTRY_HASH_BYTES);
}

/*
 * Passes a seal after the hash of the one before. The key id is left out: another key gives another hash
 * anyway.
 */
void
loyalty_chain_seal(ChainSink to, void *sink, const unsigned char *previous_hash, int32_t org_id,
				   const DaySeal *seal)
{
	Group group;

	to(sink, previous_hash, ENTRY_HASH_BYTES);
	begin(&group, 'S');
	number(&group, org_id);
	number(&group, seal->seal_no);
	number(&group, seal->day);
	number(&group, seal->sealed_at);
	number(&group, seal->accounts);
	number(&group, seal->entries);
	to(sink, group.bytes, group.size);
	to(sink, seal->account_digest, ENTRY_HASH_BYTES);
}

/* Passes a total of a day that the seal covers. */
void
loyalty_chain_total(ChainSink to, void *sink, const DayTotal *total)
{
	Group group;

	begin(&group, 'T');
	number(&group, total->posting_day);
	number(&group, total->program_id);
	number(&group, total->category);
	number(&group, total->house_account);
	number(&group, total->credits);
	number(&group, total->debits);
	number(&group, total->entries);
	to(sink, group.bytes, group.size);
}
