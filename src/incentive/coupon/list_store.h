/*
 * list_store.h: coupons and redemptions of customers, for readers: pages under the caller's snapshot, newest first.
 *
 * The customer of a filter is a root, whose row knows the group: what is listed stands under any member of it. A page is never longer than
 * it was asked for, and may be the last one though it is full: the next is empty then.
 */
#ifndef LOYALTY_COUPON_LIST_STORE_H
#define LOYALTY_COUPON_LIST_STORE_H

#include "postgres.h"

#include "common/page_key.h"
#include "common/query.h"
#include "customer/customer_store.h"

/* Coupons that a page is about. */
typedef struct CouponFilter
{
	const LoyaltyCustomer *customer;
	const char **statuses; /* NULL: all */
	int status_count;
	const char *series; /* NULL: all */
	TimestampTz as_of;
	LoyaltyPageKey after;
	int page_size;
} CouponFilter;

/* Redemptions that a page is about. */
typedef struct RedemptionFilter
{
	const LoyaltyCustomer *customer;
	bool points; /* redemptions of points are among them, and of coupons: */
	bool coupons;
	TimestampTz from; /* both ends belong to the range */
	TimestampTz to;
	int32 store_id;		  /* 0: any */
	int64 coupon_id_from; /* both ends belong to the range */
	int64 coupon_id_to;
	LoyaltyPageKey after;
	int page_size;
} RedemptionFilter;

/* A row of a page, as it stands in the rows of one member of the group. */
typedef struct ListedRow
{
	LoyaltyRows *rows;
	uint64 row;
	TimestampTz at;
	int64 id;
} ListedRow;

/* Read a page; returns how many rows it has. Their columns are those of the functions that list them, behind time and id. */
extern int loyalty_coupons_list(const LoyaltyOrg *org, const CouponFilter *filter, ListedRow **listed);
extern int loyalty_redemptions_list(const LoyaltyOrg *org, const RedemptionFilter *filter,
									ListedRow **listed);

/* Sections of the single view, and of the brief for a till. */
extern Datum loyalty_coupons_section(LoyaltyCall *call, int64 customer_id);
extern Datum loyalty_coupons_brief(LoyaltyCall *call, int64 customer_id);

#endif
