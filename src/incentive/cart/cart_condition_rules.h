/*
 * cart_condition_rules.h: whether a cart is what a promotion asks for, and which of its steps it reaches. Knows no server.
 */
#ifndef LOYALTY_CART_CONDITION_RULES_H
#define LOYALTY_CART_CONDITION_RULES_H

#include "incentive/cart/cart_unit_rules.h"

/*
 * Judges the minimum bill, the condition and the steps, in this order; what is given does not help. The verdict gets what failed,
 * or the value of the step that is reached, and what is missing for the next. "units" are the gifts that were planned on the way.
 */
extern bool loyalty_cart_condition(CartWork *work, const CartPromotion *promotion, CartVerdict *verdict,
								   CartUnits *units);

#endif
