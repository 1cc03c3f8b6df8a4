/*
 * promotion.h: promotions as the rooms above use them: made, changed, read. The value of a series of coupons is one of them, without
 * a code of its own.
 */
#ifndef LOYALTY_PROMOTION_H
#define LOYALTY_PROMOTION_H

#include "incentive/promotion/promotion_rules.h"
#include "incentive/promotion/promotion_store.h"
#include "org/call.h"

/* A promotion with the version in use. Whoever makes one fills all but ids, times of creation and documents. */
typedef struct LoyaltyPromotion
{
	PromotionRow row;
	PromotionVersion version;		/* its documents and stores stand in the definition alone */
	PromotionDefinition definition; /* its time ends as soon as the promotion is stopped */
} LoyaltyPromotion;

/* A promotion of default settings: without limits, for everybody, at any time. Terms, key and name are the caller's. */
extern void loyalty_promotion_init(LoyaltyPromotion *promotion);

/* Makes a promotion, and returns its id; LY009 where its code is taken. Its limits are the caller's. */
extern int32 loyalty_promotion_define(LoyaltyCall *call, LoyaltyPromotion *promotion);

/* Writes a locked promotion with what was changed, as its next version. */
extern void loyalty_promotion_redefine(LoyaltyCall *call, LoyaltyPromotion *promotion);

/* Reads a promotion by its id, which is there. */
extern void loyalty_promotion_read(LoyaltyCall *call, int32 promotion_id, LoyaltyPromotion *promotion);

/* Reads a promotion by its code, LY908; and one that is locked first, behind whose lock it is read. */
extern void loyalty_promotion_get(LoyaltyCall *call, const char *code, LoyaltyPromotion *promotion);
extern void loyalty_promotion_lock(LoyaltyCall *call, const char *code, LoyaltyPromotion *promotion);

/* The bill of an amount at a time and a place, as promotions are asked about it. A store that is 0 is unknown. */
extern PromotionBill loyalty_promotion_bill(const LoyaltyOrg *org, int64 amount, int32 store_id,
											TimestampTz at, bool has_customer);

#endif
