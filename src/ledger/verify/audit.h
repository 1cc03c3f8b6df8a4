/* audit.h: verifying an org's ledger: every invariant, in one pass over all books and a few statements. */
#ifndef LOYALTY_AUDIT_H
#define LOYALTY_AUDIT_H

#include "ledger/verify/verify_store.h"
#include "org/call.h"

/* Verdicts on an invariant; a divergence stays one, whatever else is found. */
typedef enum Verdict
{
	VERDICT_OK,
	VERDICT_DIVERGENCE,
	VERDICT_UNKNOWN, /* a key is missing: neither proved nor disproved */
} Verdict;

/* The verdict on an invariant, with the first divergence that was found, or a number of what was looked at. */
typedef struct Finding
{
	Verdict verdict;
	char *detail; /* NULL: none */
} Finding;

/* Adds a check to every audit; called when the library is loaded. The check is a constant. */
extern void loyalty_audit_add(const LoyaltyCheck *check);

/*
 * Judges every invariant of the org of the call, under the caller's snapshot, and writes nothing; there must be a seal of
 * the hash that was kept outside (NULL: none was). Details are in the current memory context.
 */
extern void loyalty_audit(const LoyaltyCall *call, const unsigned char *expected_seal,
						  Finding findings[INVARIANT_COUNT]);

#endif
