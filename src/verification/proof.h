/* proof.h: right guesses as proofs: the functions for loyalty_proof_hooks (customer/proof_hooks.h). */
#ifndef LOYALTY_VERIFICATION_PROOF_H
#define LOYALTY_VERIFICATION_PROOF_H

#include "postgres.h"

#include "customer/customer_store.h"
#include "customer/proof_hooks.h"
#include "verification/code_store.h"

extern bool loyalty_proof_is_good(LoyaltyCall *call, LoyaltyProofUse *use, LoyaltyRefusal *refusal);
extern void loyalty_proof_is_used_up(LoyaltyCall *call, const LoyaltyProofUse *use);

/* Finds which of the operation's addresses a code went to, and fills the answer of the use; false: none of them. */
extern bool loyalty_proof_confirms(const LoyaltyCall *call, const CodeRow *code, LoyaltyProofUse *use);

/* Finds which of a customer's own addresses of today a code went to, and fills the answer of "own"; false: none of them. */
extern bool loyalty_proof_confirms_own(const LoyaltyCall *call, const LoyaltyCustomer *customer,
									   const CodeRow *code, LoyaltyProofUse *own);

#endif
