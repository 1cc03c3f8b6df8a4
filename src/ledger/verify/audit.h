/* audit.h: verifying an org's ledger: every invariant, in one pass over all books and a few statements. */
#ifndef LOYALTY_AUDIT_H
#define LOYALTY_AUDIT_H

#include "ledger/verify/verify_store.h"
#include "org/call.h"

typedef enum Verdict
{
	VERDICT_OK,
	VERDICT_DIVERGENCE,
	VERDICT_UNKNOWN, /* a key is missing: neither proved nor disproved */
} Verdict;

/* What became of an invariant: of divergences the first one is told. */
typedef struct Finding
{
	Verdict verdict;
	char *detail; /* NULL: none */
} Finding;

/* Adds a check to every audit; at load. */
extern void loyalty_audit_add(const LoyaltyCheck *check);

extern void loyalty_audit(const LoyaltyCall *call, Finding findings[INVARIANT_COUNT]);

#endif
