/*
 * posting.h: the steps that every writing call of the ledger shares, in their order: lock the customer, load
 * the accounts, fix the time and expire what is due, then write events with their entries, lots and movements.
 *
 * Four files share the state of a posting: posting.c and accounts.c behind this header, due.c and event.c
 * behind their own. A posting and all its arrays live in the memory context in which it is begun and loaded;
 * nobody frees them one by one. Points are thousandths and times microseconds, as everywhere in C.
 */
#ifndef LOYALTY_POSTING_H
#define LOYALTY_POSTING_H

#include "postgres.h"

#include "common/refusal.h"
#include "customer/customer_store.h"
#include "ledger/tables/ledger_store.h"
#include "ledger/tables/lot_store.h"

#define LOYALTY_CATEGORIES 3

/*
 * A lot as an entry of the event under construction leaves it. A lot that several entries touch stands in the list once for
 * each of them.
 */
typedef struct PostedLot
{
	Lot lot;
	int entry;			 /* number of the entry within the event, from 0 */
	int order;			 /* place among the additions to the event */
	bool is_new;		 /* the event brings the lot: its row is inserted and its award is hashed */
	bool is_written;	 /* loyalty_event_flush has written the row as it stands here */
	ItemPointerData tid; /* place where its row was read; invalid: its key finds it */
} PostedLot;

/* A movement of points within a lot, with the number of its entry within the event. */
typedef struct PostedMovement
{
	Movement movement;
	int entry;
} PostedMovement;

/* A change of a lot's expiry, with the number of its entry, a memo, within the event. */
typedef struct PostedExpiryChange
{
	ExpiryChange change;
	int entry;
} PostedExpiryChange;

/* Points that went back of a redemption, with the number of their entry within the event; and a change of a claim. */
typedef struct PostedReversal
{
	Reversal reversal;
	int entry;
} PostedReversal;

typedef struct PostedClaim
{
	Claim claim;
	int entry;
	bool is_written; /* as that of a lot */
} PostedClaim;

/*
 * A bill that an event records, which stands above the ledger: the event's hash covers what "chain" passes of it. The event
 * has the bill's id.
 */
typedef struct PostedBill
{
	int64 event_id; /* 0: there is none */
	void (*chain)(ChainSink to, void *sink, const void *bill);
	const void *bill;	/* lives until the event is ended */
	const char *number; /* that subscribers are told; NULL: it has none */
	int64 amount;
} PostedBill;

/*
 * A customer whose row is locked, the accounts that take part, the times, and the event under construction.
 * Pointers into "accounts" are good until more accounts are loaded: loading makes a new array.
 */
typedef struct Posting
{
	LoyaltyCall *call;
	LoyaltyCustomer customer;
	int account_count;
	PostedAccount *accounts; /* taking part: no others are posted to, lift times or expire points */
	/* Accounts that a batch keeps over several items of the customer and writes later. NULL: they are in the table. */
	struct KeptAccounts *kept;
	LoyaltyWriter *writer;	/* takes the rows that are written; NULL: they go out at once */
	TimestampTz event_time; /* said by the call, however late it comes */
	/* The event's time, but not after "recorded_at", and not before the last entry of any account that takes part. */
	TimestampTz effective_at;
	TimestampTz recorded_at; /* the clock, or the last one of an account if the clock went back */
	int16 key_id;			 /* key that hashes the event at hand; 0: none */
	int32 first_open_day;	 /* entries of earlier days count for this one */
	LOYALTY_ARRAY(int64) reserved_event_ids; /* for expiries on arrival, ascending */
	int reserved_taken;						 /* so many of them, from the first on */
	PostedBill bill;						 /* that an event to come records */
	PostedBill told_bill;					 /* of the event at hand, for subscribers */

	Event event; /* under construction, or the last one that was ended */
	LOYALTY_ARRAY(HashedEntry) entries;
	LOYALTY_ARRAY(PostedAccount *) entry_accounts; /* the account of each entry, in the same order */
	LOYALTY_ARRAY(PostedLot) lots;
	LOYALTY_ARRAY(PostedMovement) movements;
	LOYALTY_ARRAY(PostedExpiryChange) expiry_changes;
	LOYALTY_ARRAY(PostedReversal) reversals;
	LOYALTY_ARRAY(PostedClaim) claims;
} Posting;

/* Facts that an operation returns of its event: those of a first call and those of its repeat are the same. */
typedef struct PostingResult
{
	int64 event_id;
	int64 points;
	int64 current_points;	/* the regular balance afterwards */
	TimestampTz expires_at; /* expiry of an award; NEVER */
	char *redemption_id;	/* NULL: no redemption */
	char no_points;			/* a NoPoints: why a bill brought none; 0: no reason */
} PostingResult;

/* ---- posting.c: the frame */

/*
 * Begins a posting: fills all of it and locks the customer; LY107 where there is none. Accounts are not loaded
 * yet, and the call's org may be another one afterwards: pointers into the old one stay readable.
 */
extern void loyalty_posting_begin(Posting *posting, LoyaltyCall *call, int64 customer_id);

/*
 * Returns the time of an event that nobody gave: the later of the clock and of what the call refers to, such as the
 * registration of a customer, a bill or a redemption.
 */
extern TimestampTz loyalty_usual_event_time(const LoyaltyCall *call, TimestampTz refers_to);

/* Returns by how much the clocks of tills may differ from ours, as the org has configured: in microseconds. */
extern TimestampTz loyalty_time_tolerance(const LoyaltyCall *call);

/*
 * Judges the time of an event that was given: LY408 in the future, with the tolerance, LY407 before a registration;
 * AT_ONCE in the place of the registration: the event may be of any age.
 */
extern bool loyalty_judge_event_time(const LoyaltyCall *call, TimestampTz event_time,
									 TimestampTz registered_on, LoyaltyRefusal *refusal);

/* Choice of what is done beside fixing the times. */
typedef enum TimeStep
{
	AT_WRITES_NOTHING,
	AT_EXPIRES, /* points that are due by the effective time are expired */
} TimeStep;

/*
 * Fixes the times of what is posted; calling it again fixes others. The event's time was judged before; the accounts
 * that take part are loaded.
 */
extern void loyalty_posting_at(Posting *posting, TimestampTz event_time, TimeStep step);

/*
 * Fixes them for two customers, on whom the operation takes effect at one time, the later of both effective times,
 * and expires what is due of both.
 */
extern void loyalty_postings_expire_at(Posting *one, Posting *other, TimestampTz event_time);

/* Writes the accounts that the events have changed, or hands them to whoever keeps them for a later write. */
extern void loyalty_posting_end(Posting *posting);

/* ---- accounts.c: which accounts take part */

/* Accounts of the customer that shall take part: all zero are the regular ones of all programs that the customer has. */
typedef struct AccountChoice
{
	const LoyaltyProgram *program; /* accounts of it alone, opened if need be; NULL: of all programs */
	Category category;	 /* in "program", this one besides the regular one; 0: the regular one alone */
	bool every_category; /* all accounts of all programs, also of a customer who is not enrolled */
	bool keeps_others;	 /* besides those that take part already */
	bool opens_none;	 /* for a judgement, and for those who only read: what is not open stays so */
	int open_count;
	const int32 *open; /* programs whose accounts of every category take part; missing ones are opened */
} AccountChoice;

/* Loads the accounts that take part; LY406 for a customer who is to have accounts and is not enrolled for loyalty. */
extern void loyalty_posting_load(Posting *posting, AccountChoice choice);

/* Judges LY406 alone, for those who refuse before they load any account. */
extern bool loyalty_posting_judge_loyalty(const Posting *posting, LoyaltyRefusal *refusal);

/*
 * Finds the account of a program and category among those that take part. It must be there: an error of the
 * caller's otherwise.
 */
extern PostedAccount *loyalty_posting_account(Posting *posting, int32 program_id, char category);

/* Returns the regular balance over the accounts that take part; no table is read. */
extern int64 loyalty_posting_current_points(const Posting *posting);

#endif
