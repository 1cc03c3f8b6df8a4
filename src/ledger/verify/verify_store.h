/*
 * verify_store.h: invariants that a statement recomputes, org by org, under the caller's snapshot.
 */
#ifndef LOYALTY_VERIFY_STORE_H
#define LOYALTY_VERIFY_STORE_H

#include "postgres.h"

#include "common/query.h"
#include "ledger/verify/verify_rules.h"

/* A statement with the org as its parameter, which returns divergences as texts: it reads tables as a whole, and one is enough. */
#define LOYALTY_CHECK(text) \
	{ \
		.sql = text, .types = { INT4OID }, .seen = true, .any_plan = true, .limit = 1 \
	}

/* The first divergence that a check finds, or NULL. */
extern char *loyalty_check_run(LoyaltyQuery *check, int32 org_id);

/* An invariant of an org's books, and what finds its first divergence. */
typedef struct LoyaltyCheck
{
	Invariant invariant;
	char *(*find)(int32 org_id);
} LoyaltyCheck;

extern const LoyaltyCheck loyalty_reversals_check;

#endif
