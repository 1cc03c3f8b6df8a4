/*
 * verify_rules.h: recomputing what must hold of one customer's books: entries, events, lots, movements and changes of
 * expiry, against each other and against the accounts. Pure: knows no server and no cryptography.
 */
#ifndef LOYALTY_VERIFY_RULES_H
#define LOYALTY_VERIFY_RULES_H

#include "ledger/tables/chain_rules.h"

/* The invariants, in the order in which verify_ledger returns them; verify_report_rules.c has their texts. */
typedef enum Invariant
{
	INVARIANT_ENTRY_CHAIN,
	INVARIANT_BALANCE_IS_LOTS,
	INVARIANT_LOT_COLUMNS,
	INVARIANT_DEBITS_PAID,
	INVARIANT_CREDITS_ARE_LOTS,
	INVARIANT_TRIAL_BALANCE,
	INVARIANT_COUNTERS,
	INVARIANT_EVENTS,
	INVARIANT_CUSTOMERS,
	INVARIANT_EXPIRY,
	INVARIANT_REVERSALS,
	INVARIANT_TRANSACTIONS,
	INVARIANT_RETURNS,
	INVARIANT_BILL_HASHES,
	INVARIANT_REFERRALS,
	INVARIANT_MERGES,
	INVARIANT_REQUESTS,
	INVARIANT_ENROLMENTS,
	INVARIANT_PARTICIPATIONS,
	INVARIANT_HASH_CHAIN,
	INVARIANT_KEYS,
	INVARIANT_ACCOUNT_ENDS,
	INVARIANT_SEALS,
	INVARIANT_COUNT
} Invariant;

/* A row of an entry. */
typedef struct BookEntry
{
	Entry entry;
	int64_t event_id;
	bool carries_event; /* true: the event stands in the entry */
	Event event;
	int16_t key_id;
	char hash_version;
	unsigned char hash[ENTRY_HASH_BYTES];
	bool hash_is_whole; /* true: the hash has the right length */
} BookEntry;

/* A row of an event, with what the walk finds of it. */
typedef struct BookEvent
{
	Event event;
	int64_t posted; /* by its entries: credits less debits */
	int entries;
} BookEvent;

/* A row of a lot, and the lot that its award, movements and changes make. */
typedef struct BookLot
{
	Lot lot;
	bool is_open;			   /* the column of the row: true while points remain */
	Lot moved;				   /* columns of points as the movements make them */
	int64_t first_expires_at;  /* before any change */
	int64_t latest_expires_at; /* after the changes so far */
	bool moved_strangely;	   /* true: there is a movement of no known type */
} BookLot;

/* A row of a movement. */
typedef struct BookMovement
{
	Movement movement;
	int64_t event_id;
	BookLot *lot; /* NULL: there is none */
} BookMovement;

/* A row of a change of expiry. */
typedef struct BookChange
{
	ExpiryChange change;
	int64_t event_id;
	BookLot *lot; /* NULL: there is none */
} BookChange;

/* A row of a reversal, and one of a claim. */
typedef struct BookReversal
{
	Reversal reversal;
	int64_t event_id;
} BookReversal;

typedef struct BookClaim
{
	Claim claim;
	int64_t event_id;
} BookClaim;

/* All rows of one customer, in the orders in which they are read. */
typedef struct Books
{
	int32_t org_id;
	int64_t customer_id;
	bool customer_exists;
	bool customer_merged; /* into somebody else: its accounts end with that */
	int account_count;
	Account *accounts; /* by program, category */
	int entry_count;
	BookEntry *entries; /* by program, category, entry_no */
	int event_count;
	BookEvent *events; /* by event_id */
	int lot_count;
	BookLot *lots; /* by lot_id */
	int movement_count;
	BookMovement *movements; /* by lot_id */
	int change_count;
	BookChange *changes; /* by lot_id, entry_no */
	int reversal_count;
	BookReversal *reversals; /* by program_id, entry_no, reversed_event_id, lot_id */
	int claim_count;
	BookClaim *claims;	 /* by program_id, category, entry_no, lot_id */
	BookLot **lot_order; /* room for as many pointers as there are lots */
} Books;

/* Functions of whoever judges books: where divergences go, and how an entry is hashed. */
typedef struct Auditor
{
	void *context;
	/* Takes a divergence. The text is valid during the call alone. */
	void (*diverges)(void *context, Invariant invariant, const char *detail);

	/* Begins the hash that an entry must have; false: nobody wants to know, or the key is missing. */
	bool (*hash_begin)(void *context, const Books *books, const BookEntry *entry);
	ChainSink hash_sink;
	void (*hash_end)(void *context, unsigned char hash[ENTRY_HASH_BYTES]);

	/* Returns the rank of a key: 0 for none, higher for newer ones, -1 for one that is not known. */
	int (*key_rank)(void *context, int16_t key_id);
	/* Returns the rank that the key of an event must have at least, and takes in that it has this key. */
	int (*key_required)(void *context, int64_t event_id, int16_t key_id);
} Auditor;

/*
 * Judges the books of a customer and reports every divergence. The order of movements and changes and the pointers in
 * all rows are others afterwards.
 */
extern void loyalty_books_judge(Books *books, const Auditor *auditor);

/* Tells whether two entries are of one account. */
extern bool loyalty_same_account(const Entry *a, const Entry *b);

#endif
