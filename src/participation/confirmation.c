/*
 * confirmation.c: confirming the mobile of a participant by a one-time code.
 *
 * A code goes to the mobile of now, in the name of the program's store, and is bound to the program. The right guess is a proof
 * of that mobile: it is used up, and the mobile marked as proved, where activation looks. So a
 * confirmation outlives the call though other terms are missing still, and is worth nothing as soon as the customer has another
 * mobile. Enrolling sends no code; sending is somebody's wish, for which an org pays.
 *
 * Locks: the customer's row is held by whoever calls. Nothing is late here.
 */
#include "postgres.h"

#include "common/clock.h"
#include "common/errors.h"
#include "customer/proof_hooks.h"
#include "customer/verified.h"
#include "ledger/posting/participation.h"
#include "participation/participation.h"

#define MOBILE "mobile"

/* Returns the rules of a program that asks for confirmation; LY806 of another. */
static void
require_confirmation(const LoyaltyCall *call, const LoyaltyProgram *program)
{
	const ActivationRules *rules = loyalty_activation_rules(call->org, program->program_id);

	if (rules == NULL || !rules->confirms_phone)
		ereport(ERROR,
				(errcode(ERRCODE_LOYALTY_CONFIRMATION_OFF),
				 errmsg("program \"%s\" asks for no confirmation of telephone numbers", program->program),
				 errhint("loyalty.set_participation_rules() turns it on.")));
}

/*
 * Asks for the mobile of now: a proof of a former one is one of something else. Other programs may have waited for the confirmation, too,
 * so all are judged; the one that is named once more, for its answer.
 */
void
loyalty_participation_confirm(LoyaltyCall *call, const LoyaltyCustomer *customer,
							  const LoyaltyProgram *program, const pg_uuid_t *attempt,
							  ParticipationState *state)
{
	LoyaltyProofUse use = { .purpose = "participation_activation",
							.attempt = attempt,
							.customer_id = customer->customer_id,
							.program_id = program->program_id };
	LoyaltyIdentifiers held = { { NULL } };
	const char *mobile;

	require_confirmation(call, program);
	loyalty_identifiers_read(call->org->org_id, customer->customer_id, &held);
	mobile = held.values[IDENTIFIER_MOBILE];
	use.addresses[0] = mobile;
	if (mobile == NULL)
		ereport(ERROR, (errcode(ERRCODE_LOYALTY_CODE_NO_ADDRESS),
						errmsg("the customer has no mobile to be confirmed")));
	loyalty_proof_consume(call, &use);
	loyalty_address_verified(call, customer->customer_id, MOBILE, mobile, loyalty_wall_clock());
	loyalty_participation_customer_changed(call, customer->customer_id);
	loyalty_participation_judge(call, customer->customer_id, program, state);
}

/* Leaves checks and sender to the hook, which every code for an activation passes. */
void
loyalty_participation_send_code(LoyaltyCall *call, const LoyaltyCustomer *customer,
								const LoyaltyProgram *program, const char *mobile)
{
	LoyaltyCodeRequest request = { .subject = { .customer_id = customer->customer_id,
												.customer = customer,
												.purpose = CODE_PARTICIPATION_ACTIVATION },
								   .channel = MOBILE,
								   .address = mobile,
								   .program_id = program->program_id };
	LoyaltyCodeAnswer answer;

	loyalty_code_send(call, &request, &answer);
}

/* Says nothing of somebody who is not registered: whoever asks learns the same as of a customer. */
void
loyalty_participation_before_code(LoyaltyCall *call, LoyaltyCodeRequest *request)
{
	const LoyaltyProgram *program = request->program_id != 0
										? loyalty_org_program_by_id(call->org, request->program_id)
										: loyalty_org_program(call->org, NULL);
	const LoyaltyCustomer *customer = request->subject.customer;
	Participation status;

	require_confirmation(call, program);
	request->program_id = program->program_id;
	if (customer == NULL)
		return;
	status = loyalty_participation_status(call, customer->customer_id, program);
	if (!loyalty_participation_accrues(status))
		(void) loyalty_refuse_participation(customer->customer_id, program, status, LOYALTY_RAISES);
	request->sender = loyalty_program_sender(call->org->org_id, customer->customer_id, program->program_id);
	if (request->sender == NULL)
		ereport(ERROR, (errcode(ERRCODE_LOYALTY_STORE_SENDER_MISSING),
						errmsg("no store has a sender for the codes of program \"%s\"", program->program),
						errhint("Name stores with loyalty.set_participation_rules(), and their senders with "
								"loyalty.set_store_sender(); of several the customer's own counts.")));
}
