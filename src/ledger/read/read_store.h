/* read_store.h: reading balances and pages of entries, under the caller's snapshot. */
#ifndef LOYALTY_READ_STORE_H
#define LOYALTY_READ_STORE_H

#include "postgres.h"

#include "common/query.h"
#include "customer/customer_store.h"
#include "ledger/tables/posting_rules.h"

/* Whether an entry of an account took effect by a time. */
extern bool loyalty_entry_is_by(int32 org_id, int64 customer_id, const Account *account, int32 entry_no,
								TimestampTz at);

/* The last entry of an account that took effect by a time (0: none): a few reads by key (search_rules.h). */
extern int32 loyalty_last_entry_by(int32 org_id, int64 customer_id, const Account *account, TimestampTz at);

/* The balance after an entry. */
extern int64 loyalty_balance_after_entry(int32 org_id, int64 customer_id, const Account *account,
										 int32 entry_no);

/* What the entries after one did to the counters. */
extern Counters loyalty_counters_after(int32 org_id, int64 customer_id, const Account *account,
									   int32 entry_no);

/* Open points of an account that are due at a time and not posted yet. */
extern int64 loyalty_unposted_due(int32 org_id, int64 customer_id, const Account *account, TimestampTz at);

/* The last entry of an account that was recorded by a time (0: none), found in the same way. */
extern int32 loyalty_last_entry_known(int32 org_id, int64 customer_id, const Account *account,
									  TimestampTz known_at);

/* The same as it was known after an entry: of lots open then, by the expiry that they had then. */
extern int64 loyalty_due_as_known(int32 org_id, int64 customer_id, const Account *account, TimestampTz at,
								  int32 entry_no);

/* Open points of an account that are not due at a time, and can be spent after it alone. */
extern int64 loyalty_redeemable_later(int32 org_id, int64 customer_id, const Account *account,
									  TimestampTz at);

/* What expires after a time: a jsonb list by instant and program, of the thousand lots that expire first. */
extern Datum loyalty_coming_expiries(int32 org_id, int64 customer_id, int32 program_id, TimestampTz at);

/* The entries of one account that a page may show. */
typedef struct EntryRange
{
	int64 customer_id; /* of its merge group */
	int32 program_id;
	char category;
	int32 first;
	int32 last;
	bool at_tills; /* of it, redemptions at tills of the program that is asked for */
} EntryRange;

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

/* The columns of a page's rows. */
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

extern LoyaltyRows *loyalty_read_page(int32 org_id, const EntryRange *ranges, int count,
									  const LedgerFilter *filter);

#endif
