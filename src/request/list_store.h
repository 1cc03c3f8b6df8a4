/* list_store.h: lists of change requests, whatever table they stand in. */
#ifndef LOYALTY_LIST_STORE_H
#define LOYALTY_LIST_STORE_H

#include "postgres.h"

#include "common/page_key.h"
#include "common/query.h"
#include "customer/customer_store.h"
#include "org/call.h"

/*
 * Requests that are asked for. Types and statuses are the letters that tables have, one behind the other; times are those of the
 * request, and the key of a page is its time and its id.
 */
typedef struct RequestFilter
{
	const char *types;				 /* letters of types; NULL: any */
	const char *statuses;			 /* letters of statuses */
	TimestampTz from;				 /* DT_NOBEGIN: from the first */
	TimestampTz before;				 /* DT_NOEND: to the last */
	const LoyaltyCustomer *customer; /* with those merged into it; NULL: any */
	LoyaltyPageKey after;
	int page_size; /* 0: all of them */
} RequestFilter;

/* Reads a page, in the columns of change_requests. */
extern LoyaltyRows *loyalty_requests_list(const LoyaltyOrg *org, const RequestFilter *filter);

#define LOYALTY_REQUEST_CSV_COLUMNS 18

/* Opens all of them as texts, in the columns of change_requests_csv. */
extern LoyaltyCursor *loyalty_requests_open(const LoyaltyOrg *org, const RequestFilter *filter);

/* Returns the section "pending_requests" of the single view. */
extern Datum loyalty_requests_section(LoyaltyCall *call, int64 customer_id);

#endif
