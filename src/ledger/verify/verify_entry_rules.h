/* verify_entry_rules.h: judging the entry at hand of the walk over a customer's entries. Pure. */
#ifndef LOYALTY_VERIFY_ENTRY_RULES_H
#define LOYALTY_VERIFY_ENTRY_RULES_H

#include "ledger/verify/verify_rules.h"

/* The parts of the books that belong to one entry: [first, next) of each order. */
typedef struct Range
{
	int first;
	int next;
} Range;

/* The walk over the entries, at one of them; entry NULL: it is past the last one. */
typedef struct Walk
{
	Books *books;
	const Auditor *auditor;
	const BookEntry *entry;
	const BookEntry *previous;	  /* of the same account; NULL: it is the first */
	const Event *event;			  /* NULL: there is none */
	int64_t previous_recorded_at; /* of the event of the entry before, in this account */
	Range lots;
	Range movements;
	Range changes;
	Range reversals;
	Range claims;
	int account;	   /* the next one to meet */
	Counters counters; /* of the entries of this account so far */
	int key_rank;	   /* the highest one of a key in this account so far */
	bool is_keyed;	   /* an entry of this account so far has a key */
} Walk;

/* Finds the event of the entry, which adds to it what it posts; reports one that is not there. */
extern void loyalty_entry_find_event(Walk *walk);

/* Judges the entry after the one before it: number, balance and time. */
extern void loyalty_entry_judge_following(const Walk *walk);

/* Judges the lots and movements of the entry against its points; and its hash against all that belongs to it. */
extern void loyalty_entry_judge_parts(const Walk *walk);
extern void loyalty_entry_judge_hash(const Walk *walk);

/* Judges the key of the entry: not older than one before it, or than what others of the org have used by then. */
extern void loyalty_entry_judge_key(Walk *walk);

/* Judges the account (NULL: there is none) against its last entry, which is the one at hand. */
extern void loyalty_entry_judge_end(const Walk *walk, const Account *account);

/* Adds to the counters of an account what the entry counts. */
extern void loyalty_entry_count(Counters *sum, const Entry *entry);

/* Judges that the customer of an event exists. */
extern void loyalty_event_judge_customer(const Books *books, const Auditor *auditor, int64_t event_id);

#endif
