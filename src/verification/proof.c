/*
 * proof.c: right guesses as proofs.
 *
 * The customer of the operation is locked by it; a proof of an address alone, as registrations have it, needs no lock: the key of its use
 * says who was first. What a proof is of is judged before whether it is right: only who asks for the right thing is told.
 */
#include "postgres.h"

#include "common/clock.h"
#include "common/errors.h"
#include "customer/customer_store.h"
#include "customer/reach.h"
#include "verification/code_digest.h"
#include "verification/guess.h"
#include "verification/proof.h"
#include "verification/setting_store.h"

/* Refuses with LY708. */
static bool
refuse_other(LoyaltyRefusal *refusal)
{
	LOYALTY_REFUSE(refusal, ERRCODE_LOYALTY_PROOF_OF_OTHER, errmsg("the proof is one of something else"),
				   errdetail("It is good for its own purpose, customer, address, amount and program."));
}

/* Refuses with LY707. */
static bool
refuse_invalid(LoyaltyRefusal *refusal)
{
	LOYALTY_REFUSE(refusal, ERRCODE_LOYALTY_PROOF_INVALID,
				   errmsg("the proof is wrong, too old, or was used"));
}

/* Tells whether a guess was one of the customer of the operation, or of one who was merged into it. */
static bool
is_of_customer(const LoyaltyCall *call, const TokenRow *token, const LoyaltyProofUse *use)
{
	LoyaltyCustomer customer;

	if (token->customer_id == use->customer_id)
		return true;
	return token->customer_id > 0 && use->customer_id != 0 &&
		   loyalty_customer_read_now(call->org->org_id, token->customer_id, &customer) &&
		   customer.merged_into == use->customer_id;
}

/*
 * Finds which of the operation's addresses the code went to. The code knows its address by a digest alone, so each of those that the
 * operation has is digested under the code's own key.
 */
bool
loyalty_proof_confirms(const LoyaltyCall *call, const CodeRow *code, LoyaltyProofUse *use)
{
	CodeDigest digest;
	int i;

	for (i = 0; i < LOYALTY_PROOF_ADDRESSES; i++)
		if (use->addresses[i] != NULL &&
			loyalty_address_digest(call->org->org_id, code->key_id, code->channel, use->addresses[i],
								   &digest) &&
			loyalty_digests_equal(&digest, &code->address))
		{
			use->confirmed = use->addresses[i];
			use->channel = code->channel;
			return true;
		}
	return false;
}

/*
 * Asks the identifiers of the whole group, by each of which the customer is found, then where it is reached; both as they are now. What
 * else stood beside the customer when the code was sent is no address of it.
 */
bool
loyalty_proof_confirms_own(const LoyaltyCall *call, const LoyaltyCustomer *customer, const CodeRow *code,
						   LoyaltyProofUse *own)
{
	IdentifierType type = strcmp(code->channel, "email") == 0 ? IDENTIFIER_EMAIL : IDENTIFIER_MOBILE;
	int64 *ids;
	int members = loyalty_customer_group(customer, &ids);
	int m;

	for (m = 0; m < members; m++)
	{
		LoyaltyIdentifiers held = { { NULL } };

		loyalty_identifiers_read(call->org->org_id, ids[m], &held);
		own->addresses[0] = held.values[type];
		if (loyalty_proof_confirms(call, code, own))
			return true;
	}
	own->addresses[0] = loyalty_reach_address(call->org->org_id, customer->customer_id, code->channel);
	return loyalty_proof_confirms(call, code, own);
}

/*
 * Tells whether a code went where it proves something: to the operation's address; where the operation is about none, to any of the
 * customer's. A code of nobody proves its address and nothing else.
 */
static bool
went_right(const LoyaltyCall *call, const TokenRow *token, const CodeRow *code, LoyaltyProofUse *use)
{
	LoyaltyProofUse own = { 0 };
	LoyaltyCustomer customer;

	if (token->customer_id < 0 || use->addresses[0] != NULL || use->addresses[1] != NULL)
		return loyalty_proof_confirms(call, code, use);
	return loyalty_customer_read_now(call->org->org_id, use->customer_id, &customer) &&
		   loyalty_proof_confirms_own(call, &customer, code, &own);
}

/* Tells whether a code was sent for what the operation does. One that is bound to a program is of no other, and not of all. */
static bool
is_for_this(const LoyaltyCall *call, const TokenRow *token, const CodeRow *code, LoyaltyProofUse *use)
{
	CodeRules rules = loyalty_verification_rules(call->org, token->purpose);

	if (!went_right(call, token, code, use) || (code->program_id != 0 && code->program_id != use->program_id))
		return false;
	return loyalty_code_amount_fits(&rules, code->has_amount, code->amount, use->has_amount, use->amount);
}

/* Asks for the rules of the operation's purpose, whatever the proof is of. */
bool
loyalty_proof_is_good(LoyaltyCall *call, LoyaltyProofUse *use, LoyaltyRefusal *refusal)
{
	CodePurpose purpose = loyalty_code_purpose_named(use->purpose);
	CodeRules rules = loyalty_verification_rules(call->org, purpose);
	int32 org_id = call->org->org_id;
	JudgedAttempt judged;
	TokenRow token;
	CodeRow code;

	if (use->attempt == NULL)
	{
		if (rules.required)
			LOYALTY_REFUSE(refusal, ERRCODE_LOYALTY_PROOF_REQUIRED,
						   errmsg("the operation needs a one-time code"),
						   errhint("loyalty.send_code() sends one, loyalty.enter_code() answers the proof."));
		return true;
	}
	loyalty_guess_find(call, use->attempt, &token);
	use->guess_of = token.customer_id;
	use->run_no = token.run_no;
	loyalty_guess_judge(call, &token, NULL, &judged);
	if (token.purpose != purpose || (token.customer_id > 0 && !is_of_customer(call, &token, use)))
		return refuse_other(refusal);
	if (!judged.is_right || !loyalty_code_proof_is_good(&rules, judged.entered_at, loyalty_wall_clock()) ||
		loyalty_proof_is_used(org_id, &token) ||
		!loyalty_code_read(org_id, token.customer_id, purpose, judged.code_no, &code))
		return refuse_invalid(refusal);
	return is_for_this(call, &token, &code, use) || refuse_other(refusal);
}

/* Goes by what the judgement has found; the key of the use says who was first. */
void
loyalty_proof_is_used_up(LoyaltyCall *call, const LoyaltyProofUse *use)
{
	TokenRow token = { .customer_id = use->guess_of,
					   .purpose = loyalty_code_purpose_named(use->purpose),
					   .run_no = use->run_no };

	if (!loyalty_proof_use(call->org->org_id, &token, loyalty_wall_clock(), use->used_for))
		(void) refuse_invalid(LOYALTY_RAISES);
}
