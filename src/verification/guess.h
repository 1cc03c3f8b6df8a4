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

/* Finds whose guess a token stands for: LY707 for a token that stands for none. */
extern void loyalty_guess_find(const LoyaltyCall *call, const pg_uuid_t *attempt, TokenRow *token);

/* Judges it: LY706; LY707 where it was forgotten. "latest" is the latest run of the token's customer, where that was read, or NULL. */
extern void loyalty_guess_judge(const LoyaltyCall *call, const TokenRow *token, const JudgedRun *latest,
								JudgedAttempt *judged);

#endif
