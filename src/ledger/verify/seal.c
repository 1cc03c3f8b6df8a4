/*
 * seal.c: sealing an org's books up to a day: the totals of each posting day, a digest over the last entries of all
 * accounts, and a hash over both and the seal before.
 *
 * The digest is a sum of terms, one an account, modulo 2^128. So a seal costs what the accounts with entries since the
 * last one cost: their old term is taken away and the new one added. Each term is a hash with the key of its entry, so
 * that nobody without the key can make up terms that add up to the same. An entry's hash covers the chain before it:
 * the last ones of all accounts stand for every entry there is.
 *
 * The caller has the turn to seal and has waited for all who might still post to these days (day_api.c). No customer
 * is locked: what was posted to a closed day never changes. Nothing is late here.
 */
#include "postgres.h"

#include "access/xact.h"
#include "miscadmin.h"
#include "utils/memutils.h"
#include "utils/snapmgr.h"

#include "common/crypto.h"
#include "common/errors.h"
#include "ledger/tables/anchor_store.h"
#include "ledger/tables/key_store.h"
#include "ledger/verify/seal.h"

/*
 * Computes the term with the key of the entry itself, not with the key in use: a new key changes no term of an account
 * that stands still.
 */
bool
loyalty_seal_account(unsigned char *digest, bool add, int32 org_id, int64 customer_id, int32 program_id,
					 Category category, const AccountEnd *end)
{
	unsigned char term[ENTRY_HASH_BYTES];
	LoyaltyDigest state;

	if (!loyalty_digest_begin(&state, end->key_id))
		return false;
	loyalty_chain_account(loyalty_digest_bytes, &state, org_id, customer_id, program_id, category,
						  end->entry_no, end->hash);
	loyalty_digest_end(&state, term);
	if (add)
		sodium_add(digest, term, ENTRY_HASH_BYTES);
	else
		sodium_sub(digest, term, ENTRY_HASH_BYTES);
	return true;
}

/*
 * Hashes the seal and then the totals as the table has them, in their order. The writer reads back what it has just
 * written, so that both ways hash the same values.
 */
bool
loyalty_seal_hash(int32 org_id, const DaySeal *seal, const DaySeal *before,
				  unsigned char hash[ENTRY_HASH_BYTES])
{
	static const unsigned char zeroes[ENTRY_HASH_BYTES];
	LoyaltyDigest state;
	LoyaltyCursor *totals;
	DayTotal total;

	if (!loyalty_digest_begin(&state, seal->key_id))
		return false;
	loyalty_chain_seal(loyalty_digest_bytes, &state, before ? before->hash : zeroes, org_id, seal);
	totals = loyalty_totals_open(org_id, before ? before->day : DATEVAL_NOBEGIN, seal->day);
	while (loyalty_totals_next(totals, &total))
		loyalty_chain_total(loyalty_digest_bytes, &state, &total);
	loyalty_cursor_close(totals);
	loyalty_digest_end(&state, hash);
	return true;
}

/* Raises where a key is missing: a seal without all its terms would say less than it seems to. */
static void
raise_key_missing(void)
{
	loyalty_raise_key_file("A key that entries were made with is missing.");
}

/*
 * Replaces the terms of the accounts with entries after a day, and adds up their numbers. Memory of one row is freed
 * before the next: a closing may meet every account there is.
 */
static void
add_changes(int32 org_id, DateADT after, DaySeal *seal)
{
	LoyaltyCursor *changes = loyalty_changes_open(org_id, after, seal->day);
	MemoryContext row_context =
		AllocSetContextCreate(CurrentMemoryContext, "changed account", ALLOCSET_SMALL_SIZES);
	MemoryContext caller = CurrentMemoryContext;
	ChangedAccount changed;

	while (loyalty_changes_next(changes, &changed))
	{
		bool known = true;

		MemoryContextSwitchTo(row_context);
		CHECK_FOR_INTERRUPTS();
		if (changed.before.entry_no == 0)
			seal->accounts++;
		else
			known = loyalty_seal_account(seal->account_digest, false, org_id, changed.customer_id,
										 changed.program_id, changed.category, &changed.before);
		if (!known || !loyalty_seal_account(seal->account_digest, true, org_id, changed.customer_id,
											changed.program_id, changed.category, &changed.last))
			raise_key_missing();
		seal->entries += changed.entries;
		MemoryContextReset(row_context);
		MemoryContextSwitchTo(caller);
	}
	loyalty_cursor_close(changes);
}

/*
 * Carries on the numbers and the digest of the last seal. Totals are written first, and read back under a snapshot
 * that sees them and every posting that was waited for. The seal comes last, and the day is noted as sealed with it.
 */
void
loyalty_seal_day(const LoyaltyCall *call, DateADT day)
{
	int32 org_id = call->org->org_id;
	DaySeal before;
	bool has_before = loyalty_seal_last(org_id, &before);
	DateADT after = has_before ? before.day : DATEVAL_NOBEGIN;
	DaySeal seal = {
		.seal_no = 1,
		.day = day,
		.sealed_at = call->now,
		.key_id = loyalty_key_after(org_id, has_before ? before.key_id : LOYALTY_NO_KEY),
		.hash_version = HASH_VERSION,
	};

	if (has_before)
	{
		seal.seal_no = before.seal_no + 1;
		seal.accounts = before.accounts;
		seal.entries = before.entries;
		memcpy(seal.account_digest, before.account_digest, ENTRY_HASH_BYTES);
	}
	loyalty_totals_insert(org_id, after, day);
	CommandCounterIncrement();
	PushActiveSnapshot(GetLatestSnapshot()); /* sees the totals */
	add_changes(org_id, after, &seal);
	if (!loyalty_seal_hash(org_id, &seal, has_before ? &before : NULL, seal.hash))
		raise_key_missing();
	PopActiveSnapshot();
	loyalty_seal_insert(org_id, &seal);
	loyalty_day_sealed(org_id, &seal);
}
