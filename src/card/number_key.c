/* number_key.c: SipHash as the keyed function of permutations, under a key that is a digest of a seed. */
#include "postgres.h"

#include "card/number_key.h"
#include "common/errors.h"

/* Computes SipHash of the round and the value. */
uint64
loyalty_number_round(const void *key, int round, uint64 value)
{
	unsigned char input[sizeof(int32) + sizeof(uint64)];
	unsigned char hash[crypto_shorthash_BYTES];
	uint64 result = 0;
	int i;

	/* Byte by byte, so that a series makes the same numbers on machines of either byte order. */
	for (i = 0; i < 4; i++)
		input[i] = (unsigned char) ((uint32) round >> (8 * i));
	for (i = 0; i < 8; i++)
		input[4 + i] = (unsigned char) (value >> (8 * i));
	crypto_shorthash(hash, input, sizeof(input), key);
	for (i = 0; i < 8; i++)
		result |= (uint64) hash[i] << (8 * i);
	return result;
}

/* Digests purpose and seed, keyed by the key file's key where there was one. */
void
loyalty_number_key(int16 key_id, const char *purpose, const unsigned char *seed, unsigned char *key)
{
	LoyaltyDigest digest;

	StaticAssertStmt(NUMBER_KEY_BYTES == LOYALTY_HASH_BYTES, "a digest is a key");
	if (!loyalty_digest_begin(&digest, key_id))
		ereport(ERROR,
				(errcode(ERRCODE_LOYALTY_KEY_FILE),
				 errmsg("the key file lacks key %d, with which a series of numbers was made", key_id)));
	loyalty_digest_text(&digest, purpose);
	loyalty_digest_bytes(&digest, seed, NUMBER_SEED_BYTES);
	loyalty_digest_end(&digest, key);
	sodium_memzero(&digest, sizeof(digest));
}
