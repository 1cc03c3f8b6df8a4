/*
 * promo_code_store.h: promo codes that have a row, and whom they are linked to. Uploaded and named codes always have one, generated ones
 * from when they are linked, used or revoked.
 */
#ifndef LOYALTY_PROMO_CODE_STORE_H
#define LOYALTY_PROMO_CODE_STORE_H

#include "postgres.h"

#include "common/query.h"
#include "customer/holding_store.h"

/* Ways in which codes come about, by the letters of the table. */
typedef enum CodeOrigin
{
	CODE_GENERATED = 'g',
	CODE_UPLOADED = 'u',
	CODE_NAMED = 'n',
} CodeOrigin;

/* A promo code, as its row has it, or would have it. */
typedef struct PromoCode
{
	int32 org_id;
	int32 promotion_id;
	int64 used;		   /* uses that were not given back, where no limit with slots counts them */
	int64 redemptions; /* how often it may be used; 0: as its promotion says */
	int64 customer_id; /* whom it is linked to; 0: nobody */
	TimestampTz created_at;
	TimestampTz expires_at; /* infinity: never by itself */
	TimestampTz revoked_at; /* infinity: not revoked, nor was its batch */
	int32 batch_no;			/* 0: it was not generated */
	int32 limit_id;			/* the limit with slots that counts its uses; 0: none does */
	CodeOrigin origin;
	const char *code; /* in its normal form */
	const char *display_code;
	const char *distribution; /* NULL: none was named, as below */
	const char *partner;
	bool is_stored; /* it has a row */
} PromoCode;

/* A code that a customer has for the next checkout, as its row has it. */
typedef struct CustomerCode
{
	int64 customer_id;
	TimestampTz linked_at;
	TimestampTz expires_at; /* infinity: never */
	int32 org_id;
	int32 promotion_id;
	char mode; /* 'd': discount */
	const char *code;
} CustomerCode;

/* Writes the row of a code; false where it has one. */
extern bool loyalty_promo_code_insert(const PromoCode *code);

/* Reads the row of a code in its normal form, which may be locked; false where there is none. */
extern bool loyalty_promo_code_row_read(int32 org_id, const char *code, PromoCode *found);
extern bool loyalty_promo_code_row_lock(int32 org_id, const char *code, PromoCode *found);

/* Replaces the row of a code that the caller has locked. */
extern void loyalty_promo_code_update(const PromoCode *code);

/* Links a code to a customer; nothing happens where it is. Takes it off again; false where it is not linked. */
extern void loyalty_customer_code_insert(const CustomerCode *link);
extern bool loyalty_customer_code_delete(int32 org_id, int64 customer_id, int32 promotion_id,
										 const char *code);

/* The codes that a customer has itself, in the order of promotions and codes. Returns how many. */
extern int loyalty_customer_codes(int32 org_id, int64 customer_id, CustomerCode **links);

/* The list of what is held of a person in the tables of promo codes. */
extern const LoyaltyHoldings loyalty_promo_code_holdings;

#endif
