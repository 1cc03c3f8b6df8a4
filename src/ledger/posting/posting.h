/*
 * posting.h: the steps that every writing call of the ledger shares, in their order: lock the customer, load the
 * accounts, fix the time and expire what is due, then write events with their entries, lots and movements. Four files
 * share the state of a posting: posting.c and accounts.c behind this header, due.c and event.c behind their own.
 */
#ifndef LOYALTY_POSTING_H
#define LOYALTY_POSTING_H

#include "postgres.h"

#include "common/refusal.h"
#include "customer/customer_store.h"
#include "ledger/tables/ledger_store.h"
#include "ledger/tables/lot_store.h"

#define LOYALTY_CATEGORIES 3

/* What an event under construction does, each part with the number of its entry within the event. */
typedef struct PostedLot
{
	Lot lot;
	int entry;
	int order; /* of the additions to the event */
	bool is_new;
	ItemPointerData tid; /* where its row was read; invalid: its key finds it */
} PostedLot;

typedef struct PostedMovement
{
	Movement movement;
	int entry;
} PostedMovement;

typedef struct PostedExpiryChange
{
	ExpiryChange change;
	int entry;
} PostedExpiryChange;

typedef struct Posting
{
	LoyaltyCall *call;
	LoyaltyCustomer customer;
	int account_count;
	PostedAccount *accounts; /* those that take part */
	/* Of a customer of whom a batch posts several items: accounts that are written later. NULL: they are in the table. */
	struct KeptAccounts *kept;
	LoyaltyWriter *writer; /* that its rows go out with; NULL: they are written at once */
	TimestampTz event_time;
	TimestampTz effective_at;
	TimestampTz recorded_at;
	int16 key_id;
	int32 first_open_day;					 /* no entry counts for an earlier one */
	LOYALTY_ARRAY(int64) reserved_event_ids; /* for expiries of points that are due on arrival */

	Event event; /* under construction */
	LOYALTY_ARRAY(HashedEntry) entries;
	LOYALTY_ARRAY(PostedAccount *) entry_accounts; /* of each entry */
	LOYALTY_ARRAY(PostedLot) lots;
	LOYALTY_ARRAY(PostedMovement) movements;
	LOYALTY_ARRAY(PostedExpiryChange) expiry_changes;
} Posting;

/* What an operation answers. */
typedef struct PostingResult
{
	int64 event_id;
	int64 points;
	int64 current_points;
	TimestampTz expires_at;
	char *redemption_id;
} PostingResult;

/* ---- posting.c: the frame */

/* Locks the customer; LY107 where there is none. */
extern void loyalty_posting_begin(Posting *posting, LoyaltyCall *call, int64 customer_id);

/* LY408 for an event in the future, LY407 for one that is older than a registration; AT_ONCE: it may be of any age. */
extern bool loyalty_judge_event_time(const LoyaltyCall *call, TimestampTz event_time,
									 TimestampTz registered_on, LoyaltyRefusal *refusal);

/* What is done beside fixing the event's time and the effective time, which is not before any account's last entry. */
typedef enum TimeSteps
{
	AT_JUDGED = 1,	/* the event's time is judged: LY408, LY407 */
	AT_ANY_AGE = 2, /* LY408 alone: the event may be older than the customer's registration */
	AT_EXPIRES = 4, /* what is due by the effective time is expired */
} TimeSteps;

/* Fixes the time of what is posted, with some of the steps above. The accounts that take part are loaded. */
extern void loyalty_posting_at(Posting *posting, TimestampTz event_time, int steps);

/* The same for two customers, on whom it takes effect at one time. */
extern void loyalty_postings_at(Posting *one, Posting *other, TimestampTz event_time, int steps);

/* Writes the accounts that the events have changed, or keeps them for those who write later. */
extern void loyalty_posting_end(Posting *posting);

/* ---- accounts.c: which accounts take part */

/* Which accounts of the customer take part: zero is the regular ones of all programs that the customer has. */
typedef struct AccountChoice
{
	const LoyaltyProgram *program; /* of this one alone, opened where they are not; NULL: of all programs */
	Category category;	 /* of "program": this one besides the regular one; 0: the regular one alone */
	bool every_category; /* of all programs, whether or not the customer is a loyalty customer still */
	bool keeps_others;	 /* besides those that take part already */
	bool opens_none;	 /* for a judgement, and for those who only read: what is not open stays so */
	int open_count;
	const int32 *open; /* ids of programs whose accounts, of every category, are opened where they are not */
} AccountChoice;

/* Loads the accounts that take part; LY406 for a customer who is to have accounts and is not enrolled for loyalty. */
extern void loyalty_posting_load(Posting *posting, AccountChoice choice);

/* LY406 alone, for those who refuse it before they load any account. */
extern bool loyalty_posting_judge_loyalty(const Posting *posting, LoyaltyRefusal *refusal);

/* The account of a program and category among those that take part. */
extern PostedAccount *loyalty_posting_account(Posting *posting, int32 program_id, char category);

/* The regular balance over the accounts that take part. */
extern int64 loyalty_posting_current_points(const Posting *posting);

#endif
