/*
 * number_key.h: the keyed function of permutations of numbers and codes, and its key. Each series or space has a random seed in
 * its row, from which the key is derived together with a key of the site's file: neither a dump nor the file alone foretells
 * numbers.
 */
#ifndef LOYALTY_NUMBER_KEY_H
#define LOYALTY_NUMBER_KEY_H

#include "postgres.h"

#include "common/crypto.h"

#define NUMBER_SEED_BYTES 32
#define NUMBER_KEY_BYTES crypto_shorthash_KEYBYTES

/*
 * Derives the key of a seed. "purpose" is a constant text: what the keys of a purpose make, no other key does. LY013 where the key
 * file lacks the key that was in use when the seed was made; the caller wipes what it got.
 */
extern void loyalty_number_key(int16 key_id, const char *purpose, const unsigned char *seed,
							   unsigned char *key);

/* Computes the keyed function of a round and a value: a NumberRound. */
extern uint64 loyalty_number_round(const void *key, int round, uint64 value);

#endif
