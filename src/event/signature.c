/*
 * signature.c: HMAC-SHA256 by libsodium over the event's id, the time of the attempt and the text that is sent.
 *
 * The form is that of Standard Webhooks, for which receivers have libraries: the secret is the word whsec_ and the base64 of
 * the key, the signature the version v1 and the base64 of the code. The time is signed, so that a receiver may refuse what
 * is old; the id is signed, so that it may refuse what it had. Keys have 24 to 64 bytes, as the standard asks: a password
 * that somebody made up would be guessed from one event and its signature.
 *
 * Keys are wiped after use; the text of a secret goes with the memory of the call.
 */
#include "postgres.h"

#include <sodium.h>

#include "event/signature.h"

#define PREFIX "whsec_"
#define MOST_BYTES 64
#define LEAST_BYTES 24

/* Reads the key; false where the secret is none. */
static bool
read_key(const char *secret, unsigned char key[MOST_BYTES], size_t *size)
{
	const char *text = secret + strlen(PREFIX);
	const char *end;

	return strncmp(secret, PREFIX, strlen(PREFIX)) == 0 &&
		   sodium_base642bin(key, MOST_BYTES, text, strlen(text), NULL, size, &end,
							 sodium_base64_VARIANT_ORIGINAL) == 0 &&
		   *end == '\0' && *size >= LEAST_BYTES;
}

/* Reads the key, and forgets it. */
bool
loyalty_secret_is_valid(const char *secret)
{
	unsigned char key[MOST_BYTES];
	size_t size;
	bool valid = read_key(secret, key, &size);

	sodium_memzero(key, sizeof(key));
	return valid;
}

/* Signs piece by piece: a payload is not copied. */
char *
loyalty_webhook_signature(const char *secret, int64 event_id, int64 timestamp, const char *payload)
{
	unsigned char key[MOST_BYTES];
	unsigned char mac[crypto_auth_hmacsha256_BYTES];
	char *head = psprintf(INT64_FORMAT "." INT64_FORMAT ".", event_id, timestamp);
	size_t room = sodium_base64_ENCODED_LEN(sizeof(mac), sodium_base64_VARIANT_ORIGINAL);
	char *signature = palloc(room + 3);
	crypto_auth_hmacsha256_state state;
	size_t size;

	if (!read_key(secret, key, &size))
		elog(ERROR, "the secret of a subscriber is none");
	crypto_auth_hmacsha256_init(&state, key, size);
	crypto_auth_hmacsha256_update(&state, (const unsigned char *) head, strlen(head));
	crypto_auth_hmacsha256_update(&state, (const unsigned char *) payload, strlen(payload));
	crypto_auth_hmacsha256_final(&state, mac);
	sodium_memzero(key, sizeof(key));
	sodium_memzero(&state, sizeof(state));
	memcpy(signature, "v1,", 3);
	sodium_bin2base64(signature + 3, room, mac, sizeof(mac), sodium_base64_VARIANT_ORIGINAL);
	return signature;
}
