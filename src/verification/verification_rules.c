/*
 * verification_rules.c: what decides about one-time codes.
 *
 * Guesses come in runs. A run ends with a right guess, by hand, or when block_seconds have passed since its last guess; a run
 * that is full blocks until then. Codes do not begin runs: a new code buys no guesses. Failures are counted on across runs, so
 * that nobody guesses for ever at the pace that runs allow. Pure: no server, no clock; all that it is told is committed.
 */
#include "verification/verification_rules.h"

#include <stddef.h>
#include <string.h>

#include "common/word_rules.h"

#define SECOND INT64_C(1000000)
#define DAY_SECONDS (24 * 60 * 60)

static const char *const words[CODE_PURPOSE_COUNT] = {
	[CODE_REGISTRATION] = "registration",
	[CODE_PARTICIPATION_ACTIVATION] = "participation_activation",
	[CODE_POINTS_REDEMPTION] = "points_redemption",
	[CODE_POINTS_TRANSFER] = "points_transfer",
	[CODE_COUPON] = "coupon",
	[CODE_IDENTIFIER_CHANGE] = "identifier_change",
	[CODE_STATUS_CHANGE] = "status_change",
	[CODE_CARD_ISSUE] = "card_issue",
	[CODE_USER_GROUP] = "user_group",
	[CODE_GENERIC] = "generic",
};

/* Bounds of a rule. */
typedef struct Bounds
{
	const char *name;
	size_t offset;
	int32_t least;
	int32_t most;
	const char *allowed;
} Bounds;

#define BOUND(name, least, most) \
	{ \
#name, offsetof(CodeRules, name), least, most, #least " to " #most \
	}

/* A hundred failures are the most that guessing at six digits should ever get. */
static const Bounds bounds[] = {
	BOUND(resend_seconds, 0, 86400),  BOUND(life_seconds, 10, 86400),  BOUND(attempts, 1, 10),
	BOUND(block_seconds, 1, 2592000), BOUND(code_length, 4, 12),	   BOUND(codes_per_day, 1, 1000),
	BOUND(failures_max, 1, 100),	  BOUND(proof_seconds, 10, 86400),
};

#define BOUND_COUNT (sizeof(bounds) / sizeof(bounds[0]))

/* Returns a constant. */
const char *
loyalty_code_purpose_word(CodePurpose purpose)
{
	return words[purpose];
}

/* Compares as words are everywhere. */
CodePurpose
loyalty_code_purpose_named(const char *word)
{
	int place = loyalty_word_place(word, words, CODE_PURPOSE_COUNT);

	return place < 0 ? CODE_PURPOSE_COUNT : (CodePurpose) place;
}

/* A minute, five minutes, three guesses, twelve hours. */
CodeRules
loyalty_code_rules_default(void)
{
	return (CodeRules){ .resend_seconds = 60,
						.life_seconds = 300,
						.attempts = 3,
						.block_seconds = DAY_SECONDS / 2,
						.code_length = 6,
						.codes_per_day = 10,
						.failures_max = 100,
						.proof_seconds = 300 };
}

/* Goes through the list of bounds. */
const char *
loyalty_code_rules_check(const CodeRules *rules, const char **allowed)
{
	size_t i;

	for (i = 0; i < BOUND_COUNT; i++)
	{
		int32_t value;

		memcpy(&value, (const char *) rules + bounds[i].offset, sizeof(value));
		if (value < bounds[i].least || value > bounds[i].most)
		{
			*allowed = bounds[i].allowed;
			return bounds[i].name;
		}
	}
	return NULL;
}

/* Adds seconds to a time that may lie at an end of time. */
static int64_t
later(int64_t at, int32_t seconds)
{
	int64_t add = seconds * SECOND;

	return at > INT64_MAX - add ? INT64_MAX : at + add;
}

/* Counts wrong guesses since the last right one, or since somebody ended a run by hand. */
static int32_t
failures(const CodeRun *run)
{
	return run->is_right || run->is_unblocked ? 0 : run->failures_before + run->guesses;
}

/* A run of before the clock was set back goes on: who sets clocks must not win guesses. */
CodeState
loyalty_code_state(const CodeRules *rules, const CodeRun *run, int64_t now)
{
	int64_t end = later(run->last_at, rules->block_seconds);
	bool is_over = run->run_no == 0 || run->is_right || run->is_unblocked || now >= end;
	CodeState state = { .run_no = run->run_no,
						.failures = failures(run),
						.blocked_until = CODE_BLOCKED_NEVER };

	if (is_over)
	{
		state.run_no++;
		state.attempt_no = 1;
		state.failures_before = state.failures;
	}
	else
	{
		state.attempt_no = run->guesses + 1;
		state.failures_before = run->failures_before;
		if (run->guesses >= rules->attempts)
			state.blocked_until = end;
	}
	state.attempts_left = state.attempt_no > rules->attempts ? 0 : rules->attempts - state.attempt_no + 1;
	if (state.failures >= rules->failures_max)
		state.blocked_until = CODE_BLOCKED_FOR_EVER;
	return state;
}

/* Takes what is left away; where that is nothing, it blocks until the other run ends. Failures of all reach the cap together. */
void
loyalty_code_state_join(const CodeRules *rules, CodeState *state, const CodeRun *own, const CodeRun *other,
						int64_t now)
{
	CodeState others = loyalty_code_state(rules, other, now);
	int32_t open = others.attempt_no - 1;
	int64_t right_at = own->is_right ? own->last_at : own->right_at;

	if (right_at <= other->last_at)
	{
		state->attempts_left = open < state->attempts_left ? state->attempts_left - open : 0;
		if (open > 0 && state->attempts_left == 0)
			others.blocked_until = later(other->last_at, rules->block_seconds);
		state->failures += others.failures;
		if (state->failures >= rules->failures_max)
			others.blocked_until = CODE_BLOCKED_FOR_EVER;
	}
	if (others.blocked_until > state->blocked_until)
		state->blocked_until = others.blocked_until;
}

/* A block ends at its end. */
bool
loyalty_code_is_blocked(const CodeState *state, int64_t now)
{
	return state->blocked_until == CODE_BLOCKED_FOR_EVER || now < state->blocked_until;
}

/* A time in the future, where clocks were set back, is waited for no longer than the rule says. */
int64_t
loyalty_code_resend_wait(const CodeRules *rules, int64_t last_sent_at, int64_t now)
{
	int64_t next = later(last_sent_at, rules->resend_seconds);
	int64_t wait;

	if (now >= next)
		return 0;
	wait = now < last_sent_at ? rules->resend_seconds : (next - now + SECOND - 1) / SECOND;
	return wait;
}

/* Compares with the most. */
bool
loyalty_code_day_has_room(const CodeRules *rules, int32_t sends)
{
	return sends < rules->codes_per_day;
}

/* The end itself is too late. */
bool
loyalty_code_is_alive(int64_t expires_at, int64_t now)
{
	return now < expires_at;
}

/* Counts from the guess, not from its judgement, which may come when it likes. */
bool
loyalty_code_proof_is_good(const CodeRules *rules, int64_t entered_at, int64_t now)
{
	return now < later(entered_at, rules->proof_seconds);
}

/* A code that was sent for an amount is for that alone, also where the rules ask for none any more. */
bool
loyalty_code_amount_fits(const CodeRules *rules, bool has_bound, int64_t bound, bool has_amount,
						 int64_t amount)
{
	if (has_bound)
		return has_amount && bound == amount;
	return !rules->binds_amount || !has_amount;
}

/* Changes ASCII alone; whatever else is in a guess makes it a wrong one. */
void
loyalty_code_normalise(char *guess)
{
	char *to = guess;

	for (; *guess != '\0'; guess++)
	{
		if (*guess == ' ' || *guess == '-')
			continue;
		*to++ = *guess >= 'a' && *guess <= 'z' ? (char) (*guess - 'a' + 'A') : *guess;
	}
	*to = '\0';
}

/* Looks for the mark as it is written. */
bool
loyalty_code_template_has_mark(const char *body)
{
	return strstr(body, CODE_MARK) != NULL;
}
