/* series_store.h: series of coupons with what issuing asks of them, and uploaded codes that wait, in tables. */
#ifndef LOYALTY_COUPON_SERIES_STORE_H
#define LOYALTY_COUPON_SERIES_STORE_H

#include "postgres.h"

#include "datatype/timestamp.h"

#include "common/query.h"
#include "incentive/coupon/issue_rules.h"

/* A series, as its row has it. */
typedef struct IssueSeries
{
	int32 org_id;
	int32 series_id;
	int32 promotion_id;
	int32 space_id; /* 0: none, as the next four */
	int32 redemptions_per_coupon;
	int32 days_between_issues;
	int32 days_between_redemptions;
	int32 valid_from_days;
	TimestampTz created_at;
	TimestampTz starts_at;	/* -infinity: always */
	TimestampTz ends_at;	/* infinity: never */
	TimestampTz stopped_at; /* infinity: it was not stopped */
	bool has_validity;
	Interval validity;
	CouponCodeType code_type;
	bool any_user;
	const char *series;
	const char *name;
	const char *description;  /* NULL: none */
	const char *generic_code; /* in its normal form; NULL: coupons have codes of their own */
} IssueSeries;

/* Writes a new series; false where its code is taken. */
extern bool loyalty_issue_series_insert(const IssueSeries *series);

/* Finds a series by its code; false where there is none. */
extern bool loyalty_issue_series_find(int32 org_id, const char *code, IssueSeries *series);

/* Notes that a series was stopped. */
extern void loyalty_series_stop(int32 org_id, int32 series_id, TimestampTz at);

/* Reads the codes of all series that have a limit of issues with a threshold: series by its id. */
extern LoyaltyRows *loyalty_series_watched(int32 org_id);

/* Claim of a series or promotion: by a campaign, or by a program. */
typedef struct OfferClaim
{
	bool is_claimed;
	int32 program_id;
	const char *campaign;
} OfferClaim;

/* Reads who claims an offer. */
extern void loyalty_offer_claim_read(int32 org_id, int32 offer_id, OfferClaim *claim);

/* A code that was uploaded and not issued yet. */
typedef struct StockCode
{
	int32 org_id;
	int32 series_id;
	int64 stock_no;
	const char *code; /* in its normal form */
	const char *display_code;
} StockCode;

/* Write codes, and take them away. */
extern void loyalty_stock_insert(const StockCode *codes, int count);
extern void loyalty_stock_delete(const StockCode *codes, int count);

/* The number behind the last one of a series' stock. */
extern int64 loyalty_stock_next_no(int32 org_id, int32 series_id);

/* Locks up to so many codes of a series that nobody holds, the oldest first; returns how many, added behind "count". */
extern int loyalty_stock_lock_free(int32 org_id, int32 series_id, StockCode *codes, int count, int wanted);

/* Waits for one more that others hold; false: there is none, or none any more. */
extern bool loyalty_stock_lock_next(int32 org_id, int32 series_id, StockCode *codes, int count);

/* Counts the codes of a series, up to a number. */
extern int64 loyalty_stock_count(int32 org_id, int32 series_id, int64 up_to);

/* Reads a coupon that was issued, for the repeat of a call: code, display code, its own end. */
extern LoyaltyRows *loyalty_coupon_issued(int32 org_id, int64 customer_id, int64 coupon_id);

/*
 * Reads the times of the issues of a series to one customer that come next before and next behind a time, both included.
 * -infinity and infinity where there are none.
 */
extern void loyalty_issues_around(const IssueSeries *series, int64 customer_id, TimestampTz at,
								  TimestampTz *before, TimestampTz *behind);

#endif
