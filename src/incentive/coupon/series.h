/* series.h: making series of coupons, and uploading their codes. */
#ifndef LOYALTY_COUPON_SERIES_H
#define LOYALTY_COUPON_SERIES_H

#include "postgres.h"

#include "fmgr.h"

#include "incentive/coupon/series_store.h"
#include "incentive/promotion/code_shape_rules.h"
#include "incentive/promotion/promotion_terms.h"
#include "org/call.h"

/* A series that is to be made, as arguments say it. */
typedef struct SeriesGiven
{
	IssueSeries series;	   /* without ids */
	const char *promotion; /* code of the one that says what coupons are worth; NULL: the terms do */
	PromotionGiven terms;
	int64 issue_limit; /* LIMIT_UNBOUNDED, as the next three */
	int64 redemptions_total;
	int64 redemptions_per_customer;
	int64 coupons_per_customer;
	int64 notify_at; /* -1: never */
	const char *generic_display;
	const char *code_prefix;
	int code_length;
} SeriesGiven;

/* Reads the arguments of create_coupon_series; LY001 to LY003, LY909. */
extern void loyalty_series_read_arguments(FunctionCallInfo fcinfo, const LoyaltyCall *call,
										  SeriesGiven *given);

/* Reads a limit, from 1 on, or the fallback where it is NULL; a threshold, from 0 on, -1 where it is NULL. LY003. */
extern int64 loyalty_series_arg_limit(const NullableDatum *given, const char *name, int64 fallback);
extern int64 loyalty_series_arg_threshold(const NullableDatum *given);

/* Refuses with LY909 a threshold of what is never used up. */
extern void loyalty_series_check_threshold(CouponCodeType code_type, int64 issue_limit, int64 notify_at);

/*
 * Makes a series with its promotion, its limits and its codes; the org is locked. Returns its id. LY009 for a code that is taken,
 * LY906 for codes that could be guessed, LY907 to LY909.
 */
extern int32 loyalty_series_create(LoyaltyCall *call, SeriesGiven *given);

/* Reads codes that are uploaded, in their normal form; LY001, LY003 for too many, or one that can be none; LY907. */
extern int loyalty_stock_read_codes(FunctionCallInfo fcinfo, int n, StockCode **codes);

/* Adds them to the stock of a series; the org is locked. LY907 with the number of those that are taken. */
extern void loyalty_stock_add(LoyaltyCall *call, const IssueSeries *series, StockCode *codes, int count);

#endif
