/*
 * verification_rules.h: what decides about one-time codes: purposes, the rules of each, runs of guesses, when a code may be
 * sent, and how long a right guess is a proof. Knows no server and no clock: times are microseconds.
 */
#ifndef LOYALTY_VERIFICATION_RULES_H
#define LOYALTY_VERIFICATION_RULES_H

#include <stdbool.h>
#include <stdint.h>

/* Purposes of codes. A guess counts against codes of its purpose alone. */
typedef enum CodePurpose
{
	CODE_REGISTRATION,
	CODE_PARTICIPATION_ACTIVATION,
	CODE_POINTS_REDEMPTION,
	CODE_POINTS_TRANSFER,
	CODE_COUPON,
	CODE_IDENTIFIER_CHANGE,
	CODE_STATUS_CHANGE,
	CODE_CARD_ISSUE,
	CODE_USER_GROUP,
	CODE_GENERIC,
	CODE_PURPOSE_COUNT
} CodePurpose;

/* Rules of a purpose. Times are seconds. */
typedef struct CodeRules
{
	int32_t resend_seconds; /* between two codes */
	int32_t life_seconds;	/* of a code */
	int32_t attempts;		/* of a run */
	int32_t block_seconds;	/* from the last of them, where none was right */
	int32_t code_length;
	int32_t codes_per_day; /* codes to one address, whatever they are for */
	int32_t failures_max;  /* wrong guesses one after the other, however long that takes */
	int32_t proof_seconds; /* that a right guess is good for */
	bool letters;		   /* codes of letters and digits; else of digits */
	bool required;		   /* operations of the purpose need a proof */
	bool binds_amount;	   /* a code is for one amount */
} CodeRules;

/* The word of a purpose, and the purpose of a word in any spelling; CODE_PURPOSE_COUNT: none has it. */
extern const char *loyalty_code_purpose_word(CodePurpose purpose);
extern CodePurpose loyalty_code_purpose_named(const char *word);

/* The rules of a purpose for which an org has set none. */
extern CodeRules loyalty_code_rules_default(void);

/* Returns the name of the first rule that is out of its bounds, and those in "allowed"; NULL: all are within. */
extern const char *loyalty_code_rules_check(const CodeRules *rules, const char **allowed);

/* The latest run of guesses of somebody for a purpose: all of it is committed. */
typedef struct CodeRun
{
	int32_t run_no;			 /* 0: there was none */
	int32_t guesses;		 /* all wrong, but perhaps for the last one */
	int32_t failures_before; /* wrong guesses before this run, since the last right one */
	int64_t last_at;		 /* of the last guess */
	int64_t right_at;  /* of the last guess before its failures, which was right, or was let go by hand */
	bool is_right;	   /* the last one is */
	bool is_unblocked; /* somebody ended it by hand */
} CodeRun;

/* Time of a right guess where none is known. */
#define CODE_NEVER_RIGHT INT64_MIN

/* Ends of blocks that are none: they compare with times as any other does. */
#define CODE_BLOCKED_NEVER INT64_MIN
#define CODE_BLOCKED_FOR_EVER INT64_MAX

/* Allowance for what comes next: the place of a guess, and a block. */
typedef struct CodeState
{
	int32_t run_no; /* of the next guess */
	int32_t attempt_no;
	int32_t failures_before; /* of that run */
	int32_t failures;		 /* wrong ones so far, one after the other, also of those who were joined */
	int32_t attempts_left;	 /* guesses that the run still allows; of a new run all */
	int64_t blocked_until;	 /* neither guesses nor codes before that */
} CodeState;

/*
 * Returns what may come next. Whoever enters takes that place, which is a key: of two who were told the same, one gets it, and the
 * other asks again.
 */
extern CodeState loyalty_code_state(const CodeRules *rules, const CodeRun *run, int64_t now);

/*
 * Adds the latest run of somebody who was merged into the customer, whose own run and state these are: the longer block counts, guesses
 * of a run that is open there are guesses here, and failures are added up, unless a right one of the customer came after them. A merge
 * buys no guesses.
 */
extern void loyalty_code_state_join(const CodeRules *rules, CodeState *state, const CodeRun *own,
									const CodeRun *other, int64_t now);

/*
 * Tells whether a block is in force. A state knows no time of its own: it is asked with the one that it was made with, or a later
 * one of the same call.
 */
extern bool loyalty_code_is_blocked(const CodeState *state, int64_t now);

/* Seconds, rounded up, until a code may be sent that was last sent at a time; 0: at once. */
extern int64_t loyalty_code_resend_wait(const CodeRules *rules, int64_t last_sent_at, int64_t now);

/* Tells whether one more may be sent to an address that has got so many on this day. */
extern bool loyalty_code_day_has_room(const CodeRules *rules, int32_t sends);

/* Tells whether a code that ends then is alive. */
extern bool loyalty_code_is_alive(int64_t expires_at, int64_t now);

/* Tells whether a right guess of a time is a proof still. */
extern bool loyalty_code_proof_is_good(const CodeRules *rules, int64_t entered_at, int64_t now);

/* Tells whether a proof that is bound to an amount (has_bound) is one of an operation's amount. */
extern bool loyalty_code_amount_fits(const CodeRules *rules, bool has_bound, int64_t bound, bool has_amount,
									 int64_t amount);

/* Puts a guess into the form of codes in place: blanks and hyphens go, letters are large. */
extern void loyalty_code_normalise(char *guess);

/* Tells whether a text of a template has the mark that a code replaces. */
extern bool loyalty_code_template_has_mark(const char *body);

#define CODE_MARK "{{pin}}"

#endif
