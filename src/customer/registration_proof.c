/*
 * registration_proof.c: the proof of an address that a registration may need.
 *
 * A code for a registration goes to an address that need be nobody's, so the proof is one of the address and not of a customer: it is judged
 * before anybody is looked for, and nobody is locked then. It is used up when the customer is there, and locked.
 */
#include "postgres.h"

#include "common/clock.h"
#include "customer/change_hooks.h"
#include "customer/identity.h"
#include "customer/registration_proof.h"
#include "customer/verified.h"

/* Returns an identifier of the call in normal form, NULL where it has none; it was checked before. */
static const char *
normal(const Registration *reg, IdentifierType type)
{
	const char *given = reg->args.identifiers[type];

	return given == NULL ? NULL
						 : loyalty_identifier_checked(reg->call.org, type, given,
													  loyalty_identifier_type_names[type], NULL);
}

/* Normalises only where a proof is given: most registrations have none. */
void
loyalty_registration_judge_proof(Registration *reg)
{
	LoyaltyProofUse *proof = &reg->proof;

	*proof = (LoyaltyProofUse){ .purpose = "registration", .attempt = reg->args.verification };
	if (proof->attempt != NULL)
	{
		proof->addresses[0] = normal(reg, IDENTIFIER_MOBILE);
		proof->addresses[1] = normal(reg, IDENTIFIER_EMAIL);
	}
	(void) loyalty_proof_judge(&reg->call, proof, LOYALTY_RAISES);
}

/* Tells whether the address that was proved was the customer's before: so who asks is the customer. */
static bool
proves_customer(const Registration *reg)
{
	return reg->proof.confirmed != NULL &&
		   reg->decision.actions[loyalty_identifier_type_find(reg->proof.channel)] == IDENTIFIER_UNCHANGED;
}

/*
 * Tells whether a change of an identifier of the customer has its proof: of an address a code to that very one. One code must not let
 * a second address through: whoever reads an e-mail would get somebody's account by it.
 */
static bool
proves_identifier(const Registration *reg, int type)
{
	if (type == IDENTIFIER_EXTERNAL_ID)
		return proves_customer(reg);
	return reg->proof.confirmed != NULL &&
		   strcmp(reg->proof.channel, loyalty_identifier_type_names[type]) == 0;
}

/* Tells whether the registration changes what its proof does not stand for. */
static bool
changes_unproved(const Registration *reg)
{
	const RegistrationDecision *decision = &reg->decision;
	int type;

	for (type = 0; type < IDENTIFIER_TYPE_COUNT; type++)
		if ((decision->actions[type] == IDENTIFIER_ATTACHED ||
			 decision->actions[type] == IDENTIFIER_REPLACES) &&
			!proves_identifier(reg, type))
			return true;
	for (type = 0; type < SOURCE_KEY_COUNT; type++)
		if (decision->key_actions[type] == IDENTIFIER_ATTACHED && !proves_customer(reg))
			return true;
	return false;
}

/* Asks for a new customer's proofs as a registration's alone: those of changes are of who is there. */
void
loyalty_registration_require_none(Registration *reg)
{
	const RegistrationDecision *decision = &reg->decision;
	int64 customer_id;

	if (decision->customer == REGISTRATION_NOBODY)
		return;
	customer_id = reg->facts.owners[decision->customer].customer_id;
	if (changes_unproved(reg))
		loyalty_proof_require_none(&reg->call, "identifier_change", customer_id);
	if (reg->args.status_label != NULL)
		loyalty_proof_require_none(&reg->call, "status_change", customer_id);
}

/* Marks what was confirmed, if the customer got it, and tells who waits for that: the customer was complete before but for the mark. */
void
loyalty_registration_use_proof(Registration *reg)
{
	const LoyaltyProofUse *proof = &reg->proof;

	loyalty_proof_use_up(&reg->call, proof);
	if (proof->confirmed == NULL)
		return;
	loyalty_address_verified(&reg->call, reg->request.customer_id, proof->channel, proof->confirmed,
							 loyalty_wall_clock());
	loyalty_change_hooks.customer_changed(&reg->call, reg->request.customer_id);
}

/* A customer who is new has nothing that could be taken from it. */
bool
loyalty_registration_is_proved(const Registration *reg)
{
	return reg->decision.customer == REGISTRATION_NOBODY;
}
