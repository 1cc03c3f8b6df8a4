/* attempt_store.h: guesses, the tokens that stand for them, what used them up, and runs that were ended by hand. */
#ifndef LOYALTY_ATTEMPT_STORE_H
#define LOYALTY_ATTEMPT_STORE_H

#include "postgres.h"

#include "utils/uuid.h"

#include "verification/code_store.h"

/* A guess, with the digest of its code. */
typedef struct AttemptRow
{
	int32 run_no;
	int32 attempt_no;
	int32 code_no;
	int32 failures_before;
	TimestampTz entered_at;
	bool is_own;	  /* entered by this very transaction, which may not learn of it yet */
	bool is_released; /* somebody ended its run by hand */
	bool has_code;	  /* false: the code was erased */
	CodeDigest guess;
	CodeDigest code;
} AttemptRow;

/*
 * Reads the guesses of a run in their order, as others committed them by now and this transaction wrote them; run 0 is the
 * latest one. Returns how many there are.
 */
extern int loyalty_attempts_read(int32 org_id, int64 customer_id, CodePurpose purpose, int32 run_no,
								 AttemptRow **attempts);

/* Returns when the guess before the latest failures was entered, which was right or let go by hand; CODE_NEVER_RIGHT. */
extern TimestampTz loyalty_attempt_last_right(int32 org_id, int64 customer_id, CodePurpose purpose);

/* Writes a guess; false where its place is taken. A transaction that has taken it and is open is waited for. */
extern bool loyalty_attempt_insert(int32 org_id, int64 customer_id, CodePurpose purpose,
								   const AttemptRow *attempt);

/* Guess that a token stands for. */
typedef struct TokenRow
{
	int64 customer_id; /* below zero: nobody who is registered */
	CodePurpose purpose;
	int32 run_no;
	int32 attempt_no;
} TokenRow;

/* Write and find a token by its digest; false: there is none. */
extern void loyalty_token_insert(int32 org_id, const pg_uuid_t *digest, const TokenRow *token);
extern bool loyalty_token_find(int32 org_id, const pg_uuid_t *digest, TokenRow *token);

/* Tells whether a run's right guess was used up. */
extern bool loyalty_proof_is_used(int32 org_id, const TokenRow *token);

/* Uses it up for an event or request (0: none); false where it was used before. */
extern bool loyalty_proof_use(int32 org_id, const TokenRow *token, TimestampTz used_at, int64 used_for);

/* Ends a run by hand; nothing happens where that was done before. */
extern void loyalty_run_release(int32 org_id, int64 customer_id, CodePurpose purpose, int32 run_no,
								TimestampTz released_at, const char *reason, const char *actor);

#endif
