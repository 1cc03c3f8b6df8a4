/*
 * day_store.h: the days of an org's books: which are open, and the seals of those that are closed. DATEVAL_NOBEGIN
 * stands for no day: nothing is closed, or nothing is sealed.
 */
#ifndef LOYALTY_DAY_STORE_H
#define LOYALTY_DAY_STORE_H

#include "postgres.h"

#include "executor/spi.h"
#include "utils/date.h"

#include "common/query.h"
#include "ledger/tables/chain_rules.h"

/*
 * Returns the first day that is open to postings; DATEVAL_NOBEGIN: all are. Cached; a posting asks once it holds the
 * customer's lock, so that days never run backwards in an account. A closing of the org waits for whoever has asked.
 */
extern DateADT loyalty_first_open_day(int32 org_id);

/* Reads the last seal of an org; false where there is none. And a stream of all, in their order. */
extern bool loyalty_seal_last(int32 org_id, DaySeal *seal);
extern LoyaltyCursor *loyalty_seals_open(int32 org_id);
extern bool loyalty_seals_next(LoyaltyCursor *cursor, DaySeal *seal);

/* Writes a seal. */
extern void loyalty_seal_insert(int32 org_id, const DaySeal *seal);

/* Writes the totals of the days after one and up to another. */
extern void loyalty_totals_insert(int32 org_id, DateADT after, DateADT up_to);

/*
 * Streams of those totals, and of the accounts with entries in those days: their last entry before and by then. A
 * stream is ended by loyalty_cursor_close.
 */
extern LoyaltyCursor *loyalty_totals_open(int32 org_id, DateADT after, DateADT up_to);
extern bool loyalty_totals_next(LoyaltyCursor *cursor, DayTotal *total);

/* An account's last entry by some day, as a seal's digest has it. */
typedef struct AccountEnd
{
	int32 entry_no; /* 0: the account had no entry */
	int16 key_id;
	unsigned char hash[ENTRY_HASH_BYTES];
} AccountEnd;

/* An account with entries in some days. */
typedef struct ChangedAccount
{
	int64 customer_id;
	int32 program_id;
	Category category;
	int64 entries;	   /* in those days */
	AccountEnd before; /* entry 0 where the first entry of all lies in those days */
	AccountEnd last;
} ChangedAccount;

extern LoyaltyCursor *loyalty_changes_open(int32 org_id, DateADT after, DateADT up_to);
extern bool loyalty_changes_next(LoyaltyCursor *cursor, ChangedAccount *changed);

#endif
