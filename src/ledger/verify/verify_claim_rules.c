/*
 * verify_claim_rules.c: what must hold of the reversals and claims of one entry.
 *
 * A credit from `redeemed` puts back just what its reversals say; no other entry has any. A debit to `returned`
 * settles claims, as many as it has points, or it leaves some; a memo leaves some, and no other entry has claims.
 * Whether more went back than was drawn, and whether a claim is open of what came back long ago, no single customer's
 * books can tell: verify_store.c asks that of tables.
 *
 * Every number may have been tampered with, so sums have room for whatever columns hold. Pure: nothing is read.
 */
#include "common/compare.h"
#include "ledger/verify/verify_claim_rules.h"
#include "ledger/verify/verify_lot_rules.h"
#include "ledger/verify/verify_report_rules.h"

#include <inttypes.h>

/* Compares the place of a part with the entry at hand. */
static int
compare_place(const Walk *walk, int32_t program_id, Category category, int32_t entry_no)
{
	const Entry *entry = &walk->entry->entry;
	int side = loyalty_compare_accounts(program_id, category, entry->program_id, entry->category);

	return side ? side : loyalty_compare_int64(entry_no, entry->entry_no);
}

/* Reports a part that belongs to no entry, or to one of another event. */
static void
part_is_lost(const Walk *walk, Invariant invariant, const char *what, int64_t lot_id, int32_t entry_no)
{
	loyalty_diverges(walk->books, walk->auditor, invariant,
					 "lot %" PRId64 ": its %s belongs to no entry (entry %d)", lot_id, what, entry_no);
}

/* Finds the reversals; they are of regular accounts. */
static void
take_reversals(Walk *walk)
{
	Range *range = &walk->reversals;

	for (range->first = range->next; range->next < walk->books->reversal_count; range->next++)
	{
		const BookReversal *book = &walk->books->reversals[range->next];
		const Reversal *reversal = &book->reversal;
		int side = walk->entry
					   ? compare_place(walk, reversal->program_id, CATEGORY_REGULAR, reversal->entry_no)
					   : -1;

		if (side > 0)
			break;
		if (side < 0 || book->event_id != walk->entry->event_id)
			part_is_lost(walk, INVARIANT_REVERSALS, "reversal", reversal->lot_id, reversal->entry_no);
		if (side < 0)
			range->first = range->next + 1;
	}
}

/* Finds the claims in the same way. */
static void
take_claims(Walk *walk)
{
	Range *range = &walk->claims;

	for (range->first = range->next; range->next < walk->books->claim_count; range->next++)
	{
		const BookClaim *book = &walk->books->claims[range->next];
		const Claim *claim = &book->claim;
		int side =
			walk->entry ? compare_place(walk, claim->program_id, claim->category, claim->entry_no) : -1;

		if (side > 0)
			break;
		if (side < 0 || book->event_id != walk->entry->event_id)
			part_is_lost(walk, INVARIANT_RETURNS, "claim", claim->lot_id, claim->entry_no);
		if (side < 0)
			range->first = range->next + 1;
	}
}

/* Takes both; one that names another event than its entry stays in the range, as the hash of the entry covers it. */
void
loyalty_entry_take_claims(Walk *walk)
{
	take_reversals(walk);
	take_claims(walk);
}

/* Tells whether the reversals are what the entry puts back. */
static bool
reverses(const Walk *walk)
{
	const Entry *entry = &walk->entry->entry;
	__int128 points = 0;
	int i;

	for (i = walk->reversals.first; i < walk->reversals.next; i++)
	{
		if (walk->books->reversals[i].reversal.points <= 0)
			return false;
		points += walk->books->reversals[i].reversal.points;
	}
	if (entry->entry_type == ENTRY_CREDIT && entry->house_account == HOUSE_REDEEMED)
		return points == entry->points;
	return walk->reversals.first == walk->reversals.next;
}

/* Tells whether the entry may have its claims. */
static bool
claims(const Walk *walk)
{
	const Entry *entry = &walk->entry->entry;
	bool takes = entry->entry_type == ENTRY_DEBIT && entry->house_account == HOUSE_RETURNED;
	__int128 settled = 0;
	bool arises = false;
	int i;

	for (i = walk->claims.first; i < walk->claims.next; i++)
	{
		const Claim *claim = &walk->books->claims[i].claim;

		if (claim->covered < 0)
			return false;
		if (claim->claimed < 0)
			settled -= claim->claimed;
		else
			arises = true;
	}
	if (settled > 0)
		return takes && !arises && settled == entry->points;
	return !arises || takes || entry->entry_type == ENTRY_MEMO;
}

/* Reports both by the entry. */
void
loyalty_entry_judge_claims(const Walk *walk)
{
	const Entry *entry = &walk->entry->entry;

	if (!reverses(walk))
		loyalty_diverges(walk->books, walk->auditor, INVARIANT_REVERSALS,
						 "program %d, category %s, entry %d: its reversals are not what it puts back",
						 entry->program_id, loyalty_category_name(entry->category), entry->entry_no);
	if (!claims(walk))
		loyalty_diverges(walk->books, walk->auditor, INVARIANT_RETURNS,
						 "program %d, category %s, entry %d: its claims are not those of a return",
						 entry->program_id, loyalty_category_name(entry->category), entry->entry_no);
}
