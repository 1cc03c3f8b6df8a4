/*
 * verify_api.c: verify_ledger: the audit of an org as rows.
 *
 * The call frame checks that the caller may see the org; the audit (audit.c) reads all of its books under the snapshot
 * of the statement, locks nothing and writes nothing, so that it runs on a replica and beside tills. It takes the time
 * of one pass over every row of the org's ledger. A divergence is a row with ok = false, never an error: all
 * invariants are told, whatever is broken.
 */
#include "postgres.h"

#include "utils/builtins.h"

#include "common/args.h"
#include "common/crypto.h"
#include "common/pg_compat.h"
#include "common/srf.h"
#include "ledger/verify/audit.h"
#include "ledger/verify/verify_report_rules.h"

LOYALTY_FUNCTION(loyalty_verify_ledger);

/* Adds a row for an invariant: ok is null where a missing key leaves the verdict open. */
static void
add_finding(FunctionCallInfo fcinfo, Invariant invariant, const Finding *finding)
{
	Datum values[3] = { CStringGetTextDatum(loyalty_invariant_name(invariant)),
						BoolGetDatum(finding->verdict == VERDICT_OK), (Datum) 0 };
	bool nulls[3] = { false, finding->verdict == VERDICT_UNKNOWN, finding->detail == NULL };

	if (finding->detail)
		values[2] = CStringGetTextDatum(finding->detail);
	loyalty_set_add(fcinfo, values, nulls);
}

/* Reads the hash of a seal as close_day answered it; NULL: none is expected. LY003 for anything else. */
static const unsigned char *
read_expected_seal(FunctionCallInfo fcinfo, unsigned char hash[ENTRY_HASH_BYTES])
{
	const char *text = loyalty_arg_text_or_null(fcinfo, 1, "expected_seal", LOYALTY_MAX_CODE);
	size_t size = 0;
	const char *end;

	if (text == NULL)
		return NULL;
	if (sodium_hex2bin(hash, ENTRY_HASH_BYTES, text, strlen(text), NULL, &size, &end) != 0 ||
		size != ENTRY_HASH_BYTES || *end != '\0')
		loyalty_raise_not_allowed("expected_seal", "the 32 hexadecimal digits that close_day answered");
	return hash;
}

/* Returns a row per invariant, in their order, each with its verdict and the first divergence. */
Datum
loyalty_verify_ledger(PG_FUNCTION_ARGS)
{
	Finding findings[INVARIANT_COUNT];
	unsigned char expected[ENTRY_HASH_BYTES];
	LoyaltyCall call;
	int i;

	loyalty_set_begin(fcinfo);
	loyalty_call_begin(&call, fcinfo);
	loyalty_audit(&call, read_expected_seal(fcinfo, expected), findings);
	for (i = 0; i < INVARIANT_COUNT; i++)
		add_finding(fcinfo, i, &findings[i]);
	loyalty_call_end(&call);
	return (Datum) 0;
}
