/*
 * run.h: runs of guesses, judged. This is the one place where guesses are compared with codes, and it stops where one of them was
 * entered by the transaction that asks (LY706): nobody learns of a guess that it can still take back.
 */
#ifndef LOYALTY_VERIFICATION_RUN_H
#define LOYALTY_VERIFICATION_RUN_H

#include "postgres.h"

#include "customer/customer_store.h"
#include "org/call.h"
#include "verification/attempt_store.h"

/* Customer and purpose of codes. */
typedef struct CodeSubject
{
	int64 customer_id;				 /* below zero: nobody who is registered */
	const LoyaltyCustomer *customer; /* locked; NULL: nobody who is registered */
	CodePurpose purpose;
} CodeSubject;

/* The latest run of a customer, or of one who was merged into it. */
typedef struct JudgedRun
{
	CodeRun run;
	int32 right_code_no;		/* the code that its last guess was right about; 0: it was wrong */
	const AttemptRow *attempts; /* its guesses */
} JudgedRun;

/* Reads and judges the latest run under one id; LY706. */
extern void loyalty_run_read(int32 org_id, int64 customer_id, CodePurpose purpose, JudgedRun *judged);

/*
 * Returns what may come next for a customer: the state under its own id, with the guesses and blocks of its merge group; LY706.
 * "latest" is the run under its own id.
 */
extern CodeState loyalty_run_state(const LoyaltyCall *call, const CodeSubject *subject, TimestampTz now,
								   JudgedRun *latest);

/* A guess, judged: the verdict is the same whenever it is asked for. */
typedef struct JudgedAttempt
{
	bool is_right;
	int32 code_no;
	TimestampTz entered_at;
} JudgedAttempt;

/*
 * Judges the guess that a token stands for; LY706. False where it was forgotten. "latest" is the latest run of the token's customer,
 * where that was read before, or NULL.
 */
extern bool loyalty_attempt_judge(int32 org_id, const TokenRow *token, const JudgedRun *latest,
								  JudgedAttempt *judged);

#endif
