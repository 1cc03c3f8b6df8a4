/*
 * issue.h: issuing coupons: one judgement for the call, the items of a batch, and a list of customers.
 *
 * The steps are begin, set (each item), perform, and the answer of each item, in an open call and in one memory context. Whoever
 * issues sets "raises" or "all_or_nothing" in between; items of a batch that is neither are refused one by one.
 */
#ifndef LOYALTY_COUPON_ISSUE_H
#define LOYALTY_COUPON_ISSUE_H

#include "incentive/coupon/coupon_store.h"
#include "incentive/coupon/series_store.h"
#include "incentive/limit/customers.h"
#include "incentive/limit/limit.h"
#include "incentive/promotion/code_space.h"
#include "ledger/posting/operation.h"

/* Arguments of issue_coupon, which are the columns of an issue_coupon_item. */
typedef struct IssueRequest
{
	OperationRequest operation;
	NullableDatum series;
	NullableDatum campaign;
} IssueRequest;

/* Kind of such requests. */
extern const RequestKind loyalty_issue_kind;

/* A series that items ask for, with all that they share of it. */
typedef struct SeriesAtHand
{
	IssueSeries series;
	OfferClaim claim;
	TimestampTz begins_at; /* the latest of the series' and the promotion's */
	TimestampTz ends_at;   /* the earliest of these */
	bool has_own_limit;
	LoyaltyLimit own_limit;	  /* coupons of a customer */
	LoyaltyLimit limit;		  /* issues */
	const char *display_code; /* of a generic one */
	int wanted;				  /* items that nothing refuses so far */
	int granted;			  /* of them, those that limit and stock have room for */
	int given;				  /* of these, those that have their code */
	StockCode *stock;		  /* codes that were uploaded and are locked */
	CodeSource source;		  /* of generated codes, while codes are given out */
	Oid sequence;			  /* that counts them */
} SeriesAtHand;

/* An item, in the order in which the caller gave it. */
typedef struct IssueItem
{
	IssueRequest request;
	LoyaltyRefusal refusal;	   /* sqlstate 0: nothing refuses it */
	Operation operation;	   /* without a posting */
	LoyaltyCustomer *customer; /* locked; NULL: not yet, or there is none */
	struct IssueItem *before;  /* the item of the same customer that stands before it; NULL: none */
	SeriesAtHand *series;
	const LoyaltyProgram *program; /* NULL: none */
	const char *campaign;		   /* NULL: none */
	TimestampTz event_time;
	bool is_repeat; /* of a request made before: the coupon is that one's */
	int same_as;	/* number of an item before it that it repeats; -1: none */
	bool is_judged; /* nothing refuses it, unless the limit is reached */
	Coupon coupon;
	TimestampTz expires_at; /* the earliest of the coupon's, the series' and the promotion's */
} IssueItem;

/* Coupons that are being issued. */
typedef struct IssueRun
{
	LoyaltyCall *call;
	const LoyaltyFunction *function; /* called for a single one */
	bool raises;					 /* the first refusal is raised where it is made */
	bool all_or_nothing;			 /* the first one is raised when all are judged */
	int count;
	IssueItem *items;
	LockedCustomers customers;
	LOYALTY_ARRAY(SeriesAtHand *) series;
} IssueRun;

/* Columns of an answer. */
#define ISSUE_COLUMNS 4

/* Begins a run of so many items, in an open call. */
extern void loyalty_issue_begin(IssueRun *run, LoyaltyCall *call, int count);

/* Fills an item from the arguments of issue_coupon (NULL: it has none at all), and finds whom it is about. */
extern void loyalty_issue_set(IssueRun *run, int i, NullableDatum *arguments);

/* Fills the one item of a run from the arguments of the call. */
extern void loyalty_issue_set_call(IssueRun *run, FunctionCallInfo fcinfo);

/* Locks the customers, judges everything, takes limits and codes, and writes. */
extern void loyalty_issue_perform(IssueRun *run);

/* Returns why an item was refused, as SQLSTATE; 0: it was not. */
extern int loyalty_issue_refused(const IssueRun *run, int i);

/* Makes the columns of the answer of an item that was not refused. */
extern void loyalty_issue_values(const IssueRun *run, int i, Datum *values, bool *nulls);

/* ---- parts of it, a file each */

/* Reads what an item says and judges it, all but the issue limit (issue_judge.c). */
extern bool loyalty_issue_judge(IssueRun *run, IssueItem *item, LoyaltyRefusal *refusal);

/* Finds the series of a code, once for all items. LY908. */
extern bool loyalty_issue_find_series(IssueRun *run, const char *code, SeriesAtHand **found,
									  LoyaltyRefusal *refusal);

/* Takes codes of the stock and uses of the issue limits for all items that were judged (issue_take.c). */
extern void loyalty_issue_take(IssueRun *run);

/* Give codes out: an item gets one of the space, of the stock, or the generic one. */
extern void loyalty_issue_open_codes(IssueRun *run);
extern void loyalty_issue_code(IssueItem *item);
extern void loyalty_issue_close_codes(IssueRun *run);

/* Counts what is left of a series, as far as contacts want to know. */
extern int64 loyalty_series_left(const IssueSeries *series, const LoyaltyLimit *limit);

#endif
