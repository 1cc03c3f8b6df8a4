/*
 * audit_keys.c: the keys that an org's hashes were made with. Keys never go back, or somebody without the newer key could
 * write on with an older one, or with none.
 *
 * The order of keys is that of the key file. An account is judged entry by entry (verify_entry_rules.c); events of all
 * accounts by the bounds that the notes of keys hold: none with a higher id has an older key (key_store.c). The notes are
 * under their own keys' hashes, every key that made a hash must be noted, and the anchor of closings counts the notes.
 *
 * Ids are compared within one node (loyalty.node_id), as those of others are drawn from other sequences. Read under the
 * audit's snapshot; nothing is locked and nothing is late.
 */
#include "postgres.h"

#include "common/crypto.h"
#include "ledger/tables/key_store.h"
#include "ledger/verify/audit_sums.h"

/* Bits of an id below those of the node. */
#define SEQUENCE_BITS 48

/* Reads the notes, and judges the hash of each. */
void
loyalty_audit_read_keys(Audit *audit)
{
	int32 org_id = audit->call->org->org_id;
	LoyaltyCursor *stream = loyalty_key_uses_open(org_id);
	unsigned char hash[ENTRY_HASH_BYTES];
	KeyUse use;

	while (loyalty_key_uses_next(stream, &use))
	{
		LOYALTY_APPEND(audit->key_uses, use);
		if (!loyalty_chain_knows(use.hash_version))
			loyalty_audit_note(audit, INVARIANT_KEYS,
							   psprintf("a note of key %d is of a version that there is not", use.key_id));
		else if (!loyalty_key_use_hash(org_id, &use, hash))
			loyalty_audit_note_missing_key(audit, INVARIANT_KEYS,
										   psprintf("key missing: key %d is not in the key file",
													use.key_id));
		else if (memcmp(hash, use.hash, ENTRY_HASH_BYTES) != 0)
			loyalty_audit_note(audit, INVARIANT_KEYS,
							   psprintf("the hash of a note of key %d does not match", use.key_id));
	}
	loyalty_cursor_close(stream);
	if (audit->key_uses.n < audit->anchor.key_uses)
		loyalty_audit_note(audit, INVARIANT_KEYS, "there are fewer notes of keys than at the last closing");
}

/* Tells the rank of a key by the key file. */
int
loyalty_audit_key_rank(void *context, int16 key_id)
{
	return loyalty_key_rank(key_id);
}

/* Notes that a key made a hash; the keys of an org are few, unless somebody invented rows. */
static void
note_used(Audit *audit, int16 key_id)
{
	int i;

	for (i = audit->used_keys.n - 1; i >= 0; i--)
		if (audit->used_keys.items[i] == key_id)
			return;
	LOYALTY_APPEND(audit->used_keys, key_id);
}

/*
 * Returns the rank that the key of an event must have at least: the highest one that is bound below its id. A key that
 * the file lacks asks for any key at all. Notes the key, too.
 */
int
loyalty_audit_key_required(void *context, int64 event_id, int16 key_id)
{
	Audit *audit = context;
	MemoryContext caller;
	int required = 0;
	int i;

	if (key_id != LOYALTY_NO_KEY)
	{
		caller = MemoryContextSwitchTo(audit->context);
		note_used(audit, key_id);
		MemoryContextSwitchTo(caller);
	}
	for (i = 0; i < audit->key_uses.n; i++)
	{
		const KeyUse *use = &audit->key_uses.items[i];

		if (use->bound_event_id != 0 && event_id > use->bound_event_id &&
			event_id >> SEQUENCE_BITS == use->bound_event_id >> SEQUENCE_BITS)
			required = Max(required, Max(loyalty_key_rank(use->key_id), 1));
	}
	return required;
}

/* Judges that every key which made a hash was noted. */
void
loyalty_audit_judge_keys(Audit *audit)
{
	int i;
	int u;

	for (i = 0; i < audit->used_keys.n; i++)
	{
		for (u = 0; u < audit->key_uses.n; u++)
			if (audit->key_uses.items[u].key_id == audit->used_keys.items[i])
				break;
		if (u == audit->key_uses.n)
			loyalty_audit_note(audit, INVARIANT_KEYS,
							   psprintf("key %d has made hashes, and no note says since when",
										audit->used_keys.items[i]));
	}
}
