/*
 * posting_rules.h: how points move: credits, draws on lots, expiry, counters. Pure: points are thousandths, times
 * are microseconds, and nothing here knows a server.
 */
#ifndef LOYALTY_POSTING_RULES_H
#define LOYALTY_POSTING_RULES_H

#include <stdbool.h>
#include <stdint.h>

#include "common/points_limit.h"
#include "ledger/tables/code_rules.h"

#define NEVER INT64_MAX	  /* an expiry that never comes; the server's infinity too */
#define AT_ONCE INT64_MIN /* redeemable from the award on; the server's -infinity too */
#define ENTRY_HASH_BYTES 16

/* An account as the operations of a call move it along. */
typedef struct Account
{
	int32_t program_id;
	Category category;
	int32_t last_entry_no;
	int64_t balance;
	int64_t arrears;
	int64_t lifetime;
	int64_t redeemed;
	int64_t expired;
	int64_t returned;
	int64_t last_effective_at;
	int64_t last_recorded_at;
	int64_t next_expiry_at; /* NEVER where no open lot expires */
	unsigned char last_hash[ENTRY_HASH_BYTES];
} Account;

typedef struct Lot
{
	int64_t lot_id;
	int32_t program_id;
	Category category;
	int32_t entry_no; /* that awarded it */
	AwardType award_type;
	LotExpiryType expiry_type;
	int64_t points;
	int64_t remaining;
	int64_t redeemed;
	int64_t expired;
	int64_t returned;
	int64_t transferred;
	int64_t merged;
	int64_t converted;
	int64_t adjusted;
	int64_t arrears_paid;
	int64_t awarded_at;
	int64_t expires_at;		 /* NEVER */
	int64_t redeemable_from; /* AT_ONCE */
	int64_t transaction_id;	 /* 0: none, as in all that follow */
	int32_t till_id;
	int32_t line_no;
	int64_t origin_customer_id;
	int64_t origin_lot_id;
} Lot;

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
	int32_t posting_day;
} Entry;

typedef struct Movement
{
	int64_t lot_id;
	int32_t entry_no;
	MovementType movement_type;
	int64_t points;
} Movement;

typedef struct ExpiryChange
{
	int64_t lot_id;
	int32_t entry_no;
	int64_t old_expires_at;
	int64_t new_expires_at;
} ExpiryChange;

/* Whether a lot pays at a time, and whether it is due by then. */
extern bool loyalty_lot_pays(const Lot *lot, int64_t at);
extern bool loyalty_lot_is_due(const Lot *lot, int64_t at);

/*
 * Moves up to "wanted" points of a lot from one of its columns to another, as the type of the movement says; answers
 * how many. A lot adds up before and after.
 */
extern int64_t loyalty_lot_move(Lot *lot, int64_t wanted, MovementType type);

/* Takes back so many points of those that moved. */
extern void loyalty_lot_move_back(Lot *lot, int64_t points, MovementType type);

/* The columns of a lot that a movement takes points from and gives them to; false for a type that there is not. */
extern bool loyalty_movement_columns(Lot *lot, MovementType type, int64_t **from, int64_t **to);

/* Whether a rolling lot moves to a new expiry: forwards only. */
extern bool loyalty_lot_rolls(const Lot *lot, int64_t expires_at);

/*
 * Posts to an account: the entry gets its number and balance, the counters follow. False where a balance or a
 * counter would exceed numeric(18,3); the account is then worthless.
 */
extern bool loyalty_account_post(Account *account, EntryType type, HouseAccount house, int64_t points,
								 int64_t effective_at, Entry *entry);

/* Whether a credit of so many points is sure to fit an account. */
#define ENTRIES_IN_RESERVE 1000
extern bool loyalty_account_takes(const Account *account, int64_t points);

/*
 * Whether an account is sure to take what a job does with it: points come to it that are no new ones, and points of it
 * expire.
 */
extern bool loyalty_account_has_room(const Account *account, int64_t coming, int64_t expiring);

/* Whether it takes a redemption: its counter does not give way as the balance does. */
extern bool loyalty_account_redeems(const Account *account, int64_t points);

/* What a debit takes the account below zero: the part that no open lot pays. */
extern void loyalty_account_book_arrears(Account *account, int64_t points);

/* What a lot pays to the account's arrears first; the rest is its remaining. */
extern int64_t loyalty_lot_pay_arrears(Lot *lot, Account *account);

/* How an entry moves each counter of its account: adds to "sums". */
typedef struct Counters
{
	int64_t lifetime;
	int64_t redeemed;
	int64_t expired;
	int64_t returned;
} Counters;

extern Counters loyalty_entry_counters(EntryType type, HouseAccount house, int64_t points);

#endif
