/*
 * audit_seals.c: judging the seals of closed days, once the audit has added all books up.
 *
 * The seals are read in their order, and the sums of the days are carried along: at each seal they are the numbers and
 * the digest that the books have by its day. The hash of a seal is recomputed from its own row and its totals, and the
 * totals are compared with those of the entries. So a change of an old entry is found though somebody hashed the books
 * anew, as long as the seal is whole.
 *
 * Read under the snapshot of the audit, without a lock. Nothing is late here: a day that is closed and not sealed yet
 * has no seal to judge, and its sums are not counted.
 */
#include "postgres.h"

#include "common/compare.h"
#include "common/crypto.h"
#include "ledger/tables/anchor_store.h"
#include "ledger/verify/audit_sums.h"
#include "ledger/verify/seal.h"

/* Compares the sealed totals of some days with the sums of the entries; returns how many totals there are. */
static int64
judge_totals(Audit *audit, DateADT after, DateADT up_to)
{
	LoyaltyCursor *stream = loyalty_totals_open(audit->call->org->org_id, after, up_to);
	int64 count = 0;
	DayTotal total;

	while (loyalty_totals_next(stream, &total))
	{
		TotalKey key = { total.posting_day, total.program_id, total.category, total.house_account };
		const TotalSum *sum = hash_search(audit->totals, &key, HASH_FIND, NULL);

		count++;
		if (!sum || sum->credits != total.credits || sum->debits != total.debits ||
			sum->entries != total.entries)
			loyalty_audit_note(
				audit, INVARIANT_SEALS,
				psprintf("the total of %s, program %d, house account %s is not that of the entries",
						 loyalty_day_text(total.posting_day), total.program_id,
						 loyalty_code_word("house_account", total.house_account)));
	}
	loyalty_cursor_close(stream);
	return count;
}

/* Compares by day. */
static int
compare_days(const void *left, const void *right)
{
	return loyalty_compare_int64(((const DaySum *) left)->day, ((const DaySum *) right)->day);
}

/* Returns the sums of the sealed days, in their order. */
static DaySum *
sorted_days(const Audit *audit, long *count)
{
	DaySum *days = palloc(sizeof(DaySum) * Max(hash_get_num_entries(audit->days), 1));
	HASH_SEQ_STATUS scan;
	DaySum *day;

	*count = 0;
	hash_seq_init(&scan, audit->days);
	while ((day = hash_seq_search(&scan)) != NULL)
		days[(*count)++] = *day;
	qsort(days, *count, sizeof(DaySum), compare_days);
	return days;
}

/* Tells whether a key is older than another one before it, as far as the key file knows both. */
static bool
goes_back(int16 before, int16 key_id)
{
	int rank = loyalty_key_rank(key_id);

	return key_id == LOYALTY_NO_KEY ? before != LOYALTY_NO_KEY : rank >= 0 && rank < loyalty_key_rank(before);
}

/*
 * Judges the anchor: its own hash, and that the seals which it counts are there, with the last one that it names. Its key
 * is not older than that of the last seal.
 */
static void
judge_anchor(Audit *audit, int32 seals, const DaySeal *last)
{
	const DayAnchor *anchor = &audit->anchor;
	unsigned char hash[ENTRY_HASH_BYTES];

	if (!audit->has_anchor)
	{
		if (seals > 0)
			loyalty_audit_note(audit, INVARIANT_SEALS, "there are seals, and no anchor that counts them");
		return;
	}
	if (!loyalty_chain_knows(anchor->hash_version))
		loyalty_audit_note(audit, INVARIANT_SEALS, "the anchor is of a version that there is not");
	if (!loyalty_anchor_hash(audit->call->org->org_id, anchor, hash))
		loyalty_audit_note_missing_key(audit, INVARIANT_SEALS, "the anchor: key missing");
	else if (memcmp(hash, anchor->hash, ENTRY_HASH_BYTES) != 0)
		loyalty_audit_note(audit, INVARIANT_SEALS, "the hash of the anchor does not match");
	if (anchor->seals != seals || anchor->has_seal != (seals > 0) ||
		(seals > 0 && memcmp(anchor->last_seal_hash, last->hash, ENTRY_HASH_BYTES) != 0))
		loyalty_audit_note(
			audit, INVARIANT_SEALS,
			psprintf("the anchor counts %d seals, and there are %d, or the last is another one",
					 anchor->seals, seals));
	if (seals > 0 && goes_back(last->key_id, anchor->key_id))
		loyalty_audit_note(audit, INVARIANT_SEALS,
						   "the anchor is hashed with an older key than the last seal");
}

/*
 * Judges one seal: its number and day follow the seal before, its hash is that of its row and totals, and what the
 * entries add up to by its day is what it says. One missing term of the digest leaves all digests open; the numbers
 * are judged in any case.
 */
static void
judge_seal(Audit *audit, const DaySeal *seal, const DaySeal *before, const DaySum *sum)
{
	unsigned char hash[ENTRY_HASH_BYTES];
	const char *name = psprintf("seal %d (%s)", seal->seal_no, loyalty_day_text(seal->day));
	bool known = loyalty_seal_hash(audit->call->org->org_id, seal, before, hash);

	if (seal->seal_no != (before ? before->seal_no : 0) + 1 || (before && seal->day <= before->day))
		loyalty_audit_note(audit, INVARIANT_SEALS, psprintf("%s does not follow the one before", name));
	if (!loyalty_chain_knows(seal->hash_version))
		loyalty_audit_note(audit, INVARIANT_SEALS, psprintf("%s is of a version that there is not", name));
	if (before && goes_back(before->key_id, seal->key_id))
		loyalty_audit_note(audit, INVARIANT_SEALS,
						   psprintf("%s: hashed with key %d, and a newer one was used before", name,
									seal->key_id));
	if (!known || audit->key_missing)
		loyalty_audit_note_missing_key(audit, INVARIANT_SEALS, psprintf("%s: key missing", name));
	if (known && memcmp(hash, seal->hash, ENTRY_HASH_BYTES) != 0)
		loyalty_audit_note(audit, INVARIANT_SEALS, psprintf("%s: its hash does not match", name));
	if (seal->accounts != sum->accounts || seal->entries != sum->entries)
		loyalty_audit_note(audit, INVARIANT_SEALS,
						   psprintf("%s: the books hold other numbers of accounts and entries", name));
	if (!audit->key_missing && memcmp(seal->account_digest, sum->digest, ENTRY_HASH_BYTES) != 0)
		loyalty_audit_note(audit, INVARIANT_SEALS,
						   psprintf("%s: the last entries of the accounts do not match", name));
}

/* Adds the days up to one to the sum, from the first that was not added yet; returns the next one. */
static long
sum_days(DaySum *sum, const DaySum *days, long next, long count, DateADT up_to)
{
	for (; next < count && days[next].day <= up_to; next++)
	{
		sodium_add(sum->digest, days[next].digest, ENTRY_HASH_BYTES);
		sum->accounts += days[next].accounts;
		sum->entries += days[next].entries;
	}
	return next;
}

/* Counts the totals that the entries of the sealed days must have. */
static int64
count_totals(const Audit *audit)
{
	HASH_SEQ_STATUS scan;
	const TotalSum *total;
	int64 count = 0;

	hash_seq_init(&scan, audit->totals);
	while ((total = hash_seq_search(&scan)) != NULL)
		if (total->key.posting_day <= audit->anchor.sealed_day)
			count++;
	return count;
}

/*
 * Judges the seals in their order, and carries the sum of days along: one pass, however many seals there are. The last
 * one must be that of the last sealed day, or one was removed; and there must be as many totals as the entries have,
 * or one was added.
 */
void
loyalty_audit_judge_seals(Audit *audit)
{
	int32 org_id = audit->call->org->org_id;
	DaySum sum = { 0 };
	DaySeal seal;
	DaySeal before = { .day = DATEVAL_NOBEGIN };
	int32 sealed = 0;
	bool found = audit->expected_seal == NULL;
	int64 totals;
	long count;
	long next = 0;
	DaySum *days = sorted_days(audit, &count);
	LoyaltyCursor *seals = loyalty_seals_open(org_id);

	while (loyalty_seals_next(seals, &seal))
	{
		found = found || memcmp(seal.hash, audit->expected_seal, ENTRY_HASH_BYTES) == 0;
		next = sum_days(&sum, days, next, count, seal.day);
		judge_seal(audit, &seal, sealed > 0 ? &before : NULL, &sum);
		before = seal;
		sealed++;
	}
	loyalty_cursor_close(seals);
	if (before.day != audit->anchor.sealed_day)
		loyalty_audit_note(audit, INVARIANT_SEALS, "the last seal is not that of the last sealed day");
	judge_anchor(audit, sealed, &before);
	if (!found)
		loyalty_audit_note(audit, INVARIANT_SEALS, "there is no seal of the hash that was kept");
	totals = judge_totals(audit, DATEVAL_NOBEGIN, DATEVAL_NOEND);
	if (totals != count_totals(audit))
		loyalty_audit_note(audit, INVARIANT_SEALS,
						   "there are more or fewer sealed totals than the entries have");
	if (audit->findings[INVARIANT_SEALS].verdict == VERDICT_OK)
		audit->findings[INVARIANT_SEALS].detail = psprintf("%d seals", sealed);
}
