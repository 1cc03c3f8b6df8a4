/*
 * message_rules_test.c: the sending decision over all of its inputs, held against the table written down once more another way;
 * all transitions of states; backoff, priorities, codes of errors, quiet hours.
 */
#include <stddef.h>
#include <stdio.h>
#include <string.h>

#include "message/outbox/message_rules.h"
#include "tap.h"

static const char purposes[] = { PURPOSE_PROMOTIONAL, PURPOSE_TRANSACTIONAL, PURPOSE_CODE, PURPOSE_CONTACT };

/* The rows of the table, each as what must be so for it to fit; the first that fits is the answer. */
static SendVerdict
by_rows(const SendFacts *f)
{
	bool asked = f->purpose != PURPOSE_CODE && f->purpose != PURPOSE_CONTACT;
	bool promotional = f->purpose == PURPOSE_PROMOTIONAL;
	const struct
	{
		bool fits;
		SendVerdict verdict;
	} rows[] = {
		{ f->is_stopped && !f->about_deletion, SEND_STATUS },
		{ !f->has_address, SEND_NO_ADDRESS },
		{ !asked, SEND_ALLOWED },
		{ f->consent == CONSENT_OPTED_OUT, SEND_OPTED_OUT },
		{ promotional && f->consent == CONSENT_NONE && f->needs_opt_in, SEND_NOT_OPTED_IN },
		{ promotional && f->is_control, SEND_CONTROL_GROUP },
		{ promotional && f->is_registered && !f->sends_to_ndnc &&
			  (f->consent != CONSENT_OPTED_IN || !f->consent_holds),
		  SEND_DND },
		{ promotional && f->is_over_the_cap, SEND_CAPPED },
		{ true, SEND_ALLOWED },
	};
	size_t i = 0;

	while (!rows[i].fits)
		i++;
	return rows[i].verdict;
}

static void
test_decision(void)
{
	int seen[SEND_VERDICT_COUNT] = { 0 };
	int differ = 0;
	int more = 0;
	unsigned bits;
	size_t p;
	int consent;
	SendVerdict verdict;

	for (p = 0; p < sizeof(purposes); p++)
		for (consent = CONSENT_NONE; consent <= CONSENT_OPTED_OUT; consent++)
			for (bits = 0; bits < 1 << 9; bits++)
			{
				SendFacts facts = { .purpose = purposes[p],
									.consent = (SaidConsent) consent,
									.is_stopped = bits & 1,
									.about_deletion = bits & 2,
									.has_address = bits & 4,
									.consent_holds = bits & 8,
									.needs_opt_in = bits & 16,
									.is_control = bits & 32,
									.is_registered = bits & 64,
									.sends_to_ndnc = bits & 128,
									.is_over_the_cap = bits & 256 };
				SendFacts blocked = facts;

				verdict = loyalty_message_judge(&facts);
				differ += verdict != by_rows(&facts);
				seen[verdict]++;
				blocked.is_stopped = true;
				blocked.about_deletion = false;
				more += loyalty_message_judge(&blocked) != SEND_STATUS;
			}
	ok(differ == 0, "all 6144 inputs are decided as the rows say");
	ok(more == 0, "no other fact lifts a status that stops everything");
	for (verdict = SEND_ALLOWED; verdict < SEND_VERDICT_COUNT; verdict++)
		if (seen[verdict] == 0)
			differ++;
	ok(differ == 0, "every verdict comes about");
	ok(loyalty_send_cause(SEND_ALLOWED) == NULL, "what may be sent has no cause");
	for (verdict = SEND_STATUS; verdict < SEND_VERDICT_COUNT; verdict++)
		differ += loyalty_send_cause(verdict) == NULL;
	ok(differ == 0, "whatever is suppressed has one");
}

static const MessageState states[] = {
	MESSAGE_QUEUED, MESSAGE_LEASED,	 MESSAGE_SENT,	   MESSAGE_FAILED,
	MESSAGE_DEAD,	MESSAGE_EXPIRED, MESSAGE_CANCELED, MESSAGE_SUPPRESSED
};

/* Takes every message at every time, with every number of attempts. */
static void
test_taking(void)
{
	int wrong = 0;
	int64_t now;
	int attempts;
	int verdict;

	for (now = 299; now <= 301; now++)
		for (attempts = 0; attempts <= 4; attempts++)
			for (verdict = 0; verdict < SEND_VERDICT_COUNT; verdict++)
			{
				MessageTaking taking = { now, 300, attempts, 3, (SendVerdict) verdict };
				MessageState wanted = now > 299		 ? MESSAGE_EXPIRED
									  : attempts > 2 ? MESSAGE_DEAD
									  : verdict > 0	 ? MESSAGE_SUPPRESSED
													 : MESSAGE_LEASED;

				wrong += loyalty_message_taken(&taking) != wanted;
			}
	ok(wrong == 0, "a taking expires at 300 s, ends the fourth attempt of three, suppresses, or leases");
}

/* Tells of every outcome in every state, with the right lease and with another one. */
static void
test_acknowledging(void)
{
	int wrong = 0;
	size_t s;
	int lease;
	int outcome;
	int attempts;

	for (s = 0; s < sizeof(states) / sizeof(states[0]); s++)
		for (lease = 0; lease < 2; lease++)
			for (outcome = 0; outcome < OUTCOME_COUNT; outcome++)
				for (attempts = 1; attempts <= 4; attempts++)
				{
					MessageState got = loyalty_message_acknowledged(states[s], lease != 0,
																	(SendOutcome) outcome, attempts, 3);
					MessageState wanted = MESSAGE_UNCHANGED;

					if (states[s] == MESSAGE_LEASED && lease != 0)
						wanted = outcome == OUTCOME_SENT	 ? MESSAGE_SENT
								 : outcome == OUTCOME_FAILED ? MESSAGE_FAILED
								 : attempts >= 3			 ? MESSAGE_DEAD
															 : MESSAGE_QUEUED;
					wrong += got != wanted;
				}
	ok(wrong == 0, "an acknowledgement counts for the lease at hand alone");
	for (s = 0; s < sizeof(states) / sizeof(states[0]); s++)
		wrong += loyalty_message_state_name(states[s]) == NULL;
	ok(wrong == 0, "every state has a word");
	ok(loyalty_message_state_name(MESSAGE_UNCHANGED) == NULL, "no state has none");
}

static void
test_backoff(void)
{
	static const int wanted[] = { 30, 60, 120, 240, 480, 960, 1920, 3600, 3600 };
	int wrong = 0;
	int i;

	for (i = 0; i < 9; i++)
		wrong += loyalty_message_backoff(i + 1) != wanted[i];
	ok(wrong == 0, "30 seconds, doubled by each attempt, at most an hour");
	ok(loyalty_message_backoff(0) == 30 && loyalty_message_backoff(-5) == 30 &&
		   loyalty_message_backoff(2147483647) == 3600,
	   "whatever the number");
}

static void
test_priority(void)
{
	ok(loyalty_message_priority(PURPOSE_CODE) == PRIORITY_CODE &&
		   loyalty_message_priority(PURPOSE_CONTACT) == PRIORITY_TRANSACTIONAL &&
		   loyalty_message_priority(PURPOSE_TRANSACTIONAL) == PRIORITY_TRANSACTIONAL &&
		   loyalty_message_priority(PURPOSE_PROMOTIONAL) == PRIORITY_PROMOTIONAL,
	   "codes, then what is transactional, then what is promotional");
	ok(loyalty_message_priority_named(PURPOSE_PROMOTIONAL, "TRANS") == PRIORITY_TRANSACTIONAL &&
		   loyalty_message_priority_named(PURPOSE_TRANSACTIONAL, "Bulk") == PRIORITY_PROMOTIONAL &&
		   loyalty_message_priority_named(PURPOSE_CODE, "code") == PRIORITY_CODE,
	   "words of the field, in any case");
	ok(loyalty_message_priority_named(PURPOSE_TRANSACTIONAL, "code") == PRIORITY_COUNT &&
		   loyalty_message_priority_named(PURPOSE_CODE, "urgent") == PRIORITY_COUNT,
	   "nothing passes codes but codes, and other words are none");
}

/* Every purpose that is given, for a template of every purpose. */
static void
test_purposes(void)
{
	int wrong = 0;
	size_t g;
	size_t t;

	for (g = 0; g < sizeof(purposes); g++)
	{
		wrong += loyalty_message_purpose(purposes[g], 0) != purposes[g];
		wrong += loyalty_message_purpose(0, purposes[g]) != purposes[g];
		for (t = 0; t < sizeof(purposes); t++)
			wrong += loyalty_message_purpose(purposes[g], purposes[t]) !=
					 (purposes[t] == PURPOSE_TRANSACTIONAL || t == g ? purposes[g] : 0);
	}
	ok(wrong == 0, "a template is sent for its purpose alone, unless it is transactional");
	ok(loyalty_message_purpose(0, 0) == PURPOSE_TRANSACTIONAL, "where nobody says one it is transactional");
}

static void
test_error_codes(void)
{
	ok(loyalty_error_is_code("21610") && loyalty_error_is_code("ERR_no-such.number") &&
		   !loyalty_error_is_code("") && !loyalty_error_is_code("no such number") &&
		   !loyalty_error_is_code("+6591234567"),
	   "codes of providers are kept, texts and numbers of telephones are not");
	ok(loyalty_error_is_code("aaaaaaaaaabbbbbbbbbbccccccccccddddddddddeeeeeeeeee") &&
		   !loyalty_error_is_code("aaaaaaaaaabbbbbbbbbbccccccccccddddddddddeeeeeeeeeef"),
	   "of fifty signs at most");
}

/* Holds every minute against the hours written out as a list of minutes. */
static void
test_quiet(void)
{
	static const int hours[][2] = { { 1260, 570 }, { 540, 1020 }, { 0, 1 },
									{ 1439, 0 },   { 600, 599 },  { 0, 0 } };
	int wrong = 0;
	size_t h;
	int minute;

	for (h = 0; h < sizeof(hours) / sizeof(hours[0]); h++)
	{
		bool quiet[1440] = { false };
		int at;

		for (at = hours[h][0]; at != hours[h][1]; at = (at + 1) % 1440)
			quiet[at] = true;
		for (minute = 0; minute < 1440; minute++)
		{
			int wait = 0;

			while (quiet[(minute + wait) % 1440])
				wait++;
			wrong += loyalty_quiet_minutes(minute, hours[h][0], hours[h][1]) != wait;
		}
	}
	ok(wrong == 0, "quiet hours by day, over midnight, of a minute, and none");
}

int
main(void)
{
	plan(19);
	test_decision();
	test_taking();
	test_acknowledging();
	test_backoff();
	test_priority();
	test_purposes();
	test_error_codes();
	test_quiet();
	return tap_exit();
}
