/*
 * voucher_code.c: the codes of gift vouchers. Tables have a digest under a subkey of the key file, or of the secret of the database, and
 * the last four symbols: neither a backup nor a copy of the tables tells a code.
 *
 * Subkeys have a purpose each (digests, derived codes): who learnt one would know nothing of the other, nor of the key.
 *
 * A digest is never made anew: a code that comes is digested under each key that there is, the newest first, so that vouchers
 * outlive a rotation of keys. A wrong code costs a search for each key, and writes nothing.
 *
 * A till that lost the connection asks again with the same idempotency key, and must get the code, or the money would be nobody's.
 * So the code of a call with a key is no draw but derived from that key, which is kept nowhere (tables have its digest), under a
 * subkey: whoever has the tables, the key file and the caller's key could make it again, and nobody with less.
 */
#include "postgres.h"

#include "common/crypto.h"
#include "common/secret_store.h"
#include "incentive/voucher/voucher_code.h"

#define SUBKEY_BYTES crypto_generichash_KEYBYTES

/* Takes 80 bits from libsodium. */
void
loyalty_voucher_code_draw(char code[VOUCHER_CODE_BYTES])
{
	unsigned char random[VOUCHER_CODE_LENGTH];

	randombytes_buf(random, sizeof(random));
	loyalty_voucher_code_of(random, code);
	sodium_memzero(random, sizeof(random));
}

/* Begins a digest under a subkey for something, of an org; false where the key is gone. */
static bool
begin(LoyaltyDigest *digest, int32 org_id, int16 key_id, const char *what)
{
	unsigned char key[SUBKEY_BYTES];

	if (!loyalty_secret_subkey(key_id, what, key, sizeof(key)))
		return false;
	loyalty_digest_begin_with(digest, key, sizeof(key));
	sodium_memzero(key, sizeof(key));
	loyalty_digest_int8(digest, org_id);
	return true;
}

/* Digests the id with it: of a call for many vouchers each gets another code. */
bool
loyalty_voucher_code_derive(const VoucherRow *voucher, const char *idempotency_key,
							char code[VOUCHER_CODE_BYTES])
{
	unsigned char bytes[LOYALTY_HASH_BYTES];
	LoyaltyDigest digest;

	StaticAssertStmt(LOYALTY_HASH_BYTES == VOUCHER_CODE_LENGTH, "a digest makes a code");
	if (!begin(&digest, voucher->org_id, voucher->key_id, "loyalty voucher derived"))
		return false;
	loyalty_digest_int8(&digest, voucher->voucher_id);
	loyalty_digest_text(&digest, idempotency_key);
	loyalty_digest_end(&digest, bytes);
	loyalty_voucher_code_of(bytes, code);
	sodium_memzero(bytes, sizeof(bytes));
	return true;
}

/* Keeps orgs apart: a code of one is none of another. */
bool
loyalty_voucher_code_digest(int32 org_id, int16 key_id, const char *code, pg_uuid_t *digest)
{
	LoyaltyDigest state;

	if (!begin(&state, org_id, key_id, "loyalty voucher"))
		return false;
	loyalty_digest_text(&state, code);
	StaticAssertStmt(LOYALTY_HASH_BYTES == UUID_LEN, "a digest fits a uuid");
	loyalty_digest_end(&state, digest->data);
	return true;
}

/* Tries the keys of the file, then the secrets of the database. */
int64
loyalty_voucher_of_code(int32 org_id, const char *given, bool seen)
{
	char code[VOUCHER_CODE_BYTES];
	int64 voucher_id = 0;
	int16 *key_ids;
	int count;
	int i;

	if (!loyalty_voucher_code_normal(given, code))
		return 0;
	count = loyalty_secrets_known(&key_ids);
	for (i = 0; i < count && voucher_id == 0; i++)
	{
		pg_uuid_t digest;

		if (loyalty_voucher_code_digest(org_id, key_ids[i], code, &digest))
			voucher_id = loyalty_voucher_of_digest(org_id, &digest, seen);
	}
	sodium_memzero(code, sizeof(code));
	return voucher_id;
}
