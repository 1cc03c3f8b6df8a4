/*
 * cart_benefit_rules.h: how much a promotion gives, and to which lines. Knows no server.
 */
#ifndef LOYALTY_CART_BENEFIT_RULES_H
#define LOYALTY_CART_BENEFIT_RULES_H

#include "incentive/cart/cart_condition_rules.h"

/* Plans what counts before the condition can be judged, then judges it. */
extern bool loyalty_cart_is_earned(CartWork *work, const CartPromotion *promotion, CartVerdict *verdict,
								   CartUnits *units);

/* Computes what a promotion would give whose condition holds. False: nothing, and the verdict says why. */
extern bool loyalty_cart_weigh(CartWork *work, const CartPromotion *promotion, CartVerdict *verdict,
							   CartUnits *units);

/* Gives it: splits it over the lines, takes it off them and tells of each. "place" is that of the promotion in its list. */
extern void loyalty_cart_give(CartWork *work, const CartPromotion *promotion, int place,
							  const CartVerdict *verdict, CartShareSink share, void *sink);

#endif
