/*
 * posting.h: the steps that every writing call of the ledger shares, in their order: lock the customer, load the
 * accounts, post what is due, then write events with their entries, lots and movements.
 */
#ifndef LOYALTY_POSTING_H
#define LOYALTY_POSTING_H

#include "postgres.h"

#include "customer/customer_store.h"
#include "ledger/ledger_store.h"
#include "ledger/lot_store.h"

#define LOYALTY_CATEGORIES 3

/* What an event under construction does, each part with the number of its entry within the event. */
typedef struct PostedLot
{
	Lot lot;
	int entry;
	int order; /* of the additions to the event */
	bool is_new;
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

/* Locks the customer; LY107 where there is none. */
extern void loyalty_posting_begin(Posting *posting, LoyaltyCall *call, int64 customer_id);

/* The accounts that take part: of one program and category, opened where they are not; or all regular ones. */
extern void loyalty_posting_involve(Posting *posting, const LoyaltyProgram *program, char category);
extern void loyalty_posting_involve_all(Posting *posting);

/* All accounts of the customer, of whatever category: for what ends them. */
extern void loyalty_posting_involve_every(Posting *posting);

/* The same, those of the programs opened of which another posting has accounts and this customer not. */
extern void loyalty_posting_involve_beside(Posting *posting, const Posting *beside);

/* All regular accounts too, those of some programs opened where they are not. */
extern void loyalty_posting_involve_programs(Posting *posting, const int32 *program_ids, int count);

/* Those of one more program and category besides, opened where they are not. */
extern void loyalty_posting_involve_also(Posting *posting, const LoyaltyProgram *program, char category);

/* Judges the time of the operation (LY407, LY408) and fixes its effective time; nothing is posted. */
extern void loyalty_posting_fix_time(Posting *posting, TimestampTz event_time);

/* Judges the time of the operation (LY407, LY408), fixes its effective time and posts what is due by then. */
extern void loyalty_posting_set_time(Posting *posting, TimestampTz event_time);

/* The same for an event that may be older than the customer's registration. */
extern void loyalty_posting_set_any_time(Posting *posting, TimestampTz event_time);

/* Judges the time of an event by the clock alone: LY408. */
extern void loyalty_posting_check_time(const LoyaltyCall *call, TimestampTz event_time);

/* The same for two customers at once, on whom the operation takes effect at one time. */
extern void loyalty_postings_set_time(Posting *one, Posting *other, TimestampTz event_time);

/* LY407 and LY408 alone: the time of an event against the clock and a customer's registration. */
extern void loyalty_event_time_check(const LoyaltyCall *call, TimestampTz event_time,
									 TimestampTz registered_on);

/* Fixes the time alone, and says whether anything is due by then: for calls that judge before they post it. */
extern void loyalty_posting_fix_instant(Posting *posting, TimestampTz event_time);
extern bool loyalty_posting_has_due(const Posting *posting);

/* What of an account is due by the effective time and not posted yet. */
extern int64 loyalty_posting_due(const Posting *posting, const Account *account);

/* Whether an account, to which so many points come, is sure to take the expiry of what is due by the effective time. */
extern bool loyalty_posting_fits(const Posting *posting, const Account *account, int64 coming);

/*
 * Draws an id for an expiry that the event to come will bring about: lower than the event's own, so that the balance
 * "after the event", which a repeated request is answered with, counts the expiry in.
 */
extern void loyalty_posting_reserve_expiry(Posting *posting);

/* The same for what comes of itself at an instant, which nobody may refuse. */
extern void loyalty_posting_set_instant(Posting *posting, TimestampTz event_time);

/* LY406 for a customer without accounts. */
extern void loyalty_posting_require_loyalty(const Posting *posting);

/* The account of a program and category among those that take part. */
extern PostedAccount *loyalty_posting_account(Posting *posting, int32 program_id, char category);

/*
 * Begins an event, with those of the given columns (NULL: none) that say where it came from. Posts one entry of it (LY404).
 * Ends it: everything is written.
 */
extern void loyalty_event_begin(Posting *posting, EventCode code, TimestampTz event_time,
								const Event *columns);
extern void loyalty_event_post(Posting *posting, PostedAccount *account, EntryType type, HouseAccount house,
							   int64 points);
extern void loyalty_event_end(Posting *posting);

/*
 * Parts of the event's last entry. A lot may be added again as further entries change it; one movement of a lot per
 * entry and type.
 */
extern void loyalty_event_add_lot(Posting *posting, const Lot *lot, bool is_new);
extern void loyalty_event_add_movement(Posting *posting, int64 lot_id, MovementType type, int64 points);
extern void loyalty_event_add_expiry_change(Posting *posting, int64 lot_id, TimestampTz from, TimestampTz to);

/*
 * Adds a new lot to the credit that brings it, the event's last entry; it pays the account's arrears first. Answers how
 * much it paid.
 */
extern int64 loyalty_event_add_credit_lot(Posting *posting, PostedAccount *account, Lot *lot);

/* Posts every lot of the accounts that is due at the effective time: one event per due instant. */
extern void loyalty_posting_expire_due(Posting *posting);

/*
 * The same where the lots of the accounts were read before: in the order of the accounts, and the lots of each as they are
 * spent, with the first one that is not due.
 */
extern void loyalty_posting_expire_lots(Posting *posting, const OwnedLot *lots, int count);

/* Writes the accounts. */
extern void loyalty_posting_end(Posting *posting);

/* The regular balance over the accounts that take part. */
extern int64 loyalty_posting_current_points(const Posting *posting);

#endif
