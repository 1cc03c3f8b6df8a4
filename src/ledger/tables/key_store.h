/*
 * key_store.h: the key that hashes are made with. Keys of an account, and those of an org, never go back: a hash by an
 * older key than one before it is a divergence, since whoever lost the newer key cannot have made it lawfully.
 */
#ifndef LOYALTY_KEY_STORE_H
#define LOYALTY_KEY_STORE_H

#include "postgres.h"

#include "common/query.h"
#include "ledger/tables/chain_rules.h"

/*
 * Returns the key for the hashes of an event whose id is drawn already, and notes it where the org has not used it so
 * far. LY013 where the org has used a key that the key file of this server lacks.
 */
extern int16 loyalty_key_of_event(int32 org_id);

/*
 * Returns the key for an entry of an event that has its key, after one of its account with another key; it is another one
 * than the event's where the file was read again. LY013 where the key file lacks the key, unless it is known to be older.
 */
extern int16 loyalty_key_of_entry(int32 org_id, int16 last_key_id);

/* Returns the key for a seal or an anchor, after one of another key: it is judged in the same way, and not noted. */
extern int16 loyalty_key_after(int32 org_id, int16 last_key_id);

/* Streams the keys that an org has used, by key and event, under the caller's snapshot. And counts them, as of now. */
extern LoyaltyCursor *loyalty_key_uses_open(int32 org_id);
extern bool loyalty_key_uses_next(LoyaltyCursor *cursor, KeyUse *use);
extern int32 loyalty_key_uses_count(int32 org_id);

/* Computes the hash of a note; false where its key is missing. */
extern bool loyalty_key_use_hash(int32 org_id, const KeyUse *use, unsigned char hash[ENTRY_HASH_BYTES]);

#endif
