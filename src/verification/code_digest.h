/* code_digest.h: digests of codes, guesses, addresses and tokens. */
#ifndef LOYALTY_CODE_DIGEST_H
#define LOYALTY_CODE_DIGEST_H

#include "postgres.h"

#include "utils/uuid.h"

#include "verification/code_store.h"

/* Place of a code, which goes into its digest: it serves in no other. */
typedef struct CodeOf
{
	int32 org_id;
	int64 customer_id;
	CodePurpose purpose;
	int32 code_no;
} CodeOf;

/*
 * Digests a code or a guess at it, which is put into the form of codes; equal digests are equal codes. False where the key or
 * secret of that id is gone: nobody can tell any more.
 */
extern bool loyalty_code_digest(const CodeOf *of, int16 key_id, const char *text, CodeDigest *digest);

/* Digests an address of a channel in the same way. */
extern bool loyalty_address_digest(int32 org_id, int16 key_id, const char *channel, const char *address,
								   CodeDigest *digest);

/* Compares in a time that does not tell where they differ. */
extern bool loyalty_digests_equal(const CodeDigest *left, const CodeDigest *right);

/* Returns the id, below zero, that stands for what nobody is known by, under a key or secret that is there. */
extern int64 loyalty_nobody_id(int32 org_id, int16 key_id, const char *type, const char *value);

/* Draws a token, and digests one: tables have the digest alone. */
extern void loyalty_token_draw(pg_uuid_t *token);
extern void loyalty_token_digest(const pg_uuid_t *token, pg_uuid_t *digest);

#endif
