/*
 * key_store.c: the keys that an org's hashes were made with, and which one comes next.
 *
 * Sessions hear of a new key one by one, some in the midst of a long call. Without more, an entry by the old key could
 * follow one by the new key, and look like the work of somebody who does not have it. So:
 *
 * - An account has the key of its last entry, and a writer that does not know that key reads the file again.
 * - The events that use a key first in an org note it (key_use), each in its own transaction: so nobody waits for
 *   another one, and there may be a few notes. A backend that hears of a note by a key it lacks reads the file again.
 * - A later event, which sees such a note committed, notes a bound: an id that is drawn then. Whoever draws a higher
 *   one has drawn it after the first note could be seen, and looks for notes after that: no event above the bound has
 *   an older key. verify_ledger judges events by their bounds.
 *
 * Notes are kept in each backend, under the generation of reference data, as the first open day is: the trigger of the
 * table reaches all. Their messages go out just after the commit is visible, so a bound stands somewhat higher than
 * the id that was drawn. Nothing is locked here; two or three rows are written each time that an org changes its key.
 */
#include "postgres.h"

#include "access/xact.h"
#include "miscadmin.h"
#include "utils/inval.h"

#include "common/crypto.h"
#include "common/ids.h"
#include "common/names.h"
#include "ledger/tables/key_store.h"

/* Rows that a stream fetches at a time. */
#define ROWS_PER_FETCH 1000
/* Orgs whose key is kept: two with one remainder take turns. */
#define CACHED_ORGS 16
/* Ids that may be drawn while a message is on its way. */
#define BOUND_SLACK 1000
/* Tries to find a newer file, and the pause before each but the first: another backend may have heard of it first. */
#define READ_TRIES 5
#define READ_PAUSE_MICROSECONDS 20000

/* A row of key_use. */
typedef struct UseRow
{
	int32 org_id;
	KeyUse use;
	bool hash_is_whole; /* one of another length ends in zeroes, and matches nothing */
} UseRow;

/* A column of a note's row. */
#define USE(name, type, member) LOYALTY_COLUMN(name, type, UseRow, member)

static const LoyaltyColumn use_columns[] = {
	USE("event_id", INT8, use.event_id),
	USE("bound_event_id", INT8_OR_0, use.bound_event_id),
	USE("org_id", INT4, org_id),
	USE("key_id", INT2, use.key_id),
	USE("hash_version", CHAR, use.hash_version),
	LOYALTY_COLUMN_IF("use_hash", HASH, UseRow, use.hash, hash_is_whole),
};

static const LoyaltyLayout use_layout = LOYALTY_LAYOUT("key_use", UseRow, use_columns);

/*
 * Notes of an org: as they are now, without a statement where that is possible, since a session reads them at its first
 * posting; and under the caller's snapshot.
 */
static LoyaltyQuery uses_now = LOYALTY_FIND(use_layout, "org_id", .order = "key_id, event_id");
static LoyaltyQuery uses_seen = LOYALTY_FIND_SEEN(use_layout, "org_id", .order = "key_id, event_id");
static LoyaltyQuery use_insert = LOYALTY_INSERT(use_layout);

/* States of a key in an org. */
typedef enum UseState
{
	USE_NONE,
	USE_NOTED, /* others may not have heard of it */
	USE_BOUND
} UseState;

/* The key in use was found to be right for an org, at this state of notes and file. Generation 0: empty. */
static struct
{
	int32 org_id;
	uint64 generation;
	uint64 reads;
	FullTransactionId noted_by; /* counts in this transaction alone, which wrote a note; invalid: in all */
} settled[CACHED_ORGS];

/* Reads a note. */
static KeyUse
use_of_row(LoyaltyRows *rows, uint64 row)
{
	UseRow note = { 0 };

	loyalty_row_read(rows, row, &use_layout, &note);
	return note.use;
}

/* Reads the notes of an org as they are now, whatever the isolation level. */
static LoyaltyRows *
read_uses(int32 org_id)
{
	LoyaltyParams params = LOYALTY_PARAMS(loyalty_int4(org_id));

	return IsolationUsesXactSnapshot() ? loyalty_query_latest(&uses_now, &params)
									   : loyalty_query(&uses_now, &params);
}

/* Finds how far a key is noted, and the id that was drawn for its last bound (0: none). */
static UseState
state_of(LoyaltyRows *rows, int16 key_id, int64 *bound_at)
{
	UseState state = USE_NONE;
	uint64 i;

	*bound_at = 0;
	for (i = 0; i < rows->count; i++)
	{
		KeyUse use = use_of_row(rows, i);

		if (use.key_id != key_id)
			continue;
		state = Max(state, use.bound_event_id != 0 ? USE_BOUND : USE_NOTED);
		if (use.bound_event_id != 0)
			*bound_at = Max(*bound_at, use.event_id);
	}
	return state;
}

/*
 * Tells whether the key in use may follow another one of the org. The file tells of keys that it has; one that it lacks
 * may have been taken out of it since, which is told by notes: it was last noted before the key in use was bound.
 */
static bool
may_follow(LoyaltyRows *rows, int16 key_id)
{
	int64 last_noted = 0;
	int64 bound_at;
	uint64 i;

	if (loyalty_key_rank(key_id) >= 0)
		return true;
	for (i = 0; i < rows->count; i++)
	{
		KeyUse use = use_of_row(rows, i);

		if (use.key_id == key_id)
			last_noted = Max(last_noted, use.event_id);
	}
	return state_of(rows, loyalty_key_in_use(), &bound_at) == USE_BOUND && last_noted != 0 &&
		   last_noted < bound_at;
}

/* Tells whether the key in use may follow every key of the org, and one more (LOYALTY_NO_KEY: none). */
static bool
may_follow_all(LoyaltyRows *rows, int16 last_key_id)
{
	uint64 i;

	for (i = 0; i < rows->count; i++)
		if (!may_follow(rows, use_of_row(rows, i).key_id))
			return false;
	return may_follow(rows, last_key_id);
}

/*
 * Reads the file again until the key in use may follow all; LY013 where it may not. Several times, since a backend may
 * have posted with a key before the server told this one of the new setting.
 */
static void
read_until_newest(LoyaltyRows *rows, int16 last_key_id)
{
	int i;

	for (i = 0; i < READ_TRIES && !may_follow_all(rows, last_key_id); i++)
	{
		CHECK_FOR_INTERRUPTS();
		if (i > 0)
			pg_usleep(READ_PAUSE_MICROSECONDS);
		loyalty_keys_read_again();
	}
	if (!may_follow_all(rows, last_key_id))
		loyalty_raise_key_file("The ledger goes on from a key that the file does not have.");
}

/* Hashes a note by its own key. */
bool
loyalty_key_use_hash(int32 org_id, const KeyUse *use, unsigned char hash[ENTRY_HASH_BYTES])
{
	LoyaltyDigest state;

	if (!loyalty_digest_begin(&state, use->key_id))
		return false;
	loyalty_chain_key_use(loyalty_digest_bytes, &state, org_id, use);
	loyalty_digest_end(&state, hash);
	return true;
}

/*
 * Notes a key, or a bound. The row has an id of its own, since that of the event may have been drawn long before; one
 * that is drawn here is higher than all that were drawn before the notes were read.
 */
static void
note(int32 org_id, int16 key_id, bool bound)
{
	UseRow row = { .org_id = org_id, .hash_is_whole = true };
	KeyUse *use = &row.use;

	*use = (KeyUse){ .event_id = loyalty_next_id(), .key_id = key_id, .hash_version = HASH_VERSION };
	if (bound)
		use->bound_event_id = use->event_id + BOUND_SLACK;
	(void) loyalty_key_use_hash(org_id, use, use->hash);
	loyalty_write(&use_insert, &row, 1);
}

/* Tells whether this transaction has noted the key of the org already: what it wrote is nothing that others can see. */
static bool
noted_by_us(int32 org_id, int slot)
{
	return settled[slot].org_id == org_id && FullTransactionIdIsValid(settled[slot].noted_by) &&
		   FullTransactionIdEquals(settled[slot].noted_by, GetTopFullTransactionIdIfAny());
}

/*
 * Judges the key in use by the notes of the org, and notes it if need be. What is found is kept until notes or file
 * change; a note of this transaction may be undone, by a savepoint too, which changes the generation.
 */
static int16
settle(int32 org_id, int slot)
{
	uint64 generation = loyalty_reference_generation();
	bool by_us = noted_by_us(org_id, slot);
	LoyaltyRows *rows = read_uses(org_id);
	UseState state;
	int16 key_id;
	int64 bound_at;

	read_until_newest(rows, LOYALTY_NO_KEY);
	key_id = loyalty_key_in_use();
	state = state_of(rows, key_id, &bound_at);
	settled[slot].noted_by = InvalidFullTransactionId;
	if (key_id != LOYALTY_NO_KEY && (state == USE_NONE || (state == USE_NOTED && !by_us)))
	{
		note(org_id, key_id, state == USE_NOTED);
		state = USE_NOTED;
		by_us = true;
	}
	if (key_id != LOYALTY_NO_KEY && state == USE_NOTED && by_us)
		settled[slot].noted_by = GetTopFullTransactionId();
	settled[slot].org_id = org_id;
	settled[slot].generation = generation;
	settled[slot].reads = loyalty_key_reads();
	loyalty_rows_free(rows);
	return key_id;
}

/* Looks for messages first, and after the event's id was drawn: see the head of this file. */
int16
loyalty_key_of_event(int32 org_id)
{
	int slot = org_id % CACHED_ORGS;

	AcceptInvalidationMessages();
	(void) loyalty_relation(LOYALTY_REL_ORG); /* whose invalidation says that there is a note */
	if (settled[slot].org_id == org_id && settled[slot].generation == loyalty_reference_generation() &&
		settled[slot].reads == loyalty_key_reads() &&
		(!FullTransactionIdIsValid(settled[slot].noted_by) || noted_by_us(org_id, slot)))
		return loyalty_key_in_use();
	return settle(org_id, slot);
}

/* Reads no table where the file has the key, which is so for all but backends that have not heard of a new one. */
int16
loyalty_key_of_entry(int32 org_id, int16 last_key_id)
{
	LoyaltyRows *rows;

	if (loyalty_key_rank(last_key_id) >= 0)
		return loyalty_key_in_use();
	rows = read_uses(org_id);
	read_until_newest(rows, last_key_id);
	loyalty_rows_free(rows);
	return loyalty_key_of_event(org_id);
}

/* Reads the notes each time: closings are rare. */
int16
loyalty_key_after(int32 org_id, int16 last_key_id)
{
	LoyaltyRows *rows = read_uses(org_id);

	read_until_newest(rows, last_key_id);
	loyalty_rows_free(rows);
	return loyalty_key_in_use();
}

/* Opens the stream; a few rows for each key that the org ever used. */
LoyaltyCursor *
loyalty_key_uses_open(int32 org_id)
{
	return loyalty_cursor_open(&uses_seen, LOYALTY_GIVEN(loyalty_int4(org_id)), ROWS_PER_FETCH);
}

/* Reads the next note. */
bool
loyalty_key_uses_next(LoyaltyCursor *cursor, KeyUse *use)
{
	if (!loyalty_cursor_next(cursor))
		return false;
	*use = use_of_row(cursor->rows, cursor->row);
	return true;
}

/* Counts what is committed, or ours. */
int32
loyalty_key_uses_count(int32 org_id)
{
	LoyaltyRows *rows = read_uses(org_id);
	int32 count = (int32) rows->count;

	loyalty_rows_free(rows);
	return count;
}
