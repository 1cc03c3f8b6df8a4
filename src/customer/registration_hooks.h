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

typedef struct LoyaltyRegistrationHooks
{
	/* The customer, whose row this transaction has locked or made, has become a loyalty customer. */
	void (*after_enrol)(LoyaltyCall *call, const LoyaltyEnrolment *enrolment);
} LoyaltyRegistrationHooks;

extern LoyaltyRegistrationHooks loyalty_registration_hooks;

#endif
