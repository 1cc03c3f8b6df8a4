/*
 * message_rules.h: whether a message may be sent, its states, and when it is tried again: the tables of docs/message.md.
 * Knows no server.
 */
#ifndef LOYALTY_MESSAGE_RULES_H
#define LOYALTY_MESSAGE_RULES_H

#include <stdbool.h>
#include <stdint.h>

/* Purposes, as the table has them. */
#define PURPOSE_PROMOTIONAL 'p'
#define PURPOSE_TRANSACTIONAL 't'
#define PURPOSE_CODE 'c'
#define PURPOSE_CONTACT 'o'

/* Priorities: lower ones are taken first. */
typedef enum MessagePriority
{
	PRIORITY_CODE,
	PRIORITY_TRANSACTIONAL,
	PRIORITY_PROMOTIONAL,
	PRIORITY_COUNT
} MessagePriority;

/* States, stored as they are: one character each. */
typedef enum MessageState
{
	MESSAGE_UNCHANGED = 0, /* returned where an event does not count */
	MESSAGE_QUEUED = 'q',
	MESSAGE_LEASED = 'l',
	MESSAGE_SENT = 's',
	MESSAGE_FAILED = 'f',
	MESSAGE_DEAD = 'd',
	MESSAGE_EXPIRED = 'e',
	MESSAGE_CANCELED = 'c',
	MESSAGE_SUPPRESSED = 'x',
} MessageState;

/* Returns the word for a state, NULL for none. */
extern const char *loyalty_message_state_name(MessageState state);

/* Consent of a customer to messages like the one at hand. */
typedef enum SaidConsent
{
	CONSENT_NONE,
	CONSENT_OPTED_IN,
	CONSENT_OPTED_OUT,
} SaidConsent;

/* Facts of a message, its customer and its org that decide. */
typedef struct SendFacts
{
	bool is_stopped; /* the customer was erased or merged, or its label blocks everything */
	bool about_deletion;
	bool has_address;
	char purpose;
	SaidConsent consent;
	bool consent_holds;	  /* an opt-in that is not older than it may be */
	bool needs_opt_in;	  /* CONF_PROMOTIONAL_NEEDS_OPT_IN */
	bool is_control;	  /* of the control group */
	bool is_registered;	  /* goes to a mobile that the do-not-call register blocks for the org */
	bool sends_to_ndnc;	  /* CONF_SEND_TO_NDNC_CUSTOMERS */
	bool is_over_the_cap; /* CONF_PROMOTIONAL_CAP others have gone out in the period */
} SendFacts;

/* Verdicts on a message; all but the first suppress it. */
typedef enum SendVerdict
{
	SEND_ALLOWED,
	SEND_STATUS,
	SEND_NO_ADDRESS,
	SEND_OPTED_OUT,
	SEND_NOT_OPTED_IN,
	SEND_CONTROL_GROUP,
	SEND_DND,
	SEND_CAPPED,
	SEND_VERDICT_COUNT
} SendVerdict;

/* Judges: the first row of the table that fits. */
extern SendVerdict loyalty_message_judge(const SendFacts *facts);

/* Returns the word that stands as the cause of a suppressed message, NULL for one that may be sent. */
extern const char *loyalty_send_cause(SendVerdict verdict);

/* Message that is about to be leased; times are of one clock, the greatest number is never. */
typedef struct MessageTaking
{
	int64_t now;
	int64_t valid_until;
	int attempts; /* so far */
	int max_attempts;
	SendVerdict verdict;
} MessageTaking;

/* Returns what a taking makes of a message that is available: leased, or why it ends. */
extern MessageState loyalty_message_taken(const MessageTaking *taking);

/* Outcomes that a worker tells of. */
typedef enum SendOutcome
{
	OUTCOME_SENT,
	OUTCOME_RETRY,
	OUTCOME_FAILED,
	OUTCOME_COUNT
} SendOutcome;

extern const char *const loyalty_send_outcomes[OUTCOME_COUNT];

/* Returns what an acknowledgement makes of a message; MESSAGE_UNCHANGED: the lease is lost. The number decides, not the clock. */
extern MessageState loyalty_message_acknowledged(MessageState state, bool is_its_lease, SendOutcome outcome,
												 int attempts, int max_attempts);

/* Returns the seconds until a message is tried again after so many attempts. */
extern int loyalty_message_backoff(int attempts);

/*
 * Returns the purpose of a message: the one that is given (0: none), or that of its template (0: it has none). A template for
 * codes, for contacts or for promotions says nothing else, or its text would be open, or go to who does not want it; 0: it is
 * asked to.
 */
extern char loyalty_message_purpose(char given, char of_template);

/* Returns the priority of a purpose, and of a word that a call gives; PRIORITY_COUNT where it may not have it. */
extern MessagePriority loyalty_message_priority(char purpose);
extern MessagePriority loyalty_message_priority_named(char purpose, const char *word);

/* Tells whether a provider's error is a code, of letters, digits and few signs, and no text that could name somebody. */
extern bool loyalty_error_is_code(const char *error);

/*
 * Returns the minutes from a time of day, in minutes, to the end of quiet hours, which may go over midnight; 0: it is not
 * quiet then.
 */
extern int loyalty_quiet_minutes(int minute, int from, int to);

#endif
