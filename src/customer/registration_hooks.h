/*
 * registration_hooks.h: what registration calls in capabilities above it. Owned here, filled by loyalty.c.
 */
#ifndef LOYALTY_REGISTRATION_HOOKS_H
#define LOYALTY_REGISTRATION_HOOKS_H

#include "org/call.h"

typedef struct LoyaltyEnrolment
{
	int64 customer_id;
	TimestampTz registered_on;
	int16 source_id;
	int32 till_id;	/* 0: none */
	int32 store_id; /* 0: none */
} LoyaltyEnrolment;

/* A registration that is written. */
typedef struct LoyaltyRegistered
{
	int64 customer_id;
	bool created;
	const char *card_series; /* that it names; NULL: none */
} LoyaltyRegistered;

typedef struct LoyaltyRegistrationHooks
{
	/* Whether registrations from this account of a source get a generated external id; and the next one. */
	bool (*generates_external_id)(LoyaltyCall *call, int16 source_id, const char *account_id);
	const char *(*external_id)(LoyaltyCall *call);

	/* The customer, whose row this transaction has locked or made, has become a loyalty customer. */
	void (*after_enrol)(LoyaltyCall *call, const LoyaltyEnrolment *enrolment);

	/* Merges a customer into another one; this transaction has locked both with their groups. */
	void (*auto_merge)(LoyaltyCall *call, int64 survivor_id, int64 victim_id, const LoyaltyTill *till);

	/* Everything of the registration is written. */
	void (*after_register)(LoyaltyCall *call, const LoyaltyRegistered *registered);
} LoyaltyRegistrationHooks;

extern LoyaltyRegistrationHooks loyalty_registration_hooks;

#endif
