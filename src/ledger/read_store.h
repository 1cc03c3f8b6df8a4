/* read_store.h: reading balances and pages of entries, under the caller's snapshot. */
#ifndef LOYALTY_READ_STORE_H
#define LOYALTY_READ_STORE_H

#include "postgres.h"

#include "common/query.h"
#include "ledger/posting_rules.h"

/* The accounts of a customer, in one program or (0) in all; ordered by program and category. */
extern int loyalty_read_accounts(int32 org_id, int64 customer_id, int32 program_id, Account **accounts);

/* Whether an entry of an account took effect by a time. */
extern bool loyalty_entry_is_by(int32 org_id, int64 customer_id, const Account *account, int32 entry_no,
								TimestampTz at);

/*
 * The last entry of an account that took effect by a time (0: none), by bisection: effective_at grows with entry_no, so
 * some twenty probes of the key find it in a million entries, and eight among the last ones.
 */
extern int32 loyalty_last_entry_by(int32 org_id, int64 customer_id, const Account *account, TimestampTz at);

/* The balance after an entry. */
extern int64 loyalty_balance_after_entry(int32 org_id, int64 customer_id, const Account *account,
										 int32 entry_no);

/* What the entries after one did to the counters. */
extern Counters loyalty_counters_after(int32 org_id, int64 customer_id, const Account *account,
									   int32 entry_no);

/* Open points of an account that are due at a time and not posted yet. */
extern int64 loyalty_unposted_due(int32 org_id, int64 customer_id, const Account *account, TimestampTz at);

/* The entries of one account that a page may show. */
typedef struct EntryRange
{
	int32 program_id;
	char category;
	int32 first;
	int32 last;
} EntryRange;

typedef struct LedgerFilter
{
	char entry_type; /* 0: any */
	int16 source_id; /* 0: any */
	int32 store_id;	 /* 0: any */
	Datum tills;	 /* int4[]; 0: any */
	bool newest_first;
	int limit;
} LedgerFilter;

/* The rows are in SPI_tuptable, with columns numbered as here. */
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
	PAGE_TRANSACTION_NUMBER,
	PAGE_REDEMPTION_ID,
	PAGE_REASON,
	PAGE_PROGRAM_ID,
} PageColumn;

extern uint64 loyalty_read_page(int32 org_id, int64 customer_id, const EntryRange *ranges, int count,
								const LedgerFilter *filter);

#endif
