/*
 * guess.c: guesses at codes.
 *
 * Entering takes the place of the guess in its run, which is the key of its row: two sessions cannot have one place, and one that
 * finds it taken waits for the other's end and looks again. Only guesses of before are judged for it, which are committed. The commit
 * is flushed whatever synchronous_commit says: a guess that others see must not be lost by a crash.
 */
#include "postgres.h"

#include "access/xact.h"
#include "miscadmin.h"

#include "common/clock.h"
#include "common/errors.h"
#include "verification/code_digest.h"
#include "verification/guess.h"

/* Raises LY704, with the seconds that are left, or who can end it where time does not. */
static void
require_unblocked(const CodeState *state, TimestampTz now)
{
	if (!loyalty_code_is_blocked(state, now))
		return;
	if (state->blocked_until == CODE_BLOCKED_FOR_EVER)
		ereport(ERROR, (errcode(ERRCODE_LOYALTY_CODE_BLOCKED),
						errmsg("too many wrong codes were entered one after the other"),
						errhint("loyalty.unblock_verification() ends that.")));
	ereport(ERROR, (errcode(ERRCODE_LOYALTY_CODE_BLOCKED), errmsg("too many wrong codes were entered"),
					errdetail("The next one may be entered in " INT64_FORMAT " s.",
							  (state->blocked_until - now + USECS_PER_SEC - 1) / USECS_PER_SEC)));
}

/* Raises LY705, which uses no attempt. */
static void
raise_not_alive(void)
{
	ereport(ERROR, (errcode(ERRCODE_LOYALTY_CODE_NOT_ALIVE), errmsg("there is no code that could be entered"),
					errdetail("None was sent for this purpose, or it has expired or was used."),
					errhint("Send one with loyalty.send_code().")));
}

/*
 * Finds the code that a guess is about: LY705 where the last one is none any more. A code that was right is the one that the last run
 * ended with.
 */
static void
find_code(const LoyaltyCall *call, const CodeSubject *subject, const JudgedRun *latest, TimestampTz now,
		  CodeRow *code)
{
	if (!loyalty_code_latest(call->org->org_id, subject->customer_id, subject->purpose, code) ||
		!loyalty_code_is_alive(code->expires_at, now) || code->code_no == latest->right_code_no)
		raise_not_alive();
}

/*
 * Takes the next place of the run; false where another session took it meanwhile. What was read before the place is taken may be old by
 * then: the key of the row says so, and all is read again.
 */
static bool
take_place(const LoyaltyCall *call, const CodeSubject *subject, const char *guess, AttemptRow *attempt,
		   int32 *left)
{
	TimestampTz now = loyalty_wall_clock();
	JudgedRun latest;
	CodeState state = loyalty_run_state(call, subject, now, &latest);
	CodeRow code;
	CodeOf of;

	require_unblocked(&state, now);
	find_code(call, subject, &latest, now, &code);
	*attempt = (AttemptRow){ .run_no = state.run_no,
							 .attempt_no = state.attempt_no,
							 .code_no = code.code_no,
							 .failures_before = state.failures_before,
							 .entered_at = now };
	*left = state.attempts_left - 1;
	of = (CodeOf){ call->org->org_id, subject->customer_id, subject->purpose, code.code_no };
	if (!loyalty_code_digest(&of, code.key_id, guess, &attempt->guess))
		raise_not_alive();
	return loyalty_attempt_insert(of.org_id, of.customer_id, of.purpose, attempt);
}

/* Each round that loses has waited for one that won: there are no more of them than guesses. */
int32
loyalty_code_enter(LoyaltyCall *call, const CodeSubject *subject, const char *guess, pg_uuid_t *token)
{
	AttemptRow attempt;
	TokenRow stands_for;
	pg_uuid_t digest;
	int32 left;

	while (!take_place(call, subject, guess, &attempt, &left))
		CHECK_FOR_INTERRUPTS();
	stands_for = (TokenRow){ .customer_id = subject->customer_id,
							 .purpose = subject->purpose,
							 .run_no = attempt.run_no,
							 .attempt_no = attempt.attempt_no };
	loyalty_token_draw(token);
	loyalty_token_digest(token, &digest);
	loyalty_token_insert(call->org->org_id, &digest, &stands_for);
	ForceSyncCommit();
	return left;
}

/* Raises LY707. */
static void
raise_unknown(void)
{
	ereport(ERROR, (errcode(ERRCODE_LOYALTY_PROOF_INVALID), errmsg("the attempt does not exist")));
}

/* Asks under the caller's org alone: a token of another org is none. */
void
loyalty_guess_find(const LoyaltyCall *call, const pg_uuid_t *attempt, TokenRow *token)
{
	pg_uuid_t digest;

	loyalty_token_digest(attempt, &digest);
	if (!loyalty_token_find(call->org->org_id, &digest, token))
		raise_unknown();
}

/* Says of a token that stands for nothing any more, since its guess was erased, what is said of one that never did. */
void
loyalty_guess_judge(const LoyaltyCall *call, const TokenRow *token, const JudgedRun *latest,
					JudgedAttempt *judged)
{
	if (!loyalty_attempt_judge(call->org->org_id, token, latest, judged))
		raise_unknown();
}
