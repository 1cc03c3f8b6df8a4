/*
 * audit.c: verifying an org's ledger. One pass over all books judges each customer's, and adds up what the trial
 * balance and the seals are compared with afterwards.
 */
#include "postgres.h"

#include "miscadmin.h"
#include "utils/hsearch.h"
#include "utils/memutils.h"

#include "common/compare.h"
#include "common/crypto.h"
#include "common/points.h"
#include "ledger/verify/audit.h"
#include "ledger/verify/books_store.h"
#include "ledger/verify/seal.h"

#define MAX_CHECKS 8

/* What the entries of a posting day add up to, per program, category and house account. */
typedef struct TotalKey
{
	int32 posting_day;
	int32 program_id;
	int32 category;
	int32 house_account;
} TotalKey;

typedef struct TotalSum
{
	TotalKey key;
	int64 credits;
	int64 debits;
	int64 entries;
} TotalSum;

/* What the entries of a posting day change of the digest, and of the numbers, of a seal. */
typedef struct DaySum
{
	DateADT day;
	unsigned char digest[ENTRY_HASH_BYTES];
	int64 accounts;
	int64 entries;
} DaySum;

typedef struct ProgramSum
{
	int32 program_id;
	int64 balance; /* of the accounts */
	int64 total;   /* of the house accounts */
	int64 converted;
	int64 in_transit;
} ProgramSum;

typedef struct Audit
{
	const LoyaltyCall *call;
	Finding *findings;
	MemoryContext context; /* outlives the books of a customer */
	LoyaltyDigest digest;
	int64 entries;
	bool key_missing; /* for a seal's digest */
	DateADT sealed_day;
	HTAB *totals;
	HTAB *days;
	HTAB *programs;
} Audit;

/* Keeps the first divergence of each invariant. */
static void
note(void *context, Invariant invariant, const char *detail)
{
	Audit *audit = context;
	Finding *finding = &audit->findings[invariant];

	if (finding->verdict == VERDICT_DIVERGENCE)
		return;
	finding->verdict = VERDICT_DIVERGENCE;
	finding->detail = MemoryContextStrdup(audit->context, detail);
}

/* Notes that a key is missing, where nothing worse is known. */
static void
note_missing_key(Audit *audit, Invariant invariant, const char *detail)
{
	Finding *finding = &audit->findings[invariant];

	if (finding->verdict != VERDICT_OK)
		return;
	finding->verdict = VERDICT_UNKNOWN;
	finding->detail = MemoryContextStrdup(audit->context, detail);
}

/* After the first divergence of the chain nobody asks for more hashes. */
static bool
hash_begin(void *context, const Books *books, const BookEntry *entry)
{
	Audit *audit = context;

	if (audit->findings[INVARIANT_HASH_CHAIN].verdict == VERDICT_DIVERGENCE)
		return false;
	if (loyalty_digest_begin(&audit->digest, entry->key_id))
		return true;
	note_missing_key(audit, INVARIANT_HASH_CHAIN,
					 psprintf("customer " INT64_FORMAT
							  ", program %d, category %s, entry %d: key missing: key %d is "
							  "not in the key file",
							  books->customer_id, entry->entry.program_id,
							  loyalty_code_word("category", entry->entry.category), entry->entry.entry_no,
							  entry->key_id));
	return false;
}

static void
hash_sink(void *context, const void *bytes, size_t size)
{
	loyalty_digest_bytes(&((Audit *) context)->digest, bytes, size);
}

static void
hash_end(void *context, unsigned char hash[ENTRY_HASH_BYTES])
{
	loyalty_digest_end(&((Audit *) context)->digest, hash);
}

static HTAB *
make_table(const char *name, Size key_size, Size entry_size)
{
	HASHCTL control = { .keysize = key_size, .entrysize = entry_size, .hcxt = CurrentMemoryContext };

	return hash_create(name, 256, &control, HASH_ELEM | HASH_BLOBS | HASH_CONTEXT);
}

/* The element of a key, all zeroes where it is new. */
static void *
element_of(HTAB *table, const void *key, Size key_size, Size size)
{
	bool found;
	void *element = hash_search(table, key, HASH_ENTER, &found);

	if (!found)
		memset((char *) element + key_size, 0, size - key_size);
	return element;
}

static ProgramSum *
program_sum(Audit *audit, int32 program_id)
{
	return element_of(audit->programs, &program_id, sizeof(program_id), sizeof(ProgramSum));
}

static DaySum *
day_sum(Audit *audit, DateADT day)
{
	return element_of(audit->days, &day, sizeof(day), sizeof(DaySum));
}

/* An opening balance below zero is a debit, which its entry type does not say. */
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

/* The last entry of an account on a sealed day takes the place of that of the day before. */
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

/* Adds a customer's books to the sums. */
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
		if (entry->entry.posting_day <= audit->sealed_day)
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

static void
walk_books(Audit *audit)
{
	Auditor auditor = {
		.context = audit,
		.diverges = note,
		.hash_begin = hash_begin,
		.hash_sink = hash_sink,
		.hash_end = hash_end,
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

/* The accounts of a program hold what its house accounts gave; nothing stays on the way. */
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
			note(audit, INVARIANT_TRIAL_BALANCE,
				 psprintf(
					 "program %d: the accounts hold %s, the house accounts %s; converted %s, in transit %s",
					 program->program_id, loyalty_points_text(program->balance),
					 loyalty_points_text(program->total), loyalty_points_text(program->converted),
					 loyalty_points_text(program->in_transit)));
}

/* The sealed totals of some days against the entries'; returns how many there are. */
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
			note(audit, INVARIANT_SEALS,
				 psprintf("the total of %s, program %d, house account %s is not that of the entries",
						  loyalty_day_text(total.posting_day), total.program_id,
						  loyalty_code_word("house_account", total.house_account)));
	}
	loyalty_cursor_close(stream);
	return count;
}

static int
compare_days(const void *left, const void *right)
{
	return loyalty_compare_int64(((const DaySum *) left)->day, ((const DaySum *) right)->day);
}

/* The sums of the sealed days, in their order. */
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

/* One seal against the one before and what the entries add up to by its day. */
static void
judge_seal(Audit *audit, const DaySeal *seal, const DaySeal *before, const DaySum *sum)
{
	unsigned char hash[ENTRY_HASH_BYTES];
	const char *name = psprintf("seal %d (%s)", seal->seal_no, loyalty_day_text(seal->day));
	bool known = loyalty_seal_hash(audit->call->org->org_id, seal, before, hash);

	if (seal->seal_no != (before ? before->seal_no : 0) + 1 || (before && seal->day <= before->day))
		note(audit, INVARIANT_SEALS, psprintf("%s does not follow the one before", name));
	if (!known || audit->key_missing)
		note_missing_key(audit, INVARIANT_SEALS, psprintf("%s: key missing", name));
	if (known && memcmp(hash, seal->hash, ENTRY_HASH_BYTES) != 0)
		note(audit, INVARIANT_SEALS, psprintf("%s: its hash does not match", name));
	if (seal->accounts != sum->accounts || seal->entries != sum->entries)
		note(audit, INVARIANT_SEALS,
			 psprintf("%s: the books hold other numbers of accounts and entries", name));
	if (!audit->key_missing && memcmp(seal->account_digest, sum->digest, ENTRY_HASH_BYTES) != 0)
		note(audit, INVARIANT_SEALS, psprintf("%s: the last entries of the accounts do not match", name));
}

/* Adds the days up to one to the sum. */
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

/* How many totals the entries of the sealed days have. */
static int64
count_totals(const Audit *audit)
{
	HASH_SEQ_STATUS scan;
	const TotalSum *total;
	int64 count = 0;

	hash_seq_init(&scan, audit->totals);
	while ((total = hash_seq_search(&scan)) != NULL)
		if (total->key.posting_day <= audit->sealed_day)
			count++;
	return count;
}

static void
judge_seals(Audit *audit)
{
	int32 org_id = audit->call->org->org_id;
	DaySum sum = { 0 };
	DaySeal seal;
	DaySeal before = { .day = DATEVAL_NOBEGIN };
	int32 sealed = 0;
	int64 totals;
	long count;
	long next = 0;
	DaySum *days = sorted_days(audit, &count);
	LoyaltyCursor *seals = loyalty_seals_open(org_id);

	while (loyalty_seals_next(seals, &seal))
	{
		next = sum_days(&sum, days, next, count, seal.day);
		judge_seal(audit, &seal, sealed > 0 ? &before : NULL, &sum);
		before = seal;
		sealed++;
	}
	loyalty_cursor_close(seals);
	if (before.day != audit->sealed_day)
		note(audit, INVARIANT_SEALS, "the last seal is not that of the last sealed day");
	totals = judge_totals(audit, DATEVAL_NOBEGIN, DATEVAL_NOEND);
	if (totals != count_totals(audit))
		note(audit, INVARIANT_SEALS, "there are more or fewer sealed totals than the entries have");
	if (audit->findings[INVARIANT_SEALS].verdict == VERDICT_OK)
		audit->findings[INVARIANT_SEALS].detail = psprintf("%d seals", sealed);
}

static const LoyaltyCheck *checks[MAX_CHECKS];
static int check_count;

void
loyalty_audit_add(const LoyaltyCheck *check)
{
	if (check_count == MAX_CHECKS)
		elog(ERROR, "too many checks of the ledger");
	checks[check_count++] = check;
}

void
loyalty_audit(const LoyaltyCall *call, Finding findings[INVARIANT_COUNT])
{
	Audit audit = {
		.call = call,
		.findings = findings,
		.context = CurrentMemoryContext,
		.totals = make_table("totals of days", sizeof(TotalKey), sizeof(TotalSum)),
		.days = make_table("sealed days", sizeof(DateADT), sizeof(DaySum)),
		.programs = make_table("programs", sizeof(int32), sizeof(ProgramSum)),
	};
	DateADT first_open_day;
	int i;

	memset(findings, 0, sizeof(Finding) * INVARIANT_COUNT);
	loyalty_day_read_seen(call->org->org_id, &first_open_day, &audit.sealed_day);
	walk_books(&audit);
	judge_trial_balance(&audit);
	judge_seals(&audit);
	for (i = 0; i < check_count; i++)
	{
		char *detail = checks[i]->find(call->org->org_id);

		if (detail)
			note(&audit, checks[i]->invariant, detail);
	}
}
