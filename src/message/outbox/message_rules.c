/*
 * message_rules.c: whether a message may be sent, its states, and when it is tried again.
 *
 * The decision is a table whose first row that fits is the answer. Codes and notices to the org's own contacts ask for no
 * consent: who waits for a code wants it. Attempts are counted as a message is taken, so that one that ends its worker
 * comes to an end, too.
 *
 * States change in two places, as a message is taken and as a worker tells what became of it; whatever else ends a message (a
 * cancellation, a merge, a deletion) takes what is queued and nothing else. A state that has left the queue never changes.
 */
#include "message/outbox/message_rules.h"

#include <stddef.h>
#include <string.h>

#include "common/word_rules.h"

#define FIRST_BACKOFF 30 /* seconds */
#define MOST_BACKOFF 3600
#define MINUTES_PER_DAY 1440
#define ERROR_CODE_MAX 50

const char *const loyalty_send_outcomes[OUTCOME_COUNT] = { "sent", "retry", "failed" };

/* Has no default, so that the compiler finds a new state. */
const char *
loyalty_message_state_name(MessageState state)
{
	switch (state)
	{
		case MESSAGE_UNCHANGED:
			return NULL;
		case MESSAGE_QUEUED:
			return "queued";
		case MESSAGE_LEASED:
			return "leased";
		case MESSAGE_SENT:
			return "sent";
		case MESSAGE_FAILED:
			return "failed";
		case MESSAGE_DEAD:
			return "dead";
		case MESSAGE_EXPIRED:
			return "expired";
		case MESSAGE_CANCELED:
			return "canceled";
		case MESSAGE_SUPPRESSED:
			return "suppressed";
	}
	return NULL;
}

/* Judges what is promotional alone. */
static SendVerdict
judge_promotional(const SendFacts *facts)
{
	if (facts->consent == CONSENT_NONE && facts->needs_opt_in)
		return SEND_NOT_OPTED_IN;
	if (facts->is_control)
		return SEND_CONTROL_GROUP;
	if (facts->is_registered && !facts->sends_to_ndnc &&
		!(facts->consent == CONSENT_OPTED_IN && facts->consent_holds))
		return SEND_DND;
	return facts->is_over_the_cap ? SEND_CAPPED : SEND_ALLOWED;
}

/* Goes down the table; whoever opted out is told so before any reason that the org could lift. */
SendVerdict
loyalty_message_judge(const SendFacts *facts)
{
	if (facts->is_stopped && !facts->about_deletion)
		return SEND_STATUS;
	if (!facts->has_address)
		return SEND_NO_ADDRESS;
	if (facts->purpose == PURPOSE_CODE || facts->purpose == PURPOSE_CONTACT)
		return SEND_ALLOWED;
	if (facts->consent == CONSENT_OPTED_OUT)
		return SEND_OPTED_OUT;
	return facts->purpose == PURPOSE_PROMOTIONAL ? judge_promotional(facts) : SEND_ALLOWED;
}

/* Reads the words that tables and answers have. */
const char *
loyalty_send_cause(SendVerdict verdict)
{
	static const char *const causes[SEND_VERDICT_COUNT] = {
		[SEND_STATUS] = "status",
		[SEND_NO_ADDRESS] = "no_address",
		[SEND_OPTED_OUT] = "opted_out",
		[SEND_NOT_OPTED_IN] = "not_opted_in",
		[SEND_CONTROL_GROUP] = "control_group",
		[SEND_DND] = "dnd",
		[SEND_CAPPED] = "capped",
	};

	return causes[verdict];
}

/* Asks for the clock first: a message that came too late is no failure of anybody. */
MessageState
loyalty_message_taken(const MessageTaking *taking)
{
	if (taking->now >= taking->valid_until)
		return MESSAGE_EXPIRED;
	if (taking->attempts >= taking->max_attempts)
		return MESSAGE_DEAD;
	return taking->verdict == SEND_ALLOWED ? MESSAGE_LEASED : MESSAGE_SUPPRESSED;
}

/* Asks for the lease first: who lost it says nothing that counts. */
MessageState
loyalty_message_acknowledged(MessageState state, bool is_its_lease, SendOutcome outcome, int attempts,
							 int max_attempts)
{
	if (state != MESSAGE_LEASED || !is_its_lease)
		return MESSAGE_UNCHANGED;
	if (outcome == OUTCOME_SENT)
		return MESSAGE_SENT;
	if (outcome == OUTCOME_FAILED)
		return MESSAGE_FAILED;
	return attempts < max_attempts ? MESSAGE_QUEUED : MESSAGE_DEAD;
}

/* Doubles with each attempt, so that a provider that is down for long is asked rarely. */
int
loyalty_message_backoff(int attempts)
{
	int seconds = FIRST_BACKOFF;

	for (; attempts > 1 && seconds < MOST_BACKOFF; attempts--)
		seconds *= 2;
	return seconds < MOST_BACKOFF ? seconds : MOST_BACKOFF;
}

/* Lets a transactional text alone be sent for another purpose: all others ask for less. */
char
loyalty_message_purpose(char given, char of_template)
{
	if (given == 0)
		return of_template == 0 ? PURPOSE_TRANSACTIONAL : of_template;
	return of_template == 0 || of_template == PURPOSE_TRANSACTIONAL || of_template == given ? given : 0;
}

/* Puts contacts of the org beside what is transactional. */
MessagePriority
loyalty_message_priority(char purpose)
{
	if (purpose == PURPOSE_CODE)
		return PRIORITY_CODE;
	return purpose == PURPOSE_PROMOTIONAL ? PRIORITY_PROMOTIONAL : PRIORITY_TRANSACTIONAL;
}

/* Takes the words of the field as well, BULK and TRANS. Nothing passes codes but codes. */
MessagePriority
loyalty_message_priority_named(char purpose, const char *word)
{
	static const char *const words[] = { "code", "transactional", "promotional", "trans", "bulk" };
	static const MessagePriority priorities[] = { PRIORITY_CODE, PRIORITY_TRANSACTIONAL, PRIORITY_PROMOTIONAL,
												  PRIORITY_TRANSACTIONAL, PRIORITY_PROMOTIONAL };
	int place = loyalty_word_place(word, words, sizeof(words) / sizeof(words[0]));

	if (place < 0 || (priorities[place] == PRIORITY_CODE && purpose != PURPOSE_CODE))
		return PRIORITY_COUNT;
	return priorities[place];
}

/* Takes signs that codes of providers are made of, and no blank, which texts have. */
bool
loyalty_error_is_code(const char *error)
{
	size_t length = strspn(error, "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_.-");

	return length > 0 && length <= ERROR_CODE_MAX && error[length] == '\0';
}

/* Counts on a clock that begins with the quiet hours: it is quiet while it shows less than their length. */
int
loyalty_quiet_minutes(int minute, int from, int to)
{
	int length = (to - from + MINUTES_PER_DAY) % MINUTES_PER_DAY;
	int since = (minute - from + MINUTES_PER_DAY) % MINUTES_PER_DAY;

	return since < length ? length - since : 0;
}
