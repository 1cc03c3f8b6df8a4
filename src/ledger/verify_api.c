/*
 * verify_api.c: verify_ledger.
 */
#include "postgres.h"

#include "miscadmin.h"
#include "utils/builtins.h"
#include "utils/memutils.h"

#include "common/crypto.h"
#include "common/pg_compat.h"
#include "common/srf.h"
#include "ledger/verify_store.h"
#include "org/call.h"

LOYALTY_FUNCTION(loyalty_verify_ledger);

typedef enum Verdict
{
	VERDICT_OK,
	VERDICT_DIVERGENCE,
	VERDICT_UNKNOWN, /* a key is missing: neither proved nor disproved */
} Verdict;

static void
add_verdict(FunctionCallInfo fcinfo, const char *invariant, Verdict verdict, const char *detail)
{
	Datum values[3] = { CStringGetTextDatum(invariant), BoolGetDatum(verdict == VERDICT_OK), (Datum) 0 };
	bool nulls[3] = { false, verdict == VERDICT_UNKNOWN, detail == NULL };

	if (detail)
		values[2] = CStringGetTextDatum(detail);
	loyalty_set_add(fcinfo, values, nulls);
}

static char *
link_text(const ChainLink *link, const char *problem)
{
	return psprintf("customer " INT64_FORMAT ", program %d, category %s, entry %d: %s", link->customer_id,
					link->entry.program_id, loyalty_code_word("category", link->entry.category),
					link->entry.entry_no, problem);
}

/* The first entry of an account starts from a hash of zeroes. */
static const unsigned char *
hash_before(const ChainLink *link, const ChainLink *previous)
{
	static const unsigned char zeroes[ENTRY_HASH_BYTES];
	bool same_account = previous->customer_id == link->customer_id &&
						previous->entry.program_id == link->entry.program_id &&
						previous->entry.category == link->entry.category;

	return same_account ? previous->hash : zeroes;
}

/* Recomputes one hash. */
static Verdict
judge_link(int32 org_id, ChainStream *stream, const ChainLink *link, const unsigned char *before)
{
	unsigned char hash[ENTRY_HASH_BYTES];
	LoyaltyDigest digest;

	if (!loyalty_digest_begin(&digest, link->key_id))
		return VERDICT_UNKNOWN;
	loyalty_chain_entry(loyalty_digest_bytes, &digest, before, org_id, link->customer_id, &link->event,
						&link->entry);
	loyalty_chain_parts(stream, link, loyalty_digest_bytes, &digest);
	loyalty_digest_end(&digest, hash);
	return link->hash_is_whole && memcmp(hash, link->hash, ENTRY_HASH_BYTES) == 0 ? VERDICT_OK
																				  : VERDICT_DIVERGENCE;
}

/* Walks all chains of the org; stops at the first divergence, which it names. */
static Verdict
verify_chains(int32 org_id, char **detail)
{
	MemoryContext row_context =
		AllocSetContextCreate(CurrentMemoryContext, "chain link", ALLOCSET_SMALL_SIZES);
	ChainStream *stream = loyalty_chain_open(org_id);
	ChainLink previous = { 0 };
	ChainLink link;
	Verdict verdict = VERDICT_OK;
	int64 entries = 0;

	*detail = NULL;
	while (verdict != VERDICT_DIVERGENCE && loyalty_chain_next(stream, &link))
	{
		MemoryContext caller = MemoryContextSwitchTo(row_context);
		Verdict judged = judge_link(org_id, stream, &link, hash_before(&link, &previous));

		MemoryContextSwitchTo(caller);
		MemoryContextReset(row_context);
		CHECK_FOR_INTERRUPTS();
		if (judged == VERDICT_DIVERGENCE)
			*detail = link_text(&link, "the hash does not match");
		else if (judged == VERDICT_UNKNOWN && verdict == VERDICT_OK)
			*detail = link_text(&link, psprintf("key missing: key %d is not in the key file", link.key_id));
		verdict = judged == VERDICT_OK ? verdict : judged;
		previous = link;
		entries++;
	}
	loyalty_chain_close(stream);
	if (verdict == VERDICT_OK)
		*detail = psprintf(INT64_FORMAT " entries", entries);
	return verdict;
}

Datum
loyalty_verify_ledger(PG_FUNCTION_ARGS)
{
	LoyaltyCall call;
	char *detail;
	Verdict verdict;
	int check;

	loyalty_set_begin(fcinfo);
	loyalty_call_begin(&call, fcinfo);
	for (check = 0; check < CHECK_COUNT; check++)
	{
		detail = loyalty_check_run(check, call.org->org_id);
		add_verdict(fcinfo, loyalty_check_name(check), detail ? VERDICT_DIVERGENCE : VERDICT_OK, detail);
	}
	verdict = verify_chains(call.org->org_id, &detail);
	add_verdict(fcinfo, "hash chain", verdict, detail);
	detail = loyalty_chain_ends(call.org->org_id);
	add_verdict(fcinfo, "accounts end with their last entry", detail ? VERDICT_DIVERGENCE : VERDICT_OK,
				detail);
	loyalty_call_end(&call);
	return (Datum) 0;
}
