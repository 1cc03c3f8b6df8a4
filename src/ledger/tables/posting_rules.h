/*
 * posting_rules.h: how points move: credits, draws on lots, expiry, counters. Pure: points are thousandths,
 * times are microseconds since 2000 as the server has them, and nothing here knows a server.
 *
 * The rows of the ledger stand here as structs without their keys: the org and the customer are known to
 * whoever holds them. No sum of two numbers of points leaves an int64: each is below POINTS_LIMIT, a ninth of
 * it.
 */
#ifndef LOYALTY_POSTING_RULES_H
#define LOYALTY_POSTING_RULES_H

#include <stdbool.h>
#include <stdint.h>

#include "common/points_limit.h"
#include "ledger/tables/code_rules.h"

#define NEVER INT64_MAX		/* an expiry that never comes; the server's infinity too */
#define AT_ONCE INT64_MIN	/* redeemable from the award on; the server's -infinity too */
#define ENTRY_HASH_BYTES 16 /* of the hash of an entry, or of a seal */

/*
 * An account as the operations of a call move it along. Counters stand as they are posted: what is due and not
 * posted yet is still in the balance.
 */
typedef struct Account
{
	int32_t program_id;
	Category category;
	int32_t last_entry_no; /* 0: none yet */
	int16_t last_key_id;   /* of the key that the last entry was hashed with; 0: none */
	char participation;	   /* a Participation; of a regular account alone */
	int64_t balance;	   /* of the open lots, less arrears */
	int64_t arrears;	   /* never negative, and zero where a lot is open */
	int64_t lifetime;
	int64_t redeemed;
	int64_t expired;
	int64_t returned;
	int64_t last_effective_at; /* no entry takes effect, or is recorded, before these */
	int64_t last_recorded_at;
	/* The earliest expiry of an open lot, also where it is due and not posted; NEVER where no open lot expires. */
	int64_t next_expiry_at;
	/* A regular account's alone: no open promised lot of the program converts before it; NEVER where there is none. */
	int64_t next_conversion_at;
	unsigned char last_hash[ENTRY_HASH_BYTES]; /* of the last entry; zeroes before the first */
} Account;

/*
 * A lot. "points" is what was awarded and never changes; from "remaining" to "arrears_paid" stand the columns
 * that movements move it between: they add up to "points" at any time. The first lot of an award has the id of
 * its event.
 */
typedef struct Lot
{
	int64_t lot_id;
	int32_t program_id;
	Category category;
	int32_t entry_no; /* of the entry that brought it */
	AwardType award_type;
	LotExpiryType expiry_type;
	int64_t points;
	int64_t remaining; /* open points: what can still be spent, or expire */
	int64_t redeemed;
	int64_t expired;
	int64_t returned;
	int64_t transferred;
	int64_t merged;
	int64_t converted; /* gone on as regular points */
	int64_t adjusted;
	int64_t arrears_paid; /* never available: they paid what was owed */
	int64_t awarded_at;
	int64_t expires_at;		 /* NEVER: it does not expire */
	int64_t redeemable_from; /* AT_ONCE: from the award on */
	int64_t transaction_id;	 /* 0: none, as in all that follow */
	int32_t till_id;
	int32_t line_no;
	int64_t origin_customer_id; /* the lot that this one continues: converted, transferred or merged */
	int64_t origin_lot_id;
} Lot;

/* A line of an account. Points are negative in an opening balance below zero alone. */
typedef struct Entry
{
	int32_t program_id;
	Category category;
	int32_t entry_no;
	EntryType entry_type;
	HouseAccount house_account;
	int64_t points;
	int64_t balance_after;
	int64_t effective_at;
	int32_t posting_day; /* days since 2000; set by whoever posts: rules know no time zone */
} Entry;

/*
 * Points of a lot that moved by an entry of its account. An entry has one movement of a lot and type at most.
 */
typedef struct Movement
{
	int64_t lot_id;
	int32_t entry_no;
	MovementType movement_type;
	int64_t points;
} Movement;

/* A change of the expiry of a lot, by a memo entry. */
typedef struct ExpiryChange
{
	int64_t lot_id;
	int32_t entry_no;
	int64_t old_expires_at;
	int64_t new_expires_at;
} ExpiryChange;

/*
 * Points of a redemption that went back: what it had drawn on a lot, of which so many. The lot is that of the customer
 * who redeemed. The entry is the credit of the program's regular account.
 */
typedef struct Reversal
{
	int32_t program_id;
	int32_t entry_no;
	int64_t reversed_customer_id;
	int64_t reversed_event_id;
	int64_t lot_id;
	int64_t points;
} Reversal;

/*
 * A change of what returns claim of a lot, by an entry of an account that the lot's points are in, or were. The lot is
 * the one that was awarded, whatever it goes on as.
 */
typedef struct Claim
{
	int32_t program_id;
	Category category;
	int32_t entry_no;
	int64_t lot_customer_id;
	int64_t lot_id;
	int64_t claimed; /* what a return could not take; below zero: what came back and settled it */
	int64_t covered; /* counts as returned, though no lot shows it */
} Claim;

/* Tells whether a lot pays at a time; and whether it is due by then. */
extern bool loyalty_lot_pays(const Lot *lot, int64_t at);
extern bool loyalty_lot_is_due(const Lot *lot, int64_t at);

/*
 * Returns the instant at which a promised lot becomes regular: not before it was awarded. NEVER where its own expiry takes it
 * first.
 */
extern int64_t loyalty_conversion_instant(const Lot *promised);

/*
 * Moves up to "wanted" points of a lot from one of its columns to another, as the type of the movement says; returns
 * how many, which is less where the column has less. A lot adds up before and after.
 */
extern int64_t loyalty_lot_move(Lot *lot, int64_t wanted, MovementType type);

/* Takes back points that a movement of the type moved; the caller knows that it moved as many. */
extern void loyalty_lot_move_back(Lot *lot, int64_t points, MovementType type);

/* The columns of a lot that a movement takes points from and gives them to; false for a type that there is not. */
extern bool loyalty_movement_columns(Lot *lot, MovementType type, int64_t **from, int64_t **to);

/* Tells whether a rolling lot moves to a new expiry: forwards only. */
extern bool loyalty_lot_rolls(const Lot *lot, int64_t expires_at);

/*
 * Posts to an account: the entry gets its number and balance, the counters follow. False where a balance or a
 * counter would exceed numeric(18,3), or entry numbers end; the account is worthless then, and the caller refuses.
 */
extern bool loyalty_account_post(Account *account, EntryType type, HouseAccount house, int64_t points,
								 int64_t effective_at, Entry *entry);

/* Entry numbers that an account keeps back, for expiries and whatever else comes before the entry that is judged. */
#define ENTRIES_IN_RESERVE 1000

/* Tells whether a credit of so many new points is sure to fit an account: its balance and its lifetime points. */
extern bool loyalty_account_takes(const Account *account, int64_t points);

/*
 * Tells whether an account is sure to take what a job does with it: points come to it that are no new ones, and points
 * of it expire.
 */
extern bool loyalty_account_has_room(const Account *account, int64_t coming, int64_t expiring);

/* Tells whether a regular account takes promised points that have come, and can let them expire, too. */
extern bool loyalty_account_converts(const Account *account, int64_t points);

/* Tells whether an account takes a redemption: its counter grows where the balance shrinks. */
extern bool loyalty_account_redeems(const Account *account, int64_t points);

/* Adds to the arrears of an account the part of a debit that no open lot pays. */
extern void loyalty_account_book_arrears(Account *account, int64_t points);

/* Lets a new lot pay the arrears of its account first; returns how much it paid, the rest is its remaining. */
extern int64_t loyalty_lot_pay_arrears(Lot *lot, Account *account);

/* The changes of the counters of an account that an entry makes; or sums of such changes. */
typedef struct Counters
{
	int64_t lifetime;
	int64_t redeemed;
	int64_t expired;
	int64_t returned;
} Counters;

/* Returns how an entry moves each counter: negative where it gives back what an earlier one took. */
extern Counters loyalty_entry_counters(EntryType type, HouseAccount house, int64_t points);

#endif
