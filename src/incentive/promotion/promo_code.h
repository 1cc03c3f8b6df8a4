/*
 * promo_code.h: promo codes as they are presented: found whether they have a row or not, locked for a use, judged, linked to
 * customers.
 *
 * Locks: customers first, then the row of the code, then slots of limits.
 */
#ifndef LOYALTY_PROMO_CODE_H
#define LOYALTY_PROMO_CODE_H

#include "common/refusal.h"
#include "customer/customer_store.h"
#include "incentive/promotion/promo_code_store.h"
#include "incentive/promotion/promotion.h"

/* Uses from which on a code's limit has slots: below, its row counts. */
#define CODE_USES_WITH_SLOTS 100

/* Finds a code as somebody wrote it; false where there is none. A batch that was revoked shows in the code. Takes no lock. */
extern bool loyalty_promo_code_find(LoyaltyCall *call, const char *text, PromoCode *code);

/* The same, or LY901. */
extern bool loyalty_promo_code_get(LoyaltyCall *call, const char *text, PromoCode *code,
								   LoyaltyRefusal *refusal);

/*
 * Locks a code that was found, and reads it anew; it has a row afterwards. Its uses are counted by a limit with slots from then on where
 * it may be used often enough.
 */
extern void loyalty_promo_code_lock(LoyaltyCall *call, const LoyaltyPromotion *promotion, PromoCode *code);

/* The uses that a code may have, by itself or by its promotion; PROMOTION_UNBOUNDED: as often as may be. */
extern int64 loyalty_promo_code_maximum(const PromoCode *code, const LoyaltyPromotion *promotion);

/* The uses that a code has left. */
extern int64 loyalty_promo_code_left(const PromoCode *code, const LoyaltyPromotion *promotion);

/*
 * Judges a code by itself at a time, for a customer (NULL: nobody): LY902 where it is linked to somebody else, LY904, LY903 by its own
 * dates, LY905.
 */
extern bool loyalty_promo_code_judge(const PromoCode *code, const LoyaltyPromotion *promotion,
									 const LoyaltyCustomer *customer, TimestampTz at,
									 LoyaltyRefusal *refusal);

/* Parts promo codes from a person who is deleted for good. */
extern void loyalty_promo_codes_erase(LoyaltyCall *call, const LoyaltyCustomer *root);

#endif
