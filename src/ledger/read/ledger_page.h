/*
 * ledger_page.h: which entries of a customer's accounts a page of the ledger may show.
 */
#ifndef LOYALTY_LEDGER_PAGE_H
#define LOYALTY_LEDGER_PAGE_H

#include "common/array.h"
#include "customer/customer_store.h"
#include "ledger/read/read_store.h"
#include "org/call.h"

/* The place of an entry in the order, as a key says it. */
typedef struct PageKey
{
	bool given;
	int64 effective_at;
	int32 program_id;
	char category;
	int64 customer_id;
	int32 entry_no;
} PageKey;

typedef LOYALTY_ARRAY(EntryRange) EntryRanges;

typedef struct PageRequest
{
	LoyaltyCall call;
	LoyaltyCustomer customer;
	int64 customer_id; /* the member of its merge group that is being read */
	int32 program_id;  /* 0: all */
	char category;	   /* 0: all */
	TimestampTz from;
	TimestampTz to;
	TimestampTz known_at; /* NEVER: all that is known */
	bool till_concept;	  /* also what other programs paid at the program's tills */
	PageKey after;
	LedgerFilter filter;
} PageRequest;

/* The ranges of entries that may be shown, one for each account of the customer and of those merged into it. */
extern void loyalty_page_ranges(PageRequest *request, EntryRanges *ranges);

#endif
