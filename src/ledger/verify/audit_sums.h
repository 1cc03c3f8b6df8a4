/*
 * audit_sums.h: the state of an audit: its findings, and the sums of all books that no customer shows alone. audit.c
 * adds them up, audit_seals.c compares the seals with them.
 */
#ifndef LOYALTY_AUDIT_SUMS_H
#define LOYALTY_AUDIT_SUMS_H

#include "postgres.h"

#include "utils/date.h"
#include "utils/hsearch.h"

#include "common/array.h"
#include "common/crypto.h"
#include "ledger/verify/audit.h"

/*
 * A posting day, program, category and house account. Members are of one size: hashed as bytes, it must have no gap.
 */
typedef struct TotalKey
{
	int32 posting_day;
	int32 program_id;
	int32 category;
	int32 house_account;
} TotalKey;

/* The entries of one key, added up: credits come to customers, debits go from them. */
typedef struct TotalSum
{
	TotalKey key;
	int64 credits;
	int64 debits;
	int64 entries;
} TotalSum;

/*
 * The entries of a sealed day: how they change the digest of a seal, and its numbers. An account adds to the number of
 * accounts on the day of its first entry.
 */
typedef struct DaySum
{
	DateADT day;
	unsigned char digest[ENTRY_HASH_BYTES];
	int64 accounts;
	int64 entries;
} DaySum;

/* A program: what its accounts hold, and what its house accounts gave. */
typedef struct ProgramSum
{
	int32 program_id;
	int64 balance; /* of the accounts */
	int64 total;   /* of the house accounts */
	int64 converted;
	int64 in_transit;
} ProgramSum;

/* An audit that is under way. */
typedef struct Audit
{
	const LoyaltyCall *call;
	Finding *findings;
	MemoryContext context; /* outlives the books of a customer */
	LoyaltyDigest digest;  /* of the entry whose hash is under way */
	int64 entries;
	bool key_missing;					/* true: a term of a seal's digest could not be computed */
	const unsigned char *expected_seal; /* that a closing answered; NULL: none was kept */
	bool has_anchor;
	DayAnchor anchor; /* without a day where there is none */
	LOYALTY_ARRAY(KeyUse) key_uses;
	LOYALTY_ARRAY(int16) used_keys; /* that made the hash of an entry or of a bill */
	HTAB *totals;
	HTAB *days;
	HTAB *programs;
} Audit;

/* Notes a divergence, the first of each invariant; "context" is the audit. */
extern void loyalty_audit_note(void *context, Invariant invariant, const char *detail);

/* Notes that a key is missing, where nothing worse is known. */
extern void loyalty_audit_note_missing_key(Audit *audit, Invariant invariant, const char *detail);

/* ---- audit_keys.c: reads and judges the notes of keys, and stands behind the auditor's questions about keys. */
extern void loyalty_audit_read_keys(Audit *audit);
extern int loyalty_audit_key_rank(void *context, int16 key_id);
extern int loyalty_audit_key_required(void *context, int64 event_id, int16 key_id);
extern void loyalty_audit_judge_keys(Audit *audit);

/* Judges the seals against the sums of all books, which are complete. */
extern void loyalty_audit_judge_seals(Audit *audit);

#endif
