/*
 * message_rules_fuzz.c: what an org or a customer allows more never suppresses a message; a message that is taken and answered
 * for ever ends; the backoff never falls; quiet hours end where they are said to end.
 */
// sources: message_rules.c word_rules.c
#include "fuzz_input.h"
#include "message/outbox/message_rules.h"

static void
fuzz_decision(FuzzInput *input)
{
	static const char purposes[] = { 'p', 't', 'c', 'o' };
	SendFacts facts = { .is_stopped = fuzz_bool(input),
						.about_deletion = fuzz_bool(input),
						.has_address = fuzz_bool(input),
						.purpose = purposes[fuzz_choice(input, 4)],
						.consent = (SaidConsent) fuzz_choice(input, 3),
						.consent_holds = fuzz_bool(input),
						.needs_opt_in = fuzz_bool(input),
						.is_control = fuzz_bool(input),
						.is_registered = fuzz_bool(input),
						.sends_to_ndnc = fuzz_bool(input),
						.is_over_the_cap = fuzz_bool(input) };
	SendVerdict verdict = loyalty_message_judge(&facts);
	SendFacts free = facts;

	REQUIRE((verdict == SEND_ALLOWED) == (loyalty_send_cause(verdict) == NULL));
	free.is_stopped = false;
	free.has_address = true;
	free.consent = CONSENT_OPTED_IN;
	free.consent_holds = true;
	free.is_control = false;
	free.is_over_the_cap = false;
	REQUIRE(loyalty_message_judge(&free) == SEND_ALLOWED);
	/* One who opts out is never reached more; a code goes wherever anything goes. */
	free = facts;
	free.consent = CONSENT_OPTED_OUT;
	REQUIRE(verdict == SEND_ALLOWED || loyalty_message_judge(&free) != SEND_ALLOWED);
	free = facts;
	free.purpose = PURPOSE_CODE;
	REQUIRE(verdict != SEND_ALLOWED || loyalty_message_judge(&free) == SEND_ALLOWED);
}

/* Tells whether a message is in the queue. */
static bool
is_open(MessageState state)
{
	return state == MESSAGE_QUEUED || state == MESSAGE_LEASED;
}

/* Plays a message to its end. */
static void
fuzz_life(FuzzInput *input)
{
	int max = (int) fuzz_number(input, 1, 100);
	MessageTaking taking = { .valid_until = fuzz_number(input, 0, 1000000), .max_attempts = max };
	MessageState state = MESSAGE_QUEUED;
	int takings = 0;

	while (is_open(state))
	{
		state = loyalty_message_taken(&taking);
		if (state != MESSAGE_LEASED)
			break;
		REQUIRE(++takings <= max && taking.now < taking.valid_until);
		taking.attempts++;
		REQUIRE(loyalty_message_acknowledged(state, false, OUTCOME_SENT, taking.attempts, max) ==
				MESSAGE_UNCHANGED);
		if (fuzz_bool(input)) /* the worker dies: the lease runs out */
			taking.now += 60;
		else
		{
			state = loyalty_message_acknowledged(state, true, (SendOutcome) fuzz_choice(input, OUTCOME_COUNT),
												 taking.attempts, max);
			taking.now += loyalty_message_backoff(taking.attempts);
		}
	}
	REQUIRE(!is_open(state) && loyalty_message_state_name(state) != NULL);
	REQUIRE(loyalty_message_backoff(takings + 1) >= loyalty_message_backoff(takings));
}

static void
fuzz_texts(FuzzInput *input)
{
	int minute = (int) fuzz_number(input, 0, 1439);
	int from = (int) fuzz_number(input, 0, 1439);
	int to = (int) fuzz_number(input, 0, 1439);
	int wait = loyalty_quiet_minutes(minute, from, to);
	char text[80];

	fuzz_text(input, text, sizeof(text) - 1);
	REQUIRE(wait >= 0 && wait < 1440 && (wait == 0 || (minute + wait) % 1440 == to));
	REQUIRE(loyalty_quiet_minutes((minute + wait) % 1440, from, to) == 0);
	if (loyalty_error_is_code(text))
		REQUIRE(strpbrk(text, " @+\r\n\t") == NULL && strlen(text) <= 50);
	REQUIRE(loyalty_message_priority_named(PURPOSE_TRANSACTIONAL, text) != PRIORITY_CODE);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	FuzzInput input = { data, size };

	fuzz_decision(&input);
	fuzz_life(&input);
	fuzz_texts(&input);
	return 0;
}
