/*
 * registration_hooks.h: functions of capabilities above that a registration calls. Owned here, filled by loyalty.c.
 * All run in the transaction of the registration: what they raise undoes it.
 */
#ifndef LOYALTY_REGISTRATION_HOOKS_H
#define LOYALTY_REGISTRATION_HOOKS_H

#include "org/call.h"

/* Facts that the ledger opens accounts by. */
typedef struct LoyaltyEnrolment
{
	int64 customer_id;
	TimestampTz registered_on; /* the accounts begin then */
	int16 source_id;
	int32 till_id;	/* 0: none */
	int32 store_id; /* 0: none */
} LoyaltyEnrolment;

/* Registration that is written. */
typedef struct LoyaltyRegistered
{
	int64 customer_id;
	bool created;			 /* false: the customer was there before */
	bool loyalty;			 /* false: a campaign user */
	const char *card_series; /* of which a card is wanted; NULL: none */
	int merged_count;		 /* customers who were merged into it, */
	const int64 *merged_ids; /* whose records hold what it kept out */
} LoyaltyRegistered;

/* Table of these functions. */
typedef struct LoyaltyRegistrationHooks
{
	/*
	 * Tells whether registrations from this account of a source get a generated external id. Asked before any
	 * customer is locked.
	 */
	bool (*generates_external_id)(LoyaltyCall *call, int16 source_id, const char *account_id);
	/* Returns the next generated external id. May be called once a round: one that is not used is lost. */
	const char *(*external_id)(LoyaltyCall *call);

	/* Called when a customer, whose row this transaction has locked or made, has become a loyalty customer. */
	void (*after_enrol)(LoyaltyCall *call, const LoyaltyEnrolment *enrolment);

	/*
	 * Merges a customer into another one; this transaction has locked both with their groups. Called within a round,
	 * so a lost round undoes the merge, too.
	 */
	void (*auto_merge)(LoyaltyCall *call, int64 survivor_id, int64 victim_id, const LoyaltyTill *till);

	/* Called when all of the registration is written. */
	void (*after_register)(LoyaltyCall *call, const LoyaltyRegistered *registered);

	/* Moves mobiles of people who have not registered yet to their normal forms (loyalty_mobile_renormalise). */
	void (*renormalize_mobiles)(LoyaltyCall *call);
} LoyaltyRegistrationHooks;

extern LoyaltyRegistrationHooks loyalty_registration_hooks;

#endif
