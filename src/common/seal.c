/*
 * seal.c: XChaCha20-Poly1305 (libsodium) under a subkey of a key of the key file, or of a secret (secret_store.h). The nonce is random and stands in front; org, kind
 * and row are associated data. Subkeys are made by BLAKE2b keyed with the file's key, over a constant, so that the key of
 * the hash chain itself seals nothing.
 */
#include "postgres.h"

#include "common/crypto.h"
#include "common/errors.h"
#include "common/seal.h"
#include "common/secret_store.h"

#define NONCE_BYTES crypto_aead_xchacha20poly1305_ietf_NPUBBYTES
#define TAG_BYTES crypto_aead_xchacha20poly1305_ietf_ABYTES
#define SUBKEY_BYTES crypto_aead_xchacha20poly1305_ietf_KEYBYTES

/* Makes the associated data of a row: its length is that of the text. */
static char *
associated(LoyaltySealOf of)
{
	return psprintf("%s %d " INT64_FORMAT " " INT64_FORMAT, of.kind, of.org_id, of.id, of.sub_id);
}

/* Derives the subkey of a key; false where that is gone. The caller wipes it. */
static bool
subkey(int16 key_id, unsigned char bytes[SUBKEY_BYTES])
{
	return loyalty_secret_subkey(key_id, "loyalty seal", bytes, SUBKEY_BYTES);
}

/* Seals with a nonce of its own, which is long enough to be drawn at random for ever. */
static bool
seal_under(LoyaltySealOf of, const char *text, int16 key_id, bytea **sealed)
{
	unsigned char key[SUBKEY_BYTES];
	size_t size = strlen(text);
	char *row = associated(of);
	unsigned char *to;

	if (key_id == LOYALTY_NO_KEY || !subkey(key_id, key))
		return false;
	*sealed = (bytea *) palloc(VARHDRSZ + NONCE_BYTES + size + TAG_BYTES);
	SET_VARSIZE(*sealed, VARHDRSZ + NONCE_BYTES + size + TAG_BYTES);
	to = (unsigned char *) VARDATA(*sealed);
	randombytes_buf(to, NONCE_BYTES);
	crypto_aead_xchacha20poly1305_ietf_encrypt(to + NONCE_BYTES, NULL, (const unsigned char *) text, size,
											   (const unsigned char *) row, strlen(row), NULL, to, key);
	sodium_memzero(key, sizeof(key));
	return true;
}

/* Takes a key of the file, and nothing else: what is sealed for years must be readable after a restore. */
bool
loyalty_seal(LoyaltySealOf of, const char *text, bytea **sealed, int16 *key_id)
{
	*key_id = loyalty_key_in_use();
	return seal_under(of, text, *key_id, sealed);
}

/* Takes the secret of the database where there is no file: what it seals is worth nothing in minutes. */
void
loyalty_seal_briefly(LoyaltySealOf of, const char *text, bytea **sealed, int16 *key_id)
{
	*key_id = loyalty_secret_in_use();
	if (!seal_under(of, text, *key_id, sealed))
		elog(ERROR, "the secret that is in use is gone");
}

/* Opens under the subkey of the key, which is wiped. */
char *
loyalty_unseal_or_null(LoyaltySealOf of, const bytea *sealed, int16 key_id)
{
	const unsigned char *from = (const unsigned char *) VARDATA_ANY(sealed);
	size_t size = VARSIZE_ANY_EXHDR(sealed);
	unsigned char key[SUBKEY_BYTES];
	char *row = associated(of);
	char *text;
	int failed = -1;

	if (!subkey(key_id, key))
		return NULL;
	text = palloc(size + 1);
	if (size >= NONCE_BYTES + TAG_BYTES)
		failed =
			crypto_aead_xchacha20poly1305_ietf_decrypt((unsigned char *) text, NULL, NULL, from + NONCE_BYTES,
													   size - NONCE_BYTES, (const unsigned char *) row,
													   strlen(row), from, key);
	sodium_memzero(key, sizeof(key));
	if (failed != 0)
		return NULL;
	text[size - NONCE_BYTES - TAG_BYTES] = '\0';
	return text;
}

/* Tells of nothing but that it does not open. */
char *
loyalty_unseal(LoyaltySealOf of, const bytea *sealed, int16 key_id)
{
	char *text = loyalty_unseal_or_null(of, sealed, key_id);

	if (text == NULL && !loyalty_secret_is_known(key_id))
		loyalty_raise_key_file("It lacks a key that a secret was sealed under.");
	if (text == NULL)
		ereport(ERROR, (errcode(ERRCODE_DATA_CORRUPTED), errmsg("a sealed text does not open"),
						errdetail("It was changed, or belongs to another row.")));
	return text;
}
