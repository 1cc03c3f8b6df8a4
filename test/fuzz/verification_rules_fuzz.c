/*
 * verification_rules_fuzz.c: rules of one-time codes under any numbers: whatever they are, no run has more guesses than it
 * may, a day of guesses has no more than the rules add up to, and only a right guess or a release takes failures away.
 */
// sources: verification_rules.c word_rules.c
#include <string.h>

#include "fuzz_input.h"
#include "verification/verification_rules.h"

/* Reads rules within their bounds. */
static CodeRules
some_rules(FuzzInput *input)
{
	CodeRules rules = loyalty_code_rules_default();
	const char *allowed;

	rules.attempts = (int32_t) fuzz_number(input, 1, 10);
	rules.block_seconds = (int32_t) fuzz_number(input, 1, 1000);
	rules.failures_max = (int32_t) fuzz_number(input, 1, 100);
	rules.resend_seconds = (int32_t) fuzz_number(input, 0, 1000);
	REQUIRE(loyalty_code_rules_check(&rules, &allowed) == NULL);
	return rules;
}

/* Guesses as fast as it may for a time, wrong ones alone, and counts. */
static void
guess_on(FuzzInput *input, const CodeRules *rules)
{
	CodeRun run = { 0 };
	int64_t now = 0;
	int64_t guesses = 0;
	int i;

	for (i = 0; i < 300; i++)
	{
		CodeState state = loyalty_code_state(rules, &run, now);

		REQUIRE(state.attempts_left >= 0 && state.attempts_left <= rules->attempts);
		REQUIRE(state.run_no == run.run_no || state.run_no == run.run_no + 1);
		if (!loyalty_code_is_blocked(&state, now))
		{
			REQUIRE(state.attempts_left > 0);
			if (state.run_no != run.run_no)
				run = (CodeRun){ .run_no = state.run_no, .failures_before = state.failures_before };
			run.guesses = state.attempt_no;
			run.last_at = now;
			guesses++;
		}
		REQUIRE(guesses <= rules->failures_max);
		REQUIRE(guesses <= rules->attempts * (1 + now / (rules->block_seconds * INT64_C(1000000))));
		now += (int64_t) fuzz_bits(input, 2) * 100000;
	}
}

/* Reads a run of any numbers that a table could have. */
static CodeRun
some_run(FuzzInput *input)
{
	CodeRun run = { .run_no = (int32_t) fuzz_number(input, 1, 50),
					.guesses = (int32_t) fuzz_number(input, 1, 10),
					.failures_before = (int32_t) fuzz_number(input, 0, 100),
					.last_at = (int64_t) fuzz_bits(input, 4) * 1000,
					.right_at = (int64_t) fuzz_bits(input, 4) * 1000 };

	run.is_right = fuzz_bits(input, 1) % 4 == 0;
	return run;
}

/* Merges two, in either order of those who are joined: more guesses of others never leave more, and the order does not matter. */
static void
merge(FuzzInput *input, const CodeRules *rules)
{
	CodeRun own = some_run(input);
	CodeRun others[2] = { some_run(input), some_run(input) };
	int64_t now = (int64_t) fuzz_bits(input, 4) * 2000;
	CodeState alone = loyalty_code_state(rules, &own, now);
	CodeState joined[2] = { alone, alone };
	int i;

	for (i = 0; i < 2; i++)
	{
		loyalty_code_state_join(rules, &joined[i], &own, &others[i], now);
		REQUIRE(joined[i].attempts_left <= alone.attempts_left && joined[i].failures >= alone.failures);
		REQUIRE(joined[i].blocked_until >= alone.blocked_until);
		loyalty_code_state_join(rules, &joined[i], &own, &others[1 - i], now);
	}
	REQUIRE(joined[0].attempts_left == joined[1].attempts_left && joined[0].failures == joined[1].failures);
	REQUIRE(joined[0].failures < rules->failures_max || joined[0].blocked_until == CODE_BLOCKED_FOR_EVER);
}

/* Any text for a word and a guess; any times. */
int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	FuzzInput input = { data, size };
	CodeRules rules = some_rules(&input);
	int64_t sent = (int64_t) fuzz_bits(&input, 8);
	int64_t now = (int64_t) fuzz_bits(&input, 8);
	char text[64];
	size_t before;
	int64_t wait = loyalty_code_resend_wait(&rules, sent, now);
	int i;

	REQUIRE(wait >= 0 && wait <= rules.resend_seconds);
	for (i = 0; i < 63; i++)
		text[i] = (char) fuzz_byte(&input);
	text[63] = '\0';
	before = strlen(text);
	(void) loyalty_code_purpose_named(text);
	(void) loyalty_code_template_has_mark(text);
	loyalty_code_normalise(text);
	REQUIRE(strlen(text) <= before && strpbrk(text, " -abcxyz") == NULL);
	guess_on(&input, &rules);
	merge(&input, &rules);
	return 0;
}
