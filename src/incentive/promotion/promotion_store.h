/* promotion_store.h: promotions and their versions in tables. A version never changes. */
#ifndef LOYALTY_PROMOTION_STORE_H
#define LOYALTY_PROMOTION_STORE_H

#include "postgres.h"

#include "utils/jsonb.h"

#include "common/query.h"

/* Keys that a promotion needs, by the letters of the table. */
typedef enum PromotionKey
{
	PROMOTION_AUTOMATIC = 'a',
	PROMOTION_BY_CODE = 'p',
	PROMOTION_BY_COUPON = 'c',
} PromotionKey;

/* Ways in which a promotion gets on with others, by the letters of the table. */
typedef enum PromotionStacking
{
	STACKING_STACK = 's',
	STACKING_STOP = 'p',
	STACKING_ALONE = 'a',
} PromotionStacking;

/* Sides that are favoured where units differ in price, by the letters of the table. */
typedef enum PromotionFavour
{
	FAVOUR_BRAND = 'b',
	FAVOUR_CUSTOMER = 'c',
} PromotionFavour;

/* Returns of what was discounted together, by the letters of the table. */
typedef enum PromotionReturns
{
	RETURNS_SHARE = 's',
	RETURNS_TOGETHER = 't',
} PromotionReturns;

/* A promotion, as its row has it. */
typedef struct PromotionRow
{
	int32 org_id;
	int32 promotion_id;
	int32 version; /* the one in use */
	TimestampTz created_at;
	TimestampTz starts_at;	/* -infinity: always */
	TimestampTz ends_at;	/* infinity: never */
	TimestampTz stopped_at; /* infinity: it was not stopped */
	const char *promotion;	/* NULL: the value of a series */
	const char *name;
} PromotionRow;

/* Version of a promotion, as its row has it. */
typedef struct PromotionVersion
{
	int32 org_id;
	int32 promotion_id;
	int32 version;
	TimestampTz created_at;
	int32 priority;
	int32 times_per_bill; /* 0: any number, as the next three */
	int64 per_code;
	int64 per_customer;
	int64 in_total;
	bool has_maximum_discount;
	int64 maximum_discount;
	PromotionKey key;
	PromotionStacking stacking;
	PromotionFavour favour;
	PromotionReturns return_policy;
	bool spread;
	bool anonymous;
	bool restore_on_return;
	const char *stacking_group; /* NULL: none */
	Jsonb *benefit;
	Jsonb *condition; /* without the stores; NULL: none */
	LoyaltyIds store_ids;
} PromotionVersion;

/* Writes a new promotion; false where its code is taken. */
extern bool loyalty_promotion_insert(const PromotionRow *promotion);

/* Writes a version. */
extern void loyalty_promotion_version_insert(const PromotionVersion *version);

/* Reads a promotion by its id, or by its code; false where there is none. */
extern bool loyalty_promotion_row_read(int32 org_id, int32 promotion_id, PromotionRow *promotion);
extern bool loyalty_promotion_row_find(int32 org_id, const char *code, PromotionRow *promotion);

/* Locks a promotion and reads it; it is there. */
extern void loyalty_promotion_row_lock(int32 org_id, int32 promotion_id, PromotionRow *promotion);

/* Replaces the row of a promotion that the caller has locked. */
extern void loyalty_promotion_row_update(const PromotionRow *promotion);

/* Reads a version, which is there. */
extern void loyalty_promotion_version_read(int32 org_id, int32 promotion_id, int32 version_no,
										   PromotionVersion *version);

#endif
