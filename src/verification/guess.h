/* guess.h: guesses at codes: kept by one transaction, judged by a later one. */
#ifndef LOYALTY_VERIFICATION_GUESS_H
#define LOYALTY_VERIFICATION_GUESS_H

#include "postgres.h"

#include "verification/run.h"

/*
 * Keeps a guess of somebody, who is locked, and draws the token that stands for it; returns how many guesses the run has left. Nothing
 * is compared. LY706 where this transaction has made a guess before, LY704 while guesses are blocked, LY705 where no code is alive.
 */
extern int32 loyalty_code_enter(LoyaltyCall *call, const CodeSubject *subject, const char *guess,
								pg_uuid_t *token);

/* Finds whose guess a token stands for, and judges it: LY707 for a token that stands for none, LY706. */
extern void loyalty_guess_judge(const LoyaltyCall *call, const pg_uuid_t *attempt, TokenRow *token,
								JudgedAttempt *judged);

#endif
