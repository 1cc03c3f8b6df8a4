/* verify_store.h: invariants that a statement recomputes, org by org, under the caller's snapshot. */
#ifndef LOYALTY_VERIFY_STORE_H
#define LOYALTY_VERIFY_STORE_H

#include "postgres.h"

#include "ledger/verify_rules.h"

/* Each answers the first divergence as a text, or no row. */
typedef enum LoyaltyCheck
{
	CHECK_REVERSALS,
	CHECK_TRANSACTIONS,
	CHECK_COUNT
} LoyaltyCheck;

/* The invariant that a check is of. */
extern Invariant loyalty_check_invariant(LoyaltyCheck check);

/* The first divergence, or NULL. */
extern char *loyalty_check_run(LoyaltyCheck check, int32 org_id);

#endif
