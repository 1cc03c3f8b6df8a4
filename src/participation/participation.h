/*
 * participation.h: the frame of everything that changes a participation: the row, its change, the copy of the regular account,
 * and whoever is told, in one transaction and under the customer's lock.
 */
#ifndef LOYALTY_PARTICIPATION_H
#define LOYALTY_PARTICIPATION_H

#include "customer/customer_store.h"
#include "customer/registration_hooks.h"
#include "org/call.h"
#include "participation/participation_store.h"
#include "verification/code.h"

/* Answer of a judgement. */
typedef struct ParticipationState
{
	Participation status; /* UNASKED: active without a participation */
	int missing_count;
	const char **missing; /* terms that are not filled, and phone_confirmation */
	const char *mobile;	  /* of now; NULL: none */
	bool lacks_phone;	  /* phone_confirmation is among what is missing */
} ParticipationState;

/*
 * Returns what a customer is in a program that asks: UNASKED for one who has no participation but an account from before,
 * NONE for one who takes no part.
 */
extern Participation loyalty_participation_status(LoyaltyCall *call, int64 customer_id,
												  const LoyaltyProgram *program);

/*
 * Sets a status, whatever it was; opens the accounts of the program where the customer has none. LY406 for somebody who is
 * not enrolled for loyalty.
 */
extern void loyalty_participation_set(LoyaltyCall *call, int64 customer_id, const LoyaltyProgram *program,
									  ParticipationChange *change);

/* Judges a participation that is there, makes it active where nothing is missing, and says what is. */
extern void loyalty_participation_judge(LoyaltyCall *call, int64 customer_id, const LoyaltyProgram *program,
										ParticipationState *state);

/*
 * Uses up a proof that the customer reads the mobile of now, marks that as verified, and judges anew. LY702 without a mobile,
 * LY707 and LY708 for a proof that is none of it, LY806 where the program asks for no confirmation.
 */
extern void loyalty_participation_confirm(LoyaltyCall *call, const LoyaltyCustomer *customer,
										  const LoyaltyProgram *program, const pg_uuid_t *attempt,
										  ParticipationState *state);

/* Sends a code to the mobile of now; what loyalty_code_send raises, and LY806 and LY807. */
extern void loyalty_participation_send_code(LoyaltyCall *call, const LoyaltyCustomer *customer,
											const LoyaltyProgram *program, const char *mobile);

/* ---- for hooks, which loyalty.c fills */

/*
 * Comes before a code for an activation, whoever sends it: LY806 where the program asks for no confirmation, LY801 and LY804 for
 * somebody who cannot be activated, LY807 where no store has a sender. Fills program and sender.
 */
extern void loyalty_participation_before_code(LoyaltyCall *call, LoyaltyCodeRequest *request);

/* Judges participations that are not confirmed, after a change of the customer. */
extern void loyalty_participation_customer_changed(LoyaltyCall *call, int64 customer_id);

/* Lets somebody who became a loyalty customer take part where programs register by themselves. */
extern void loyalty_participation_register(LoyaltyCall *call, const LoyaltyEnrolment *enrolment);

/* Takes notes and fields away; statuses stay. */
extern void loyalty_participation_erase(LoyaltyCall *call, const LoyaltyCustomer *root);

#endif
