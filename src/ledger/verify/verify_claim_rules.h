/*
 * verify_claim_rules.h: judging what the entry at hand reverses and claims. Pure.
 */
#ifndef LOYALTY_VERIFY_CLAIM_RULES_H
#define LOYALTY_VERIFY_CLAIM_RULES_H

#include "ledger/verify/verify_entry_rules.h"

/*
 * Finds the reversals and the claims of the entry at hand; without an entry all that are left belong to none, and are
 * reported.
 */
extern void loyalty_entry_take_claims(Walk *walk);

/* Judges them against the entry's points. */
extern void loyalty_entry_judge_claims(const Walk *walk);

#endif
