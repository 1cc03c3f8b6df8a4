/*
 * read_store.h: reading balances and pages of entries, under the caller's snapshot. An account in an argument is one
 * that was read under it, too; entry 0 stands for the time before its first entry.
 */
#ifndef LOYALTY_READ_STORE_H
#define LOYALTY_READ_STORE_H

#include "postgres.h"

#include "common/query.h"
#include "customer/customer_store.h"
#include "ledger/tables/posting_rules.h"

/* Tells whether an entry of an account took effect by a time. */
extern bool loyalty_entry_is_by(int32 org_id, int64 customer_id, const Account *account, int32 entry_no,
								TimestampTz at);

/* Returns the last entry of an account that took effect by a time (0: none): a few reads by key (search_rules.h). */
extern int32 loyalty_last_entry_by(int32 org_id, int64 customer_id, const Account *account, TimestampTz at);

/* Returns the balance after an entry. */
extern int64 loyalty_balance_after_entry(int32 org_id, int64 customer_id, const Account *account,
										 int32 entry_no);

/* Returns the changes of the counters that the entries after one made. */
extern Counters loyalty_counters_after(int32 org_id, int64 customer_id, const Account *account,
									   int32 entry_no);

/* Returns the open points of an account that are due at a time and not posted yet. */
extern int64 loyalty_unposted_due(int32 org_id, int64 customer_id, const Account *account, TimestampTz at);

/* Returns the last entry of an account that was recorded by a time (0: none), found in the same way. */
extern int32 loyalty_last_entry_known(int32 org_id, int64 customer_id, const Account *account,
									  TimestampTz known_at);

/* Returns the same as it was known after an entry: of lots open then, by the expiry that they had then. */
extern int64 loyalty_due_as_known(int32 org_id, int64 customer_id, const Account *account, TimestampTz at,
								  int32 entry_no);

/* Returns the open points of an account that are not due at a time, and can be spent after it alone. */
extern int64 loyalty_redeemable_later(int32 org_id, int64 customer_id, const Account *account,
									  TimestampTz at);

/*
 * Returns a jsonb list of the regular points that expire after a time, by instant and program, of the thousand lots
 * that expire first. Program 0: all.
 */
extern Datum loyalty_coming_expiries(int32 org_id, int64 customer_id, int32 program_id, TimestampTz at);

/* Entries of one account that a page may show, from "first" to "last". */
typedef struct EntryRange
{
	int64 customer_id; /* the member of the merge group that the account is of */
	int32 program_id;
	char category;
	int32 first;
	int32 last;
	bool at_tills; /* true: of these, redemptions at tills of the program that is asked for alone */
} EntryRange;

/* Conditions on single entries, and the size of a page. */
typedef struct LedgerFilter
{
	char entry_type;	 /* 0: any */
	int16 source_id;	 /* 0: any */
	int32 store_id;		 /* 0: any */
	Datum tills;		 /* int4[]; 0: any */
	Datum program_tills; /* int4[], for ranges that say at_tills; 0: none */
	bool newest_first;
	int limit;
} LedgerFilter;

/* The columns of the rows of a page. The last two are not shown: the key of the row needs them. */
typedef enum PageColumn
{
	PAGE_EVENT_ID = 1,
	PAGE_EVENT_NAME,
	PAGE_EVENT_TIME,
	PAGE_EFFECTIVE_AT,
	PAGE_RECORDED_AT,
	PAGE_ENTRY_NO,
	PAGE_ENTRY_TYPE,
	PAGE_PROGRAM,
	PAGE_CATEGORY,
	PAGE_POINTS,
	PAGE_BALANCE_AFTER,
	PAGE_POINTS_ON_EVENT,
	PAGE_TILL,
	PAGE_STORE,
	PAGE_SOURCE,
	PAGE_TRANSACTION_ID,
	PAGE_TRANSACTION_NUMBER, /* NULL: bills know it */
	PAGE_REDEMPTION_ID,
	PAGE_REASON,
	PAGE_PROGRAM_ID,
	PAGE_CUSTOMER_ID,
} PageColumn;

/*
 * Returns the first rows of some ranges, in the order of the filter and at most as many as its limit. The ranges of a
 * customer stand side by side; without any range there are no rows, which is no NULL.
 */
extern LoyaltyRows *loyalty_read_page(int32 org_id, const EntryRange *ranges, int count,
									  const LedgerFilter *filter);

#endif
