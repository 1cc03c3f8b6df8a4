/*
 * code_digest.c: BLAKE2b of 16 bytes under subkeys of the key file or of the secret of the database. Six digits are guessed in no time
 * by whoever has a digest that needs no key; with one, neither a backup nor a copy of the tables tells a code. What a code is of goes
 * into its digest, so that none serves in another place.
 */
#include "postgres.h"

#include "common/secret_store.h"
#include "verification/code_digest.h"

#define SUBKEY_BYTES crypto_generichash_KEYBYTES

/* Begins a digest under a subkey for something; false where the key is gone. */
static bool
begin(LoyaltyDigest *digest, int16 key_id, const char *what)
{
	unsigned char key[SUBKEY_BYTES];

	if (!loyalty_secret_subkey(key_id, what, key, sizeof(key)))
		return false;
	loyalty_digest_begin_with(digest, key, sizeof(key));
	sodium_memzero(key, sizeof(key));
	return true;
}

/* Wipes the copy that it makes of the text. */
bool
loyalty_code_digest(const CodeOf *of, int16 key_id, const char *text, CodeDigest *digest)
{
	LoyaltyDigest state;
	char *normal;

	if (!begin(&state, key_id, "loyalty code"))
		return false;
	normal = pstrdup(text);
	loyalty_code_normalise(normal);
	loyalty_digest_int8(&state, of->org_id);
	loyalty_digest_int8(&state, of->customer_id);
	loyalty_digest_text(&state, loyalty_code_purpose_word(of->purpose));
	loyalty_digest_int8(&state, of->code_no);
	loyalty_digest_text(&state, normal);
	loyalty_digest_end(&state, digest->bytes);
	sodium_memzero(normal, strlen(normal));
	return true;
}

/* Keeps the channel apart from the address: one text may be two addresses. */
bool
loyalty_address_digest(int32 org_id, int16 key_id, const char *channel, const char *address,
					   CodeDigest *digest)
{
	LoyaltyDigest state;

	if (!begin(&state, key_id, "loyalty address"))
		return false;
	loyalty_digest_int8(&state, org_id);
	loyalty_digest_text(&state, channel);
	loyalty_digest_text(&state, address);
	loyalty_digest_end(&state, digest->bytes);
	return true;
}

/* Compares all bytes in any case. */
bool
loyalty_digests_equal(const CodeDigest *left, const CodeDigest *right)
{
	return sodium_memcmp(left->bytes, right->bytes, sizeof(left->bytes)) == 0;
}

/* Takes 63 bits of a digest. */
int64
loyalty_nobody_id(int32 org_id, int16 key_id, const char *type, const char *value)
{
	CodeDigest digest;
	int64 id;

	if (!loyalty_address_digest(org_id, key_id, type, value, &digest))
		elog(ERROR, "a secret that is known is gone");
	memcpy(&id, digest.bytes, sizeof(id));
	return -(id & PG_INT64_MAX) - 1;
}

/* Makes a uuid of random bytes (version 4). */
void
loyalty_token_draw(pg_uuid_t *token)
{
	randombytes_buf(token->data, UUID_LEN);
	token->data[6] = (unsigned char) ((token->data[6] & 0x0f) | 0x40);
	token->data[8] = (unsigned char) ((token->data[8] & 0x3f) | 0x80);
}

/* Needs no key: nobody guesses 122 bits. */
void
loyalty_token_digest(const pg_uuid_t *token, pg_uuid_t *digest)
{
	LoyaltyDigest state;

	(void) loyalty_digest_begin(&state, LOYALTY_NO_KEY);
	loyalty_digest_bytes(&state, token->data, UUID_LEN);
	loyalty_digest_end(&state, digest->data);
}
