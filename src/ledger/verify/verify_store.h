/* verify_store.h: invariants that a statement recomputes, org by org, under the caller's snapshot. */
#ifndef LOYALTY_VERIFY_STORE_H
#define LOYALTY_VERIFY_STORE_H

#include "postgres.h"

#include "common/query.h"
#include "ledger/verify/verify_rules.h"

/*
 * A statement with the org as its parameter, which returns divergences as texts: it reads tables as a whole, and stops
 * at the first one.
 */
#define LOYALTY_CHECK(text) \
	{ \
		.sql = text, .types = { INT4OID }, .seen = true, .any_plan = true, .limit = 1 \
	}

/* Returns the first divergence that a check finds, in the current memory context; NULL: there is none. */
extern char *loyalty_check_run(LoyaltyQuery *check, int32 org_id);

/* An invariant of an org's books, and the function that finds its first divergence. */
typedef struct LoyaltyCheck
{
	Invariant invariant;
	char *(*find)(int32 org_id);
	/* In its place, where hashes are judged: also tells of the first key that is missing. */
	char *(*find_hashed)(int32 org_id, char **missing);
} LoyaltyCheck;

/* The checks of the ledger itself; bills and merges add theirs (loyalty_audit_add). */
extern const LoyaltyCheck loyalty_reversals_check;
extern const LoyaltyCheck loyalty_enrolments_check;
extern const LoyaltyCheck loyalty_claims_check;

#endif
