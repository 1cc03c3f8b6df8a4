/* incentive_check_store.h: whether counters, limits and balances of incentives are what rows add up to; read as a whole, for people. */
#ifndef LOYALTY_INCENTIVE_CHECK_STORE_H
#define LOYALTY_INCENTIVE_CHECK_STORE_H

#include "postgres.h"

#include "common/query.h"

/* An invariant, and the statement that finds what breaks it. */
typedef struct IncentiveCheck
{
	const char *invariant;
	LoyaltyQuery *broken;
} IncentiveCheck;

#define INCENTIVE_CHECKS 6
/* All of them, in the order of the answer. */
extern const IncentiveCheck loyalty_incentive_checks[INCENTIVE_CHECKS];

#endif
