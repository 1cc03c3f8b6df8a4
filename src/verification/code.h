/*
 * code.h: sending one-time codes: for send_code, and for capabilities above, which ask a customer to confirm something before they
 * do it. In the caller's transaction: a code that is rolled back was never sent.
 */
#ifndef LOYALTY_VERIFICATION_CODE_H
#define LOYALTY_VERIFICATION_CODE_H

#include "postgres.h"

#include "verification/run.h"

/* Request for a code. Zeros and NULLs are what is not given. */
typedef struct LoyaltyCodeRequest
{
	CodeSubject subject; /* the customer is locked */
	const char *channel; /* "mobile" or "email" */
	const char *address; /* in normal form; NULL: nobody has it, and nothing is sent */
	int32 program_id;	 /* that the code is bound to; 0: to none */
	const char *sender;	 /* in whose name; NULL: the org's default */
	bool has_amount;
	int64 amount; /* that the code is bound to */
} LoyaltyCodeRequest;

/* Answer. */
typedef struct LoyaltyCodeAnswer
{
	TimestampTz sent_at;
	TimestampTz expires_at;
} LoyaltyCodeAnswer;

/*
 * Sends a code in the place of an earlier one, which is void. LY704 while guesses are blocked, LY703 too soon after the last one or
 * after too many on one day, LY001 without an amount where the rules bind codes to one, and what loyalty_message_send raises.
 */
extern void loyalty_code_send(LoyaltyCall *call, LoyaltyCodeRequest *request, LoyaltyCodeAnswer *answer);

/*
 * Fills channel and address of a request for a customer, who is locked, where none are given: the identifier of that channel, else
 * its primary address; without a channel the mobile, else the e-mail. LY702 where there is none.
 */
extern void loyalty_code_address(LoyaltyCall *call, LoyaltyCodeRequest *request);

/* Questions to capabilities above. Owned here, filled by loyalty.c. */
typedef struct LoyaltyCodeHooks
{
	/*
	 * Comes before anything else of a code for an activation of a participation: raises where none may be sent, and fills the
	 * program, whose id is 0 where the caller named none, and the sender. NULL: nobody has.
	 */
	void (*before_activation)(LoyaltyCall *call, LoyaltyCodeRequest *request);
} LoyaltyCodeHooks;

extern LoyaltyCodeHooks loyalty_code_hooks;

#endif
