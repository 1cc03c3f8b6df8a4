/* page_store.h: reading pages of entries, and counting them, under the caller's snapshot. */
#ifndef LOYALTY_PAGE_STORE_H
#define LOYALTY_PAGE_STORE_H

#include "postgres.h"

#include "common/query.h"

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

/* The columns of the rows of a page. Those behind the reason are not shown: keys and judgements need them. */
typedef enum PageColumn
{
	PAGE_CUSTOMER_ID = 1, /* whose account it is */
	PAGE_EVENT_ID,
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
	PAGE_EVENT_CODE,
} PageColumn;

/*
 * Returns the first rows of some ranges, in the order of the filter and at most as many as its limit. The ranges of a
 * customer stand side by side; without any range there are no rows, which is no NULL.
 */
extern LoyaltyRows *loyalty_read_page(int32 org_id, const EntryRange *ranges, int count,
									  const LedgerFilter *filter);

/* Returns how many entries of some ranges the filter shows; its limit does not count. */
extern int64 loyalty_count_page(int32 org_id, const EntryRange *ranges, int count,
								const LedgerFilter *filter);

#endif
