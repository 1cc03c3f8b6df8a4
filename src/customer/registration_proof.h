/* registration_proof.h: the proof of an address that a registration may need. */
#ifndef LOYALTY_REGISTRATION_PROOF_H
#define LOYALTY_REGISTRATION_PROOF_H

#include "postgres.h"

#include "customer/proof_hooks.h"
#include "customer/registration.h"

/* Judges the proof of a registration whose arguments are checked: of its mobile or e-mail, whoever has it. Raises. */
extern void loyalty_registration_judge_proof(Registration *reg);

/*
 * Refuses with LY710 a registration that would change identifiers or the status of somebody who is registered, where such changes need a
 * proof: the customer is locked, and it is decided what becomes of it. A proof of the registration lets its own address through, and
 * where the customer had that before, whatever is no address.
 */
extern void loyalty_registration_require_none(Registration *reg);

/* Uses it up, and marks the address of the customer, who is there by now. */
extern void loyalty_registration_use_proof(Registration *reg);

/* Tells whether the registration may change identifiers without a proof: its customer is new. */
extern bool loyalty_registration_is_proved(const Registration *reg);

#endif
