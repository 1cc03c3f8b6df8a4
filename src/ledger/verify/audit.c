/*
 * audit.c: verifying an org's ledger.
 *
 * One pass over all books judges each customer's by pure rules (verify_rules.c), and adds up what no customer shows
 * alone: the totals of house accounts, which the trial balance compares with the accounts, and the sums of sealed
 * days, which the seals are compared with afterwards. What ties customers to each other, or rows to bills, is left to
 * statements: checks, which higher capabilities add.
 *
 * Everything is read under one snapshot, without a lock, so books are judged as they were at one moment while tills go
 * on. Nothing is late here: an expiry that is due but not posted is no divergence, since the rules compare what is
 * posted.
 *
 * Memory holds the books of one customer, and of sums one for each program and sealed day and one for each day,
 * program, category and house account. The first divergence of each invariant is kept, so that a broken ledger costs
 * no more than a sound one. A key that the key file lacks leaves a verdict open; a divergence is stronger than that.
 */
#include "postgres.h"

#include "miscadmin.h"
#include "utils/memutils.h"

#include "common/crypto.h"
#include "common/points.h"
#include "ledger/tables/anchor_store.h"
#include "ledger/verify/audit.h"
#include "ledger/verify/audit_sums.h"
#include "ledger/verify/books_store.h"
#include "ledger/verify/seal.h"

/* Checks that may be added. */
#define MAX_CHECKS 16

/* Keeps the first divergence. The detail is copied out of the memory of the customer at hand. */
void
loyalty_audit_note(void *context, Invariant invariant, const char *detail)
{
	Audit *audit = context;
	Finding *finding = &audit->findings[invariant];

	if (finding->verdict == VERDICT_DIVERGENCE)
		return;
	finding->verdict = VERDICT_DIVERGENCE;
	finding->detail = MemoryContextStrdup(audit->context, detail);
}

/* Leaves the verdict open, unless it is one of divergence or open already. */
void
loyalty_audit_note_missing_key(Audit *audit, Invariant invariant, const char *detail)
{
	Finding *finding = &audit->findings[invariant];

	if (finding->verdict != VERDICT_OK)
		return;
	finding->verdict = VERDICT_UNKNOWN;
	finding->detail = MemoryContextStrdup(audit->context, detail);
}

/*
 * Begins the hash of an entry. After the first divergence of the chain nobody asks for more hashes, which are most of
 * the work. Without its key an entry is passed over, and the next one is judged by the hash that the row has.
 */
static bool
hash_begin(void *context, const Books *books, const BookEntry *entry)
{
	Audit *audit = context;

	if (audit->findings[INVARIANT_HASH_CHAIN].verdict == VERDICT_DIVERGENCE)
		return false;
	if (loyalty_digest_begin(&audit->digest, entry->key_id))
		return true;
	loyalty_audit_note_missing_key(audit, INVARIANT_HASH_CHAIN,
								   psprintf("customer " INT64_FORMAT
											", program %d, category %s, entry %d: key missing: key %d is "
											"not in the key file",
											books->customer_id, entry->entry.program_id,
											loyalty_code_word("category", entry->entry.category),
											entry->entry.entry_no, entry->key_id));
	return false;
}

/* Takes the bytes of the hash that is under way. */
static void
hash_sink(void *context, const void *bytes, size_t size)
{
	loyalty_digest_bytes(&((Audit *) context)->digest, bytes, size);
}

/* Ends the hash. */
static void
hash_end(void *context, unsigned char hash[ENTRY_HASH_BYTES])
{
	loyalty_digest_end(&((Audit *) context)->digest, hash);
}

/* Makes a hash table of sums, in the memory of the audit. */
static HTAB *
make_table(const char *name, Size key_size, Size entry_size)
{
	HASHCTL control = { .keysize = key_size, .entrysize = entry_size, .hcxt = CurrentMemoryContext };

	return hash_create(name, 256, &control, HASH_ELEM | HASH_BLOBS | HASH_CONTEXT);
}

/* Finds the element of a key; a new one is all zeroes behind the key. */
static void *
element_of(HTAB *table, const void *key, Size key_size, Size size)
{
	bool found;
	void *element = hash_search(table, key, HASH_ENTER, &found);

	if (!found)
		memset((char *) element + key_size, 0, size - key_size);
	return element;
}

/* Finds or begins the sum of a program. */
static ProgramSum *
program_sum(Audit *audit, int32 program_id)
{
	return element_of(audit->programs, &program_id, sizeof(program_id), sizeof(ProgramSum));
}

/* Finds or begins the sum of a day. */
static DaySum *
day_sum(Audit *audit, DateADT day)
{
	return element_of(audit->days, &day, sizeof(day), sizeof(DaySum));
}

/*
 * Adds an entry to the total of its day, program, category and house account, by the same rule as the statement that
 * writes totals (day_store.c): an opening balance below zero is a debit, which its entry type does not say.
 */
static void
add_total(Audit *audit, const Entry *entry)
{
	bool to_customer = entry->entry_type != ENTRY_DEBIT && entry->points >= 0;
	TotalKey key = { entry->posting_day, entry->program_id, entry->category, entry->house_account };
	TotalSum *total = element_of(audit->totals, &key, sizeof(key), sizeof(TotalSum));

	loyalty_add_points(to_customer ? &total->credits : &total->debits,
					   entry->points < 0 ? -entry->points : entry->points);
	total->entries++;
}

/*
 * Adds the last entry of an account on a sealed day to the digest of the day, where it takes the place of that of the
 * day before. So the digests of the days up to a seal add up to that of the seal.
 */
static void
add_day_end(Audit *audit, const Books *books, const BookEntry *entry, const BookEntry *before)
{
	DaySum *day = day_sum(audit, entry->entry.posting_day);
	AccountEnd end = { .entry_no = entry->entry.entry_no, .key_id = entry->key_id };
	bool known;

	memcpy(end.hash, entry->hash, ENTRY_HASH_BYTES);
	known = loyalty_seal_account(day->digest, true, books->org_id, books->customer_id,
								 entry->entry.program_id, entry->entry.category, &end);
	if (before)
	{
		end = (AccountEnd){ .entry_no = before->entry.entry_no, .key_id = before->key_id };
		memcpy(end.hash, before->hash, ENTRY_HASH_BYTES);
		known = known && loyalty_seal_account(day->digest, false, books->org_id, books->customer_id,
											  entry->entry.program_id, entry->entry.category, &end);
	}
	else
		day->accounts++;
	audit->key_missing |= !known;
}

/*
 * Adds a customer's books to the sums. Entries come by account and number, and days never run backwards in an account,
 * so the last entry of a day is followed by one of another day, or of another account.
 */
static void
add_books(Audit *audit, const Books *books)
{
	const BookEntry *day_end = NULL; /* of the account, on an earlier day */
	int i;

	for (i = 0; i < books->account_count; i++)
		loyalty_add_points(&program_sum(audit, books->accounts[i].program_id)->balance,
						   books->accounts[i].balance);
	for (i = 0; i < books->entry_count; i++)
	{
		const BookEntry *entry = &books->entries[i];
		const BookEntry *next = i + 1 < books->entry_count ? &books->entries[i + 1] : NULL;
		bool ends = !next || !loyalty_same_account(&entry->entry, &next->entry);

		add_total(audit, &entry->entry);
		audit->entries++;
		if (entry->entry.posting_day <= audit->anchor.sealed_day)
		{
			day_sum(audit, entry->entry.posting_day)->entries++;
			if (ends || next->entry.posting_day != entry->entry.posting_day)
			{
				add_day_end(audit, books, entry, day_end);
				day_end = entry;
			}
		}
		if (ends)
			day_end = NULL;
	}
}

/*
 * Walks over all customers. The books of one are freed before the next is read; sums come first, as judging sorts the
 * rows.
 */
static void
walk_books(Audit *audit)
{
	Auditor auditor = {
		.context = audit,
		.diverges = loyalty_audit_note,
		.hash_begin = hash_begin,
		.hash_sink = hash_sink,
		.hash_end = hash_end,
		.key_rank = loyalty_audit_key_rank,
		.key_required = loyalty_audit_key_required,
	};
	MemoryContext books_context =
		AllocSetContextCreate(CurrentMemoryContext, "books of a customer", ALLOCSET_DEFAULT_SIZES);
	BookStream *stream = loyalty_books_open(audit->call->org->org_id);
	MemoryContext caller = MemoryContextSwitchTo(books_context);
	Books books;

	while (loyalty_books_next(stream, &books))
	{
		CHECK_FOR_INTERRUPTS();
		add_books(audit, &books);
		loyalty_books_judge(&books, &auditor);
		MemoryContextReset(books_context);
	}
	MemoryContextSwitchTo(caller);
	loyalty_books_close(stream);
	if (audit->findings[INVARIANT_HASH_CHAIN].verdict == VERDICT_OK)
		audit->findings[INVARIANT_HASH_CHAIN].detail = psprintf(INT64_FORMAT " entries", audit->entries);
}

/*
 * Compares what the accounts of a program hold with what its house accounts gave. Conversions and points in transit
 * must net to zero, each by itself: nothing stays on the way.
 */
static void
judge_trial_balance(Audit *audit)
{
	HASH_SEQ_STATUS scan;
	TotalSum *total;
	ProgramSum *program;

	hash_seq_init(&scan, audit->totals);
	while ((total = hash_seq_search(&scan)) != NULL)
	{
		int64 given = total->credits - total->debits;

		program = program_sum(audit, total->key.program_id);
		loyalty_add_points(&program->total, given);
		if (total->key.house_account == HOUSE_CONVERTED)
			loyalty_add_points(&program->converted, given);
		if (total->key.house_account == HOUSE_TRANSFER_IN_TRANSIT ||
			total->key.house_account == HOUSE_MERGE_IN_TRANSIT)
			loyalty_add_points(&program->in_transit, given);
	}
	hash_seq_init(&scan, audit->programs);
	while ((program = hash_seq_search(&scan)) != NULL)
		if (program->balance != program->total || program->converted != 0 || program->in_transit != 0)
			loyalty_audit_note(
				audit, INVARIANT_TRIAL_BALANCE,
				psprintf(
					"program %d: the accounts hold %s, the house accounts %s; converted %s, in transit %s",
					program->program_id, loyalty_points_text(program->balance),
					loyalty_points_text(program->total), loyalty_points_text(program->converted),
					loyalty_points_text(program->in_transit)));
}

/* Checks in the order in which they were added. */
static const LoyaltyCheck *checks[MAX_CHECKS];
static int check_count;

/* Notes the check; one too many is an error of ours, at load. */
void
loyalty_audit_add(const LoyaltyCheck *check)
{
	if (check_count == MAX_CHECKS)
		elog(ERROR, "too many checks of the ledger");
	checks[check_count++] = check;
}

/*
 * Runs the pass, then what is judged by its sums, then the checks. The sealed day is read under the same snapshot as
 * the entries: a closing that commits meanwhile is not half seen.
 */
void
loyalty_audit(const LoyaltyCall *call, const unsigned char *expected_seal, Finding findings[INVARIANT_COUNT])
{
	Audit audit = {
		.call = call,
		.findings = findings,
		.expected_seal = expected_seal,
		.context = CurrentMemoryContext,
		.totals = make_table("totals of days", sizeof(TotalKey), sizeof(TotalSum)),
		.days = make_table("sealed days", sizeof(DateADT), sizeof(DaySum)),
		.programs = make_table("programs", sizeof(int32), sizeof(ProgramSum)),
	};
	int i;

	memset(findings, 0, sizeof(Finding) * INVARIANT_COUNT);
	audit.has_anchor = loyalty_anchor_read_seen(call->org->org_id, &audit.anchor);
	loyalty_audit_read_keys(&audit);
	walk_books(&audit);
	loyalty_audit_judge_keys(&audit);
	judge_trial_balance(&audit);
	loyalty_audit_judge_seals(&audit);
	for (i = 0; i < check_count; i++)
	{
		char *missing = NULL;
		char *detail = checks[i]->find ? checks[i]->find(call->org->org_id)
									   : checks[i]->find_hashed(call->org->org_id, &missing);

		if (detail)
			loyalty_audit_note(&audit, checks[i]->invariant, detail);
		if (missing)
			loyalty_audit_note_missing_key(&audit, checks[i]->invariant, missing);
	}
}
