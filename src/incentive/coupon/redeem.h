/*
 * redeem.h: redeeming coupons: one judgement for the call, the items of a batch, the lines of a load, and the dry run.
 *
 * A redemption goes from step to step: name (who, which code), the locks of the customer and of the coupon, then all else. The
 * call goes through them alone, a batch with all its items.
 *
 * A request begins with what every operation on a customer has, though no points are posted: who, where, when, by whom and under which
 * key are read by the same functions, in the same order. Nobody in particular may redeem, too: then there is no customer to lock, and
 * what is written stands under LOYALTY_NOBODY.
 */
#ifndef LOYALTY_COUPON_REDEEM_H
#define LOYALTY_COUPON_REDEEM_H

#include "customer/proof_hooks.h"
#include "incentive/coupon/coupon_rules.h"
#include "incentive/coupon/coupon_store.h"
#include "incentive/limit/limit.h"
#include "incentive/promotion/code_shape_rules.h"
#include "incentive/promotion/promotion.h"
#include "ledger/posting/operation.h"

/* Arguments of redeem_coupon, which are the columns of a redeem_coupon_item, but for the proof. */
typedef struct CouponRequest
{
	OperationRequest operation;
	NullableDatum coupon_code;
	NullableDatum transaction_number;
	NullableDatum bill_amount;
	NullableDatum verification; /* of a call alone */
} CouponRequest;

/* Kind of such requests. */
extern const RequestKind loyalty_coupon_kind;

/* First thing that stands against a redemption, as a word, with what was asked for and what there is; all NULL: nothing. */
typedef struct CouponVerdict
{
	int sqlstate; /* 0: nothing stands against it */
	const char *condition;
	const char *required;
	const char *actual;
} CouponVerdict;

/* Limits of a series and of its promotion, of one kind; ascending by id. */
typedef struct CouponLimits
{
	int count;
	LoyaltyLimit items[2];
} CouponLimits;

/* A redemption on its way. */
typedef struct CouponRedemption
{
	Operation operation;	  /* without a posting */
	bool is_dry;			  /* nothing is locked or written, and the bill may be unknown */
	bool has_customer;		  /* false: nobody in particular redeems */
	LoyaltyCustomer customer; /* locked, but by a dry run */
	char code[CODE_BYTES];	  /* in its normal form; empty: the text can be no code */
	bool is_found;			  /* the coupon, its series and its promotion are there: */
	Coupon coupon;
	CouponSeries series;
	LoyaltyPromotion promotion;
	const char *number; /* of the bill */
	int64 transaction_id;
	bool has_amount;
	int64 amount;
	TimestampTz event_time;
	CouponLimits own;	/* of a customer */
	CouponLimits total; /* of all together */
	int64 discount;
	LoyaltyProofUse proof;
} CouponRedemption;

/* Answer of a redemption. */
typedef struct CouponResult
{
	int64 use_id;
	int64 coupon_id;
	int64 transaction_id; /* 0: no bill of the number was there */
	const char *series;
	int64 discount;
	int64 redemptions_left; /* COUPON_UNLIMITED: always some */
} CouponResult;

#define COUPON_RESULT_COLUMNS 6

/* Finds out who redeems, which code, and under which key: LY001 to LY003, LY020, and what a card has against it. */
extern bool loyalty_coupon_name(CouponRedemption *redemption, LoyaltyCall *call, const CouponRequest *request,
								LoyaltyRefusal *refusal);

/* Reads where, when and on which bill, in this order; each refuses with the codes of its arguments. */
extern bool loyalty_coupon_read_request(CouponRedemption *redemption, LoyaltyRefusal *refusal);

/*
 * Finds the coupon of the code, with its series and its promotion, and locks it, but for a dry run. Of a generic code it is the one of
 * the customer's that is redeemed: the first to expire of those that may be.
 */
extern void loyalty_coupon_find(CouponRedemption *redemption);

/* Judges it by all that is known but the limits, which are read for it; finds the discount. */
extern CouponVerdict loyalty_coupon_weigh(CouponRedemption *redemption);

/* Judges the limits as they stand, without taking anything: for a dry run. */
extern CouponVerdict loyalty_coupon_weigh_limits(CouponRedemption *redemption);

/* Refuses what a verdict is against. */
extern bool loyalty_coupon_refuse(const CouponVerdict *verdict, LoyaltyRefusal *refusal);

/* Tells whether a coupon was issued to somebody of the merge group of a customer. */
extern bool loyalty_coupon_is_held(const Coupon *coupon, const LoyaltyCustomer *customer);

/* Reads the limits of a coupon's series and promotion. */
extern void loyalty_coupon_limits(const Coupon *coupon, int32 promotion_id, LimitKind kind,
								  CouponLimits *limits);

/*
 * Redeems a coupon of a customer who is locked, as others who redeem are, unless something refuses it: then it returns false and
 * nothing is written. A repeat gets the first answer.
 */
extern bool loyalty_coupon_redeem(CouponRedemption *redemption, CouponResult *result,
								  LoyaltyRefusal *refusal);

/* Makes the columns of an answer. */
extern void loyalty_coupon_values(const CouponResult *result, Datum *values, bool *nulls);

#endif
