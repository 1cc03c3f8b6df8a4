/*
 * run.c: runs of guesses, judged.
 *
 * A guess that is seen is committed, or this transaction's own. Entering flushes its commit (ForceSyncCommit), so one that is seen
 * cannot be lost by a crash, and one that is judged was counted. Whoever rolls an entering back has learnt nothing, since nothing was
 * compared; whoever rolls a judgement back gets the same one again.
 */
#include "postgres.h"

#include "common/errors.h"
#include "verification/code_digest.h"
#include "verification/run.h"
#include "verification/setting_store.h"

/* Raises LY706 where one of some guesses is this transaction's own, before any of them is compared. */
static void
require_committed(const AttemptRow *attempts, int count)
{
	int i;

	for (i = 0; i < count; i++)
		if (attempts[i].is_own)
			ereport(ERROR,
					(errcode(ERRCODE_LOYALTY_CODE_NOT_COMMITTED),
					 errmsg("a code was entered in this very transaction"),
					 errdetail("It is judged when the transaction that entered it has been committed."),
					 errhint("Commit after loyalty.enter_code().")));
}

/* Compares a guess with its code. One whose code was forgotten is wrong. */
static bool
is_right(const AttemptRow *attempt)
{
	return attempt->has_code && loyalty_digests_equal(&attempt->guess, &attempt->code);
}

/* Compares the last guess alone: those before it in a run are wrong, or it would have ended. */
void
loyalty_run_read(int32 org_id, int64 customer_id, CodePurpose purpose, JudgedRun *judged)
{
	AttemptRow *attempts;
	int count = loyalty_attempts_read(org_id, customer_id, purpose, 0, &attempts);
	const AttemptRow *last = &attempts[Max(count, 1) - 1];

	require_committed(attempts, count);
	*judged = (JudgedRun){ .run = { .run_no = last->run_no,
									.guesses = count,
									.failures_before = last->failures_before,
									.last_at = last->entered_at,
									.right_at = CODE_NEVER_RIGHT,
									.is_right = count > 0 && is_right(last),
									.is_unblocked = last->is_released },
						   .attempts = attempts };
	if (judged->run.is_right)
		judged->right_code_no = last->code_no;
}

/*
 * Takes the longest block, and counts guesses and failures of all: a merge must not set anybody free. Places in runs are those of the
 * root, under whose id guesses go from the merge on. When the root last had a right one is asked only where somebody was merged.
 */
CodeState
loyalty_run_state(const LoyaltyCall *call, const CodeSubject *subject, TimestampTz now, JudgedRun *latest)
{
	CodeRules rules = loyalty_verification_rules(call->org, subject->purpose);
	int32 org_id = call->org->org_id;
	CodeState state;
	int64 *ids;
	int members = 1;
	int m;

	loyalty_run_read(org_id, subject->customer_id, subject->purpose, latest);
	state = loyalty_code_state(&rules, &latest->run, now);
	if (subject->customer != NULL)
		members = loyalty_customer_group(subject->customer, &ids);
	for (m = 1; m < members; m++)
	{
		JudgedRun other;

		loyalty_run_read(org_id, ids[m], subject->purpose, &other);
		if (m == 1 && latest->run.run_no > 1)
			latest->run.right_at = loyalty_attempt_last_right(org_id, subject->customer_id, subject->purpose);
		loyalty_code_state_join(&rules, &state, &latest->run, &other.run, now);
	}
	return state;
}

/*
 * Reads the whole run, so that no other guess of this transaction escapes. The latest one was asked about that as it was read, and is not
 * read again.
 */
bool
loyalty_attempt_judge(int32 org_id, const TokenRow *token, const JudgedRun *latest, JudgedAttempt *judged)
{
	AttemptRow *read;
	const AttemptRow *attempts;
	int count;
	int i;

	if (latest != NULL && latest->run.run_no == token->run_no)
	{
		attempts = latest->attempts;
		count = latest->run.guesses;
	}
	else
	{
		count = loyalty_attempts_read(org_id, token->customer_id, token->purpose, token->run_no, &read);
		require_committed(read, count);
		attempts = read;
	}
	for (i = 0; i < count; i++)
		if (attempts[i].attempt_no == token->attempt_no)
		{
			*judged = (JudgedAttempt){ .is_right = is_right(&attempts[i]),
									   .code_no = attempts[i].code_no,
									   .entered_at = attempts[i].entered_at };
			return true;
		}
	return false;
}
