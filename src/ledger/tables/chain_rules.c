/*
 * chain_rules.c: the bytes that an entry's hash covers, in groups (chain_group.h). A group of one letter always has the
 * same length, or, as an event's, says in a number that more follows.
 *
 * An entry's hash begins with that of the entry before it in the same account, so that a changed, removed or
 * added row breaks every later hash. The event is covered with each of its entries, wherever its columns stand.
 * A lot goes in with its initial values: those that movements and expiry changes alter since are hashed with
 * the entries that altered them, and the row of the lot stays free to change. Parts of an entry come by lot id,
 * movements of one lot by type, so that the order in which tables are read does not matter.
 *
 * The writer holds the customer's lock, and the chain with it: no two entries get one predecessor. Nothing is
 * late here. A further column cannot simply join a group: entries that are there would no longer verify. Rows say
 * the version of the form that they were hashed in, and every hash covers it: a later form is a further version, and
 * this one stays for the rows that have it.
 */
#include "ledger/tables/chain_rules.h"

/*
 * Judges by columns that an entry does not have: a key, a bill, a pair and a redemption id need the row, since
 * something looks for them there. A redemption has a row in any case: reversals and recent redemptions look for
 * it; and so has a reversal, by which returns tell what its lots are. Most awards and expiries need none, which spares a row and an index entry each.
 */
bool
loyalty_event_stands_in_entry(const Event *event, int entries)
{
	bool redeems = event->event_code == EVENT_REDEMPTION || event->event_code == EVENT_REDEMPTION_IMPORT ||
				   event->event_code == EVENT_REDEMPTION_REVERSAL;

	return entries == 1 && !redeems && !event->has_key && event->redemption_id[0] == '\0' &&
		   event->transaction_id == 0 && event->pair_id == 0;
}

/* Tells of a version that a row names; rows that were tampered with may name any. */
bool
loyalty_chain_knows(char version)
{
	return version == HASH_VERSION;
}

/* Passes the columns of an event, and behind them those that not every event has. */
static void
chain_event(ChainSink to, void *sink, const Event *event)
{
	ChainGroup group;

	chain_begin(&group, 'V');
	chain_number(&group, event->event_id);
	chain_number(&group, event->event_code);
	chain_number(&group, event->event_time);
	chain_number(&group, event->recorded_at);
	chain_number(&group, event->source_id);
	chain_number(&group, event->till_id);
	chain_number(&group, event->store_id);
	chain_number(&group, event->transaction_id);
	chain_number(&group, event->pair_id);
	chain_number(&group, event->request_digest);
	chain_number(&group, event->has_key);
	chain_number(&group, event->net_points);
	chain_end(&group, to, sink);
	to(sink, event->redemption_id, sizeof(event->redemption_id));
	if (event->has_key)
		to(sink, event->idempotency_digest, sizeof(event->idempotency_digest));
}

/*
 * Passes the predecessor's hash, the entry, its event, and the hash of the event's bill, which the entry's number
 * tells of. The first entry of an account has sixteen zeroes before it. The lots, movements and changes are passed by
 * the caller, who knows which belong to it.
 */
void
loyalty_chain_entry(ChainSink to, void *sink, char version, const unsigned char *previous_hash,
					int32_t org_id, int64_t customer_id, const Event *event, const Entry *entry)
{
	ChainGroup group;

	to(sink, previous_hash, ENTRY_HASH_BYTES);
	chain_begin(&group, 'E');
	chain_number(&group, version);
	chain_number(&group, org_id);
	chain_number(&group, customer_id);
	chain_number(&group, entry->program_id);
	chain_number(&group, entry->category);
	chain_number(&group, entry->entry_no);
	chain_number(&group, entry->entry_type);
	chain_number(&group, entry->house_account);
	chain_number(&group, entry->points);
	chain_number(&group, entry->balance_after);
	chain_number(&group, entry->effective_at);
	chain_number(&group, entry->posting_day);
	chain_number(&group, event->has_bill);
	chain_end(&group, to, sink);
	chain_event(to, sink, event);
	if (event->has_bill)
		to(sink, event->bill_hash, ENTRY_HASH_BYTES);
}

/* Passes the event that recorded a bill; the bill and its lines are passed by the caller. */
void
loyalty_chain_bill_event(ChainSink to, void *sink, int32_t org_id, int64_t customer_id, const Event *event)
{
	ChainGroup group;

	chain_begin(&group, 'H');
	chain_number(&group, event->hash_version);
	chain_number(&group, org_id);
	chain_number(&group, customer_id);
	chain_end(&group, to, sink);
	chain_event(to, sink, event);
}

/*
 * Passes a lot as it was awarded: the caller puts the first expiry back where it changed since. Program,
 * category and entry number are the entry's.
 */
void
loyalty_chain_lot(ChainSink to, void *sink, const Lot *lot)
{
	ChainGroup group;

	chain_begin(&group, 'L');
	chain_number(&group, lot->lot_id);
	chain_number(&group, lot->award_type);
	chain_number(&group, lot->expiry_type);
	chain_number(&group, lot->points);
	chain_number(&group, lot->awarded_at);
	chain_number(&group, lot->expires_at);
	chain_number(&group, lot->redeemable_from);
	chain_number(&group, lot->transaction_id);
	chain_number(&group, lot->till_id);
	chain_number(&group, lot->line_no);
	chain_number(&group, lot->origin_customer_id);
	chain_number(&group, lot->origin_lot_id);
	chain_end(&group, to, sink);
}

/* Passes a movement; its entry number is the entry's. */
void
loyalty_chain_movement(ChainSink to, void *sink, const Movement *movement)
{
	ChainGroup group;

	chain_begin(&group, 'M');
	chain_number(&group, movement->lot_id);
	chain_number(&group, movement->movement_type);
	chain_number(&group, movement->points);
	chain_end(&group, to, sink);
}

/* Passes a change of expiry with both times. */
void
loyalty_chain_expiry_change(ChainSink to, void *sink, const ExpiryChange *change)
{
	ChainGroup group;

	chain_begin(&group, 'X');
	chain_number(&group, change->lot_id);
	chain_number(&group, change->old_expires_at);
	chain_number(&group, change->new_expires_at);
	chain_end(&group, to, sink);
}

/* Passes what went back of a redemption, with who redeemed; program and entry number are the entry's. */
void
loyalty_chain_reversal(ChainSink to, void *sink, const Reversal *reversal)
{
	ChainGroup group;

	chain_begin(&group, 'R');
	chain_number(&group, reversal->reversed_customer_id);
	chain_number(&group, reversal->reversed_event_id);
	chain_number(&group, reversal->lot_id);
	chain_number(&group, reversal->points);
	chain_end(&group, to, sink);
}

/* Passes a change of a claim; program, category and entry number are the entry's. */
void
loyalty_chain_claim(ChainSink to, void *sink, const Claim *claim)
{
	ChainGroup group;

	chain_begin(&group, 'C');
	chain_number(&group, claim->lot_customer_id);
	chain_number(&group, claim->lot_id);
	chain_number(&group, claim->claimed);
	chain_number(&group, claim->covered);
	chain_end(&group, to, sink);
}

/* Passes the last entry of an account as the term of the account in a seal's digest. */
void
loyalty_chain_account(ChainSink to, void *sink, int32_t org_id, int64_t customer_id, int32_t program_id,
					  Category category, int32_t entry_no, const unsigned char *entry_hash)
{
	ChainGroup group;

	chain_begin(&group, 'A');
	chain_number(&group, org_id);
	chain_number(&group, customer_id);
	chain_number(&group, program_id);
	chain_number(&group, category);
	chain_number(&group, entry_no);
	chain_end(&group, to, sink);
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
	ChainGroup group;

	to(sink, previous_hash, ENTRY_HASH_BYTES);
	chain_begin(&group, 'S');
	chain_number(&group, seal->hash_version);
	chain_number(&group, org_id);
	chain_number(&group, seal->seal_no);
	chain_number(&group, seal->day);
	chain_number(&group, seal->sealed_at);
	chain_number(&group, seal->accounts);
	chain_number(&group, seal->entries);
	chain_end(&group, to, sink);
	to(sink, seal->account_digest, ENTRY_HASH_BYTES);
}

/* Passes a total of a day that the seal covers. */
void
loyalty_chain_total(ChainSink to, void *sink, const DayTotal *total)
{
	ChainGroup group;

	chain_begin(&group, 'T');
	chain_number(&group, total->posting_day);
	chain_number(&group, total->program_id);
	chain_number(&group, total->category);
	chain_number(&group, total->house_account);
	chain_number(&group, total->credits);
	chain_number(&group, total->debits);
	chain_number(&group, total->entries);
	chain_end(&group, to, sink);
}

/* Passes the anchor of an org's closings; the hash of the last seal is zeroes before the first. */
void
loyalty_chain_anchor(ChainSink to, void *sink, int32_t org_id, const DayAnchor *anchor)
{
	ChainGroup group;

	chain_begin(&group, 'D');
	chain_number(&group, anchor->hash_version);
	chain_number(&group, org_id);
	chain_number(&group, anchor->first_open_day);
	chain_number(&group, anchor->sealed_day);
	chain_number(&group, anchor->seals);
	chain_number(&group, anchor->key_uses);
	chain_number(&group, anchor->has_seal);
	chain_end(&group, to, sink);
	to(sink, anchor->last_seal_hash, ENTRY_HASH_BYTES);
}

/* Passes the note of a key's first use in an org. */
void
loyalty_chain_key_use(ChainSink to, void *sink, int32_t org_id, const KeyUse *use)
{
	ChainGroup group;

	chain_begin(&group, 'K');
	chain_number(&group, use->hash_version);
	chain_number(&group, org_id);
	chain_number(&group, use->key_id);
	chain_number(&group, use->event_id);
	chain_number(&group, use->bound_event_id);
	chain_end(&group, to, sink);
}
