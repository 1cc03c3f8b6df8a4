/* ledger_page.h: the entries of a customer's accounts that a page of the ledger may show. */
#ifndef LOYALTY_LEDGER_PAGE_H
#define LOYALTY_LEDGER_PAGE_H

#include "common/array.h"
#include "customer/customer_store.h"
#include "ledger/read/page_store.h"
#include "org/call.h"

/* The place of an entry in the order, as a key says it. */
typedef struct PageKey
{
	bool given;	  /* false: the page is the first, and the rest is not set */
	int32 number; /* of the page that begins behind it; 0: the key does not say */
	int64 effective_at;
	int32 program_id;
	char category;
	int64 customer_id;
	int32 entry_no;
} PageKey;

/* Ranges of the accounts of a customer, or of a group: those of one member side by side. */
typedef LOYALTY_ARRAY(EntryRange) EntryRanges;

/* A request for a page. Both ends of the range of effective times belong to it. */
typedef struct PageRequest
{
	LoyaltyCall call;
	LoyaltyCustomer customer;
	bool include_merged; /* true: shows the accounts of those who were merged into it as well */
	int64 customer_id;	 /* the member of its merge group that is being read */
	int32 program_id;	 /* 0: all */
	char category;		 /* 0: all */
	TimestampTz from;
	TimestampTz to;
	TimestampTz known_at; /* NEVER: all that is known */
	bool till_concept;	  /* true: shows redemptions at the program's tills that other programs paid, too */
	PageKey after;
	LedgerFilter filter;
	LOYALTY_ARRAY(int32) open_programs; /* of accounts that the customer itself has, as they were met */
} PageRequest;

/*
 * Adds the ranges of entries that may be shown, one for each account of the customer, or of the group where the request
 * includes those who were merged into it. An account of which nothing may be shown has none. The request's customer_id
 * is that of the last member afterwards, and it knows the customer's programs.
 */
extern void loyalty_page_ranges(PageRequest *request, EntryRanges *ranges);

/* Tells whether every entry of a range is shown, whatever event it is of. */
extern bool loyalty_page_shows_all(const LedgerFilter *filter);

/*
 * Tells whether the filters would show the opening entries of a program that the customer has no accounts of yet,
 * after loyalty_page_ranges: they are opened, at its registration, when they are first touched.
 */
extern bool loyalty_page_shows_unopened(const PageRequest *request, int32 program_id);

/* Returns how many entries all pages of the request together show: an addition where nothing but the range filters. */
extern int64 loyalty_page_total(const PageRequest *request);

#endif
