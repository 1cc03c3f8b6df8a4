/* use_store.h: uses of promotions and coupons, and their returns, in tables. Rows never change. */
#ifndef LOYALTY_USE_STORE_H
#define LOYALTY_USE_STORE_H

#include "postgres.h"

#include "common/query.h"
#include "customer/customer_store.h"

/* Customer under whom what nobody in particular did is kept. */
#define LOYALTY_NOBODY 0

/* Kinds of uses, by the letters of the table. */
typedef enum UseKind
{
	USE_AUTOMATIC = 'a',
	USE_PROMO_CODE = 'p',
	USE_COUPON = 'c',
} UseKind;

/* A use, as its row has it. */
typedef struct IncentiveUse
{
	int64 customer_id; /* LOYALTY_NOBODY: nobody in particular */
	int64 use_id;
	TimestampTz event_time;
	TimestampTz recorded_at;
	int64 coupon_id;		  /* 0: none */
	int64 transaction_id;	  /* 0: the bill was not known */
	int64 coupon_customer_id; /* who the coupon was issued to; 0: who used it */
	int32 org_id;
	int32 promotion_id;
	int32 version;
	int32 series_id; /* 0: none, as the next two */
	int32 till_id;
	int32 store_id;
	int16 source_id;
	UseKind kind;
	bool has_bill_amount;
	int64 bill_amount;
	int64 discount;
	const char *code;				/* NULL: none was needed */
	const char *transaction_number; /* NULL: none was given */
} IncentiveUse;

/* Return of a use, as its row has it. */
typedef struct UseReturn
{
	int64 customer_id;
	int64 use_id;
	int64 return_id; /* the event that gave it back */
	TimestampTz event_time;
	TimestampTz recorded_at;
	int32 org_id;
	int32 till_id; /* 0: none */
	int16 source_id;
} UseReturn;

/* Write one. A use is given back once: 23505 else, where the caller did not look before. */
extern void loyalty_use_insert(const IncentiveUse *use);
extern void loyalty_use_return_insert(const UseReturn *back);

/* Reads a use of a customer by its id; false where there is none. */
extern bool loyalty_use_read(int32 org_id, int64 customer_id, int64 use_id, IncentiveUse *use);

/* Reads how a use was given back; false where it was not. */
extern bool loyalty_use_return_read(int32 org_id, int64 customer_id, int64 use_id, UseReturn *back);

/*
 * Finds a use of the merge group of a customer, who is locked. False where nobody of it has one of that id.
 */
extern bool loyalty_use_find(int32 org_id, const LoyaltyCustomer *customer, int64 use_id, IncentiveUse *use);

/*
 * Finds uses of a merge group that name a number of a bill, and were not given back; the caller judges which bill they mean. In
 * the order of their ids. Returns how many.
 */
extern int loyalty_uses_of_number(int32 org_id, const LoyaltyCustomer *customer, const char *number,
								  IncentiveUse **uses);

/*
 * Reads the times of the uses of a series by a merge group that come next before and next behind a time, both included, and were not
 * given back. -infinity and infinity where there are none.
 */
extern void loyalty_uses_around(int32 org_id, const LoyaltyCustomer *customer, int32 series_id,
								TimestampTz at, TimestampTz *before, TimestampTz *behind);

#endif
