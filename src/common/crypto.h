/* crypto.h: digests, the key file, random texts. All cryptography and all randomness is libsodium's. */
#ifndef LOYALTY_CRYPTO_H
#define LOYALTY_CRYPTO_H

#include "postgres.h"

#include <sodium.h>

#include "utils/uuid.h"

#include "common/pg_compat.h"

#define LOYALTY_HASH_BYTES 16 /* of the ledger's hash chain: every byte of an entry is paid a billion times */
#define LOYALTY_NO_KEY 0	  /* the key_id of hashes that were made without a key */

/*
 * A digest under construction. Values go in one by one; a text goes in behind its length, so that no two run
 * together.
 */
typedef struct LoyaltyDigest
{
	crypto_generichash_state state;
} LoyaltyDigest;

/* Begins a digest with the given key of the key file; false where the file has no such key. */
extern bool loyalty_digest_begin(LoyaltyDigest *digest, int16 key_id);

/* Begins one with a subkey, for digests of what few guesses would find out otherwise. */
extern void loyalty_digest_begin_with(LoyaltyDigest *digest, const unsigned char *subkey, size_t size);

/* Add a value. Rules, which know no LoyaltyDigest, write bytes through a pointer to the first of these. */
extern void loyalty_digest_bytes(void *digest, const void *bytes, size_t size);
extern void loyalty_digest_int8(LoyaltyDigest *digest, int64 value);
extern void loyalty_digest_text(LoyaltyDigest *digest, const char *text);
extern void loyalty_digest_end(LoyaltyDigest *digest, unsigned char hash[LOYALTY_HASH_BYTES]);

/* The digest of an idempotency key as given. */
extern void loyalty_idempotency_digest(const char *key, pg_uuid_t *digest);

/* The first eight bytes of a digest: enough to tell a repeated request from another one. */
extern int64 loyalty_digest_end_int8(LoyaltyDigest *digest);

/*
 * Derives a subkey of a key of the file for a purpose, which is a constant text; the caller wipes it. False where the file has
 * no such key.
 */
extern bool loyalty_subkey(int16 key_id, const char *purpose, unsigned char *subkey, size_t size);

/* The key_id in use: LOYALTY_NO_KEY without a key file. An unusable key file is an error. */
extern int16 loyalty_key_in_use(void);

/* The key in a place of the file, from 1; LOYALTY_NO_KEY behind the last one. */
extern int16 loyalty_key_at(int rank);

/*
 * The place of a key in the file, where keys stand in the order in which they came into use: from 1; 0 for LOYALTY_NO_KEY,
 * which is older than any; -1 for a key that the file does not have.
 */
extern int loyalty_key_rank(int16 key_id);

/* Number of times that the file was read: what was decided by its keys counts as long as this does not change. */
extern uint64 loyalty_key_reads(void);

/*
 * Reads the file again though this backend does not know that it changed: somebody has used a key that it lacks. Takes in
 * a configuration that is waiting to be loaded, which a backend in the midst of a command has not done yet.
 */
extern void loyalty_keys_read_again(void);

/* Raises LY013 for a key that the file lacks; the detail is a sentence. */
pg_noreturn extern void loyalty_raise_key_file(const char *detail);

/* Reason why the key file cannot be used, or NULL: also where none is configured. Raises nothing. */
extern const char *loyalty_key_file_problem(void);

/* A random text of letters and digits that cannot be taken for one another. */
extern char *loyalty_random_code(int length);

/* A random text of digits. */
extern char *loyalty_random_digits(int length);

/* Starts the library; called once at load. */
extern void loyalty_crypto_init(void);

#endif
