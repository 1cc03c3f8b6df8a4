/*
 * cart_check_rules.c: carts and promotions that cannot be evaluated: what would divide by nothing, leave an int64, or say what
 * nobody can mean.
 *
 * Who keeps promotions asks once, as one is made; who is handed a cart asks each time. The evaluation trusts both: all its sums
 * are sums of lines of one cart, so that what fits here never leaves an int64 there.
 */
#include "incentive/cart/cart_rules.h"

#include "common/points_limit.h"

/* Adds an amount whose sum with others must stay below the limit of points, whichever way they go. */
static bool
fits(int64_t *sum, int64_t amount)
{
	if (!loyalty_points_fit(amount))
		return false;
	*sum += amount < 0 ? -amount : amount;
	return loyalty_points_fit(*sum);
}

/*
 * Adds up amounts and quantities as if all lines were goods: lines below zero must not make room for others, since promotions of
 * items leave them out.
 */
CartProblem
loyalty_cart_problem(const Cart *cart)
{
	int64_t amount = 0;
	int64_t quantity = 0;
	int i;

	if (cart->line_count > CART_MOST_LINES)
		return CART_TOO_MANY;
	for (i = 0; i < cart->line_count; i++)
	{
		if (!fits(&amount, cart->lines[i].amount) || !fits(&quantity, cart->lines[i].quantity))
			return CART_TOO_LARGE;
		if (cart->lines[i].amount % cart->bill.step != 0)
			return CART_NOT_STEPS;
	}
	return CART_POSSIBLE;
}

/* Tells whether a benefit can have a value. Nothing costs nothing: a price may be zero, a discount not. */
static bool
can_have(CartBenefit benefit, int64_t value, int64_t step)
{
	switch (benefit)
	{
		case CART_PERCENT:
		case CART_COMBO_PERCENT:
		case CART_BUY_X_GET_Y:
			return value > 0 && value <= PROMOTION_WHOLE_PERCENT;
		case CART_FIXED:
		case CART_FIXED_PER_UNIT:
			return value > 0 && loyalty_points_fit(value) && value % step == 0;
		case CART_PRICE:
		case CART_BUNDLE_PRICE:
			return value >= 0 && loyalty_points_fit(value) && value % step == 0;
		case CART_FREE_PRODUCT:
			return value > 0 && value <= CART_MOST_PIECES;
		case CART_POINTS_MULTIPLIER:
			return value > 1000 && value <= 1000000;
		case CART_BONUS_POINTS:
			return value > 0 && loyalty_points_fit(value);
		case CART_BENEFIT_COUNT:
			break;
	}
	return false;
}

/*
 * Judges the steps; a value beside them counts for nothing. They go up without a repetition, so that the highest one that is
 * reached is one, and what they go by measures: nobody reaches "all of these conditions" by so much.
 */
static CartProblem
steps_problem(const CartPromotion *promotion, int64_t step)
{
	int i;

	if (promotion->step_count == 0)
		return can_have(promotion->benefit, promotion->value, step) ? CART_POSSIBLE : CART_VALUE;
	if (promotion->step_count < 0 || promotion->step_count > CART_MOST_STEPS || promotion->measure == NULL ||
		(promotion->measure->type != CONDITION_AMOUNT && promotion->measure->type != CONDITION_QUANTITY) ||
		promotion->measure->part_count != 0)
		return CART_STEPS;
	for (i = 0; i < promotion->step_count; i++)
	{
		if (!can_have(promotion->benefit, promotion->steps[i].value, step))
			return CART_VALUE;
		if (promotion->steps[i].from < 0 || !loyalty_points_fit(promotion->steps[i].from) ||
			(i > 0 && promotion->steps[i].from <= promotion->steps[i - 1].from))
			return CART_STEPS;
	}
	return CART_POSSIBLE;
}

/*
 * Tells whether a benefit has as many components as it needs. A free product names items: all of a cart cannot be the gift that all of
 * it earns.
 */
static bool
has_components(const CartPromotion *promotion)
{
	bool is_bundle = promotion->benefit == CART_BUNDLE_PRICE || promotion->benefit == CART_COMBO_PERCENT;
	int least = promotion->benefit == CART_BUY_X_GET_Y ? 2 : is_bundle ? 1 : 0;
	int most = is_bundle ? CART_MOST_COMPONENTS : least;
	int i;

	if (promotion->component_count < least || promotion->component_count > most)
		return false;
	for (i = 0; i < promotion->component_count; i++)
		if (promotion->components[i].pieces < 1 || promotion->components[i].pieces > CART_MOST_PIECES)
			return false;
	return promotion->benefit != CART_FREE_PRODUCT || promotion->items.node_count > 0;
}

/* Tells whether a benefit can be given in a phase. Pieces are counted line by line, so none is of the bill. */
static bool
fits_phase(const CartPromotion *promotion)
{
	bool of_points = promotion->benefit == CART_POINTS_MULTIPLIER || promotion->benefit == CART_BONUS_POINTS;

	if (promotion->phase == CART_BILL_PHASE)
		return promotion->benefit == CART_PERCENT || promotion->benefit == CART_FIXED;
	return of_points == (promotion->phase == CART_POINTS_PHASE);
}

/*
 * Tells whether conditions are nested no deeper than they may be, which bounds the stack that judging them takes, and have parts
 * where they need some.
 */
static bool
is_shallow(const CartCondition *condition, int depth)
{
	bool measures = condition->type == CONDITION_AMOUNT || condition->type == CONDITION_QUANTITY;
	int i;

	if (depth > CART_MOST_DEPTH || condition->part_count > CART_MOST_PARTS ||
		measures != (condition->part_count == 0))
		return false;
	if (measures && (condition->required < 0 || !loyalty_points_fit(condition->required)))
		return false;
	for (i = 0; i < condition->part_count; i++)
		if (!is_shallow(&condition->parts[i], depth + 1))
			return false;
	return true;
}

/* Asks in the order of the problems. */
CartProblem
loyalty_cart_promotion_problem(const CartPromotion *promotion, int64_t step)
{
	CartProblem problem = steps_problem(promotion, step);
	int64_t maximum = promotion->terms.maximum_discount;

	if (problem != CART_POSSIBLE)
		return problem;
	if (maximum < 1 || (maximum != PROMOTION_UNBOUNDED && maximum % step != 0) ||
		promotion->times_per_bill < 1)
		return CART_VALUE;
	if (!has_components(promotion))
		return CART_COMPONENTS;
	if (!fits_phase(promotion))
		return CART_WRONG_PHASE;
	if (promotion->condition != NULL && !is_shallow(promotion->condition, 1))
		return CART_DEPTH;
	return CART_POSSIBLE;
}
