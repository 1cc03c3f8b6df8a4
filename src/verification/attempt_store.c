/*
 * attempt_store.c: the statements on guesses, tokens, uses and releases.
 *
 * What decides is read under a snapshot taken now, whatever the isolation level; a row that is seen is committed then, or this
 * transaction's own, which entered_in tells. Keys do the rest: the place of a guess in its run is taken once, and a right guess
 * is used once. Nothing is updated. Tokens and uses are reached without a statement where that is possible.
 *
 * Callers hold the customer, if there is one; who is nobody is held by its address. What they read before that is old: all that counts
 * is read behind it, run by run, and never more than the latest run of each member of a merge group.
 */
#include "postgres.h"

#include "access/xact.h"
#include "catalog/pg_type.h"
#include "utils/builtins.h"
#include "utils/xid8.h"

#include "common/query.h"
#include "verification/attempt_store.h"

#define OF_PURPOSE(table) table ".org_id = $1 AND " table ".customer_id = $2 AND " table ".purpose = $3"

/*
 * Guesses of a run; run 0 is the latest. They come with the digests of their codes, so that one statement reads all that a
 * judgement needs; whoever reads them asks first whether one is its own.
 */
static LoyaltyQuery attempts_of_run = LOYALTY_STATEMENT(
	"SELECT a.run_no, a.attempt_no, a.code_no, a.failures_before, a.entered_at,"
	" COALESCE(a.entered_in = pg_current_xact_id_if_assigned(), false),"
	" EXISTS (SELECT FROM loyalty_data.verification_release r WHERE " OF_PURPOSE(
		"r") " AND r.run_no = a.run_no),"
			 " a.guess_digest, (SELECT c.code_digest FROM loyalty_data.verification_code c WHERE " OF_PURPOSE(
				 "c") " AND c.code_no = a.code_no)"
					  " FROM loyalty_data.verification_attempt a WHERE " OF_PURPOSE(
						  "a") " AND a.run_no = COALESCE(NULLIF($4, 0),"
							   " (SELECT m.run_no FROM loyalty_data.verification_attempt m WHERE " OF_PURPOSE(
								   "m") " ORDER BY m.run_no DESC LIMIT 1))"
										" ORDER BY a.attempt_no",
	INT4OID, INT8OID, TEXTOID, INT4OID);

/* The last guess before the first run that has no failures before it: a right one, or the last of a run that was let go. */
static LoyaltyQuery last_right = LOYALTY_STATEMENT(
	"SELECT a.entered_at FROM loyalty_data.verification_attempt a WHERE " OF_PURPOSE(
		"a") " AND a.run_no < (SELECT m.run_no FROM loyalty_data.verification_attempt m WHERE " OF_PURPOSE("m") " AND m.failures_before = 0 ORDER BY m.run_no DESC LIMIT 1)"
																												" ORDER BY a.run_no DESC, a.attempt_no DESC LIMIT 1",
	INT4OID, INT8OID, TEXTOID);

/* The key is the place in the run: whoever comes second waits for the first one's end, and writes nothing if that committed. */
static LoyaltyQuery attempt_insert = LOYALTY_STATEMENT(
	"INSERT INTO loyalty_data.verification_attempt (org_id, customer_id, purpose, run_no, attempt_no, code_no,"
	" failures_before, entered_at, guess_digest, entered_in) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)"
	" ON CONFLICT DO NOTHING",
	INT4OID, INT8OID, TEXTOID, INT4OID, INT4OID, INT4OID, INT4OID, TIMESTAMPTZOID, BYTEAOID, XID8OID);

/*
 * A token as its table has it, and the use of a run. Both are asked for by every operation that has a proof, and a token is written for
 * each guess, so they are said in words; a use is written by a statement, as two may want to write the same one.
 */
typedef struct KeptToken
{
	int64 customer_id;
	int32 org_id;
	int32 run_no;
	int32 attempt_no;
	pg_uuid_t digest;
	const char *purpose;
} KeptToken;

typedef struct UseRow
{
	int64 customer_id;
	int64 used_for;
	TimestampTz used_at;
	int32 org_id;
	int32 run_no;
	const char *purpose;
} UseRow;

/* Columns of both. */
#define TOKEN(name, type, member) LOYALTY_COLUMN(name, type, KeptToken, member)
#define USE(name, type) LOYALTY_COLUMN(#name, type, UseRow, name)

static const LoyaltyColumn token_columns[] = {
	TOKEN("customer_id", INT8, customer_id), TOKEN("org_id", INT4, org_id),
	TOKEN("run_no", INT4, run_no),			 TOKEN("attempt_no", INT4, attempt_no),
	TOKEN("token_digest", UUID, digest),	 TOKEN("purpose", TEXT, purpose),
};

static const LoyaltyColumn proof_use_columns[] = {
	USE(customer_id, INT8), USE(used_for, INT8_OR_0), USE(used_at, TIME),
	USE(org_id, INT4),		USE(run_no, INT4),		  USE(purpose, TEXT),
};

static const LoyaltyLayout token_layout = LOYALTY_LAYOUT("verification_token", KeptToken, token_columns);
static const LoyaltyLayout proof_use_layout = LOYALTY_LAYOUT("verification_use", UseRow, proof_use_columns);

/* A token stands for the place of a guess; it is found by its digest alone, and says whose the guess is. */
static LoyaltyQuery token_insert = LOYALTY_INSERT(token_layout);
static LoyaltyQuery token_find = LOYALTY_FIND(token_layout, "org_id, token_digest");

/* A use is of a run, which has one right guess at most. */
static LoyaltyQuery use_find = LOYALTY_FIND(proof_use_layout, "org_id, customer_id, purpose, run_no");

static LoyaltyQuery use_insert = LOYALTY_STATEMENT(
	"INSERT INTO loyalty_data.verification_use (org_id, customer_id, purpose, run_no, used_at, used_for)"
	" VALUES ($1, $2, $3, $4, $5, $6) ON CONFLICT DO NOTHING",
	INT4OID, INT8OID, TEXTOID, INT4OID, TIMESTAMPTZOID, INT8OID);

/* A release ends the run whose number it has, and takes its failures and those before it away. */
static LoyaltyQuery release_insert = LOYALTY_STATEMENT(
	"INSERT INTO loyalty_data.verification_release (org_id, customer_id, purpose, run_no, released_at, reason, actor)"
	" VALUES ($1, $2, $3, $4, $5, $6, $7) ON CONFLICT DO NOTHING",
	INT4OID, INT8OID, TEXTOID, INT4OID, TIMESTAMPTZOID, TEXTOID, TEXTOID);

/* Copies a digest out of a row; false for a null. */
static bool
row_digest(LoyaltyRows *rows, uint64 row, int column, CodeDigest *digest)
{
	bytea *bytes;

	if (loyalty_row_isnull(rows, row, column))
		return false;
	bytes = loyalty_row_bytes(rows, row, column);
	if (VARSIZE_ANY_EXHDR(bytes) != sizeof(digest->bytes))
		elog(ERROR, "a digest of a guess has %d bytes", (int) VARSIZE_ANY_EXHDR(bytes));
	memcpy(digest->bytes, VARDATA_ANY(bytes), sizeof(digest->bytes));
	return true;
}

/* Puts zeros in the place of a code that was erased. */
int
loyalty_attempts_read(int32 org_id, int64 customer_id, CodePurpose purpose, int32 run_no,
					  AttemptRow **attempts)
{
	LoyaltyRows *rows =
		loyalty_query_latest(&attempts_of_run, LOYALTY_GIVEN(LOYALTY_CUSTOMER(org_id, customer_id),
															 loyalty_text(loyalty_code_purpose_word(purpose)),
															 loyalty_int4(run_no)));
	uint64 i;

	*attempts = palloc0(sizeof(AttemptRow) * (rows->count + 1));
	for (i = 0; i < rows->count; i++)
	{
		AttemptRow *attempt = &(*attempts)[i];

		attempt->run_no = loyalty_row_int4(rows, i, 1);
		attempt->attempt_no = loyalty_row_int4(rows, i, 2);
		attempt->code_no = loyalty_row_int4(rows, i, 3);
		attempt->failures_before = loyalty_row_int4(rows, i, 4);
		attempt->entered_at = DatumGetTimestampTz(loyalty_row_value(rows, i, 5));
		attempt->is_own = loyalty_row_bool(rows, i, 6);
		attempt->is_released = loyalty_row_bool(rows, i, 7);
		(void) row_digest(rows, i, 8, &attempt->guess);
		attempt->has_code = row_digest(rows, i, 9, &attempt->code);
	}
	return (int) rows->count;
}

/* Finds none where it was forgotten, or where there was none. */
TimestampTz
loyalty_attempt_last_right(int32 org_id, int64 customer_id, CodePurpose purpose)
{
	LoyaltyRows *rows =
		loyalty_query_latest(&last_right, LOYALTY_GIVEN(LOYALTY_CUSTOMER(org_id, customer_id),
														loyalty_text(loyalty_code_purpose_word(purpose))));

	return rows->count == 0 ? CODE_NEVER_RIGHT : DatumGetTimestampTz(loyalty_row_value(rows, 0, 1));
}

/* Names the transaction by its top: what a savepoint takes back was never there. */
bool
loyalty_attempt_insert(int32 org_id, int64 customer_id, CodePurpose purpose, const AttemptRow *attempt)
{
	bytea *guess = palloc(VARHDRSZ + sizeof(attempt->guess.bytes));

	SET_VARSIZE(guess, VARHDRSZ + sizeof(attempt->guess.bytes));
	memcpy(VARDATA(guess), attempt->guess.bytes, sizeof(attempt->guess.bytes));
	return LOYALTY_EXECUTE(&attempt_insert, LOYALTY_CUSTOMER(org_id, customer_id),
						   loyalty_text(loyalty_code_purpose_word(purpose)), loyalty_int4(attempt->run_no),
						   loyalty_int4(attempt->attempt_no), loyalty_int4(attempt->code_no),
						   loyalty_int4(attempt->failures_before), loyalty_time(attempt->entered_at),
						   loyalty_datum(PointerGetDatum(guess), false),
						   loyalty_datum(FullTransactionIdGetDatum(GetTopFullTransactionId()), false)) == 1;
}

/* Fails where the token is drawn twice, which does not happen. */
void
loyalty_token_insert(int32 org_id, const pg_uuid_t *digest, const TokenRow *token)
{
	KeptToken kept = { .customer_id = token->customer_id,
					   .org_id = org_id,
					   .run_no = token->run_no,
					   .attempt_no = token->attempt_no,
					   .digest = *digest,
					   .purpose = loyalty_code_purpose_word(token->purpose) };

	loyalty_write(&token_insert, &kept, 1);
}

/* Finds none of a purpose that only a later version knows. */
bool
loyalty_token_find(int32 org_id, const pg_uuid_t *digest, TokenRow *token)
{
	LoyaltyRows *rows =
		loyalty_query_latest(&token_find, LOYALTY_GIVEN(loyalty_int4(org_id),
														loyalty_datum(UUIDPGetDatum(digest), false)));
	KeptToken kept;

	if (rows->count == 0)
		return false;
	loyalty_row_read(rows, 0, &token_layout, &kept);
	*token = (TokenRow){ .customer_id = kept.customer_id,
						 .purpose = loyalty_code_purpose_named(kept.purpose),
						 .run_no = kept.run_no,
						 .attempt_no = kept.attempt_no };
	return token->purpose != CODE_PURPOSE_COUNT;
}

/* Sees what others have committed by now. */
bool
loyalty_proof_is_used(int32 org_id, const TokenRow *token)
{
	return loyalty_query_latest(&use_find,
								LOYALTY_GIVEN(LOYALTY_CUSTOMER(org_id, token->customer_id),
											  loyalty_text(loyalty_code_purpose_word(token->purpose)),
											  loyalty_int4(token->run_no)))
			   ->count > 0;
}

/* A transaction that uses it up at the same time is waited for: the key says who was first. */
bool
loyalty_proof_use(int32 org_id, const TokenRow *token, TimestampTz used_at, int64 used_for)
{
	return LOYALTY_EXECUTE(&use_insert, LOYALTY_CUSTOMER(org_id, token->customer_id),
						   loyalty_text(loyalty_code_purpose_word(token->purpose)),
						   loyalty_int4(token->run_no), loyalty_time(used_at),
						   loyalty_int8_or_null(used_for)) == 1;
}

/* Keeps the first one who did it. */
void
loyalty_run_release(int32 org_id, int64 customer_id, CodePurpose purpose, int32 run_no,
					TimestampTz released_at, const char *reason, const char *actor)
{
	LOYALTY_EXECUTE(&release_insert, LOYALTY_CUSTOMER(org_id, customer_id),
					loyalty_text(loyalty_code_purpose_word(purpose)), loyalty_int4(run_no),
					loyalty_time(released_at), loyalty_text(reason), loyalty_text(actor));
}
