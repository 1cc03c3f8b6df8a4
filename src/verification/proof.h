/* proof.h: right guesses as proofs: the functions for loyalty_proof_hooks (customer/proof_hooks.h). */
#ifndef LOYALTY_VERIFICATION_PROOF_H
#define LOYALTY_VERIFICATION_PROOF_H

#include "postgres.h"

#include "customer/proof_hooks.h"

extern bool loyalty_proof_is_good(LoyaltyCall *call, LoyaltyProofUse *use, LoyaltyRefusal *refusal);
extern void loyalty_proof_is_used_up(LoyaltyCall *call, const LoyaltyProofUse *use);

#endif
