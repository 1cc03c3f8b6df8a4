/*
 * proof_hooks.h: what operations ask of the capability above that sends one-time codes: whether a right guess, the proof, is one for
 * them, and to use it up. Owned here, filled by loyalty.c.
 *
 * A proof is good for one operation of its purpose, of its customer or address, of its amount and program where it is bound to them, and
 * for a time. An operation judges it before it writes anything, and uses it up in its own transaction, so that a refused one keeps it.
 */
#ifndef LOYALTY_PROOF_HOOKS_H
#define LOYALTY_PROOF_HOOKS_H

#include "postgres.h"

#include "utils/uuid.h"

#include "common/pg_compat.h"
#include "common/refusal.h"
#include "org/call.h"

/* Addresses of a call, one of which a proof has confirmed: a mobile and an e-mail. */
#define LOYALTY_PROOF_ADDRESSES 2

/* Operation that may ask for a proof. */
typedef struct LoyaltyProofUse
{
	const char *purpose;	  /* a word of send_code */
	const pg_uuid_t *attempt; /* the token of enter_code; NULL: none was given */
	int64 customer_id;		  /* the root of the group; 0: nobody who is registered yet */
	const char *addresses[LOYALTY_PROOF_ADDRESSES]; /* in normal form; all NULL: any of the customer */
	bool has_amount;
	int64 amount;	  /* of the operation */
	int32 program_id; /* 0: none, or all */
	int64 used_for;	  /* the event or request, as soon as it is known; 0: none */

	const char
		*confirmed; /* the answer: which of the addresses the customer has proved to read; NULL: not known */
	const char *channel; /* of that address: mobile or email */
	int64 guess_of;		 /* the answer: under whose id the guess stands, and in which run: what is used up */
	int32 run_no;
} LoyaltyProofUse;

/* Table of these functions. */
typedef struct LoyaltyProofHooks
{
	/*
	 * Judges and writes nothing: LY710 where the purpose requires a proof and none is given, LY706 for one of this transaction,
	 * LY707 for one that is wrong, used or old, LY708 for one of something else. Nothing happens where none is given or required.
	 */
	bool (*judge)(LoyaltyCall *call, LoyaltyProofUse *use, LoyaltyRefusal *refusal);

	/* Uses up what was judged before, if anything was given: LY707 where somebody else was faster. */
	void (*use)(LoyaltyCall *call, const LoyaltyProofUse *use);
} LoyaltyProofHooks;

extern LoyaltyProofHooks loyalty_proof_hooks;

/* Judges; an org that has set no rules of codes costs a comparison. */
extern bool loyalty_proof_judge(LoyaltyCall *call, LoyaltyProofUse *use, LoyaltyRefusal *refusal);

/* Uses up what was judged. */
extern void loyalty_proof_use_up(LoyaltyCall *call, const LoyaltyProofUse *use);

/* Judges and uses up at once, for calls that write only afterwards; raises. */
extern void loyalty_proof_consume(LoyaltyCall *call, LoyaltyProofUse *use);

/*
 * Refuses with LY710 what an operation without an argument for a proof would do to a customer, where the org requires one for that
 * purpose: no call does without what another one is refused for.
 */
extern void loyalty_proof_require_none(LoyaltyCall *call, const char *purpose, int64 customer_id);

/* Reads the argument "verification" of a call into its use: NULL where it is NULL, or the function has none. */
extern const pg_uuid_t *loyalty_proof_given(const NullableDatum *given);

#endif
