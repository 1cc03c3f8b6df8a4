/* claim_store.h: claims of offers in tables; issuing, which asks for them, reads them by itself (coupon/series_store.h). */
#ifndef LOYALTY_OFFER_CLAIM_STORE_H
#define LOYALTY_OFFER_CLAIM_STORE_H

#include "incentive/coupon/series_store.h"

/* Writes the claim of an offer that nobody claims. */
extern void loyalty_offer_claim_insert(int32 org_id, int32 offer_id, const OfferClaim *claim, TimestampTz now,
									   const char *actor);

/* Takes the claim of an offer away; false: there was none. */
extern bool loyalty_offer_claim_delete(int32 org_id, int32 offer_id);

#endif
