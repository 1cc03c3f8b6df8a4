/*
 * verification_rules_test.c: one-time codes: bounds of rules, every boundary to the microsecond, and runs of guesses: all
 * sequences of eight guesses, waits and releases against a model that keeps a list of them.
 */
#include <stddef.h>
#include <stdio.h>
#include <string.h>

#include "tap.h"
#include "verification/verification_rules.h"

#define SECOND INT64_C(1000000)
#define STEPS 8
#define MOST_FAILURES 5

/* Tells whether a rule of that name is refused with a value. */
static bool
refuses(size_t offset, int32_t value, const char *name)
{
	CodeRules rules = loyalty_code_rules_default();
	const char *allowed = NULL;
	const char *bad;

	memcpy((char *) &rules + offset, &value, sizeof(value));
	bad = loyalty_code_rules_check(&rules, &allowed);
	return bad != NULL && strcmp(bad, name) == 0 && allowed != NULL;
}

#define BOUNDED(member, least, most) \
	(refuses(offsetof(CodeRules, member), (least) -1, #member) && \
	 !refuses(offsetof(CodeRules, member), least, #member) && \
	 !refuses(offsetof(CodeRules, member), most, #member) && \
	 refuses(offsetof(CodeRules, member), (most) + 1, #member))

static void
test_words(void)
{
	CodePurpose purpose;
	bool all = true;

	for (purpose = 0; purpose < CODE_PURPOSE_COUNT; purpose++)
		all = all && loyalty_code_purpose_named(loyalty_code_purpose_word(purpose)) == purpose;
	ok(all, "a purpose is found by its word");
	ok(loyalty_code_purpose_named("Points Redemption") == CODE_POINTS_REDEMPTION &&
		   loyalty_code_purpose_named("points") == CODE_PURPOSE_COUNT &&
		   loyalty_code_purpose_named("") == CODE_PURPOSE_COUNT,
	   "in any spelling, and by nothing else");
}

static void
test_bounds(void)
{
	CodeRules rules = loyalty_code_rules_default();
	const char *allowed;

	ok(loyalty_code_rules_check(&rules, &allowed) == NULL, "the defaults are within their bounds");
	ok(rules.resend_seconds == 60 && rules.life_seconds == 300 && rules.attempts == 3 &&
		   rules.block_seconds == 43200 && rules.code_length == 6 && !rules.letters &&
		   rules.codes_per_day == 10 && rules.failures_max == 100 && rules.proof_seconds == 300 &&
		   !rules.required && !rules.binds_amount,
	   "the defaults are 60 s, 300 s, 3 attempts, 12 h, 6 digits, 10 a day, 100 failures, 300 s");
	ok(BOUNDED(resend_seconds, 0, 86400) && BOUNDED(life_seconds, 10, 86400) && BOUNDED(attempts, 1, 10) &&
		   BOUNDED(block_seconds, 1, 2592000),
	   "times and attempts have bounds");
	ok(BOUNDED(code_length, 4, 12) && BOUNDED(codes_per_day, 1, 1000) && BOUNDED(failures_max, 1, 100) &&
		   BOUNDED(proof_seconds, 10, 86400),
	   "length, sends, failures and proofs have bounds");
}

static void
test_times(void)
{
	CodeRules rules = loyalty_code_rules_default();
	int64_t sent = 1000 * SECOND;

	ok(loyalty_code_resend_wait(&rules, sent, sent) == 60 &&
		   loyalty_code_resend_wait(&rules, sent, sent + 59 * SECOND) == 1 &&
		   loyalty_code_resend_wait(&rules, sent, sent + 60 * SECOND - 1) == 1 &&
		   loyalty_code_resend_wait(&rules, sent, sent + 60 * SECOND) == 0,
	   "a code may be sent again after 60 seconds, not after 59");
	ok(loyalty_code_resend_wait(&rules, sent, sent - 5000 * SECOND) == 60,
	   "where the clock was set back, nobody waits longer than that");
	ok(loyalty_code_is_alive(sent + 300 * SECOND, sent + 300 * SECOND - 1) &&
		   !loyalty_code_is_alive(sent + 300 * SECOND, sent + 300 * SECOND),
	   "a code of 300 seconds is none at the end of them");
	ok(loyalty_code_proof_is_good(&rules, sent, sent + 300 * SECOND - 1) &&
		   !loyalty_code_proof_is_good(&rules, sent, sent + 300 * SECOND) &&
		   loyalty_code_proof_is_good(&rules, INT64_MAX - 1, INT64_MAX - 1),
	   "nor is a proof");
	ok(loyalty_code_day_has_room(&rules, 9) && !loyalty_code_day_has_room(&rules, 10),
	   "ten a day, not eleven");
}

static void
test_amounts(void)
{
	CodeRules rules = loyalty_code_rules_default();

	ok(loyalty_code_amount_fits(&rules, false, 0, true, 500) &&
		   loyalty_code_amount_fits(&rules, false, 0, false, 0),
	   "a proof that is bound to no amount is for any");
	ok(loyalty_code_amount_fits(&rules, true, 500, true, 500) &&
		   !loyalty_code_amount_fits(&rules, true, 500, true, 600) &&
		   !loyalty_code_amount_fits(&rules, true, 500, false, 0),
	   "a bound one for its own, and for no operation without one");
	rules.binds_amount = true;
	ok(!loyalty_code_amount_fits(&rules, false, 0, true, 500) &&
		   loyalty_code_amount_fits(&rules, false, 0, false, 0) &&
		   loyalty_code_amount_fits(&rules, true, 500, true, 500),
	   "where codes are bound, one that is not is for no amount");
}

static void
test_texts(void)
{
	char guess[] = " ab-12 cd";
	char empty[] = " - ";

	loyalty_code_normalise(guess);
	loyalty_code_normalise(empty);
	ok(strcmp(guess, "AB12CD") == 0 && empty[0] == '\0',
	   "guesses are compared without blanks, hyphens and case");
	ok(loyalty_code_template_has_mark("Code: {{pin}}.") && !loyalty_code_template_has_mark("Code: {{ pin }}"),
	   "a template has the mark as it is written");
}

/* List of all guesses: when, and whether right; a release is a guess that counts for nothing. */
typedef struct Model
{
	int64_t at[STEPS];
	char kinds[STEPS]; /* 'w': wrong, 'r': right, 'u': released */
	int count;
} Model;

/* Finds by walking over the list how many guesses of the open run there are, and until when it blocks. */
static int
open_guesses(const Model *model, const CodeRules *rules, int64_t now, int64_t *end)
{
	int guesses = 0;
	int i;

	for (i = 0; i < model->count; i++)
	{
		if (guesses > 0 && model->at[i] >= *end)
			guesses = 0;
		if (model->kinds[i] == 'w')
		{
			guesses++;
			*end = model->at[i] + rules->block_seconds * SECOND;
		}
		else
			guesses = 0;
	}
	return guesses > 0 && now >= *end ? 0 : guesses;
}

/* Counts wrong ones since the last that was right or released. */
static int
wrong_in_a_row(const Model *model)
{
	int count = 0;
	int i;

	for (i = 0; i < model->count; i++)
		count = model->kinds[i] == 'w' ? count + 1 : 0;
	return count;
}

/* Compares a state with the model. */
static bool
agrees(const CodeState *state, const Model *model, const CodeRules *rules, int64_t now)
{
	int64_t end = 0;
	int guesses = open_guesses(model, rules, now, &end);
	bool capped = wrong_in_a_row(model) >= rules->failures_max;
	bool blocked = capped || guesses >= rules->attempts;

	return loyalty_code_is_blocked(state, now) == blocked && state->attempt_no == guesses + 1 &&
		   state->attempts_left == rules->attempts - guesses &&
		   (!blocked || state->blocked_until == (capped ? CODE_BLOCKED_FOR_EVER : end));
}

/* Makes a guess of both. */
static void
guess(CodeRun *run, const CodeState *state, Model *model, char kind, int64_t now)
{
	if (state->run_no != run->run_no)
		*run = (CodeRun){ .run_no = state->run_no, .failures_before = state->failures_before };
	run->guesses = state->attempt_no;
	run->last_at = now;
	run->is_right = kind == 'r';
	model->at[model->count] = now;
	model->kinds[model->count++] = kind;
}

/* Steps: 0 a wrong guess, 1 a right one, 2 waits to a moment before the end of a block, 3 to the end, 4 is released. */
static bool
walk(int sequence)
{
	CodeRules rules = loyalty_code_rules_default();
	CodeRun run = { 0 };
	Model model = { .count = 0 };
	int64_t now = 0;
	int i;

	rules.failures_max = MOST_FAILURES;
	for (i = 0; i < STEPS; i++, sequence /= 5)
	{
		int what = sequence % 5;
		CodeState state = loyalty_code_state(&rules, &run, now);

		if (!agrees(&state, &model, &rules, now))
			return false;
		if (what == 2 || what == 3)
			now = run.last_at + rules.block_seconds * SECOND - (what == 2);
		else if (what == 4)
		{
			run.is_unblocked = true;
			model.at[model.count] = now;
			model.kinds[model.count++] = 'u';
		}
		else if (!loyalty_code_is_blocked(&state, now))
			guess(&run, &state, &model, what == 1 ? 'r' : 'w', now);
	}
	return true;
}

static void
test_runs(void)
{
	int sequences = 1;
	int i;
	bool all = true;

	for (i = 0; i < STEPS; i++)
		sequences *= 5;
	for (i = 0; all && i < sequences; i++)
		all = walk(i);
	ok(all, "runs of guesses are those of a model, for all 390,625 sequences of eight steps");
}

static void
test_run_ends(void)
{
	CodeRules rules = loyalty_code_rules_default();
	CodeRun run = { .run_no = 1, .guesses = 3, .last_at = INT64_MAX - 5 };
	CodeState state = loyalty_code_state(&rules, &run, 0);

	ok(loyalty_code_is_blocked(&state, 0), "a full run goes on where the clock was set back");
	rules.attempts = 2;
	run.last_at = 0;
	state = loyalty_code_state(&rules, &run, 1);
	ok(state.attempts_left == 0 && loyalty_code_is_blocked(&state, 1),
	   "and where the rules allow fewer guesses by now");
}

/* Guesses that are left to a customer with so many in an open run, whose victim has so many in one of an hour before. */
static int
left_after_merge(int own_guesses, int other_guesses, bool is_right, bool *is_blocked)
{
	CodeRules rules = loyalty_code_rules_default();
	int64_t hour = 3600 * SECOND;
	CodeRun own = {
		.run_no = own_guesses > 0, .guesses = own_guesses, .last_at = 2 * hour, .is_right = is_right
	};
	CodeRun other = { .run_no = other_guesses > 0, .guesses = other_guesses, .last_at = hour };
	CodeState state = loyalty_code_state(&rules, &own, 3 * hour);

	loyalty_code_state_join(&rules, &state, &own, &other, 3 * hour);
	*is_blocked =
		loyalty_code_is_blocked(&state, 13 * hour - 1) && !loyalty_code_is_blocked(&state, 14 * hour);
	return state.attempts_left;
}

static void
test_merges(void)
{
	bool all = true;
	bool is_blocked;
	int own;
	int other;

	for (own = 0; own <= 3; own++)
		for (other = 0; other <= 3; other++)
		{
			int left = own + other < 3 ? 3 - own - other : 0;

			all &= left_after_merge(own, other, false, &is_blocked) == left && is_blocked == (left == 0);
		}
	ok(all, "a merge buys no guesses: those of both runs count, for all sixteen pairs");
	ok(left_after_merge(1, 2, true, &is_blocked) == 3 && !is_blocked,
	   "a right one after them ends the other run, too");
}

/*
 * Tells whether a customer is blocked for ever, with so many failures one after the other since a right guess at a time, after two were
 * merged into it, who failed so often at another.
 */
static bool
is_capped(int32_t own_failures, int64_t right_at, int32_t first_failures, int32_t second_failures,
		  int64_t others_at)
{
	CodeRules rules = loyalty_code_rules_default();
	int64_t day = 86400 * SECOND;
	CodeRun own = { .run_no = 40,
					.guesses = own_failures > 0,
					.failures_before = own_failures - (own_failures > 0),
					.last_at = 10 * day,
					.right_at = right_at };
	CodeRun first = {
		.run_no = 40, .guesses = 1, .failures_before = first_failures - 1, .last_at = others_at
	};
	CodeRun second = {
		.run_no = 40, .guesses = 1, .failures_before = second_failures - 1, .last_at = others_at
	};
	CodeState state;

	own.is_right = own_failures == 0;
	state = loyalty_code_state(&rules, &own, 12 * day);
	loyalty_code_state_join(&rules, &state, &own, &first, 12 * day);
	loyalty_code_state_join(&rules, &state, &own, &second, 12 * day);
	return state.blocked_until == CODE_BLOCKED_FOR_EVER;
}

static void
test_cap_of_group(void)
{
	int64_t day = 86400 * SECOND;

	ok(is_capped(40, CODE_NEVER_RIGHT, 30, 30, 5 * day) && !is_capped(39, CODE_NEVER_RIGHT, 30, 30, 5 * day),
	   "a hundred failures of a merge group are too many, be they of one or of three");
	ok(is_capped(40, 5 * day, 30, 30, 5 * day) && !is_capped(40, 5 * day + 1, 30, 30, 5 * day),
	   "unless a right guess of the survivor came after those of the others");
	ok(!is_capped(0, CODE_NEVER_RIGHT, 50, 50, 5 * day) && is_capped(0, CODE_NEVER_RIGHT, 50, 50, 11 * day),
	   "as the last one, too");
	ok(is_capped(40, 9 * day, 100, 1, 5 * day), "who was blocked for ever brings that along");
}

int
main(void)
{
	plan(25);
	test_words();
	test_bounds();
	test_times();
	test_amounts();
	test_texts();
	test_runs();
	test_run_ends();
	test_merges();
	test_cap_of_group();
	return tap_exit();
}
